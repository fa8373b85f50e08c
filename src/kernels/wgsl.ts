// The text of each shader under the name of its file.
// biome-ignore-all assist/source/organizeImports: alike beside alike, a page of them is smaller when it is packed

// One thread, one number or four: copies, lookups, elementwise ops.
import cast from "../../shaders/cast.wgsl";
import bytes from "../../shaders/bytes.wgsl";
import fill from "../../shaders/fill.wgsl";
import concat from "../../shaders/concat.wgsl";
import gather from "../../shaders/gather.wgsl";
import softmax from "../../shaders/softmax.wgsl";
import unary from "../../shaders/unary.wgsl";
import strided from "../../shaders/strided.wgsl";
import elements from "../../shaders/elements.wgsl";
import binary from "../../shaders/binary.wgsl";
import each from "../../shaders/each.wgsl";

// The steps of optimisers.
import update from "../../shaders/update.wgsl";
import update_seven from "../../shaders/update_seven.wgsl";
import update_rules from "../../shaders/update_rules.wgsl";

// What the others use.
import numbers from "../../shaders/numbers.wgsl";
import indexing from "../../shaders/indexing.wgsl";
import math from "../../shaders/math.wgsl";

// Random numbers.
import random from "../../shaders/random.wgsl";
import threefry from "../../shaders/threefry.wgsl";

// Sums, and normalisation by them.
import parts from "../../shaders/parts.wgsl";
import normalize from "../../shaders/normalize.wgsl";
import normalize_forward from "../../shaders/normalize_forward.wgsl";
import normalize_gradient from "../../shaders/normalize_gradient.wgsl";
import normalize_backward from "../../shaders/normalize_backward.wgsl";
import normalize_sums from "../../shaders/normalize_sums.wgsl";
import moments from "../../shaders/moments.wgsl";
import reduce from "../../shaders/reduce.wgsl";

// Products.
import gemm from "../../shaders/gemm.wgsl";
import places from "../../shaders/places.wgsl";
import gemm_windows from "../../shaders/gemm_windows.wgsl";
import patches from "../../shaders/patches.wgsl";
import gemm_subgroup from "../../shaders/gemm_subgroup.wgsl";
import gemm_narrow from "../../shaders/gemm_narrow.wgsl";
import subgroup_entries from "../../shaders/subgroup_entries.wgsl";
import subgroups from "../../shaders/subgroups.wgsl";
import subgroup_entries_sized from "../../shaders/subgroup_entries_sized.wgsl";
import gemm_portable from "../../shaders/gemm_portable.wgsl";
import gemm_tiled from "../../shaders/gemm_tiled.wgsl";

export const files = {
  cast,
  bytes,
  fill,
  concat,
  gather,
  softmax,
  unary,
  strided,
  elements,
  binary,
  each,
  update,
  update_seven,
  update_rules,
  numbers,
  indexing,
  math,
  random,
  threefry,
  parts,
  normalize,
  normalize_forward,
  normalize_gradient,
  normalize_backward,
  normalize_sums,
  moments,
  reduce,
  gemm,
  places,
  gemm_windows,
  patches,
  gemm_subgroup,
  gemm_narrow,
  subgroup_entries,
  subgroups,
  subgroup_entries_sized,
  gemm_portable,
  gemm_tiled,
};
