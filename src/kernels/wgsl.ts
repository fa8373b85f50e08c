// The text of each shader under the name of its file.
// biome-ignore-all assist/source/organizeImports: alike beside alike, a page of them is smaller when it is packed

// One thread, one number or four: copies, lookups, elementwise ops.
import cast from "../../shaders/cast.wgsl";
import strided from "../../shaders/strided.wgsl";
import concat from "../../shaders/concat.wgsl";
import fill from "../../shaders/fill.wgsl";
import gather from "../../shaders/gather.wgsl";
import bytes from "../../shaders/bytes.wgsl";
import softmax from "../../shaders/softmax.wgsl";
import binary from "../../shaders/binary.wgsl";
import unary from "../../shaders/unary.wgsl";
import each from "../../shaders/each.wgsl";
import elements from "../../shaders/elements.wgsl";

// The steps of optimisers.
import update from "../../shaders/update.wgsl";
import update_seven from "../../shaders/update_seven.wgsl";
import update_rules from "../../shaders/update_rules.wgsl";

// What the others use.
import indexing from "../../shaders/indexing.wgsl";
import numbers from "../../shaders/numbers.wgsl";
import math from "../../shaders/math.wgsl";

// Random numbers.
import random from "../../shaders/random.wgsl";
import threefry from "../../shaders/threefry.wgsl";

// Sums, and normalisation by them.
import reduce from "../../shaders/reduce.wgsl";
import parts from "../../shaders/parts.wgsl";
import moments from "../../shaders/moments.wgsl";
import normalize from "../../shaders/normalize.wgsl";
import normalize_forward from "../../shaders/normalize_forward.wgsl";
import normalize_backward from "../../shaders/normalize_backward.wgsl";
import normalize_gradient from "../../shaders/normalize_gradient.wgsl";
import normalize_sums from "../../shaders/normalize_sums.wgsl";

// Products.
import gemm from "../../shaders/gemm.wgsl";
import gemm_windows from "../../shaders/gemm_windows.wgsl";
import gemm_narrow from "../../shaders/gemm_narrow.wgsl";
import gemm_subgroup from "../../shaders/gemm_subgroup.wgsl";
import subgroup_entries from "../../shaders/subgroup_entries.wgsl";
import subgroup_entries_sized from "../../shaders/subgroup_entries_sized.wgsl";
import subgroups from "../../shaders/subgroups.wgsl";
import gemm_portable from "../../shaders/gemm_portable.wgsl";
import gemm_tiled from "../../shaders/gemm_tiled.wgsl";
import patches from "../../shaders/patches.wgsl";
import places from "../../shaders/places.wgsl";

export const files = {
  cast,
  strided,
  concat,
  fill,
  gather,
  bytes,
  softmax,
  binary,
  unary,
  each,
  elements,
  update,
  update_seven,
  update_rules,
  indexing,
  numbers,
  math,
  random,
  threefry,
  reduce,
  parts,
  moments,
  normalize,
  normalize_forward,
  normalize_backward,
  normalize_gradient,
  normalize_sums,
  gemm,
  gemm_windows,
  gemm_narrow,
  gemm_subgroup,
  subgroup_entries,
  subgroup_entries_sized,
  subgroups,
  gemm_portable,
  gemm_tiled,
  patches,
  places,
};
