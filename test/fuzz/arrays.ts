// The ops that the fuzzer's programs use, on plain arrays in float64. Numbers are small, so most results are exact in
// f32; where one is not, `slack` bounds the error that f32 and the ops before may have made.

export type Shape = readonly number[];
export type Attributes = { axes?: number[]; shape?: number[]; starts?: number[]; after?: number[] };

export interface Numbers {
  readonly values: Float64Array;
  /** By how much each value may be off. */
  readonly slack: number;
}
export type Arr = Numbers & { readonly shape: Shape };

/** Thrown where numbers grow too large to be compared: such a program ends there. */
export class Limit extends Error {}

/** Thrown at what the engine must refuse as well. */
export class Refused extends Error {}

export const sizeOf = (shape: Shape): number => shape.reduce((a, b) => a * b, 1);
const same = (a: Shape, b: Shape) => a.length === b.length && a.every((n, i) => n === b[i]);
const most = ({ values }: Numbers) => values.reduce((max, v) => Math.max(max, Math.abs(v)), 0);

/** Values with the slack that came with the inputs, and f32's rounding where they need it. */
export function numbers(values: Float64Array, slack: number): Numbers {
  const size = most({ values, slack });
  if (!(size <= 2 ** 21) || !(slack < 0.02)) throw new Limit("numbers out of range");
  const exact = slack === 0 && values.every((value) => Math.fround(value) === value);
  return { values, slack: exact ? 0 : slack + 3e-7 * size };
}

interface Rule {
  /** Throws Refused where shapes do not fit. */
  shape(shapes: Shape[], attributes: Attributes): Shape;
  forward(xs: Arr[], shape: Shape, attributes: Attributes): { values: Float64Array; slack: number };
  /** Whether it takes u32 as well. */
  any?: true;
  /** Whether the result shares the storage of its input. */
  shares?: true;
}

function broadcast([a, b]: Shape[]): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const [m, n] = [a[i - rank + a.length] ?? 1, b[i - rank + b.length] ?? 1];
    if (m !== n && m !== 1 && n !== 1) throw new Refused("shapes do not broadcast");
    return m === 1 ? n : m;
  });
}

/** The index of each axis, for the flat index i of a shape. */
function axesOf(i: number, shape: Shape): number[] {
  const at: number[] = [];
  for (let d = shape.length - 1, rest = i; d >= 0; d--) {
    at[d] = rest % shape[d];
    rest = Math.floor(rest / shape[d]);
  }
  return at;
}
const flatOf = (at: readonly number[], shape: Shape) => shape.reduce((flat, n, d) => flat * n + at[d], 0);

/** y[i] = x[where(axes of i)], 0 where that is undefined. */
function moved(x: Arr, shape: Shape, where: (at: number[]) => number[] | undefined) {
  const values = Float64Array.from({ length: sizeOf(shape) }, (_, i) => {
    const from = where(axesOf(i, shape));
    return from ? x.values[flatOf(from, x.shape)] : 0;
  });
  return { values, slack: x.slack };
}

const stretched = (x: Arr, shape: Shape) =>
  moved(x, shape, (at) => x.shape.map((n, d) => (n === 1 ? 0 : at[d + shape.length - x.shape.length])));

const binary = (f: (a: number, b: number) => number, slack: (a: Arr, b: Arr) => number): Rule => ({
  shape: broadcast,
  forward: ([a, b], shape) => {
    const [x, y] = [stretched(a, shape).values, stretched(b, shape).values];
    return { values: x.map((v, i) => f(v, y[i])), slack: slack(a, b) };
  },
});
const unary = (f: (x: number) => number, slack: (x: Arr) => number): Rule => ({
  shape: ([x]) => x,
  forward: ([x]) => ({ values: x.values.map(f), slack: slack(x) }),
});

const reduced = (shape: Shape, axes: readonly number[]) => shape.filter((_, d) => !axes.includes(d));

export const rules: Record<string, Rule> = {
  add: binary(
    (a, b) => a + b,
    (a, b) => a.slack + b.slack,
  ),
  sub: binary(
    (a, b) => a - b,
    (a, b) => a.slack + b.slack,
  ),
  mul: binary(
    (a, b) => a * b,
    (a, b) => a.slack * most(b) + b.slack * most(a) + a.slack * b.slack,
  ),
  neg: unary(
    (x) => -x,
    (x) => x.slack,
  ),
  square: unary(
    (x) => x * x,
    (x) => x.slack * (2 * most(x) + x.slack),
  ),
  tanh: unary(Math.tanh, (x) => x.slack + 1e-6),
  sum: {
    shape: ([x], { axes }) => reduced(x, axes!),
    forward: ([x], shape, { axes }) => {
      const values = new Float64Array(sizeOf(shape));
      x.values.forEach((value, i) => {
        values[flatOf(reduced(axesOf(i, x.shape), axes!), shape)] += value;
      });
      const terms = x.values.length / Math.max(1, values.length);
      // A sum of fractions is rounded on its way, though its end may be exact.
      const whole = x.values.every((value) => Number.isInteger(64 * value));
      return { values, slack: terms * (x.slack + (whole ? 0 : 1e-7 * most(x))) };
    },
  },
  broadcastTo: {
    shape: ([x], { shape }) => {
      if (!same(broadcast([x, shape!]), shape!)) throw new Refused("the shape does not grow so");
      return shape!;
    },
    forward: ([x], shape) => stretched(x, shape),
  },
  reshape: {
    shape: ([x], { shape }) => {
      if (sizeOf(x) !== sizeOf(shape!)) throw new Refused("sizes differ");
      return shape!;
    },
    forward: ([x]) => x,
    any: true,
    shares: true,
  },
  clone: { shape: ([x]) => x, forward: ([x]) => x, any: true },
  transpose: {
    shape: ([x]) => {
      if (x.length < 2) throw new Refused("there must be two axes");
      return [...x.slice(0, -2), x.at(-1)!, x.at(-2)!];
    },
    forward: ([x], shape) => moved(x, shape, (at) => [...at.slice(0, -2), at.at(-1)!, at.at(-2)!]),
    any: true,
  },
  concat: {
    shape: (xs) => {
      if (xs.some((x) => x.length === 0 || !same(x.slice(1), xs[0].slice(1))))
        throw new Refused("sizes differ");
      return [xs.reduce((rows, x) => rows + x[0], 0), ...xs[0].slice(1)];
    },
    forward: (xs) => ({
      values: Float64Array.from(xs.flatMap((x) => [...x.values])),
      slack: Math.max(...xs.map((x) => x.slack)),
    }),
    any: true,
  },
  slice: {
    shape: ([x], { starts, shape }) => {
      const fits = x.length === shape!.length && x.every((n, d) => starts![d] + shape![d] <= n);
      if (!fits) throw new Refused("the part lies outside");
      return shape!;
    },
    forward: ([x], shape, { starts }) => moved(x, shape, (at) => at.map((i, d) => i + starts![d])),
    any: true,
  },
  pad: {
    shape: ([x], { starts, after }) => x.map((n, d) => starts![d] + n + after![d]),
    forward: ([x], shape, { starts }) =>
      moved(x, shape, (at) => {
        const from = at.map((i, d) => i - starts![d]);
        return from.every((i, d) => i >= 0 && i < x.shape[d]) ? from : undefined;
      }),
    any: true,
  },
};
