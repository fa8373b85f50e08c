// The public face of the engine: all.ts, with a check of what each function is given.
import * as all from "./all";
import { checked, checkedClass, named } from "./check";
import * as is from "./kinds";
import { printTensor } from "./printing";
import { table } from "./table";

export * from "./all";

printTensor(all.Tensor);

const made = Object.entries(table).map(([name, [f, args, isComposite]]) => {
  return [name, checked(name, isComposite ? named(name, f) : f, args)];
});
const face = Object.fromEntries(made) as Pick<typeof all, keyof typeof table>;

export const {
  abs,
  add,
  arange,
  argMax,
  assign,
  averagePool2d,
  backward,
  batchNorm,
  batchNormInference,
  blend,
  broadcastTo,
  byteTensor,
  capture,
  clamp,
  clip,
  clone,
  concat,
  conv2d,
  conv2dFilterGrad,
  convTranspose2d,
  cos,
  detach,
  div,
  equal,
  exp,
  floor,
  full,
  gather,
  gelu,
  grad,
  greater,
  greaterEqual,
  inside,
  keep,
  layerNorm,
  leakyRelu,
  leakyReluGrad,
  log,
  logSoftmax,
  matmul,
  max,
  maxPool2d,
  maximum,
  mean,
  min,
  minimum,
  mul,
  neg,
  noGrad,
  oneHot,
  ones,
  pad,
  pow,
  relu,
  requireGrad,
  reshape,
  rsqrt,
  scatterAdd,
  settle,
  sigmoid,
  sign,
  silu,
  sin,
  slice,
  softmax,
  softmaxCrossEntropy,
  softplus,
  split,
  sqrt,
  square,
  stack,
  sub,
  sum,
  takeBytes,
  tanh,
  tensor,
  tidy,
  toF32,
  toU32,
  transpose,
  untidied,
  upsample2d,
  variance,
  where,
  zeros,
} = face;

/** As the engine's, with a look at what it is given. */
export class Random extends checkedClass(
  "Random",
  all.Random,
  { seed: is.number, counter: is.maybe(is.number) },
  {
    uniform: { shape: is.shape, low: is.maybe(is.number), high: is.maybe(is.number) },
    normal: { shape: is.shape, mean: is.maybe(is.number), deviation: is.maybe(is.number) },
    integer: { shape: is.shape, bound: is.number },
    loadState: { state: is.options({}, { seed: is.number, counter: is.number }) },
  },
) {}
