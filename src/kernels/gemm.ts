// The heavy products: one description for matrix products and the three directions of a convolution. The adapter's
// tuning table says which kernel runs it, and into how many parts its sums are cut.

import { gpu } from "../gpu/gpu";
import type { Dispatch } from "../gpu/stream";
import { allocate, gridOf, release, type Storage } from "./block";
import { type Configuration, type Extent, partsFor, stepsAtOnce, stepsOfPart } from "./tuning/configurations";
import { tuning } from "./tuning/table";

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
  /** A holds patches, with -0 for what lies beside the image: such a term is none, whatever B has for it. */
  gaps?: boolean;
  channels: number;
  /** Numbers from one pixel of A to the next, where that is not `channels`. */
  pitch?: number;
  columns: number;
  transposeB?: boolean;
  /** Matrices, and the steps from one to the next in A and B; those of C are dense. */
  batch?: number;
  strides?: readonly [number, number];
  /** Numbers from one row of C to the next, where that is not `columns`. */
  resultPitch?: number;
  /** First number of A, B and C. */
  start?: readonly [number, number, number];
  /** Add to what C holds. */
  add?: boolean;
  /** Added to C: a number for each column, or one for all of them. */
  bias?: { readonly storage: Storage; readonly size: number };
}

const one = [1, 1] as const;
let listener: ((call: Gemm) => void) | undefined;

export function gemm(call: Gemm): void {
  const { bias } = call;
  // By value: a listener may keep the call for longer than a tensor lives.
  listener?.({ ...call, bias: bias && { storage: bias.storage, size: bias.size } });
  const extent = extentOf(call);
  if (sizeOf(call) === 0) return;
  const { dispatches, parts } = plan(call, tuning().configure(extent));
  for (const dispatch of dispatches) gpu().stream.dispatch(dispatch);
  if (parts) release(parts);
}

/** Runs `body` and tells `each` of the products that it records; for the tuner. */
export function watchGemms<T>(each: (call: Gemm) => void, body: () => T): T {
  const before = listener;
  listener = each;
  try {
    return body();
  } finally {
    listener = before;
  }
}

/** Numbers of C. */
export function sizeOf({ entry, images, out, channels, columns, kernel = one, batch = 1 }: Gemm): number {
  const rows = entry === "product" ? images * out[0] * out[1] : kernel[0] * kernel[1] * channels;
  return batch * rows * columns;
}

/** Floating-point operations that are no multiplications by padding. */
export function workOf({ images, out, channels, columns, kernel = one, batch = 1, ...call }: Gemm): number {
  const classes = call.adjoint ? (call.stride ?? one) : one;
  const taps = (kernel[0] * kernel[1]) / (classes[0] * classes[1]);
  return 2 * batch * images * out[0] * out[1] * columns * channels * taps;
}

/** Taps that the rows of one class meet at most; all of the kernel's where there is one class. */
const tapsOf = (kernel: readonly [number, number], classes: readonly [number, number]): number =>
  Math.ceil(kernel[0] / classes[0]) * Math.ceil(kernel[1] / classes[1]);

/** The rows and columns of one dense product, the terms of its sums, and how many such products there are. */
export function extentOf(call: Gemm): Extent {
  const { images, out, channels, columns, kernel = one, stride = one, batch = 1 } = call;
  const taps = kernel[0] * kernel[1];
  const window = `${kernel.join("x")}/${stride.join("x")}`;
  if (call.entry === "outer") {
    const kind = call.kernel ? `filter gradient ${window}` : "tn";
    return { kind, rows: channels, columns, sum: images * out[0] * out[1], copies: batch * taps };
  }
  const classes = call.adjoint ? stride : one;
  const rows = images * Math.ceil(out[0] / classes[0]) * Math.ceil(out[1] / classes[1]);
  const copies = batch * classes[0] * classes[1];
  const sum = channels * tapsOf(kernel, classes);
  const direction = call.adjoint ? "input gradient" : "convolution";
  const kind = call.kernel ? `${direction} ${window}` : call.transposeB ? "nt" : "nn";
  return { kind, rows, columns, sum, copies };
}

/** Whether some of A's zeros are no terms: those of patches, and those for taps that look beside the image. */
function hasGaps({ kernel, before = [0, 0], stride = one, out, source, gaps, adjoint }: Gemm): boolean {
  if (!kernel) return gaps ?? false;
  if (adjoint) return kernel.some((size) => size > 1);
  const past = (axis: 0 | 1) => (out[axis] - 1) * stride[axis] + kernel[axis] - before[axis] > source[axis];
  return before.some((zeros) => zeros > 0) || past(0) || past(1);
}

