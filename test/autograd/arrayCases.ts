// Cases of the ops that move, reduce and index: every kind of axis, repeated indices, and sums long enough to split.
import * as engine from "../../src/autograd";
import type { F64 } from "../reference/array";
import * as reference from "../reference/forward";
import type { Case } from "./check";
import { distinct, type Input, normal, show } from "./inputs";

type Tensor = engine.Tensor;

function one(name: string, x: F64, f: (x: Tensor) => Tensor, by: (x: F64) => F64): Case {
  return {
    name: `${show(x.shape)} ${name}`,
    inputs: [x],
    engine: ([x]) => f(x),
    reference: ([x]) => by(x),
  };
}

const RESHAPES = [
  [[], [1]],
  [[1], []],
  [
    [2, 3, 5],
    [6, 5],
  ],
  [[12], [3, 1, 4]],
];

/** Shape, starts, sizes, steps, axes. */
const STEPPED: [number[], number[], number[] | undefined, number[], number[] | undefined][] = [
  [[7], [1], [3], [2], undefined],
  [
    [3, 8, 4],
    [2, 1],
    [1, 3],
    [1, 3],
    [-1, 1],
  ],
  [[4, 5], [1], undefined, [3], [1]],
  [[4, 5], [0, 4], undefined, [4, 2], undefined],
  [[6, 2], [1, 0], [0, 2], [2, 1], undefined],
];

const ORDERS = [
  [
    [3, 5],
    [1, 0],
  ],
  [
    [1, 7],
    [1, 0],
  ],
  [
    [2, 3, 5],
    [2, 0, 1],
  ],
  [
    [2, 3, 4, 5],
    [0, 3, 1, 2],
  ],
];

const STRETCHES = [
  [[], [3]],
  [[1], [2, 3]],
  [[5], [2, 3, 5]],
  [
    [3, 1],
    [2, 3, 5],
  ],
  [
    [2, 1, 3],
    [2, 4, 3],
  ],
  [
    [2, 3],
    [2, 3],
  ],
  [
    [1, 1],
    [1, 1],
  ],
];

/** Shape, starts, sizes. */
const SLICES = [
  [[7], [2], [3]],
  [
    [3, 5, 4],
    [1, 0, 3],
    [2, 5, 1],
  ],
  [
    [2, 3],
    [0, 0],
    [2, 3],
  ],
  [[], [], []],
];

/** Shape, before, after. */
const PADS = [
  [[5], [2], [0]],
  [
    [2, 3, 4],
    [0, 1, 2],
    [3, 0, 1],
  ],
  [
    [1, 1],
    [0, 0],
    [0, 0],
  ],
  [[], [], []],
];

/** Shape, axes (none: all), whether to keep them. */
const REDUCTIONS: [number[], number[] | undefined, boolean][] = [
  [[], undefined, false],
  [[1], [0], false],
  [[13], undefined, false],
  [[3, 5], [1], false],
  [[3, 5], [-2], true],
  [[2, 3, 4], [0, 2], true],
  [[3, 2, 8], [0, 1], false],
  [[2, 3, 1, 5], [2], false],
  [[2, 64], [1], false],
  [[67, 3], [0], true],
];

function reductions(
  f: (x: Tensor, options: engine.ReduceOptions) => Tensor,
  by: (x: F64, axes: number[] | undefined, keep: boolean) => F64,
  input: Input,
): Case[] {
  return REDUCTIONS.map(([shape, axes, keepDims]) =>
    one(
      `axes ${axes ?? "all"}${keepDims ? " kept" : ""}`,
      input(...shape),
      (x) => f(x, { axes, keepDims }),
      (x) => by(x, axes, keepDims),
    ),
  );
}

/** Shape, indices. */
const GATHERS: [number[], number[]][] = [
  [
    [5, 3],
    [0, 4, 4, 2],
  ],
  [[7], [6, 0, 6, 6, 3]],
  [[3, 2, 4], [1]],
  [
    [1, 8],
    [0, 0],
  ],
];

/** Shape, indices, rows. */
const SCATTERS: [number[], number[], number][] = [
  [[4, 3], [0, 4, 4, 2], 5],
  [[5], [6, 0, 6, 6, 3], 7],
  [[1, 2, 4], [1], 3],
  [[2, 8], [0, 0], 1],
];

/** Logits, labels. */
const CLASSES: [number[], number[]][] = [
  [
    [4, 7],
    [6, 0, 3, 3],
  ],
  [[1, 10], [2]],
  [
    [3, 2],
    [1, 1, 0],
  ],
];

