// What every op makes of NaN and of infinities, in value and in derivative. Where PyTorch has the op it gives the same,
// unless a comment says so.
import * as engine from "../../src/autograd";
import type { NonFinite, Values } from "./nonFinite";

type Tensor = engine.Tensor;
type Numbers = readonly number[];

const N = Number.NaN;
const I = Number.POSITIVE_INFINITY;
const { E, LN2 } = Math;

const item = (
  name: string,
  f: (...xs: Tensor[]) => Tensor,
  inputs: Values[],
  y: Numbers,
  ...d: (Numbers | undefined)[]
): NonFinite => ({ name, f, inputs, y, d: d.length ? d : undefined });

/** Of the points NaN, ∞, −∞, 0, 1 and −1. */
const points = [N, I, -I, 0, 1, -1];
const unary = (name: string, f: (x: Tensor) => Tensor, y: Numbers, d?: Numbers) =>
  item(`${name}(${show(points)})`, f, [points], y, ...(d ? [d] : []));

const pair = (
  name: string,
  f: (a: Tensor, b: Tensor) => Tensor,
  a: Numbers,
  b: Numbers,
  y: Numbers,
  ...d: (Numbers | undefined)[]
) => item(`${name}(${show(a)}, ${show(b)})`, f, [a, b], y, ...d);

/** The derivative where what flows back is infinite: 0 where the op is constant, not NaN. */
const infinite = (name: string, f: (x: Tensor) => Tensor, at: Numbers, d: Numbers) => {
  const back = (x: Tensor) => {
    const dy = engine.full([at.length], I);
    return engine.grad(f(engine.requireGrad(x)), [x], { dy })[0];
  };
  return item(`${name}'s derivative at ${show(at)} for dy ∞`, back, [at], d);
};

const shaped = (shape: Numbers, ...of: number[]): Values => ({ shape, of });
const show = (values: Numbers) =>
  `[${values.map((v) => (Object.is(v, -0) ? "-0" : String(v))).join(", ")}]`.replaceAll("Infinity", "∞");
const clone = (x: Tensor) => engine.mul(x, 1);

const clamp = (low: number, high: number) => (x: Tensor) => engine.clamp(x, { low, high });
const leaky = (slope: number) => (x: Tensor) => engine.leakyRelu(x, { slope });
const leakyGrad = (slope: number) => (x: Tensor, dy: Tensor) => engine.leakyReluGrad(x, dy, { slope });
const matmul = (a: Tensor, b: Tensor) => engine.matmul(a, b);

const crossEntropy = (text: string, logits: Numbers, label: number, y: number, d: Numbers) =>
  item(
    `softmaxCrossEntropy([[${text}]], label ${label})`,
    engine.softmaxCrossEntropy,
    [shaped([1, 2], ...logits), Uint32Array.of(label)],
    [y],
    d,
  );

// Images of one line and one channel.
const image = (...of: number[]) => shaped([1, 1, of.length, 1], ...of);
const filter = (...of: number[]) => shaped([1, of.length, 1, 1], ...of);
const same = { padding: "same" } as const;
const conv = (x: Tensor, w: Tensor) => engine.conv2d(x, w, same);
const convTranspose = (x: Tensor, w: Tensor) => engine.convTranspose2d(x, w, same);
const filterGrad = (x: Tensor, dy: Tensor) => engine.conv2dFilterGrad(x, dy, [1, 3], same);

const batchNorm = (output: number) => (x: Tensor, gamma: Tensor, beta: Tensor) =>
  engine.batchNorm(x, gamma, beta, 1e-5)[output];
const layerNorm = (x: Tensor, gamma: Tensor, beta: Tensor) => engine.layerNorm(x, gamma, beta, 1e-5);
const inference = (x: Tensor, ...rest: Tensor[]) => {
  const [mean, variance, gamma, beta] = rest;
  return engine.batchNormInference(x, mean, variance, gamma, beta, { epsilon: 0 });
};

const clip = (low: number, high: number) => (x: Tensor) => {
  engine.clip(x, { low, high });
  return clone(x);
};

