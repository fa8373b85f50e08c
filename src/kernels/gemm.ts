// The heavy products: one description for matrix products and the three directions of a convolution, run by the
// subgroup family where the adapter promises a subgroup size and by the portable family elsewhere.
import { allocate, gridOf, release, type Storage } from "./block";
import { gpu } from "./gpu";

/** Sizes in pairs are (height, width); see gemm.wgsl for what each word means to the two entry points. */
export interface Gemm {
  entry: "product" | "outer";
  a: Storage;
  b: Storage;
  c: Storage;
  images: number;
  out: readonly [number, number];
  source: readonly [number, number];
  kernel?: readonly [number, number];
  /** Zeros above and to the left. */
  before?: readonly [number, number];
  stride?: readonly [number, number];
  /** The input gradient of a convolution: strides then split the rows into classes. */
  adjoint?: boolean;
  channels: number;
  /** Numbers from one pixel of A to the next, where that is not `channels`. */
  pitch?: number;
  columns: number;
  transposeB?: boolean;
  /** Matrices, and the steps from one to the next in A and B; those of C are dense. */
  batch?: number;
  strides?: readonly [number, number];
  /** First number of A, B and C. */
  start?: readonly [number, number, number];
  /** Add to what C holds; then C starts at 0. */
  add?: boolean;
}

/** What one long sum is cut into at least, so that a part is worth its dispatch. */
const SHORTEST = 64;
const one = [1, 1] as const;

export function gemm(call: Gemm): void {
  const { entry, images, out, source, channels, columns, batch = 1 } = call;
  const { kernel = one, before = [0, 0], stride = one, strides = [0, 0], start = [0, 0, 0] } = call;
  const pitch = call.pitch ?? channels;
  const classes = call.adjoint ? stride : one;
  const product = entry === "product";
  const taps = kernel[0] * kernel[1];
  const pixels = images * out[0] * out[1];

  const rows = product ? images * Math.ceil(out[0] / classes[0]) * Math.ceil(out[1] / classes[1]) : channels;
  const size = batch * columns * (product ? pixels : taps * channels);
  if (size === 0) return;
  const { shader, constants, tile } = family(rows);
  const rowTiles = Math.ceil(rows / tile[0]);
  const columnTiles = Math.ceil(columns / tile[1]);
  const groups = rowTiles * columnTiles * batch * (product ? classes[0] * classes[1] : taps);

  // Few outputs and long sums leave most of the adapter idle: then the sum is split, taps first.
  const wanted = splitsFor(groups);
  const overTaps = product && taps > 1;
  const run = product ? channels : pixels;
  const tapsEach = overTaps ? Math.ceil(taps / Math.min(wanted, taps)) : taps;
  const runEach = overTaps || run === 0 ? run : 4 * Math.ceil(Math.max(run / wanted, SHORTEST) / 4);
  const runSplits = runEach === 0 ? 1 : Math.ceil(run / runEach);
  const splits = runSplits * (overTaps ? Math.ceil(taps / tapsEach) : 1);

  const sized = 4 * Math.ceil(size / 4);
  const parts = splits > 1 || call.add ? allocate(splits * sized, "parts of a split sum") : undefined;
  const total = groups * splits;
  const aligned = (...counts: number[]) => (counts.every((count) => count % 4 === 0) ? 1 : 0);
  gpu().stream.dispatch({
    shader,
    entry,
    constants: {
      ...constants,
      FLAT: product || call.kernel ? 0 : 1,
      VEC_A: aligned(pitch, strides[0], start[0]),
      VEC_B: aligned(call.transposeB ? channels : columns, strides[1], start[1]),
      TRANSPOSE_B: call.transposeB ? 1 : 0,
    },
    reads: [call.a, call.b],
    writes: [parts ?? call.c],
    params: [
      ...[...out, ...source, ...kernel, ...before, ...classes, ...(call.adjoint ? one : stride)],
      ...[call.adjoint ? 1 : -1, images, channels, pitch, columns, columnTiles, rowTiles],
      ...[splits, runSplits, tapsEach, runEach, sized],
      ...[start[0], start[1], parts ? 0 : start[2], 0],
      ...[...strides, size / batch],
    ],
    grid: [Math.min(total, 65535), Math.ceil(total / 65535)],
    work: (2 * batch * pixels * columns * channels * taps) / (classes[0] * classes[1]),
  });
  if (!parts) return;
  gpu().stream.dispatch({
    shader: "sum_parts",
    entry: "sum_parts",
    reads: [parts],
    writes: [call.c],
    params: [sized / 4, splits, sized / 4, call.add ? 1 : 0],
    grid: gridOf(sized / 4),
  });
  release(parts);
}

/** The shader, its constants and the (rows, columns) that one workgroup computes. */
function family(rows: number) {
  const lanes = gpu().info.subgroupSize;
  if (lanes === 0) return { shader: "gemm_portable", constants: {}, tile: [64, 32] } as const;
  // Measured on lavapipe's 8 lanes: 8 rows 24 GFLOP/s, 16 rows 30 to 36, 32 rows 22 to 29.
  const height = rows <= 4 ? 4 : 16;
  const constants = { SG: lanes, TM: height, KQ: Math.max(1, lanes / height) };
  return { shader: "gemm_subgroup", constants, tile: [height, 4 * lanes] } as const;
}

/** Into how many parts to cut the sum of a product of so many workgroups. */
function splitsFor(groups: number): number {
  const busy = gpu().info.software ? 16 : 1024;
  return groups > busy / 2 ? 1 : Math.ceil(busy / groups);
}