export const arrayCases: Record<string, Case[]> = {
  reshape: RESHAPES.map(([from, to]) =>
    one(
      `to ${show(to)}`,
      normal(...from),
      (x) => engine.reshape(x, to),
      (x) => reference.reshape(x, to),
    ),
  ),
  transpose: ORDERS.map(([shape, order], i) =>
    one(
      `order ${order}`,
      normal(...shape),
      (x) =>
        engine.transpose(
          x,
          [undefined, order, order.map((axis) => axis - shape.length), order.map((a) => (a > 1 ? a - 4 : a))][
            i
          ],
        ),
      (x) => reference.transpose(x, order),
    ),
  ),
  broadcastTo: STRETCHES.map(([from, shape]) =>
    one(
      `to ${show(shape)}`,
      normal(...from),
      (x) => engine.broadcastTo(x, { shape }),
      (x) => reference.broadcastTo(x, shape),
    ),
  ),
  clone: [[], [3], [2, 3, 5]].map((shape) => one("", normal(...shape), engine.clone, (x) => x)),
  concat: [0, 1, 2].map((axis) => ({
    name: `along ${axis}`,
    inputs: [1, 3, 2].map((n) => normal(...[2, 3, 4].map((size, i) => (i === axis ? n : size)))),
    engine: (xs) => engine.concat(xs, { axis }),
    reference: (xs) => reference.concat(xs, axis),
  })),
  slice: [
    ...SLICES.map(([shape, starts, sizes]) =>
      one(
        `from ${show(starts, sizes)}`,
        normal(...shape),
        (x) => engine.slice(x, { starts, sizes }),
        (x) => reference.slice(x, starts, sizes),
      ),
    ),
    ...STEPPED.map(([shape, starts, sizes, steps, axes]) =>
      one(
        `from ${show(starts)} by ${steps} along ${axes ?? "all"}`,
        normal(...shape),
        (x) => engine.slice(x, { starts, sizes, steps, axes }),
        (x) => {
          const at = shape.map((_, d) =>
            (axes ?? shape.map((_, d) => d)).map((a) => (a + shape.length) % shape.length).indexOf(d),
          );
          const [from, by] = [at.map((i) => starts[i] ?? 0), at.map((i) => steps[i] ?? 1)];
          const taken = at.map((i, d) => (i >= 0 && sizes?.[i]) || Math.ceil((shape[d] - from[d]) / by[d]));
          return reference.slice(x, from, sizes && !axes ? sizes : taken, by);
        },
      ),
    ),
  ],
  pad: [0, -1.5].flatMap((value) =>
    PADS.map(([shape, before, after]) =>
      one(
        `by ${show(before, after)} of ${value}`,
        normal(...shape),
        (x) => engine.pad(x, value ? { before, after, value } : { before, after }),
        (x) => reference.pad(x, before, after, value),
      ),
    ),
  ),
  sum: reductions(engine.sum, reference.sum, normal),
  max: reductions(engine.max, reference.max, distinct),
  min: reductions(engine.min, reference.min, distinct),
  mean: reductions(engine.mean, reference.mean, normal),
  variance: reductions(engine.variance, reference.variance, normal),
  softmax: [[5], [1, 1], [3, 7], [2, 3, 4]].map((shape) =>
    one("", normal(...shape), engine.softmax, reference.softmax),
  ),
  softmaxCrossEntropy: CLASSES.map(([shape, labels]) =>
    one(
      `labels ${labels}`,
      normal(...shape),
      (x) => engine.softmaxCrossEntropy(x, indices(labels)),
      (x) => reference.softmaxCrossEntropy(x, labels),
    ),
  ),
  gather: [
    ...GATHERS.map(([shape, index]) =>
      one(
        `rows ${index}`,
        normal(...shape),
        (x) => engine.gather(x, indices(index)),
        (x) => reference.gather(x, index),
      ),
    ),
    ...[1, -1].map((axis) =>
      one(
        `${[3, 0, 3]} along ${axis}`,
        normal(2, 4, 4),
        (x) => engine.gather(x, indices([3, 0, 3]), { axis }),
        (x) => {
          const order = axis === 1 ? [1, 0, 2] : [2, 0, 1];
          const back = axis === 1 ? [1, 0, 2] : [1, 2, 0];
          return reference.transpose(reference.gather(reference.transpose(x, order), [3, 0, 3]), back);
        },
      ),
    ),
  ],
  scatterAdd: SCATTERS.map(([shape, index, rows]) =>
    one(
      `to rows ${index} of ${rows}`,
      normal(...shape),
      (x) => engine.scatterAdd(x, indices(index), { rows }),
      (x) => reference.scatterAdd(x, index, rows),
    ),
  ),
};

const indices = (values: readonly number[]): Tensor => engine.tensor(Uint32Array.from(values));