const rules = {
  rmsprop: (updated: engine.Updated) =>
    engine.rmspropUpdate(updated, { rate: 1, decay: 0.9, epsilon: 1e-7, epsilonInside: true }),
  adam: (updated: engine.Updated) =>
    engine.adamUpdate(updated, {
      rate: 1,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      corrections: () => [0.1, 0.001],
    }),
  sgd: (updated: engine.Updated) => engine.sgdUpdate(updated, 1, 0.9),
};

/** A weight after one step from its gradient, held to bounds. */
const stepped =
  (rule: keyof typeof rules, low: number, high: number) => (gradient: Tensor, weight: Tensor) => {
    const slots = engine.zeros([(rule === "adam" ? 2 : 1) * engine.slotSize([weight])]);
    rules[rule]({ weights: [weight], gradients: [gradient], slots, clips: [[low, high]] });
    return clone(weight);
  };

const tanh1 = Math.tanh(1);
const sigmoid1 = 1 / (1 + Math.exp(-1));
const softplus1 = Math.log1p(E);
const one = [1, 1, 1, 1];

export const nonFinite: Record<string, NonFinite[]> = {
  add: [
    pair("add", engine.add, [N, 1, I, I], [1, N, 1, -I], [N, N, I, N], one, one),
    item("add(NaN, [1])", (x) => engine.add(N, x), [[1]], [N], [1]),
    item("add([1], ∞)", (x) => engine.add(x, I), [[1]], [I], [1]),
  ],
  sub: [
    pair("sub", engine.sub, [N, 1, I, I], [1, N, -I, I], [N, N, I, N], one, [-1, -1, -1, -1]),
    item("sub([1], ∞)", (x) => engine.sub(x, I), [[1]], [-I], [1]),
  ],
  mul: [
    pair("mul", engine.mul, [N, 1, I, I], [1, N, 0, -2], [N, N, N, -I], [1, N, 0, -2], [N, 1, I, I]),
    item("mul([1, 0], NaN)", (x) => engine.mul(x, N), [[1, 0]], [N, N], [N, N]),
    item("mul(∞, [2, 0, -2])", (x) => engine.mul(I, x), [[2, 0, -2]], [I, N, -I], [I, I, I]),
  ],
  div: [
    pair("div", engine.div, [N, 1, I, 1], [1, N, I, I], [N, N, N, 0], [1, N, 0, 0], [N, N, N, 0]),
    pair("div", engine.div, [1, 1, 0, -1], [0, -0, 0, 0], [I, -I, N, -I], [I, -I, I, I], [-I, -I, N, I]),
    item("div([1, -1, 0], 0)", (x) => engine.div(x, 0), [[1, -1, 0]], [I, -I, N], [I, I, I]),
    item("div(1, [∞, -∞, NaN])", (x) => engine.div(1, x), [[I, -I, N]], [0, -0, N], [0, 0, N]),
  ],
  // With NaN the derivative is 1 by both: the NaN itself comes with what flows back from the value.
  maximum: [
    pair("maximum", engine.maximum, [N, 1, N, I], [1, N, N, 1], [N, N, N, I], one, [1, 1, 1, 0]),
    pair(
      "maximum",
      engine.maximum,
      [-I, 1, -I, 2],
      [1, I, -I, -I],
      [1, I, -I, 2],
      [0, 0, 1, 1],
      [1, 1, 0, 0],
    ),
    item("maximum([1], NaN)", (x) => engine.maximum(x, N), [[1]], [N], [1]),
    item("maximum(∞, [1, NaN])", (x) => engine.maximum(I, x), [[1, N]], [I, N], [0, 1]),
    infinite("maximum", (a) => engine.maximum(a, 0), [1, -1], [I, 0]),
  ],
  minimum: [
    pair("minimum", engine.minimum, [N, 1, N, I], [1, N, N, 1], [N, N, N, 1], [1, 1, 1, 0], one),
    pair("minimum", engine.minimum, [-I, 1, I, 2], [1, I, I, -I], [-I, 1, I, -I], [1, 1, 1, 0], [0, 0, 0, 1]),
    item("minimum(NaN, [1])", (x) => engine.minimum(N, x), [[1]], [N], [1]),
    infinite("minimum", (a) => engine.minimum(a, 0), [1, -1], [0, I]),
  ],
  greater: [pair("greater", engine.greater, [N, 1, N, I, I], [1, N, N, 1, I], [0, 0, 0, 1, 0])],
  greaterEqual: [
    pair("greaterEqual", engine.greaterEqual, [N, 1, N, I, -I], [1, N, N, I, -I], [0, 0, 0, 1, 1]),
  ],
  equal: [pair("equal", engine.equal, [N, 1, N, I, I], [1, N, N, I, -I], [0, 0, 0, 1, 0])],
  neg: [unary("neg", engine.neg, [N, -I, I, 0, -1, 1], [-1, -1, -1, -1, -1, -1])],
  exp: [unary("exp", engine.exp, [N, I, 0, 1, E, 1 / E], [N, I, 0, 1, E, 1 / E])],
  log: [unary("log", engine.log, [N, I, N, -I, 0, N], [N, 0, -0, I, 1, -1])],
  sqrt: [unary("sqrt", engine.sqrt, [N, I, N, 0, 1, N], [N, 0, N, I, 0.5, N])],
  rsqrt: [unary("rsqrt", engine.rsqrt, [N, 0, N, I, 1, N], [N, -0, N, -I, -0.5, N])],
  square: [unary("square", engine.square, [N, I, I, 0, 1, 1], [N, I, -I, 0, 2, -2])],
  // PyTorch's sign of NaN, and with it abs's derivative there, is 0, which hides it.
  abs: [unary("abs", engine.abs, [N, I, I, 0, 1, 1], [N, 1, -1, 0, 1, -1])],
  sign: [unary("sign", engine.sign, [N, 1, -1, 0, 1, -1])],
  pow: [
    unary("pow⁰", (x) => engine.pow(x, { p: 0 }), [1, 1, 1, 1, 1, 1], [0, 0, 0, 0, 0, 0]),
    unary("pow³", (x) => engine.pow(x, { p: 3 }), [N, I, -I, 0, 1, -1], [N, I, I, 0, 3, 3]),
    unary("pow⁻²", (x) => engine.pow(x, { p: -2 }), [N, 0, 0, I, 1, 1], [N, -0, 0, -I, -2, 2]),
    item("pow⁻¹([0, -0])", (x) => engine.pow(x, { p: -1 }), [[0, -0]], [I, -I], [-I, -I]),
    // As IEEE has it; PyTorch takes the root, which is NaN of −∞.
    unary("pow^½", (x) => engine.pow(x, { p: 0.5 }), [N, I, I, 0, 1, N], [N, 0, 0, I, 0.5, N]),
    unary("pow^∞", (x) => engine.pow(x, { p: I }), [N, I, I, 0, 1, 1]),
    unary("pow^NaN", (x) => engine.pow(x, { p: N }), [N, N, N, N, 1, N]),
    infinite("pow⁰", (x) => engine.pow(x, { p: 0 }), [1, N], [0, 0]),
  ],
  clamp: [
    unary("clamp to [-½, ½]", clamp(-0.5, 0.5), [N, 0.5, -0.5, 0, 0.5, -0.5], [0, 0, 0, 1, 0, 0]),
    unary("clamp to [-∞, ∞]", clamp(-I, I), [N, I, -I, 0, 1, -1], [0, 1, 1, 1, 1, 1]),
    unary("clamp to [1, -1]", clamp(1, -1), [N, -1, -1, -1, -1, -1], [0, 0, 0, 0, 0, 0]),
    unary("clamp to [NaN, 1]", clamp(N, 1), [N, N, N, N, N, N], [0, 0, 0, 0, 0, 0]),
    infinite("clamp to [-½, ½]", clamp(-0.5, 0.5), [0, 1], [I, 0]),
  ],
  inside: [unary("inside [-1, ∞]", (x) => engine.inside(x, { low: -1, high: I }), [0, 1, 0, 1, 1, 1])],
  relu: [
    unary("relu", engine.relu, [N, I, 0, 0, 1, 0], [1, 1, 0, 0, 1, 0]),
    infinite("relu", engine.relu, [1, -1], [I, 0]),
  ],
  leakyRelu: [
    unary("leakyRelu by ¼", leaky(0.25), [N, I, -I, 0, 1, -0.25], [0.25, 1, 0.25, 0.25, 1, 0.25]),
    unary("leakyRelu by 0", leaky(0), [N, I, N, 0, 1, 0], [1, 1, 0, 0, 1, 0]),
    unary("leakyRelu by NaN", leaky(N), [N, I, N, 0, 1, N], [N, 1, N, N, 1, N]),
  ],
  leakyReluGrad: [
    pair(
      "relu's derivative",
      leakyGrad(0),
      [N, 1, -1, 1],
      [1, N, N, I],
      [1, N, 0, I],
      undefined,
      [1, 1, 0, 1],
    ),
    pair("leakyRelu's by ¼", leakyGrad(0.25), [N, 1, -1, -1], [1, N, N, I], [0.25, N, N, I]),
  ],
  tanh: [
    unary("tanh", engine.tanh, [N, 1, -1, 0, tanh1, -tanh1], [N, 0, 0, 1, 1 - tanh1 ** 2, 1 - tanh1 ** 2]),
  ],
  sigmoid: [
    unary(
      "sigmoid",
      engine.sigmoid,
      [N, 1, 0, 0.5, sigmoid1, 1 - sigmoid1],
      [N, 0, 0, 0.25, sigmoid1 * (1 - sigmoid1), sigmoid1 * (1 - sigmoid1)],
    ),
  ],
  softplus: [
    unary(
      "softplus",
      engine.softplus,
      [N, I, 0, LN2, softplus1, softplus1 - 1],
      [N, 1, 0, 0.5, sigmoid1, 1 - sigmoid1],
    ),
  ],
  // The limits; PyTorch has NaN for the value at −∞, and for the derivative from 1.9e19 on.
  gelu: [
    unary("gelu", engine.gelu, [N, I, 0, 0, 0.841192, -0.158808], [N, 1, 0, 0.5, 1.082964, -0.082964]),
    item("gelu([1e20, -1e20])", engine.gelu, [[1e20, -1e20]], [1e20, 0], [1, 0]),
  ],
  floor: [unary("floor", engine.floor, [N, I, -I, 0, 1, -1])],
  sin: [
    unary("sin", engine.sin, [N, N, N, 0, Math.sin(1), -Math.sin(1)], [N, N, N, 1, Math.cos(1), Math.cos(1)]),
  ],
  cos: [
    unary("cos", engine.cos, [N, N, N, 1, Math.cos(1), Math.cos(1)], [N, N, N, 0, -Math.sin(1), Math.sin(1)]),
  ],
  // There is no NaN of u32, nor an infinity.
  toU32: [unary("toU32", engine.toU32, [0, 2 ** 32 - 256, 0, 0, 1, 0])],
  toF32: [
    item("toF32([2³² − 1, 0])", (x) => engine.toF32(x), [Uint32Array.of(2 ** 32 - 1, 0)], [2 ** 32, 0]),
  ],
  // As gelu; PyTorch has NaN for both at −∞, and for the derivative at ∞.
  silu: [
    unary(
      "silu",
      engine.silu,
      [N, I, 0, 0, sigmoid1, sigmoid1 - 1],
      [N, 1, 0, 0.5, sigmoid1 * (2 - sigmoid1), 1 - sigmoid1 * (2 - sigmoid1)],
    ),
    item("silu([3e38, -3e38])", engine.silu, [[3e38, -3e38]], [3e38, 0], [1, 0]),
  ],
  sum: [
    item("sum([1, NaN])", (x) => engine.sum(x), [[1, N]], [N], [1, 1]),
    item("sum([1, ∞])", (x) => engine.sum(x), [[1, I]], [I], [1, 1]),
    item("sum([∞, -∞])", (x) => engine.sum(x), [[I, -I]], [N], [1, 1]),
    item("sum([])", (x) => engine.sum(x), [[]], [0], []),
  ],
  mean: [
    item("mean([1, NaN])", (x) => engine.mean(x), [[1, N]], [N], [0.5, 0.5]),
    item("mean([1, -∞])", (x) => engine.mean(x), [[1, -I]], [-I], [0.5, 0.5]),
    item("mean([])", (x) => engine.mean(x), [[]], [N], []),
  ],
  variance: [
    item("variance([1, NaN])", (x) => engine.variance(x), [[1, N]], [N], [N, N]),
    item("variance([1, ∞])", (x) => engine.variance(x), [[1, I]], [N], [N, N]),
  ],
  max: [
    item("max([1, NaN, 2])", (x) => engine.max(x), [[1, N, 2]], [N], [N, N, N]),
    item("max([∞, ∞, 1])", (x) => engine.max(x), [[I, I, 1]], [I], [0.5, 0.5, 0]),
    item("max([-∞, -∞])", (x) => engine.max(x), [[-I, -I]], [-I], [0.5, 0.5]),
    item("max([])", (x) => engine.max(x), [[]], [-I], []),
  ],
  min: [
    item("min([1, NaN, 2])", (x) => engine.min(x), [[1, N, 2]], [N], [N, N, N]),
    item("min([-∞, 1])", (x) => engine.min(x), [[-I, 1]], [-I], [1, 0]),
    item("min([∞, ∞])", (x) => engine.min(x), [[I, I]], [I], [0.5, 0.5]),
    item("min([])", (x) => engine.min(x), [[]], [I], []),
  ],
  softmax: [
    item("softmax([0, NaN, 1])", engine.softmax, [[0, N, 1]], [N, N, N], [N, N, N]),
    item("softmax([0, -∞, 0])", engine.softmax, [[0, -I, 0]], [0.5, 0, 0.5], [0, 0, 0]),
    item("softmax([0, ∞])", engine.softmax, [[0, I]], [N, N], [N, N]),
    item("softmax([-∞, -∞])", engine.softmax, [[-I, -I]], [N, N], [N, N]),
  ],
  softmaxCrossEntropy: [
    crossEntropy("0, NaN", [0, N], 0, N, [N, N]),
    crossEntropy("0, -∞", [0, -I], 0, 0, [0, 0]),
    crossEntropy("0, -∞", [0, -I], 1, I, [1, -1]),
    crossEntropy("0, ∞", [0, I], 0, N, [N, N]),
    crossEntropy("0, ∞", [0, I], 1, N, [N, N]),
    crossEntropy("1e30, 1e30", [1e30, 1e30], 1, LN2, [0.5, -0.5]),
    crossEntropy("3e38, -3e38", [3e38, -3e38], 1, I, [1, -1]),
  ],
  oneHot: [item("oneHot([1])", (x) => engine.oneHot(x, { classes: 2 }), [Uint32Array.of(1)], [0, 1])],
  matmul: [
    item(
      "[[NaN, 1], [1, 1]] @ [[1], [2]]",
      matmul,
      [shaped([2, 2], N, 1, 1, 1), shaped([2, 1], 1, 2)],
      [N, 3],
      [1, 2, 1, 2],
      [N, 2],
    ),
    item(
      "[[0, 1]] @ [[∞, 1], [2, NaN]]",
      matmul,
      [shaped([1, 2], 0, 1), shaped([2, 2], I, 1, 2, N)],
      [N, N],
      [I, N],
      [0, 0, 1, 1],
    ),
  ],
  // A tap beside the image is no term of the sum, so it makes no NaN of an infinite weight; PyTorch's kernels differ
  // in this among each other.
  conv2d: [
    item(
      "conv2d([NaN, 2, 3], [1, 1, 1], same)",
      conv,
      [image(N, 2, 3), filter(1, 1, 1)],
      [N, N, 5],
      [2, 3, 2],
      [N, N, 5],
    ),
    item(
      "conv2d([1, 2, 3], [1, 1, NaN], same)",
      conv,
      [image(1, 2, 3), filter(1, 1, N)],
      [N, N, 5],
      [2, N, N],
      [3, 6, 5],
    ),
    item(
      "conv2d([∞, 2, 3], [1, 1, 1], same)",
      conv,
      [image(I, 2, 3), filter(1, 1, 1)],
      [I, I, 5],
      [2, 3, 2],
      [I, I, 5],
    ),
    item(
      "conv2d([1, 2, 3], [∞, 1, 1], same)",
      conv,
      [image(1, 2, 3), filter(I, 1, 1)],
      [3, I, I],
      [I, I, 2],
      [3, 6, 5],
    ),
  ],
  convTranspose2d: [
    item(
      "convTranspose2d([1, 2, 3], [1, 1, NaN], same)",
      convTranspose,
      [image(1, 2, 3), filter(1, 1, N)],
      [3, N, N],
      [N, N, 2],
      [5, 6, 3],
    ),
    item(
      "convTranspose2d([1, 2, 3], [∞, 1, 1], same)",
      convTranspose,
      [image(1, 2, 3), filter(I, 1, 1)],
      [I, I, 5],
      [2, I, I],
      [5, 6, 3],
    ),
    item(
      "convTranspose2d([NaN, 2, 3], [1, 1, 1], same)",
      convTranspose,
      [image(N, 2, 3), filter(1, 1, 1)],
      [N, N, 5],
      [2, 3, 2],
      [5, N, N],
    ),
  ],
  conv2dFilterGrad: [
    item(
      "conv2dFilterGrad([1, 2, NaN], [1, 1, 1], same)",
      filterGrad,
      [image(1, 2, N), image(1, 1, 1)],
      [3, N, N],
      [2, 3, 2],
      [3, N, N],
    ),
    item(
      "conv2dFilterGrad([1, 2, 3], [NaN, 1, 1], same)",
      filterGrad,
      [image(1, 2, 3), image(N, 1, 1)],
      [3, N, N],
      [N, N, 2],
      [3, 6, 5],
    ),
    item(
      "conv2dFilterGrad([1, 2, ∞], [1, 1, 1], same)",
      filterGrad,
      [image(1, 2, I), image(1, 1, 1)],
      [3, I, I],
      [2, 3, 2],
      [3, I, I],
    ),
  ],
  batchNorm: [
    item(
      "batchNorm([[1, 1], [NaN, 2], [3, 3]])",
      batchNorm(0),
      [shaped([3, 2], 1, 1, N, 2, 3, 3), [1, 1], [0, 0]],
      [N, -1.224736, N, 0, N, 1.224736],
    ),
    item("its means, and of [[∞], [1]]", batchNorm(1), [shaped([2, 1], I, 1), [1], [0]], [I]),
    item("its variances, of [[∞], [1]]", batchNorm(2), [shaped([2, 1], I, 1), [1], [0]], [N]),
    item("batchNorm of [[1], [2]] by gamma NaN", batchNorm(0), [shaped([2, 1], 1, 2), [N], [0]], [N, N]),
    item("batchNorm of [[1], [2]] by beta ∞", batchNorm(0), [shaped([2, 1], 1, 2), [1], [I]], [I, I]),
    item("batchNorm of [[1], [2]] by beta NaN", batchNorm(0), [shaped([2, 1], 1, 2), [1], [N]], [N, N]),
  ],
  layerNorm: [
    item(
      "layerNorm([[1, NaN], [1, 3]])",
      layerNorm,
      [shaped([2, 2], 1, N, 1, 3), [1, 1], [0, 0]],
      [N, N, -1, 1],
    ),
    item("layerNorm([[1, ∞]])", layerNorm, [shaped([1, 2], 1, I), [1, 1], [0, 0]], [N, N]),
    item(
      "layerNorm([[1, 3]]) by gamma [1, NaN], beta [0, 0]",
      layerNorm,
      [shaped([1, 2], 1, 3), [1, N], [0, 0]],
      [-1, N],
    ),
    item(
      "layerNorm([[1, 3]]) by gamma [1, 1], beta [NaN, ∞]",
      layerNorm,
      [shaped([1, 2], 1, 3), [1, 1], [N, I]],
      [N, I],
    ),
  ],
  batchNormInference: [
    item(
      "batchNormInference([[NaN], [∞], [1]])",
      inference,
      [shaped([3, 1], N, I, 1), [0], [1], [1], [0]],
      [N, I, 1],
    ),
    ...[1, 2, 3, 4].map((i) => {
      const inputs = [shaped([1, 1], 2), [0], [1], [1], [0]].map((x, k) => (k === i ? [N] : x));
      return item(
        `batchNormInference by ${["", "mean", "variance", "gamma", "beta"][i]} NaN`,
        inference,
        inputs,
        [N],
      );
    }),
    item("batchNormInference by variance ∞", inference, [shaped([1, 1], 2), [0], [I], [1], [0]], [0]),
  ],
  clone: [item("clone([NaN, ∞])", (x) => engine.clone(x), [[N, I]], [N, I], [1, 1])],
  concat: [
    item("concat([NaN], [-∞])", (a, b) => engine.concat([a, b]), [[N], [-I]], [N, -I], [1], [1]),
    item("concat([0], [NaN])", (a, b) => engine.concat([a, b]), [[0], [N]], [0, N], [1], [1]),
  ],
  reshape: [item("reshape([NaN, ∞])", (x) => engine.reshape(x, [2, 1]), [[N, I]], [N, I], [1, 1])],
  transpose: [
    item("transpose([[NaN, ∞]])", (x) => engine.transpose(x), [shaped([1, 2], N, I)], [N, I], [1, 1]),
  ],
  broadcastTo: [
    item(
      "broadcastTo([NaN, ∞])",
      (x) => engine.broadcastTo(x, { shape: [2, 2] }),
      [[N, I]],
      [N, I, N, I],
      [2, 2],
    ),
  ],
  slice: [
    item(
      "slice([1, NaN, ∞, 2]) of two from 1",
      (x) => engine.slice(x, { starts: [1], sizes: [2] }),
      [[1, N, I, 2]],
      [N, I],
      [0, 1, 1, 0],
    ),
  ],
  pad: [
    item("pad([NaN, ∞])", (x) => engine.pad(x, { before: [1], after: [1] }), [[N, I]], [0, N, I, 0], [1, 1]),
  ],
  gather: [
    item(
      "gather([NaN, 1, ∞], rows 2, 1)",
      (x, index) => engine.gather(x, index),
      [[N, 1, I], Uint32Array.of(2, 1)],
      [I, 1],
      [0, 1, 1],
    ),
    item(
      "gather([NaN, 1], rows 0, 1)",
      (x, index) => engine.gather(x, index),
      [[N, 1], Uint32Array.of(0, 1)],
      [N, 1],
      [1, 1],
    ),
  ],
  scatterAdd: [
    item(
      "scatterAdd([NaN, 1, ∞] to rows 0, 1, 2)",
      (x, i) => engine.scatterAdd(x, i, { rows: 4 }),
      [[N, 1, I], Uint32Array.of(0, 1, 2)],
      [N, 1, I, 0],
      [1, 1, 1],
    ),
  ],
  takeBytes: [
    item(
      "takeBytes times ∞ plus 1",
      (x, i) => engine.takeBytes(x, i, { sample: [4], scale: I, shift: 1 }),
      [Uint32Array.of(0x00010203), Uint32Array.of(0)],
      [I, I, I, N],
    ),
  ],
  full: [
    item("full([2], NaN)", () => engine.full([2], N), [], [N, N]),
    item("full([2], -∞)", () => engine.full([2], -I), [], [-I, -I]),
  ],
  clip: [
    item("clip to [-½, ½], in place", clip(-0.5, 0.5), [points], [N, 0.5, -0.5, 0, 0.5, -0.5]),
    item("clip to [1, -1], in place", clip(1, -1), [points], [N, -1, -1, -1, -1, -1]),
    item("clip to [NaN, 1], in place", clip(N, 1), [points], [N, N, N, N, N, N]),
  ],
  blend: [
    item(
      "½ y + ½ x, in place",
      (x, y) => {
        engine.blend(y, x, 0.5, 0.5);
        return clone(y);
      },
      [
        [N, 1, I],
        [1, N, 1],
      ],
      [N, N, I],
    ),
  ],
  optimisers: (["rmsprop", "adam", "sgd"] as const).flatMap((rule) => [
    item(
      `${rule} by gradients [NaN, ∞, 0], clip [-½, ½]`,
      stepped(rule, -0.5, 0.5),
      [
        [N, I, 0],
        [0, 0, 1],
      ],
      [N, rule === "sgd" ? -0.5 : N, 0.5],
    ),
    item(
      `${rule} by gradients [NaN, 0], clip [1, -1]`,
      stepped(rule, 1, -1),
      [
        [N, 0],
        [0, 0],
      ],
      [N, -1],
    ),
    item(
      `${rule} of weights [NaN, ∞], clip [-½, ½]`,
      stepped(rule, -0.5, 0.5),
      [
        [1, 1],
        [N, I],
      ],
      [N, 0.5],
    ),
  ]),
};
