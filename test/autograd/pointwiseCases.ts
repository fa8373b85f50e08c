// Cases of the elementwise ops: ranks 0 to 4, sizes that 4 does and doesn't divide, broadcasting both ways, numbers.
import * as engine from "../../src/autograd";
import { type F64, map, scalar } from "../reference/array";
import * as reference from "../reference/forward";
import type { Case } from "./check";
import { away, between, type Input, lattice, normal, show, signed } from "./inputs";

type Tensor = engine.Tensor;

const SHAPES = [[], [1], [7], [3, 5], [2, 1, 4, 8]];

const unary = (f: (x: Tensor) => Tensor, by: (x: F64) => F64, input: Input, note = ""): Case[] =>
  SHAPES.map((shape) => ({
    name: show(shape) + note,
    inputs: [input(...shape)],
    engine: ([x]) => f(x),
    reference: ([x]) => by(x),
  }));

// Same, one number, a tail that repeats (a vec4 at a time), and strides; each on either side.
const PAIRS = [
  [[], []],
  [[13], [13]],
  [[3, 5], []],
  [[1], [2, 3]],
  [[4], [2, 3, 4]],
  [
    [2, 3, 5],
    [1, 5],
  ],
  [
    [5, 1],
    [1, 3],
  ],
  [
    [2, 1, 3],
    [4, 1],
  ],
];

type Binary = (a: Tensor | number, b: Tensor | number) => Tensor;

function binary(f: Binary, by: (a: F64, b: F64) => F64, a: Input, b: Input, number = 1.25): Case[] {
  const pairs = PAIRS.map(([left, right]) => ({
    name: show(left, right),
    inputs: [a(...left), b(...right)],
    engine: ([x, y]: Tensor[]) => f(x, y),
    reference: ([x, y]: F64[]) => by(x, y),
  }));
  const numbers = [
    {
      name: `[3,5] ${number}`,
      inputs: [a(3, 5)],
      engine: ([x]: Tensor[]) => f(x, number),
      reference: ([x]: F64[]) => by(x, scalar(number)),
    },
    {
      name: `${number} [7]`,
      inputs: [a(7)],
      engine: ([x]: Tensor[]) => f(number, x),
      reference: ([x]: F64[]) => by(scalar(number), x),
    },
  ];
  return [...pairs, ...numbers];
}

const ofItself = (f: Binary, by: (a: F64, b: F64) => F64): Case => ({
  name: "[5] with itself",
  inputs: [signed(0.5, 1.5)(5)],
  engine: ([x]) => f(x, x),
  reference: ([x]) => by(x, x),
});

const POWERS: [number, Input][] = [
  [3, signed(0.5, 1.5)],
  [2, signed(0.5, 1.5)],
  [1, normal],
  [0, signed(0.5, 1.5)],
  [-1, signed(0.5, 1.5)],
  [-2, signed(0.7, 1.5)],
  [0.5, between(0.5, 2)],
  [2.5, between(0.5, 2)],
];

const leakyReluGradCases = [0, 0.2].flatMap((slope) =>
  SHAPES.map((shape) => ({
    name: `${show(shape)} slope ${slope}`,
    inputs: [away(0)(...shape), normal(...shape)],
    engine: ([x, dy]: Tensor[]) => engine.leakyReluGrad(x, dy, { slope }),
    // At NaN as PyTorch: relu's lets dy through, and what relu holds back is 0 whatever dy is.
    reference: ([x, dy]: F64[]) =>
      map(dy, (v, i) => {
        if (slope === 0) return x.data[i] <= 0 ? 0 : v;
        return x.data[i] > 0 ? v : slope * v;
      }),
  })),
);

export const pointwiseCases: Record<string, Case[]> = {
  add: [...binary(engine.add, reference.add, normal, normal), ofItself(engine.add, reference.add)],
  sub: [...binary(engine.sub, reference.sub, normal, normal), ofItself(engine.sub, reference.sub)],
  mul: [...binary(engine.mul, reference.mul, normal, normal), ofItself(engine.mul, reference.mul)],
  div: binary(engine.div, reference.div, signed(0.5, 1.5), signed(0.5, 1.5)),
  maximum: binary(engine.maximum, reference.maximum, lattice(0), lattice(0.25), 0.25),
  minimum: binary(engine.minimum, reference.minimum, lattice(0), lattice(0.25), 0.25),
  neg: unary(engine.neg, reference.neg, normal),
  exp: unary(engine.exp, reference.exp, normal),
  log: unary(engine.log, reference.log, between(0.4, 3)),
  sqrt: unary(engine.sqrt, reference.sqrt, between(0.4, 3)),
  rsqrt: unary(engine.rsqrt, reference.rsqrt, between(0.4, 3)),
  square: unary(engine.square, reference.square, normal),
  abs: unary(engine.abs, reference.abs, away(0)),
  pow: POWERS.flatMap(([p, input]) =>
    unary(
      (x) => engine.pow(x, { p }),
      (x) => reference.pow(x, p),
      input,
      ` p ${p}`,
    ).slice(2, 4),
  ),
  clamp: unary(
    (x) => engine.clamp(x, { low: -0.5, high: 0.75 }),
    (x) => reference.clamp(x, -0.5, 0.75),
    away(-0.5, 0.75),
  ),
  tanh: unary(engine.tanh, reference.tanh, normal),
  sigmoid: unary(engine.sigmoid, reference.sigmoid, normal),
  softplus: unary(engine.softplus, reference.softplus, normal),
  gelu: unary(engine.gelu, reference.gelu, normal),
  silu: unary(engine.silu, reference.silu, normal),
  sin: unary(engine.sin, reference.sin, normal),
  cos: unary(engine.cos, reference.cos, normal),
  relu: unary(engine.relu, reference.relu, away(0)),
  leakyRelu: [0.2, 0.01].flatMap((slope) =>
    unary(
      (x) => engine.leakyRelu(x, { slope }),
      (x) => reference.leakyRelu(x, slope),
      away(0),
      ` slope ${slope}`,
    ),
  ),
  leakyReluGrad: leakyReluGradCases,
};