export interface Plan {
  dispatches: Dispatch[];
  /** Into how many parts each sum is cut. */
  splits: number;
  /** Storage that the dispatches need, to be released when they are recorded. */
  parts?: Storage;
}

export function plan(call: Gemm, configuration: Configuration): Plan {
  const { entry, images, out, source, channels, columns, batch = 1, bias } = call;
  const { kernel = one, before = [0, 0], stride = one, strides = [0, 0], start = [0, 0, 0] } = call;
  const { shader, tile } = configuration;
  const pitch = call.pitch ?? channels;
  const classes = call.adjoint ? stride : one;
  const product = entry === "product";
  const taps = tapsOf(kernel, classes);
  const size = sizeOf(call);
  const { rows, copies } = extentOf(call);
  const columnTiles = Math.ceil(columns / tile[1]);
  // The narrow kernel takes the rows of all taps for rows, in whole fours.
  const folded = shader === "gemm_narrow" && !product;
  const rowTiles = Math.ceil((folded ? taps * 4 * Math.ceil(channels / 4) : rows) / tile[0]);
  const groups = rowTiles * columnTiles * (folded ? batch : copies);

  // Few outputs and long sums leave most of the adapter idle: then the sum is split, taps first.
  const wanted = partsFor(gpu().info, configuration, groups);
  const overTaps = product && taps > 1;
  const run = product ? channels : images * out[0] * out[1];
  const tapsEach = overTaps ? Math.ceil(taps / Math.min(wanted, taps)) : taps;
  const runEach = overTaps || run === 0 ? run : stepsOfPart(run, wanted);
  const runSplits = runEach === 0 ? 1 : Math.ceil(run / runEach);
  const splits = runSplits * (overTaps ? Math.ceil(taps / tapsEach) : 1);

  // Kernels store four columns at once. Where C has no room for that, its rows are padded first and copied after.
  const aligned = (...counts: number[]) => (counts.every((count) => count % 4 === 0) ? 1 : 0);
  const fits = aligned(call.resultPitch ?? columns, start[2]);
  const resultPitch = call.resultPitch ?? 4 * Math.ceil(columns / 4);
  const sized = (size / columns) * resultPitch;
  const direct = fits && splits === 1 && !call.add;
  const parts = direct ? undefined : allocate(splits * sized, "parts of a sum");
  const total = groups * splits;
  const biasStep = bias?.size === 1 ? 0 : 1;
  const dispatches: Dispatch[] = [
    {
      shader,
      entry,
      constants: {
        ...configuration.constants,
        FLAT: call.kernel ? 0 : 1,
        VEC_A: aligned(pitch, strides[0], start[0]),
        VEC_B: aligned(call.transposeB ? channels : columns, strides[1], start[1]),
        TRANSPOSE_B: call.transposeB ? 1 : 0,
        TAIL: [run, runEach].every((steps) => steps % stepsAtOnce(configuration) === 0) ? 0 : 1,
        BIAS: bias && !parts ? 1 : 0,
        GAPS: hasGaps(call) ? 1 : 0,
      },
      reads: [call.a, call.b, bias?.storage ?? call.b],
      writes: [parts ?? call.c],
      params: [
        ...[...out, ...source, ...kernel, ...before, ...classes, ...(call.adjoint ? one : stride)],
        ...[call.adjoint ? 1 : -1, images, channels, pitch, columns, columnTiles, rowTiles],
        ...[splits, runSplits, tapsEach, runEach, sized],
        ...[start[0], start[1], parts ? 0 : start[2], batch],
        ...[...strides, sized / batch, biasStep, resultPitch],
      ],
      grid: [Math.min(total, 65535), Math.ceil(total / 65535)],
      work: workOf(call),
    },
  ];
  if (!parts) return { dispatches, splits };
  const count = fits ? sized / 4 : size;
  dispatches.push({
    shader: "sum_parts",
    entry: fits ? "fours" : "numbers",
    reads: [parts, bias?.storage ?? parts],
    writes: [call.c],
    params: [count, splits, sized, call.add ? 1 : 0, start[2], columns, resultPitch, bias ? 1 : 0, biasStep],
    grid: gridOf(count),
  });
  return { dispatches, splits, parts };
}
