// What each public function takes: its arguments by name, in order, and of which kind each is. Functions without a line
// here take nothing that could be wrong, or are for those who write ops, optimisers and tests.
import type * as all from "./all";
import * as is from "./kinds";
import { type Arguments, maybe, options } from "./kinds";

const { tensor: x, axes, flag, float, list, number, operand, pair, shape } = is;
const one = { x };
const two = { a: operand, b: operand };
const along = options({ axis: number });
const reduction = { axes, keepDims: flag };
const reduce = { x, options: options(reduction) };
const bounds = is.required(options({ low: number, high: number }));
const padding = {
  ...is.either(is.oneOf("same", "valid"), is.either(number, list)),
  is: '"same", "valid", a number or [top, bottom, left, right]',
};
/** Of convolutions, in a layer, too. */
export const conv = { stride: pair, padding };
export const pool = options({ stride: pair, padding: number }, { kernel: pair });
export const upsample = options({}, { factor: pair });
const norm = { epsilon: number, slope: number };
const running = options({}, { mean: x, variance: x, momentum: number });
const pass = { createGraph: flag, retainGraph: flag, dy: x };
const run = { fn: is.callable };

export const table = {
  abs: one,
  add: two,
  arange: { size: number },
  argMax: { x: float, options: options({ axis: number, keepDims: flag }) },
  assign: { target: x, source: is.either(x, is.instance("Float32Array", Float32Array)) },
  averagePool2d: { x: float, options: pool },
  backward: { y: x, options: options(pass) },
  batchNorm: { x, gamma: x, beta: x, options: options({ ...norm, running }) },
  batchNormInference: { x, mean: x, variance: x, gamma: x, beta: x, options: options(norm) },
  blend: { target: x, source: x, keep: number, take: number },
  broadcastTo: { x, shape },
  byteTensor: { bytes: is.instance("Uint8Array", Uint8Array) },
  capture: run,
  clamp: { x, options: bounds },
  clip: { target: x, options: bounds },
  clone: one,
  concat: { xs: is.tensors, options: along },
  conv2d: { x, w: x, options: options({ ...conv, bias: x }) },
  conv2dFilterGrad: { x, dy: x, kernel: pair, options: options(conv) },
  convTranspose2d: { x, w: x, options: options({ ...conv, outputSize: list, bias: x }) },
  cos: one,
  detach: one,
  div: two,
  equal: two,
  exp: one,
  floor: one,
  full: { shape, value: number },
  gather: { x, index: x, options: along },
  gelu: one,
  grad: { y: x, xs: is.tensors, options: options(pass) },
  greater: two,
  greaterEqual: two,
  inside: { x, options: bounds },
  keep: one,
  layerNorm: { x, gamma: x, beta: x, options: options({ epsilon: number }) },
  leakyRelu: { x, options: options({ slope: number }) },
  leakyReluGrad: { x, dy: x, options: options({}, { slope: number }) },
  log: one,
  logSoftmax: { x: float },
  matmul: { a: x, b: x, options: options({ transposeA: flag, transposeB: flag, bias: x }) },
  max: reduce,
  maxPool2d: { x: float, options: pool },
  maximum: two,
  mean: reduce,
  min: reduce,
  minimum: two,
  mul: two,
  neg: one,
  noGrad: run,
  oneHot: { labels: x, options: options({}, { classes: number }) },
  ones: { shape },
  pad: { x, options: options({ value: number }, { before: list, after: list }) },
  pow: { x, options: options({}, { p: number }) },
  relu: one,
  requireGrad: one,
  reshape: { x, shape },
  rsqrt: one,
  scatterAdd: { x, index: x, options: options({}, { rows: number }) },
  settle: { most: number },
  sigmoid: one,
  sign: one,
  silu: one,
  sin: one,
  slice: { x, options: options({ sizes: axes, steps: axes, axes }, { starts: axes }) },
  softmax: one,
  softmaxCrossEntropy: { logits: x, labels: x },
  softplus: one,
  split: { x, options: options({ axis: number }, { sizes: axes }) },
  sqrt: one,
  square: one,
  stack: { xs: is.tensors, options: along },
  sub: two,
  sum: { x, options: options({ ...reduction, scale: number }) },
  takeBytes: { data: x, index: x, options: options({}, { sample: shape, scale: number, shift: number }) },
  tanh: one,
  tensor: { data: is.data, shape: maybe(shape) },
  tidy: run,
  toF32: one,
  toU32: one,
  transpose: { x, order: maybe(list) },
  untidied: run,
  upsample2d: { x: float, options: upsample },
  variance: reduce,
  where: { mask: float, a: is.floatOperand, b: is.floatOperand },
  zeros: { shape },
} satisfies Partial<Record<keyof typeof all, Arguments>>;
