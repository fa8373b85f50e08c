// The text of each shader under the name of its file.
// biome-ignore-all assist/source/organizeImports: alike beside alike, a page of them is smaller when it is packed

// One thread, one number or four: copies, lookups, elementwise ops.
export { default as cast } from "../../shaders/cast.wgsl";
export { default as strided } from "../../shaders/strided.wgsl";
export { default as concat } from "../../shaders/concat.wgsl";
export { default as fill } from "../../shaders/fill.wgsl";
export { default as gather } from "../../shaders/gather.wgsl";
export { default as bytes } from "../../shaders/bytes.wgsl";
export { default as softmax } from "../../shaders/softmax.wgsl";
export { default as binary } from "../../shaders/binary.wgsl";
export { default as unary } from "../../shaders/unary.wgsl";
export { default as each } from "../../shaders/each.wgsl";
export { default as elements } from "../../shaders/elements.wgsl";

// The steps of optimisers.
export { default as update } from "../../shaders/update.wgsl";
export { default as update_seven } from "../../shaders/update_seven.wgsl";
export { default as update_rules } from "../../shaders/update_rules.wgsl";

// What the others use.
export { default as indexing } from "../../shaders/indexing.wgsl";
export { default as numbers } from "../../shaders/numbers.wgsl";
export { default as math } from "../../shaders/math.wgsl";

// Random numbers.
export { default as random } from "../../shaders/random.wgsl";
export { default as threefry } from "../../shaders/threefry.wgsl";

// Sums, and normalisation by them.
export { default as reduce } from "../../shaders/reduce.wgsl";
export { default as parts } from "../../shaders/parts.wgsl";
export { default as moments } from "../../shaders/moments.wgsl";
export { default as normalize } from "../../shaders/normalize.wgsl";
export { default as normalize_forward } from "../../shaders/normalize_forward.wgsl";
export { default as normalize_backward } from "../../shaders/normalize_backward.wgsl";
export { default as normalize_gradient } from "../../shaders/normalize_gradient.wgsl";
export { default as normalize_sums } from "../../shaders/normalize_sums.wgsl";

// Products.
export { default as gemm } from "../../shaders/gemm.wgsl";
export { default as gemm_windows } from "../../shaders/gemm_windows.wgsl";
export { default as gemm_narrow } from "../../shaders/gemm_narrow.wgsl";
export { default as gemm_subgroup } from "../../shaders/gemm_subgroup.wgsl";
export { default as subgroup_entries } from "../../shaders/subgroup_entries.wgsl";
export { default as subgroup_entries_sized } from "../../shaders/subgroup_entries_sized.wgsl";
export { default as subgroups } from "../../shaders/subgroups.wgsl";
export { default as gemm_portable } from "../../shaders/gemm_portable.wgsl";
export { default as gemm_tiled } from "../../shaders/gemm_tiled.wgsl";
export { default as patches } from "../../shaders/patches.wgsl";
export { default as places } from "../../shaders/places.wgsl";
