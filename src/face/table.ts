// What each public function takes: its arguments by name, in order, and of which kind each is. Functions without a line
// here take nothing that could be wrong, or are for those who write ops, optimisers and tests.
import * as all from "./all";
import * as is from "./kinds";
import { type Arguments, maybe, options } from "./kinds";

const x = is.float;
const one = { x };
const two = { a: is.operand, b: is.operand };
const along = options({ axis: is.number });
const reduction = { axes: is.axes, keepDims: is.flag };
const reduce = { x, options: options(reduction) };
const bounds = is.required(options({ low: is.number, high: is.number }));
/** Of convolutions, in a layer, too. */
export const conv = { stride: is.pair, padding: is.padding };
export const pool = options({ stride: is.pair, padding: is.count }, { kernel: is.pair });
export const upsample = options({}, { factor: is.pair });
const norm = { epsilon: is.fromZero, slope: is.finite };
const running = options({}, { mean: x, variance: x, momentum: is.part });
const pass = { createGraph: is.flag, retainGraph: is.flag, dy: x };
const run = { fn: is.callable };

// biome-ignore lint/suspicious/noExplicitAny: any function
type Plain = (...values: any[]) => unknown;
const composite = (f: Plain, args: Arguments) => [f, args, true] as const;

export const table = {
  abs: [all.abs, one],
  add: [all.add, two],
  arange: [all.arange, { size: is.count }],
  argMax: composite(all.argMax, { x, options: options({ axis: is.number, keepDims: is.flag }) }),
  assign: [
    all.assign,
    { target: is.tensor, source: is.either(is.tensor, is.instance("Float32Array", Float32Array)) },
  ],
  averagePool2d: composite(all.averagePool2d, { x, options: pool }),
  backward: [all.backward, { y: x, options: options(pass) }],
  batchNorm: [all.batchNorm, { x, gamma: x, beta: x, options: options({ ...norm, running }) }],
  batchNormInference: [
    all.batchNormInference,
    { x, mean: x, variance: x, gamma: x, beta: x, options: options(norm) },
  ],
  blend: [all.blend, { target: x, source: x, keep: is.number, take: is.number }],
  broadcastTo: [all.broadcastTo, { x, shape: is.shape }],
  byteTensor: [all.byteTensor, { bytes: is.instance("Uint8Array", Uint8Array) }],
  capture: [all.capture, run],
  clamp: [all.clamp, { x, options: bounds }],
  clip: [all.clip, { target: x, options: bounds }],
  clone: [all.clone, { x: is.tensor }],
  concat: [all.concat, { xs: is.tensors, options: along }],
  conv2d: [all.conv2d, { x, w: x, options: options({ ...conv, bias: x }) }],
  conv2dFilterGrad: [all.conv2dFilterGrad, { x, dy: x, kernel: is.pair, options: options(conv) }],
  convTranspose2d: [
    all.convTranspose2d,
    { x, w: x, options: options({ ...conv, outputSize: is.size, bias: x }) },
  ],
  cos: [all.cos, one],
  detach: [all.detach, { x: is.tensor }],
  div: [all.div, two],
  equal: [all.equal, two],
  exp: [all.exp, one],
  floor: [all.floor, one],
  full: [all.full, { shape: is.shape, value: is.number }],
  gather: [all.gather, { x, index: is.whole, options: along }],
  gelu: [all.gelu, one],
  grad: [all.grad, { y: x, xs: is.tensors, options: options(pass) }],
  greater: [all.greater, two],
  greaterEqual: [all.greaterEqual, two],
  inside: [all.inside, { x, options: bounds }],
  keep: [all.keep, { x: is.tensor }],
  layerNorm: [all.layerNorm, { x, gamma: x, beta: x, options: options({ epsilon: is.fromZero }) }],
  leakyRelu: [all.leakyRelu, { x, options: options({ slope: is.number }) }],
  leakyReluGrad: [all.leakyReluGrad, { x, dy: x, options: options({}, { slope: is.number }) }],
  log: [all.log, one],
  logSoftmax: composite(all.logSoftmax, { x }),
  matmul: [
    all.matmul,
    { a: x, b: x, options: options({ transposeA: is.flag, transposeB: is.flag, bias: x }) },
  ],
  max: [all.max, reduce],
  maxPool2d: composite(all.maxPool2d, { x, options: pool }),
  maximum: [all.maximum, two],
  mean: [all.mean, reduce],
  min: [all.min, reduce],
  minimum: [all.minimum, two],
  mul: [all.mul, two],
  neg: [all.neg, one],
  noGrad: [all.noGrad, run],
  oneHot: [all.oneHot, { labels: is.whole, options: options({}, { classes: is.count }) }],
  ones: [all.ones, { shape: is.shape }],
  pad: [
    all.pad,
    {
      x: is.tensor,
      options: options({ value: is.number, steps: is.steps }, { before: is.list, after: is.list }),
    },
  ],
  pow: [all.pow, { x, options: options({}, { p: is.number }) }],
  relu: [all.relu, one],
  requireGrad: [all.requireGrad, one],
  reshape: [all.reshape, { x: is.tensor, shape: is.shape }],
  rsqrt: [all.rsqrt, one],
  scatterAdd: [all.scatterAdd, { x, index: is.whole, options: options({}, { rows: is.count }) }],
  settle: [all.settle, { most: is.fromZero }],
  sigmoid: [all.sigmoid, one],
  sign: [all.sign, one],
  silu: [all.silu, one],
  sin: [all.sin, one],
  slice: [
    all.slice,
    {
      x: is.tensor,
      options: options({ sizes: is.axes, steps: is.axes, axes: is.axes }, { starts: is.axes }),
    },
  ],
  softmax: [all.softmax, one],
  softmaxCrossEntropy: [all.softmaxCrossEntropy, { logits: x, labels: is.whole }],
  softplus: [all.softplus, one],
  split: composite(all.split, { x: is.tensor, options: options({ axis: is.number }, { sizes: is.axes }) }),
  sqrt: [all.sqrt, one],
  square: [all.square, one],
  stack: composite(all.stack, { xs: is.tensors, options: along }),
  sub: [all.sub, two],
  sum: [all.sum, { x, options: options({ ...reduction, scale: is.number }) }],
  takeBytes: [
    all.takeBytes,
    {
      data: is.whole,
      index: is.whole,
      options: options({}, { sample: is.shape, scale: is.number, shift: is.number }),
    },
  ],
  tanh: [all.tanh, one],
  tensor: [all.tensor, { data: is.data, shape: maybe(is.shape) }],
  tidy: [all.tidy, run],
  toF32: [all.toF32, { x: { ...is.whole, hint: undefined } }],
  toU32: [all.toU32, { x: { ...x, hint: undefined } }],
  transpose: [all.transpose, { x: is.tensor, order: maybe(is.list) }],
  untidied: [all.untidied, run],
  upsample2d: composite(all.upsample2d, { x, options: upsample }),
  variance: [all.variance, reduce],
  where: composite(all.where, { mask: x, a: is.operand, b: is.operand }),
  zeros: [all.zeros, { shape: is.shape }],
} satisfies Partial<Record<keyof typeof all, readonly [f: Plain, args: Arguments, isComposite?: true]>>;
