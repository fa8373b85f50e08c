// Batch norm and layer norm: statistics, the elementwise pass, and their fused first derivative.
// Both see x as (a, r, b) with a mean and variance for each (a, b); see shaders/normalize.wgsl.
import { gpu } from "../gpu/gpu";
import { type Block, clear, dispatch, gridOf, launch, type Storage, temporary } from "./block";
import { fill } from "./fill";
import { room } from "./pieces";
import { type Middle, reduce, runsOf, splits } from "./reduce";

/** What is normalised and by what; gamma and beta repeat along x. */
export interface Normalized {
  x: Block;
  mean: Block;
  variance: Block;
  gamma: Block;
  beta: Block;
}

/** What a normalisation is over: batch norm (1, N*H*W, C), layer norm (N, H*W*C, 1). */
export interface Norm extends Middle {
  epsilon: number;
  /** Slope below 0 of a leaky relu behind the normalisation; 1 means none. */
  slope: number;
}

const isVector = (b: number) => b % 4 === 0;
/** Batch norm: whether gamma is one number for all that share a mean. */
const isPerChannel = (gamma: Block, norm: Norm) => norm.a === 1 && gamma.size === norm.b;

/** So many parts are merged by one thread: more would take it long, and lose digits. */
const MOST_MERGED = 256;

/** Averages of the statistics over batches: each becomes keep times itself and its take times the newest. */
export interface Running {
  mean: Block;
  variance: Block;
  keep: number;
  takeMean: number;
  takeVariance: number;
}

/** mean, variance (a, b): the mean and the biased variance of x over r; NaN where r is 0. Moves `running`, if it is given. */
export function moments(
  x: Block,
  mean: Block,
  variance: Block,
  { a, r, b }: Middle,
  running?: Running,
): void {
  if (r === 0) for (const nothing of [mean, variance]) fill(nothing, Number.NaN);
  if (x.size === 0) return;
  const wide = isVector(b);
  const columns = wide ? b / 4 : b;
  const { runs, lanes, length } = runsOf(a, r, columns, 256);
  const outputs = [mean, variance, ...(running ? [running.mean, running.variance] : [])];
  const { keep = 1, takeMean: take_mean = 0, takeVariance: take_variance = 0 } = running ?? {};
  dispatch({
    shader: "moments",
    entry: running ? "moving" : "still",
    constants: { VEC: wide ? 1 : 0 },
    reads: [x.storage],
    writes: outputs.map(({ storage }) => storage),
    params: { a, r, b: columns, runs, lanes, length, keep, take_mean, take_variance },
    // A workgroup has all threads of some columns.
    grid: gridOf(256 * Math.ceil((a * columns) / Math.floor(256 / (runs * lanes)))),
  });
}

/** y = leaky relu of gamma * (x - mean) / sqrt(variance + epsilon) + beta. */
export function normalize({ x, mean, variance, gamma, beta }: Normalized, y: Block, norm: Norm): void {
  if (x.size === 0) return;
  dispatch({
    shader: "normalize_forward",
    ...call(gamma, norm, false, norm, piecesOf(norm)),
    reads: [x, mean, variance, gamma, beta].map((block) => block.storage),
    writes: [y.storage],
  });
}

/** Whether `normalizeGrad` has room for its pairs of sums, one for each statistic and for each entry of gamma. */
export const hasGradKernel = (gamma: Block, { a, b }: Middle): boolean =>
  2 * Math.max(a * b, gamma.size) <= room.most;

/**
 * First derivative of a normalisation by its own statistics: dx, dgamma and dbeta from dy.
 * With b > 1 (batch norm) gamma is constant over r, so one pair of sums serves all three.
 */
export function normalizeGrad(
  { x, mean, variance, gamma, beta, dy }: Normalized & { dy: Block },
  outputs: { dx: Block; dgamma: Block; dbeta: Block },
  norm: Norm,
): void {
  if (x.size === 0) for (const sum of [outputs.dgamma, outputs.dbeta]) clear(sum.storage);
  if (x.size === 0) return;
  const reads = [x, mean, variance, gamma, beta, dy].map((block) => block.storage);
  const perChannel = isPerChannel(gamma, norm);
  // Over all that shares an entry of gamma: gives dbeta and dgamma.
  const affineView = perChannel ? norm : { a: 1, r: x.size / gamma.size, b: gamma.size };
  const inputGrad = (sums: Storage) =>
    dispatch({
      shader: "normalize_backward",
      ...call(gamma, norm, !perChannel, norm, piecesOf(norm)),
      reads: [...reads, sums],
      writes: [outputs.dx.storage],
    });
  partsOfSums(reads, gamma, norm, affineView, false, MOST_MERGED, (storage, parts) => {
    temporary(2 * gamma.size, "normalize sums", (sums) => {
      const made = [{ storage: sums }, outputs.dbeta, outputs.dgamma];
      launch("normalize_merge", "merge", [{ storage }], made, { n: gamma.size, parts }, 2 * gamma.size);
      if (perChannel) inputGrad(sums);
    });
  });
  if (!perChannel) partsOfSums(reads, gamma, norm, norm, true, 1, inputGrad);
}

/** Gives `use` (2, a, s, b) and s: the sums of g and of g * xhat over s parts, `most` at most, of the view's middle axis. */
function partsOfSums(
  reads: Storage[],
  gamma: Block,
  norm: Norm,
  view: Middle,
  weighed: boolean,
  most: number,
  use: (sums: Storage, s: number) => void,
): void {
  const wide = isVector(norm.b);
  const columns = wide ? view.b / 4 : view.b;
  const s = splits(view.r, view.a * columns);
  temporary(2 * view.a * s * view.b, "normalize sums", (sums) => {
    dispatch({ shader: "normalize_sums", ...call(gamma, norm, weighed, view, s), reads, writes: [sums] });
    if (s <= most) return use(sums, s);
    temporary(2 * view.a * view.b, "normalize sums", (whole) => {
      reduce("sum", sums, whole, { a: 2 * view.a, r: s, b: view.b });
      use(whole, 1);
    });
  });
}

/** What the three kernels have in common; each thread takes one of so many pieces of a column of the view. */
function call(gamma: Block, norm: Norm, weighed: boolean, view: Middle, pieces: number) {
  const wide = isVector(norm.b);
  const width = wide ? 4 : 1;
  return {
    entry: wide ? "fours" : "numbers",
    constants: { VEC: wide ? 1 : 0, SLOPE: norm.slope, PER_CHANNEL: isPerChannel(gamma, norm) ? 1 : 0 },
    grid: gridOf((view.a * pieces * view.b) / width),
    params: {
      ...{ r: norm.r, inverse_r: 1 / norm.r, b: norm.b / width, c: gamma.size / width },
      ...{ epsilon: norm.epsilon, statistics: (norm.a * norm.b) / width, weighed },
      ...{ view_a: view.a, view_r: view.r, view_b: view.b / width, view_s: pieces },
    },
  };
}

// A processor pays for each load of a channel's mean, variance, gamma and beta, so a thread has many numbers of one
// channel there; a GPU wants threads.
const piecesOf = ({ r }: Norm): number => Math.ceil(r / (gpu().info.software ? 32 : 4));
