// The heavy products: one description for matrix products and the three directions of a convolution. The adapter's
// tuning table says which kernel runs one, and into how many parts its sums are cut.
import { gpu } from "../gpu/gpu";
import { type Dispatch, MAX_GROUPS } from "../gpu/stream";
import { type Block, dispatch, gridOf, type Storage, temporary } from "./block";
import { pieces, room } from "./pieces";
import { type Configuration, type Extent, partsFor, stepsAtOnce, stepsOfPart } from "./tuning/configurations";
import { tuning } from "./tuning/table";

export type Direction = "forward" | "inputGrad" | "filterGrad";

/** The gradient of a factor: where `sums` is set, its storage has from that number on the gradient of a bias as well. */
export type FactorGrad = Block & { sums?: number };

/** Sizes in pairs are (height, width); see gemm.wgsl for what each word means to the two entry points. */
export interface Gemm {
  /** Of a convolution; a matrix product is `forward` with one tap, and with A transposed a `filterGrad`. */
  direction: Direction;
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
  /** A holds patches, with -0 for what lies beside the image: such a term is none, whatever B has for it. */
  gaps?: boolean;
  channels: number;
  /** Numbers from one pixel of A to the next, where that is not `channels`. */
  pitch?: number;
  columns: number;
  transposeB?: boolean;
  /** Matrices, and the steps from one to the next in A and B; those of C are dense. */
  batch?: number;
  matrixSteps?: readonly [number, number];
  /** Numbers from one row of C to the next, where that is not `columns`. */
  resultPitch?: number;
  /** First number of A, B and C. */
  start?: readonly [number, number, number];
  /** Add to what C holds. */
  add?: boolean;
  /** Of a filter gradient whose columns go by fours: the number of C from which on the sums of B's columns lie. */
  sums?: number;
  /** Added to C: a number for each column, or one for all of them. */
  bias?: { readonly storage: Storage; readonly size: number };
}

const one = [1, 1] as const;
let listener: ((call: Gemm) => void) | undefined;

export function gemm(call: Gemm): void {
  const { bias } = call;
  const cut = cutIfLarge(call);
  if (cut) return cut.forEach(gemm);
  // By value: a listener may keep the call for longer than a tensor lives.
  listener?.({ ...call, bias: bias && { storage: bias.storage, size: bias.size } });
  const extent = extentOf(call);
  if (sizeOf(call) === 0) return;
  withRoom(plan(call, tuning().configure(extent)), (dispatches) => dispatches.forEach(dispatch));
}

