// Images (N, H, W, C) made smaller and larger. All are composites.
import { add, broadcastTo, maximum, mul, pad, reshape, type Shape, slice, type Tensor } from "../autograd";
import { shapeError } from "../autograd/shape";

/** One number for both, or (rows, columns). */
export type Sides = number | readonly [number, number];
const both = (sides: Sides) => (typeof sides === "number" ? [sides, sides] : sides);

/** The windows of a pool. */
export interface PoolOptions {
  kernel: Sides;
  /** From one window to the next; the kernel's own size where it is not given. */
  stride?: Sides;
  /** Rows and columns on each side of the image: a maximum passes over them, in an average they count as 0. */
  padding?: number;
}

/** The largest of each window. Of those that tie the first has the derivative. */
export const maxPool2d = (x: Tensor, options: PoolOptions): Tensor =>
  windows("maxPool2d", x, options, Number.NEGATIVE_INFINITY).reduce((a, b) => maximum(a, b));

/** The mean of each window. */
export function averagePool2d(x: Tensor, options: PoolOptions): Tensor {
  const all = windows("averagePool2d", x, options, 0);
  const total = all.reduce((a, b) => add(a, b));
  return mul(total, 1 / all.length);
}

/** Throws where a window could hold nothing but padding. */
export function checkPool(op: string, { kernel, padding = 0 }: PoolOptions): void {
  const k = Math.min(...both(kernel));
  if (padding >= k) throw new Error(`${op}: padding must be less than the kernel's ${k}, got ${padding}.`);
}

/** What all windows have at their first place, at their second, …, row by row. */
function windows(
  op: string,
  x: Tensor,
  { kernel, stride = kernel, padding = 0 }: PoolOptions,
  value: number,
) {
  const [k, steps] = [both(kernel), both(stride)];
  checkImages(op, x.shape);
  checkPool(op, { kernel, padding });
  const around = [0, padding, padding, 0];
  const image = padding === 0 ? x : pad(x, { before: around, after: around, value });
  const sizes = k.map((n, i) => Math.floor((image.shape[1 + i] - n) / steps[i]) + 1);
  if (sizes.some((n) => n < 1)) throw shapeError(op, "kernel must fit into the padded image x", [x.shape, k]);
  const starts = Array.from({ length: k[0] * k[1] }, (_, i) => [Math.floor(i / k[1]), i % k[1]]);
  return starts.map((from) => slice(image, { axes: [1, 2], starts: from, sizes, steps }));
}

/** How often each pixel stands, down and across. */
export type UpsampleOptions = { factor: Sides };

/** Each pixel `factor` times along rows and columns: the nearest neighbour. */
export function upsample2d(x: Tensor, { factor }: UpsampleOptions): Tensor {
  const [down, right] = both(factor);
  checkImages("upsample2d", x.shape);
  const [n, h, w, c] = x.shape;
  const repeated = broadcastTo(reshape(x, [n, h, 1, w, 1, c]), { shape: [n, h, down, w, right, c] });
  return reshape(repeated, [n, h * down, w * right, c]);
}

function checkImages(op: string, shape: Shape): void {
  if (shape.length !== 4) throw shapeError(op, "x must be images (N, H, W, C)", [shape]);
}
