// One update of the critic and one of the generator of the preset `wgan-gp` in float64 (Gulrajani et al. 2017, the
// authors' program for MNIST). The penalty's gradient is written by hand too: where no relu changes its side, the
// critic is linear, and so is what its weights make of the gradient by the image.
import { type F64, make, map, type Random, randomNormal, randomUniform } from "./array";
import { add, conv2d, conv2dFilterGrad, conv2dInputGrad, mean, mul, reshape, sub, sum } from "./forward";
import {
  chain,
  conv,
  crop,
  dense,
  type Layer,
  logistic,
  plus,
  rectify,
  shaped,
  up,
  type Weights,
} from "./layers";
import { adam } from "./optimizers";

const LAMBDA = 10;
const SLOPE = 0.2;
const ADAM = { lr: 1e-4, beta1: 0.5, beta2: 0.9, epsilon: 1e-8 };
/** 'same' for a 5x5 of stride 2, on even sizes and on odd ones. */
const even = { stride: 2, padding: [1, 2, 1, 2] as const };
const odd = { stride: 2, padding: [2, 2, 2, 2] as const };

/** DIM and the latent vectors' length. */
export const wganGpSizes = { dim: 64, latent: 128 };

export function wganGpWeights(random: Random, { dim, latent } = wganGpSizes): Weights {
  const weights: Weights = {};
  const convolution = (name: string, shape: number[], outs: number) => {
    weights[`${name}.weight`] = randomNormal(
      random,
      shape,
      Math.sqrt(2 / (25 * (shape[2] + shape[3] - outs))),
    );
    weights[`${name}.bias`] = make([outs]);
  };
  const linear = (name: string, ins: number, outs: number) => {
    const bound = Math.sqrt(6 / (ins + outs));
    weights[`${name}.weight`] = randomUniform(random, [ins, outs], -bound, bound);
    weights[`${name}.bias`] = make([outs]);
  };
  convolution("critic.conv1", [5, 5, 1, dim], dim);
  convolution("critic.conv2", [5, 5, dim, 2 * dim], 2 * dim);
  convolution("critic.conv3", [5, 5, 2 * dim, 4 * dim], 4 * dim);
  linear("critic.dense", 16 * 4 * dim, 1);
  linear("generator.dense", latent, 16 * 4 * dim);
  convolution("generator.conv1", [5, 5, 2 * dim, 4 * dim], 2 * dim);
  convolution("generator.conv2", [5, 5, dim, 2 * dim], dim);
  convolution("generator.conv3", [5, 5, 1, dim], 1);
  return weights;
}

const geometries = [even, even, odd];

/** Images (N, 28, 28, 1) → f (N, 1), by way of 14, 7 and 4. */
export const critic: Layer = (weights, x) =>
  chain(
    ...geometries.flatMap((geometry, i) => [conv(`critic.conv${i + 1}`, geometry), rectify(SLOPE)]),
    shaped(weights["critic.dense.weight"].shape[0]),
    dense("critic.dense"),
  )(weights, x);

/** Latent vectors (N, latent) → images (N, 28, 28, 1) in (0, 1), by way of 4, 8 cut to 7, and 14. */
export const generator: Layer = (weights, z) =>
  chain(
    dense("generator.dense"),
    rectify(),
    shaped(4, 4, weights["generator.dense.weight"].shape[1] / 16),
    up("generator.conv1", even, [8, 8]),
    rectify(),
    crop([7, 7]),
    up("generator.conv2", even, [14, 14]),
    rectify(),
    up("generator.conv3", even, [28, 28]),
    logistic,
  )(weights, z);

