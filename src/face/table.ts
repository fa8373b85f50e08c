// What each public function takes: its arguments by name, in order, and of which kind each is. Functions without a line
// here take nothing that could be wrong, or are for those who write ops, optimisers and tests.
import type * as all from "./all";
import * as is from "./kinds";
import { type Arguments, maybe, options } from "./kinds";

const { axes, count, flag, float: x, fromZero, list, number, operand, pair, shape, tensor, whole } = is;
const one = { x };
const two = { a: operand, b: operand };
const along = options({ axis: number });
const reduction = { axes, keepDims: flag };
const reduce = { x, options: options(reduction) };
const bounds = is.required(options({ low: number, high: number }));
/** Of convolutions, in a layer, too. */
export const conv = { stride: pair, padding: is.padding };
export const pool = options({ stride: pair, padding: count }, { kernel: pair });
export const upsample = options({}, { factor: pair });
const norm = { epsilon: fromZero, slope: is.finite };
const running = options({}, { mean: x, variance: x, momentum: is.part });
const pass = { createGraph: flag, retainGraph: flag, dy: x };
const run = { fn: is.callable };

export const table = {
  abs: one,
  add: two,
  arange: { size: count },
  argMax: { x, options: options({ axis: number, keepDims: flag }) },
  assign: { target: tensor, source: is.either(tensor, is.instance("Float32Array", Float32Array)) },
  averagePool2d: { x, options: pool },
  backward: { y: x, options: options(pass) },
  batchNorm: { x, gamma: x, beta: x, options: options({ ...norm, running }) },
  batchNormInference: { x, mean: x, variance: x, gamma: x, beta: x, options: options(norm) },
  blend: { target: x, source: x, keep: number, take: number },
  broadcastTo: { x, shape },
  byteTensor: { bytes: is.instance("Uint8Array", Uint8Array) },
  capture: run,
  clamp: { x, options: bounds },
  clip: { target: x, options: bounds },
  clone: { x: tensor },
  concat: { xs: is.tensors, options: along },
  conv2d: { x, w: x, options: options({ ...conv, bias: x }) },
  conv2dFilterGrad: { x, dy: x, kernel: pair, options: options(conv) },
  convTranspose2d: { x, w: x, options: options({ ...conv, outputSize: is.size, bias: x }) },
  cos: one,
  detach: { x: tensor },
  div: two,
  equal: two,
  exp: one,
  floor: one,
  full: { shape, value: number },
  gather: { x, index: whole, options: along },
  gelu: one,
  grad: { y: x, xs: is.tensors, options: options(pass) },
  greater: two,
  greaterEqual: two,
  inside: { x, options: bounds },
  keep: { x: tensor },
  layerNorm: { x, gamma: x, beta: x, options: options({ epsilon: fromZero }) },
  leakyRelu: { x, options: options({ slope: number }) },
  leakyReluGrad: { x, dy: x, options: options({}, { slope: number }) },
  log: one,
  logSoftmax: { x },
  matmul: { a: x, b: x, options: options({ transposeA: flag, transposeB: flag, bias: x }) },
  max: reduce,
  maxPool2d: { x, options: pool },
  maximum: two,
  mean: reduce,
  min: reduce,
  minimum: two,
  mul: two,
  neg: one,
  noGrad: run,
  oneHot: { labels: whole, options: options({}, { classes: count }) },
  ones: { shape },
  pad: { x: tensor, options: options({ value: number, steps: is.steps }, { before: list, after: list }) },
  pow: { x, options: options({}, { p: number }) },
  relu: one,
  requireGrad: one,
  reshape: { x: tensor, shape },
  rsqrt: one,
  scatterAdd: { x, index: whole, options: options({}, { rows: count }) },
  settle: { most: fromZero },
  sigmoid: one,
  sign: one,
  silu: one,
  sin: one,
  slice: { x: tensor, options: options({ sizes: axes, steps: axes, axes }, { starts: axes }) },
  softmax: one,
  softmaxCrossEntropy: { logits: x, labels: whole },
  softplus: one,
  split: { x: tensor, options: options({ axis: number }, { sizes: axes }) },
  sqrt: one,
  square: one,
  stack: { xs: is.tensors, options: along },
  sub: two,
  sum: { x, options: options({ ...reduction, scale: number }) },
  takeBytes: {
    data: whole,
    index: whole,
    options: options({}, { sample: shape, scale: number, shift: number }),
  },
  tanh: one,
  tensor: { data: is.data, shape: maybe(shape) },
  tidy: run,
  toF32: { x: { ...whole, hint: undefined } },
  toU32: { x: { ...x, hint: undefined } },
  transpose: { x: tensor, order: maybe(list) },
  untidied: run,
  upsample2d: { x, options: upsample },
  variance: reduce,
  where: { mask: x, a: operand, b: operand },
  zeros: { shape },
} satisfies Partial<Record<keyof typeof all, Arguments>>;
