// One update of the critic and one of the generator of the preset `kpandey` in float64, with the signs of its source:
// the critic lowers E f(real) − E f(fake), the generator E f(fake). So its f is minus that of the other presets.
import { type F64, fill, make, map, type Random, randomNormal, randomUniform } from "./array";
import { mean } from "./forward";
import {
  chain,
  conv,
  dense,
  hyperbolic,
  type Layer,
  plus,
  rectify,
  shaped,
  shiftNorm,
  up,
  type Weights,
} from "./layers";
import { clip, rmsprop, rmspropForms } from "./optimizers";

const LEARNING_RATE = 2e-4;
const CLIP = 0.01;
const valid = (stride: number) => ({ stride, padding: [0, 0, 0, 0] as const });

/** Channels of the three hidden layers of each network. */
export interface KpandeySizes {
  critic: readonly [number, number, number];
  generator: readonly [number, number, number];
  latent: number;
}

export const kpandeySizes: KpandeySizes = { critic: [32, 64, 128], generator: [128, 64, 32], latent: 100 };

/** Initial weights: convolutions N(0, 0.02²), dense layers Glorot's uniform, as its program leaves them. */
export function kpandeyWeights(random: Random, sizes: KpandeySizes = kpandeySizes): Weights {
  const { critic: c, generator: g, latent } = sizes;
  const weights: Weights = {};
  const convolution = (name: string, ins: number, outs: number, transposed = false) => {
    const shape = [4, 4, transposed ? outs : ins, transposed ? ins : outs];
    weights[`${name}.weight`] = randomNormal(random, shape, 0.02);
    weights[`${name}.bias`] = make([outs]);
  };
  const linear = (name: string, ins: number, outs: number) => {
    const bound = Math.sqrt(6 / (ins + outs));
    weights[`${name}.weight`] = randomUniform(random, [ins, outs], -bound, bound);
    weights[`${name}.bias`] = make([outs]);
  };
  const norm = (name: string, channels: number) => {
    weights[`${name}.beta`] = make([channels]);
    weights[`${name}.movingMean`] = make([channels]);
    weights[`${name}.movingVariance`] = fill([channels], 1);
  };
  convolution("critic.conv1", 1, c[0]);
  norm("critic.norm", c[0]);
  convolution("critic.conv2", c[0], c[1]);
  convolution("critic.conv3", c[1], c[2]);
  linear("critic.dense", 49 * c[2], 1);
  linear("generator.dense", latent, 16);
  convolution("generator.conv1", 1, g[0], true);
  norm("generator.norm", g[0]);
  convolution("generator.conv2", g[0], g[1], true);
  convolution("generator.conv3", g[1], g[2], true);
  convolution("generator.conv4", g[2], 1, true);
  return weights;
}

/** Images (N, 28, 28, 1) → f (N, 1). */
export const critic: Layer = (weights, x) =>
  chain(
    conv("critic.conv1", valid(2)), // (N, 13, 13, c)
    rectify(0.2),
    shiftNorm("critic.norm"),
    conv("critic.conv2", valid(1)), // (N, 10, 10, c)
    rectify(0.2),
    conv("critic.conv3", valid(1)), // (N, 7, 7, c)
    rectify(0.2),
    shaped(weights["critic.dense.weight"].shape[0]),
    dense("critic.dense"),
  )(weights, x);

/** Latent vectors (N, latent) → images (N, 28, 28, 1). */
export const generator: Layer = chain(
  dense("generator.dense"),
  rectify(),
  shaped(4, 4, 1),
  up("generator.conv1", valid(1), [7, 7]),
  rectify(),
  shiftNorm("generator.norm"),
  up("generator.conv2", valid(1), [10, 10]),
  rectify(),
  up("generator.conv3", valid(1), [13, 13]),
  rectify(),
  up("generator.conv4", valid(2), [28, 28]),
  hyperbolic,
);

export interface Update {
  /** What is lowered. */
  loss: number;
  gradients: Weights;
  /** All weights after the update, moving statistics included. */
  weights: Weights;
}

/** One joint update of the critic; both networks use the batch's statistics, and move their averages. */
export function criticUpdate(weights: Weights, real: F64, z: F64): Update & { real: number; fake: number } {
  const made = generator(weights, z);
  const onReal = critic(weights, real);
  const moved = { ...weights, ...onReal.moving };
  const onFake = critic(moved, made.y);
  const [of, from]: Weights[] = [{}, {}];
  onReal.back(even(onReal.y, 1), of);
  onFake.back(even(onFake.y, -1), from);
  const gradients = plus(of, from);
  const after = stepped(weights, gradients);
  const [a, b] = [mean(onReal.y).data[0], mean(onFake.y).data[0]];
  return {
    ...{ real: a, fake: b, loss: a - b, gradients },
    weights: { ...after, ...onReal.moving, ...onFake.moving, ...made.moving },
  };
}

/** One update of the generator. */
export function generatorUpdate(weights: Weights, z: F64): Update & { images: F64 } {
  const made = generator(weights, z);
  const judged = critic(weights, made.y);
  const gradients: Weights = {};
  made.back(judged.back(even(judged.y, 1), {}), gradients);
  const after = stepped(weights, gradients);
  return {
    ...{ images: made.y, loss: mean(judged.y).data[0], gradients },
    weights: { ...after, ...judged.moving, ...made.moving },
  };
}

/** The gradient of sign · mean(f). */
const even = (f: F64, sign: number): F64 => map(f, () => sign / f.data.length);

/** The weights after the first RMSprop step in TensorFlow 1's form, and the clip of all that is the critic's. */
export function stepped(weights: Weights, gradients: Weights): Weights {
  const form = "tensorflow1";
  const after = Object.entries(gradients).map(([name, gradient]) => {
    const slot = fill(gradient.shape, rmspropForms[form].start);
    const { x } = rmsprop(weights[name], gradient, slot, { lr: LEARNING_RATE, form });
    return [name, name.startsWith("critic") ? clip(x, CLIP) : x];
  });
  return { ...weights, ...Object.fromEntries(after) };
}