/** mean (‖∇f(x)‖ − 1)² at images x, and its gradients by the critic's weights. */
export function penalty(weights: Weights, x: F64): { value: number; gradients: Weights } {
  const at = (i: number) => weights[`critic.conv${i}.weight`];
  const windows = geometries.map(({ stride, padding }) => ({ stride: [stride, stride] as const, padding }));
  // Forward: only the sides of the relus matter, as factors of 1 or the slope.
  const factors: F64[] = [];
  const inputs: F64[] = [x];
  for (const [i, window] of windows.entries()) {
    const h = add(conv2d(inputs[i], at(i + 1), window), weights[`critic.conv${i + 1}.bias`]);
    factors.push(map(h, (v) => (v > 0 ? 1 : SLOPE)));
    inputs.push(mul(h, factors[i]));
  }
  // Back: ∂f/∂h of each layer, from the dense one's weight down to the image.
  const dense = weights["critic.dense.weight"];
  const backs: F64[] = [];
  let down = map(inputs[3], (_, i) => dense.data[i % dense.data.length]);
  for (const i of [2, 1, 0]) {
    backs[i] = mul(down, factors[i]);
    const outputSize = [inputs[i].shape[1], inputs[i].shape[2]] as const;
    down = conv2dInputGrad(backs[i], at(i + 1), { ...windows[i], outputSize });
  }
  const norms = map(sum(mul(down, down), [1, 2, 3], true), Math.sqrt);
  const value = mean(map(norms, (norm) => (norm - 1) ** 2)).data[0];
  // ∂ value / ∂ ∇f, sent forward through the same linear layers, meets what came back at each weight.
  const count = x.shape[0];
  let ahead = mul(
    down,
    map(norms, (norm) => (2 * (norm - 1)) / (norm * count)),
  );
  const gradients: Weights = {};
  for (const [i, window] of windows.entries()) {
    const kernelSize = [5, 5] as const;
    gradients[`critic.conv${i + 1}.weight`] = conv2dFilterGrad(ahead, backs[i], { ...window, kernelSize });
    ahead = mul(conv2d(ahead, at(i + 1), window), factors[i]);
  }
  gradients["critic.dense.weight"] = reshape(sum(reshape(ahead, [count, dense.shape[0]]), [0]), dense.shape);
  return { value, gradients };
}

export interface Update {
  loss: number;
  gradients: Weights;
  weights: Weights;
}

/** One update of the critic; `mix` (N) is ε, and x̂ = ε · real + (1 − ε) · fake. */
export function criticUpdate(
  weights: Weights,
  real: F64,
  z: F64,
  mix: F64,
): Update & { real: number; fake: number; penalty: number } {
  const fake = generator(weights, z).y;
  const share = reshape(mix, [mix.data.length, 1, 1, 1]);
  const between = add(fake, mul(share, sub(real, fake)));
  const [onReal, onFake] = [critic(weights, real), critic(weights, fake)];
  const [of, from]: Weights[] = [{}, {}];
  onReal.back(evenly(onReal.y, -1), of);
  onFake.back(evenly(onFake.y, 1), from);
  const held = penalty(weights, between);
  const scaled = Object.entries(held.gradients).map(
    ([name, g]) => [name, map(g, (v) => LAMBDA * v)] as const,
  );
  const gradients = plus(plus(of, from), Object.fromEntries(scaled));
  const [a, b] = [mean(onReal.y).data[0], mean(onFake.y).data[0]];
  return {
    ...{ real: a, fake: b, penalty: held.value, loss: b - a + LAMBDA * held.value, gradients },
    weights: stepped(weights, gradients),
  };
}

/** One update of the generator, which lowers −E f(G(z)). */
export function generatorUpdate(weights: Weights, z: F64): Update & { images: F64 } {
  const made = generator(weights, z);
  const judged = critic(weights, made.y);
  const gradients: Weights = {};
  made.back(judged.back(evenly(judged.y, -1), {}), gradients);
  const loss = -mean(judged.y).data[0];
  return { images: made.y, loss, gradients, weights: stepped(weights, gradients) };
}

/** The gradient of sign · mean(f). */
const evenly = (f: F64, sign: number): F64 => map(f, () => sign / f.data.length);

/** The weights after Adam's first step. */
export function stepped(weights: Weights, gradients: Weights): Weights {
  const after = Object.entries(gradients).map(([name, gradient]) => {
    const [first, second] = [make(gradient.shape), make(gradient.shape)];
    return [name, adam(weights[name], gradient, first, second, 1, ADAM).x];
  });
  return { ...weights, ...Object.fromEntries(after) };
}
