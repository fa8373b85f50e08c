// Batch norm and layer norm: statistics, the elementwise pass, and their fused first derivative.
// Both see x as (a, r, b) with a mean and variance for each (a, b); see shaders/normalize.wgsl.
import { gpu } from "../gpu/gpu";
import { type Block, clear, dispatch, gridOf, type Storage, temporary } from "./block";
import { fill } from "./fill";
import { room } from "./pieces";
import { type Middle, runsOf, splits, wholeColumns } from "./reduce";

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

/**
 * `made`, (a, b) each: the mean and the biased variance of x over r; NaN where r is 0. Moves `running` averages of the two,
 * by the Bessel-corrected variance, where there are any; `momentum` is the weight of the newest.
 */
export function moments(x: Block, made: Block[], { a, r, b }: Middle, running: Block[] = [], momentum = 0) {
  if (r === 0) for (const nothing of made) fill(nothing, Number.NaN);
  if (x.size === 0) return;
  const wide = isVector(b);
  const columns = wide ? b / 4 : b;
  const { runs, lanes, length } = runsOf(a, r, columns, 256);
  const take_variance = (momentum * r) / Math.max(1, r - 1);
  const moving = { keep: 1 - momentum, take_mean: momentum, take_variance };
  dispatch({
    shader: "moments",
    entry: running.length > 0 ? "moving" : "still",
    constants: { VEC: wide ? 1 : 0 },
    reads: [x.storage],
    writes: [...made, ...running].map(({ storage }) => storage),
    params: { a, r, b: columns, runs, lanes, length, ...moving },
    grid: wholeColumns(a * columns, runs * lanes),
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

/** Whether `normalizeGrad` has room for the sums of layer norm. */
export const hasGradKernel = ({ a, b }: Middle): boolean => 2 * a * b <= room.most;

/**
 * First derivative of a normalisation by its own statistics: dx, and in `sums` dbeta and from number `second` on dgamma.
 * With b > 1 (batch norm) gamma is constant over r, so one pair of sums serves all three.
 */
export function normalizeGrad(
  { x, mean, variance, gamma, beta, dy }: Normalized & { dy: Block },
  { dx, sums, second }: { dx: Block; sums: Storage; second: number },
  norm: Norm,
): void {
  if (x.size === 0) return clear(sums);
  const reads = [x, mean, variance, gamma, beta, dy].map((block) => block.storage);
  const perChannel = isPerChannel(gamma, norm);
  const sum = (to: Storage, view: Middle, weighed: boolean, second: number) => {
    const columns = isVector(norm.b) ? view.b / 4 : view.b;
    const s = Math.min(256, splits(view.r, view.a * columns));
    const how = { ...call(gamma, norm, weighed, view, s, second), grid: wholeColumns(view.a * columns, s) };
    dispatch({ shader: "normalize_sums", ...how, entry: "sums", reads, writes: [to] });
  };
  const inputGrad = (sums: Storage, second: number) =>
    dispatch({
      shader: "normalize_backward",
      ...call(gamma, norm, !perChannel, norm, piecesOf(norm), second),
      reads: [...reads, sums],
      writes: [dx.storage],
    });
  // Over all that shares an entry of gamma: gives dbeta and dgamma.
  sum(sums, perChannel ? norm : { a: 1, r: x.size / gamma.size, b: gamma.size }, false, second);
  if (perChannel) return inputGrad(sums, second);
  temporary(2 * norm.a * norm.b, "normalize sums", (own) => {
    sum(own, norm, true, norm.a * norm.b);
    inputGrad(own, norm.a * norm.b);
  });
}

/** What the three kernels have in common; each thread takes one of so many pieces of a column of the view. */
function call(gamma: Block, norm: Norm, weighed: boolean, view: Middle, pieces: number, second = 0) {
  const wide = isVector(norm.b);
  const width = wide ? 4 : 1;
  return {
    entry: wide ? "fours" : "numbers",
    constants: { VEC: wide ? 1 : 0, SLOPE: norm.slope, PER_CHANNEL: isPerChannel(gamma, norm) ? 1 : 0 },
    grid: gridOf((view.a * pieces * view.b) / width),
    params: {
      ...{ r: norm.r, inverse_r: 1 / norm.r, b: norm.b / width, c: gamma.size / width },
      ...{ epsilon: norm.epsilon, second: second / width, weighed },
      ...{ view_a: view.a, view_r: view.r, view_b: view.b / width, view_s: pieces },
    },
  };
}

// A processor pays for each load of a channel's mean, variance, gamma and beta, so a thread has many numbers of one
// channel there; a GPU wants threads.
const piecesOf = ({ r }: Norm): number => Math.ceil(r / (gpu().info.software ? 32 : 4));
