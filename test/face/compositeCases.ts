// Cases of the composites: each way to choose, to cut and to pool, against loops in float64.
import type { Tensor } from "../../src/autograd";
import * as composites from "../../src/face/composites";
import * as images from "../../src/face/images";
import { type Case, toTensor } from "../autograd/check";
import { distinct, normal, show } from "../autograd/inputs";
import { type F64, make, scalar } from "../reference/array";
import * as reference from "../reference/forward";

const mask = (...shape: number[]): F64 =>
  make(
    shape,
    [...distinct(...shape).data].map((v) => (v > 0 ? 1 : 0)),
  );

/** Shapes of the mask, of a and of b; none stands for a number. */
const CHOICES: [number[], number[] | undefined, number[] | undefined][] = [
  [[7], [7], [7]],
  [
    [2, 3, 1],
    [3, 4],
    [2, 1, 1],
  ],
  [[], [2, 3], []],
  [[5], undefined, [5]],
  [[5], [2, 1], undefined],
];

/** Image, kernel, stride, padding. */
const POOLS: [number[], [number, number], [number, number], number][] = [
  [[2, 4, 6, 3], [2, 2], [2, 2], 0],
  [[1, 7, 5, 2], [3, 2], [2, 1], 1],
  [[1, 5, 5, 1], [3, 3], [1, 1], 1],
  [[2, 4, 4, 1], [1, 1], [3, 2], 0],
  [[1, 3, 4, 5], [3, 4], [3, 4], 0],
];

type Options = { kernel: [number, number]; stride: [number, number]; padding: number };
type Pool = (x: F64, kernel: Options["kernel"], stride: Options["stride"], padding: number) => F64;

const pools = (engine: (x: Tensor, options: Options) => Tensor, by: Pool): Case[] =>
  POOLS.map(([shape, kernel, stride, padding]) => ({
    name: `${show(shape, kernel, stride)} padding ${padding}`,
    inputs: [distinct(...shape)],
    engine: ([x]) => engine(x, { kernel, stride, padding }),
    reference: ([x]) => by(x, kernel, stride, padding),
  }));

export const compositeCases: Record<string, Case[]> = {
  where: CHOICES.map(([of, left, right]) => {
    const condition = mask(...of);
    const inputs = [left, right].flatMap((shape) => (shape ? [normal(...shape)] : []));
    const both = <T>(xs: T[], number: T) => [left ? xs[0] : number, right ? xs.at(-1)! : number] as const;
    return {
      name: show(of, left ?? [], right ?? []),
      inputs,
      engine: (xs: Tensor[]) => composites.where(toTensor(condition), ...both<Tensor | number>(xs, 1.25)),
      reference: (xs: F64[]) => reference.where(condition, ...both(xs, scalar(1.25))),
    };
  }),
  logSoftmax: [[5], [1, 1], [3, 7], [2, 3, 4]].map((shape) => ({
    name: show(shape),
    inputs: [normal(...shape)],
    engine: ([x]) => composites.logSoftmax(x),
    reference: ([x]) => reference.logSoftmax(x),
  })),
  stack: [0, 1, 2, -1].map((axis) => ({
    name: `along ${axis}`,
    inputs: [normal(2, 3), normal(2, 3), normal(2, 3)],
    engine: (xs) => composites.stack(xs, { axis }),
    reference: (xs) => reference.stack(xs, axis < 0 ? 2 : axis),
  })),
  split: (
    [
      [0, [2, 1, 3]],
      [1, [2, 2, 1]],
      [-1, [0, 4]],
    ] as const
  ).map(([axis, sizes], i) => ({
    name: `along ${axis} into ${sizes}`,
    inputs: [normal(6, 5, 4)],
    engine: ([x]) => composites.split(x, { sizes: i === 1 ? 2 : sizes, axis }),
    reference: ([x]) => reference.split(x, sizes, axis < 0 ? 2 : axis),
  })),
  maxPool2d: pools(images.maxPool2d, reference.maxPool2d),
  averagePool2d: pools(images.averagePool2d, reference.averagePool2d),
  upsample2d: (
    [
      [2, 2],
      [1, 3],
      [3, 1],
    ] as const
  ).map((factor, i) => ({
    name: `by ${factor}`,
    inputs: [normal(2, 3, 4, i + 1)],
    engine: ([x]) => images.upsample2d(x, { factor: i === 0 ? 2 : factor }),
    reference: ([x]) => reference.upsample2d(x, factor),
  })),
};
