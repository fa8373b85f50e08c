// Sums, maxima and minima over the middle axis of (A, R, B). Any other set of axes is a chain of these.
import { gpu } from "../gpu/gpu";
import { type Block, dispatch, gridOf, type Storage, temporary } from "./block";

/** A contiguous array seen as (a, r, b); r is the axis to reduce. */
export interface Middle {
  a: number;
  r: number;
  b: number;
}

// Enough threads to fill an adapter, each with enough to do; below that many outputs a sum is split and summed again.
// A software driver has few cores, and pays for each thread that it starts.
const forGpu = { threads: 4096, rows: 16 };
const forSoftware = { threads: 1024, rows: 64 };

/** So many vec4s should neighbouring threads read in one go: a subgroup of most GPUs reads them at once. */
const NEIGHBOURS = 32;

/** In how many runs a sum of `r` numbers is split when there are `outputs` of them. */
export function splits(r: number, outputs: number): number {
  const { threads, rows } = gpu().info.software ? forSoftware : forGpu;
  if (outputs >= threads || r <= 4 * rows) return 1;
  return Math.min(Math.ceil(threads / outputs), Math.floor(r / rows));
}

/** Who takes which of `r` rows of `columns` numbers or vec4s, `a` times, `most` threads a column: see shaders/parts.wgsl. */
export function runsOf(a: number, r: number, columns: number, most = Number.POSITIVE_INFINITY) {
  const s = Math.min(most, splits(r, a * columns));
  if (s === 1) return { runs: 1, lanes: 1, length: r };
  const lanes = Math.min(s, Math.ceil(NEIGHBOURS / columns));
  const length = Math.ceil(r / Math.min(Math.ceil(s / lanes), Math.floor(most / lanes)));
  return { runs: Math.ceil(r / length), lanes, length };
}

/** The entry points of shaders/reduce.wgsl. */
export type Reducer = "sum" | "max_" | "min_";

export interface SumOptions {
  /** What the result is multiplied by; 1 where it is not given. */
  scale?: number;
  /** Of a sum: a weight for each of the r numbers, which makes it a matrix times a vector. */
  weights?: Storage;
  /** Added to y: a number for each sum, or one for all of them. */
  bias?: Block;
  /** The number of y where the sum of the weights lies as well, with room for four. */
  sums?: number;
}

/** y (a, b) = the sum, the maximum or the minimum of x (a, r, b) over r. */
export function reduce(
  op: Reducer,
  x: Storage,
  y: Storage,
  { a, r, b }: Middle,
  { scale, weights, bias, sums: place = 0 }: SumOptions = {},
): void {
  if (a * b === 0) return;
  const fold = b === 1 && r % 4 === 0; // along the rows; else vec4s lie across the columns
  const vec = fold || b % 4 === 0;
  const rows = fold ? r / 4 : r;
  const columns = vec && !fold ? b / 4 : b;
  const { runs, lanes, length } = runsOf(a, rows, columns, place ? 256 : undefined);
  const s = runs * lanes;
  const joined = op === "sum" && s <= 256 ? s : 1; // by a workgroup, so that the dispatch ends the sum
  const reduceTo = (to: Storage, scale = 1, bias?: Block) =>
    dispatch({
      shader: "reduce",
      entry: op,
      constants: {
        ...{ VEC: vec ? 1 : 0, FOLD: fold ? 1 : 0 },
        ...{ JOIN: joined > 1 ? 1 : 0, WEIGHTED: weights ? 1 : 0 },
      },
      reads: [x, weights ?? x, bias?.storage ?? x],
      writes: [to],
      params: {
        ...{ a, r: rows, b: columns, runs, lanes, length },
        ...{ scale, biases: bias?.size ?? 0, place, start: 0, add: 0, pitch: 0, columns: 0 },
      },
      grid: wholeColumns((a * columns * s) / joined + (place && 1), joined),
    });
  if (joined === s) return reduceTo(y, scale, bias);
  temporary(a * s * b, "reduce", (partial) => {
    reduceTo(partial);
    reduce(op, partial, y, { a, r: s, b }, { scale, bias });
  });
}

/** The grid where a workgroup has all of so many parts of some columns; see places.wgsl. */
export const wholeColumns = (columns: number, parts: number) =>
  gridOf(256 * Math.ceil(columns / Math.floor(256 / parts)));
