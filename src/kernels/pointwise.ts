// Elementwise kernels: y = f(x), and y = f(a, b) with NumPy's broadcasting.
// An op is an entry point of shaders/unary.wgsl or shaders/binary.wgsl; adding one needs no line here.
import { type Block, dispatch, gridOf, launch, MOST_AXES, turnsFor } from "./block";

/** y = f(x) by the entry point `name`; p and q are the op's own numbers (a slope, bounds). */
export function unary(name: string, x: Block, y: Block, p = 0, q = 0): void {
  const n4 = Math.ceil(y.size / 4);
  const { turns, threads } = turnsFor(n4);
  launch("unary", name, [x], [y], { n4, turns, p, q }, threads);
}

/** y = the numbers of x in y's dtype. */
export const cast = (x: Block, y: Block): void =>
  launch("cast", `to_${y.dtype}`, [x], [y], { n: y.size }, y.size);

/** y = f(a, b) by the entry point `name`; either may be a number, and shapes broadcast to y's. */
export function binary(name: string, a: Block | number, b: Block | number, y: Block, p = 0): void {
  const n4 = Math.ceil(y.size / 4);
  const { turns, threads } = turnsFor(n4);
  const left = reading(a, y);
  const right = reading(b, y);
  const other = (a as Block).storage ?? (b as Block).storage; // a number still needs some buffer to bind
  dispatch({
    shader: "binary",
    entry: name,
    constants: { A_MODE: left.mode, B_MODE: right.mode, A_PERIOD: left.period, B_PERIOD: right.period },
    reads: [(a as Block).storage ?? other, (b as Block).storage ?? other],
    writes: [y.storage],
    params: { n4, turns, rank: y.shape.length, p, sizes: padded(y.shape), a: left.operand, b: right.operand },
    grid: gridOf(threads),
  });
}

const [SAME, NUMBER, ONE, REPEATED, STRETCHED, STRIDED, LONG] = [0, 1, 2, 3, 4, 5, 6];

const none = { number: 0, stretch: 1, strides: padded([]) };
const [same, one] = [SAME, ONE].map((mode) => ({ mode, period: 1, operand: none })); // made once: most are

/** How y reads x: the constants of the pipeline, and what the uniform says of the operand. */
function reading(x: Block | number, y: Block): typeof same {
  const by = (mode: number, operand: Partial<typeof none>) => {
    return { mode, period: 1, operand: { ...none, ...operand } };
  };
  if (typeof x === "number") return by(NUMBER, { number: x });
  if (x.size === y.size) return same;
  if (x.size === 1) return one;
  // Only leading axes are missing or 1: x lies in y again and again.
  const shape = x.shape.slice(x.shape.findIndex((size) => size !== 1));
  const tail = y.shape.slice(y.shape.length - shape.length);
  if (x.size % 4 === 0 && shape.every((size, i) => size === tail[i])) {
    const period = x.size / 4;
    // Only powers of 2 get a pipeline of their own: there are few, and lengths of sequences have no end.
    return (period & (period - 1)) === 0
      ? { ...same, mode: REPEATED, period }
      : by(LONG, { stretch: period });
  }
  // Only trailing axes are missing: each number of x fills a stretch of y.
  const wide = [...new Array<number>(y.shape.length - x.shape.length).fill(1), ...x.shape];
  const own = wide.findLastIndex((size) => size !== 1) + 1;
  const stretch = y.size / x.size;
  if (stretch % 4 === 0 && wide.slice(0, own).every((size, i) => size === y.shape[i])) {
    return by(STRETCHED, { stretch: stretch / 4 });
  }
  return by(STRIDED, { strides: padded(broadcastStrides(x.shape, y.shape.length)) });
}

/** Strides of a contiguous shape seen with `rank` axes, 0 along those of size 1. */
function broadcastStrides(shape: readonly number[], rank: number): number[] {
  const strides = new Array<number>(rank).fill(0);
  let step = 1;
  for (let d = shape.length - 1; d >= 0; d--) {
    if (shape[d] !== 1) strides[d + rank - shape.length] = step;
    step *= shape[d];
  }
  return strides;
}

/** A number for each axis, as an `array<vec4u, 2>` of a uniform. */
export function padded(values: readonly number[]): number[] {
  const all = new Array<number>(MOST_AXES).fill(0);
  for (let axis = 0; axis < values.length; axis++) all[axis] = values[axis];
  return all;
}
