// Copies that rearrange: transpose, slice and pad are one kernel with different numbers. So is concat: copies would end
// the compute pass.
import { type Block, launch } from "./block";
import { padded } from "./pointwise";

/** How each axis of y reads x: y's index i stands for index (i + start) / step of an axis of x with that size and stride. */
export interface Axis {
  start: number;
  limit: number;
  stride: number;
  step?: number;
}

/** y[i, j, …] = x[base + that], `value` where x has no such place. One `Axis` for each axis of y. */
export function strided(x: Block, y: Block, axes: readonly Axis[], { base = 0, value = 0 } = {}): void {
  const of = (key: keyof Axis) => padded(axes.map((axis) => axis[key] ?? 1));
  const [outside] = new Uint32Array((y.dtype === "f32" ? Float32Array : Uint32Array).of(value).buffer);
  const lists = { starts: of("start"), limits: of("limit"), strides: of("stride"), steps: of("step") };
  const params = { n: y.size, rank: axes.length, base, outside, sizes: padded(y.shape), ...lists };
  const entry = axes.some(({ step = 1 }) => step > 1) ? "apart" : "together";
  launch("strided", entry, [x], [y], params, y.size);
}

/** Puts the runs of x, `run` numbers each, into y: the first at `at`, each next one `pitch` numbers on. */
export const place = (x: Block, y: Block, run: number, pitch: number, at: number): void =>
  launch("concat", "place", [x], [y], { n: x.size, run, pitch, at }, x.size);