/** A product of matrices: the rows of A are the pixels of one line. */
export function gemmOfRows(
  direction: Direction,
  [a, b, c]: readonly Storage[],
  rows: number,
  more: Omit<Gemm, "direction" | "a" | "b" | "c" | "images" | "out" | "source">,
): void {
  const line = [1, rows] as const;
  gemm({ direction, a, b, c, images: 1, out: line, source: line, ...more });
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
export function sizeOf({ direction, images, out, channels, columns, kernel = one, batch = 1 }: Gemm): number {
  const rows = direction !== "filterGrad" ? images * out[0] * out[1] : kernel[0] * kernel[1] * channels;
  return batch * rows * columns;
}

/** Floating-point operations that are no multiplications by padding. */
export function workOf({ images, out, channels, columns, kernel = one, batch = 1, ...call }: Gemm): number {
  const classes = classesOf(call);
  const taps = (kernel[0] * kernel[1]) / (classes[0] * classes[1]);
  return 2 * batch * images * out[0] * out[1] * columns * channels * taps;
}

/** In an input gradient strides split the rows into classes, each with taps of its own. */
const classesOf = ({ direction, stride = one }: Pick<Gemm, "direction" | "stride">) =>
  direction === "inputGrad" ? stride : one;

/** Taps that the rows of one class meet at most; all of the kernel's where there is one class. */
const tapsOf = (kernel: readonly [number, number], classes: readonly [number, number]): number =>
  Math.ceil(kernel[0] / classes[0]) * Math.ceil(kernel[1] / classes[1]);

/** The rows and columns of one dense product, the terms of its sums, and how many such products there are. */
export function extentOf(call: Gemm): Extent {
  const { images, out, channels, columns, kernel = one, stride = one, batch = 1 } = call;
  const taps = kernel[0] * kernel[1];
  const window = `${kernel.join("x")}/${stride.join("x")}`;
  if (call.direction === "filterGrad") {
    const kind = call.kernel ? `filter gradient ${window}` : "tn";
    return { kind, rows: channels, columns, sum: images * out[0] * out[1], copies: batch * taps };
  }
  const classes = classesOf(call);
  const rows = images * Math.ceil(out[0] / classes[0]) * Math.ceil(out[1] / classes[1]);
  const copies = batch * classes[0] * classes[1];
  const sum = channels * tapsOf(kernel, classes);
  const direction = call.direction === "inputGrad" ? "input gradient" : "convolution";
  const kind = call.kernel ? `${direction} ${window}` : call.transposeB ? "nt" : "nn";
  return { kind, rows, columns, sum, copies };
}

/** Whether C has room for the four columns that kernels store at once, and the step between rows that have. */
function rowsOf({ columns, resultPitch = columns, start = [0, 0, 0] }: Gemm) {
  const fits = resultPitch % 4 === 0 && start[2] % 4 === 0;
  return { fits, pitch: 4 * Math.ceil(resultPitch / 4) };
}

/**
 * Sums that C has no room for, or that are added to it, are stored beside it first. Where that is too much at once, the
 * smaller products that make up this one: some matrices, or of one matrix some rows. One row is never cut.
 */
function cutIfLarge(call: Gemm): Gemm[] | undefined {
  const { direction, images, out, source, channels, pitch = channels, columns, kernel, batch = 1 } = call;
  const { before = [0, 0], stride = one, matrixSteps = [0, 0], start = [0, 0, 0] } = call;
  const { fits, pitch: resultPitch } = rowsOf(call);
  const size = sizeOf(call);
  const rows = size / (batch * columns);
  const most = Math.floor(room.most / resultPitch);
  const least = direction === "filterGrad" ? 4 : 1; // channels of a filter go by fours
  if ((fits && !call.add) || size === 0 || batch * rows <= Math.max(most, least)) return undefined;
  const from = (a: number, b: number, row: number) =>
    [start[0] + a, start[1] + b, start[2] + row * columns] as const;
  if (batch > 1)
    return pieces(batch, one, most / rows).map(({ first, pixels }) => ({
      ...call,
      batch: pixels,
      start: from(first * matrixSteps[0], first * matrixSteps[1], first * rows),
    }));
  if (direction !== "filterGrad")
    return pieces(images, out, most).map(({ image, images, at, size: out, first }) => {
      const moved = (axis: 0 | 1) =>
        before[axis] + (direction === "inputGrad" ? at[axis] : -at[axis] * stride[axis]);
      // A matrix product has no windows to move: a row of A is a pixel.
      const pixel = kernel ? image * source[0] * source[1] : first;
      const place = { before: [moved(0), moved(1)] as const, start: from(pixel * pitch, 0, first) };
      return { ...call, images, out, ...place };
    });
  const [height, width] = kernel ?? one;
  if (height * width > 1)
    return pieces(1, [height, width], 1).map(({ at, first }) => ({
      ...call,
      kernel: one,
      before: [before[0] - at[0], before[1] - at[1]],
      start: from(0, 0, first * channels),
    }));
  return pieces(1, [1, channels], Math.max(4, most - (most % 4))).map(({ first, pixels }) => ({
    ...call,
    channels: pixels,
    pitch,
    start: from(first, 0, first),
  }));
}

/** Whether some of A's zeros are no terms: those of patches, and those for taps that look beside the image. */
function hasGaps({ kernel, before = [0, 0], stride = one, out, source, gaps, direction }: Gemm): boolean {
  if (!kernel) return gaps ?? false;
  if (direction === "inputGrad") return kernel.some((size) => size > 1);
  const past = (axis: 0 | 1) => (out[axis] - 1) * stride[axis] + kernel[axis] - before[axis] > source[axis];
  return before.some((zeros) => zeros > 0) || past(0) || past(1);
}

export interface Plan {
  /** Into how many parts each sum is cut. */
  splits: number;
  /** Numbers beside C that `dispatches` needs room for. */
  room: number;
  dispatches(parts: Storage | undefined): Dispatch[];
}

export function plan(call: Gemm, configuration: Configuration): Plan {
  const { direction, images, out, source, channels, columns, batch = 1, bias } = call;
  const { kernel = one, before = [0, 0], stride = one, matrixSteps = [0, 0], start = [0, 0, 0], sums } = call;
  const { shader, tile } = configuration;
  const pitch = call.pitch ?? channels;
  const classes = classesOf(call);
  const [inputGrad, filterGrad] = [direction === "inputGrad", direction === "filterGrad"];
  const taps = tapsOf(kernel, classes);
  const size = sizeOf(call);
  const { rows, copies } = extentOf(call);
  const columnTiles = Math.ceil(columns / tile[1]);
  // The narrow kernel takes the rows of all taps for rows, in whole fours. Sums of columns have a class of their own.
  const folded = shader === "gemm_narrow" && filterGrad;
  const more = sums === undefined ? 0 : 1;
  const rowTiles = Math.ceil((folded ? 4 * (taps * Math.ceil(channels / 4) + more) : rows) / tile[0]);
  const groups = rowTiles * columnTiles * (folded ? batch : copies);

  // Kernels store four columns at once. Where C has no room for that, its rows are padded first and copied after.
  const { fits, pitch: resultPitch } = rowsOf(call);
  const sized = sums === undefined ? (size / columns) * resultPitch : sums + columns;

  // Few outputs and long sums leave most of the adapter idle: then the sum is split, taps first.
  const affordable = Math.max(1, Math.floor(room.most / sized));
  const wanted = Math.min(affordable, partsFor(gpu().info, configuration, groups));
  const overTaps = !filterGrad && taps > 1;
  const run = filterGrad ? images * out[0] * out[1] : channels;
  const tapsEach = overTaps ? Math.ceil(taps / Math.min(wanted, taps)) : taps;
  const runEach = overTaps || run === 0 ? run : stepsOfPart(run, wanted);
  const runSplits = runEach === 0 ? 1 : Math.ceil(run / runEach);
  const splits = runSplits * (overTaps ? Math.ceil(taps / tapsEach) : 1);

  const aligned = (...counts: number[]) => (counts.every((count) => count % 4 === 0) ? 1 : 0);
  const direct = fits && splits === 1 && !call.add;
  const total = (groups + (folded ? 0 : more * rowTiles * columnTiles)) * splits;
  const product = (parts: Storage | undefined): Dispatch => ({
    shader,
    entry: filterGrad ? "filter_grad" : "forward",
    constants: {
      ...configuration.constants,
      FLAT: call.kernel ? 0 : 1,
      VEC_A: aligned(pitch, matrixSteps[0], start[0]),
      VEC_B: aligned(call.transposeB ? channels : columns, matrixSteps[1], start[1]),
      TRANSPOSE_B: call.transposeB ? 1 : 0,
      TAIL: [run, runEach].every((steps) => steps % stepsAtOnce(configuration) === 0) ? 0 : 1,
      BIAS: bias && !parts ? 1 : 0,
      SUMS: more,
      GAPS: hasGaps(call) ? 1 : 0,
    },
    reads: [call.a, call.b, bias?.storage ?? call.b],
    writes: [parts ?? call.c],
    params: {
      ...{ out, source, kernel, classes, step: inputGrad ? one : stride, sign: inputGrad ? 1 : -1 },
      before: before.map((zeros) => zeros >>> 0), // in two's complement
      ...{ images, channels, pitch, columns, column_tiles: columnTiles, row_tiles: rowTiles },
      ...{ splits, run_splits: runSplits, taps_per_split: tapsEach, run_per_split: runEach },
      ...{ batch, start: [start[0], start[1], parts ? 0 : start[2]] },
      ...{ stride: [...matrixSteps, sized / batch] },
      ...{ split_stride: sized, result_pitch: resultPitch, sums: sums ?? 0 },
    },
    grid: [Math.min(total, MAX_GROUPS), Math.ceil(total / MAX_GROUPS)],
    work: workOf(call),
  });
  const sum = (parts: Storage): Dispatch => ({
    shader: "reduce",
    entry: "sum",
    constants: { VEC: 1 },
    reads: [parts, parts, bias?.storage ?? parts],
    writes: [call.c],
    params: {
      ...{ a: 1, r: splits, b: sized / 4, runs: 1, lanes: 1, length: splits, scale: 1 },
      ...{ biases: bias?.size ?? 0, place: 0, start: start[2], add: call.add === true },
      ...{ pitch: fits ? 0 : resultPitch, columns },
    },
    grid: gridOf(sized / 4),
  });
  return {
    splits,
    room: direct ? 0 : splits * sized,
    dispatches: (parts) => (parts ? [product(parts), sum(parts)] : [product(undefined)]),
  };
}

/** Runs `use` with the dispatches of a plan, and the room that they need. */
export const withRoom = <T>({ room, dispatches }: Plan, use: (dispatches: Dispatch[]) => T): T =>
  room === 0
    ? use(dispatches(undefined))
    : temporary(room, "parts of a sum", (parts) => use(dispatches(parts)));
