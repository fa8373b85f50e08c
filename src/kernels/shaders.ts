// The shader table: name to WGSL text. A file whose first line says `// uses: a, b` is compiled
// with those files in front of it; nothing else is ever done to the text. One file has another to stand in for it.
import binary from "../../shaders/binary.wgsl";
import blend from "../../shaders/blend.wgsl";
import bytes from "../../shaders/bytes.wgsl";
import ceilings from "../../shaders/ceilings.wgsl";
import concat from "../../shaders/concat.wgsl";
import each from "../../shaders/each.wgsl";
import elements from "../../shaders/elements.wgsl";
import fill from "../../shaders/fill.wgsl";
import gather from "../../shaders/gather.wgsl";
import gemm from "../../shaders/gemm.wgsl";
import gemmNarrow from "../../shaders/gemm_narrow.wgsl";
import gemmPortable from "../../shaders/gemm_portable.wgsl";
import gemmSubgroup from "../../shaders/gemm_subgroup.wgsl";
import gemmTiled from "../../shaders/gemm_tiled.wgsl";
import gemmWindows from "../../shaders/gemm_windows.wgsl";
import indexing from "../../shaders/indexing.wgsl";
import math from "../../shaders/math.wgsl";
import moments from "../../shaders/moments.wgsl";
import normalize from "../../shaders/normalize.wgsl";
import normalizeBackward from "../../shaders/normalize_backward.wgsl";
import normalizeForward from "../../shaders/normalize_forward.wgsl";
import normalizeGradient from "../../shaders/normalize_gradient.wgsl";
import normalizeSums from "../../shaders/normalize_sums.wgsl";
import numbers from "../../shaders/numbers.wgsl";
import parts from "../../shaders/parts.wgsl";
import patches from "../../shaders/patches.wgsl";
import random from "../../shaders/random.wgsl";
import reduce from "../../shaders/reduce.wgsl";
import softmax from "../../shaders/softmax.wgsl";
import splitPair from "../../shaders/split_pair.wgsl";
import strided from "../../shaders/strided.wgsl";
import subgroupEntries from "../../shaders/subgroup_entries.wgsl";
import subgroupEntriesSized from "../../shaders/subgroup_entries_sized.wgsl";
import subgroups from "../../shaders/subgroups.wgsl";
import sumParts from "../../shaders/sum_parts.wgsl";
import threefry from "../../shaders/threefry.wgsl";
import unary from "../../shaders/unary.wgsl";
import update from "../../shaders/update.wgsl";

const files = {
  binary,
  blend,
  bytes,
  ceilings,
  concat,
  each,
  elements,
  fill,
  gather,
  gemm,
  gemm_narrow: gemmNarrow,
  gemm_portable: gemmPortable,
  gemm_subgroup: gemmSubgroup,
  gemm_tiled: gemmTiled,
  gemm_windows: gemmWindows,
  indexing,
  math,
  moments,
  normalize,
  normalize_backward: normalizeBackward,
  normalize_gradient: normalizeGradient,
  normalize_forward: normalizeForward,
  normalize_sums: normalizeSums,
  numbers,
  parts,
  patches,
  random,
  reduce,
  softmax,
  split_pair: splitPair,
  strided,
  subgroups,
  sum_parts: sumParts,
  threefry,
  unary,
  update,
  subgroup_entries: subgroupEntries,
  subgroup_entries_sized: subgroupEntriesSized,
};

export type ShaderName = keyof typeof files;

const table: Record<string, string> = { ...files };

/** Adds the shaders of a room that not every program needs. */
export const addShaders = (more: Record<string, string>): void => void Object.assign(table, more);

/** All names, for the check that compiles every shader. */
export const shaderNames = (): string[] => Object.keys(table);

/** The text of a shader with the files that it names in front; `sized` where subgroups must be asked for their size. */
export function shaderSource(name: string, sized = false): string {
  const text = table[sized && name === "subgroup_entries" ? "subgroup_entries_sized" : name];
  const used = text.match(/^\/\/ uses: (.*)/)?.[1].split(/,\s*/) ?? [];
  return [...used.map((other) => shaderSource(other, sized)), text].join("\n");
}
