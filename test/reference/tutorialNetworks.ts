// The tutorial's critic and generator in float64: initial weights, forward passes and hand-written backward
// passes. Channel counts are read off the weights, so that tests can run narrow copies.
import { type F64, fill, make, map, type Random, randomNormal, randomUniform } from "./array";
import { add, conv2d, conv2dFilterGrad, conv2dInputGrad, convTranspose2d, reshape, tanh } from "./forward";
import {
  biasGrad,
  dense,
  denseBackward,
  leaky,
  leakyBackward,
  movingAfter,
  type NormTape,
  normLeaky,
  normLeakyBackward,
  normLeakyInference,
  type Weights,
} from "./tutorialLayers";

// 'same' for a 4x4 of stride 2 on even sizes, and for a 7x7 of stride 1.
const HALVE = { stride: [2, 2], padding: [1, 1, 1, 1] } as const;
const KEEP = { stride: [1, 1], padding: [3, 3, 3, 3] } as const;
const double = (x: F64) => ({ ...HALVE, outputSize: [2 * x.shape[1], 2 * x.shape[2]] as const });

export interface TutorialSizes {
  criticChannels: number;
  generatorChannels: number;
  latent: number;
}

export const tutorialSizes: TutorialSizes = { criticChannels: 64, generatorChannels: 128, latent: 50 };

/** Weights as the tutorial draws them; images are (N, 28, 28, 1). */
export function tutorialWeights(random: Random, sizes: TutorialSizes = tutorialSizes): Weights {
  const { criticChannels: c, generatorChannels: g, latent } = sizes;
  const norm = (name: string, channels: number): Weights => ({
    [`${name}.gamma`]: fill([channels], 1),
    [`${name}.beta`]: make([channels]),
    [`${name}.movingMean`]: make([channels]),
    [`${name}.movingVariance`]: fill([channels], 1),
  });
  const glorot = Math.sqrt(6 / (49 * c + 1));
  return {
    "critic.conv1.weight": randomNormal(random, [4, 4, 1, c], 0.02),
    "critic.conv1.bias": make([c]),
    ...norm("critic.norm1", c),
    "critic.conv2.weight": randomNormal(random, [4, 4, c, c], 0.02),
    "critic.conv2.bias": make([c]),
    ...norm("critic.norm2", c),
    "critic.dense.weight": randomUniform(random, [49 * c, 1], -glorot, glorot),
    "critic.dense.bias": make([1]),
    "generator.dense.weight": randomNormal(random, [latent, 49 * g], 0.03),
    "generator.dense.bias": make([49 * g]),
    "generator.conv1.weight": randomNormal(random, [4, 4, g, g], 0.03),
    "generator.conv1.bias": make([g]),
    ...norm("generator.norm1", g),
    "generator.conv2.weight": randomNormal(random, [4, 4, g, g], 0.03),
    "generator.conv2.bias": make([g]),
    ...norm("generator.norm2", g),
    "generator.conv3.weight": randomNormal(random, [7, 7, g, 1], 0.03),
    "generator.conv3.bias": make([1]),
  };
}

export interface CriticTape {
  x: F64;
  norm1: NormTape;
  a1: F64; // (N, 14, 14, C)
  norm2: NormTape;
  a2: F64; // (N, 7, 7, C)
}

/** images (N, 28, 28, 1) → f (N, 1), in training mode. */
export function critic(weights: Weights, x: F64): { f: F64; tape: CriticTape; moving: Weights } {
  const at = (name: string) => weights[`critic.${name}`];
  const h1 = add(conv2d(x, at("conv1.weight"), HALVE), at("conv1.bias"));
  const { y: a1, tape: norm1 } = normLeaky(weights, "critic.norm1", h1);
  const h2 = add(conv2d(a1, at("conv2.weight"), HALVE), at("conv2.bias"));
  const { y: a2, tape: norm2 } = normLeaky(weights, "critic.norm2", h2);
  const flat = reshape(a2, [x.shape[0], at("dense.weight").shape[0]]);
  const f = dense(flat, at("dense.weight"), at("dense.bias"));
  const moving = {
    ...movingAfter(weights, "critic.norm1", norm1),
    ...movingAfter(weights, "critic.norm2", norm2),
  };
  return { f, tape: { x, norm1, a1, norm2, a2 }, moving };
}

/** df (N, 1) → the gradient in the images and in every trainable parameter. */
export function criticBackward(weights: Weights, tape: CriticTape, df: F64): { dx: F64; gradients: Weights } {
  const at = (name: string) => weights[`critic.${name}`];
  const gradients: Weights = {};
  const flat = reshape(tape.a2, [df.shape[0], at("dense.weight").shape[0]]);
  const last = denseBackward(flat, at("dense.weight"), df);
  gradients["critic.dense.weight"] = last.dWeight;
  gradients["critic.dense.bias"] = last.dBias;

  const dh2 = normLeakyBackward(
    weights,
    "critic.norm2",
    tape.norm2,
    reshape(last.dx, tape.a2.shape),
    gradients,
  );
  gradients["critic.conv2.weight"] = conv2dFilterGrad(tape.a1, dh2, { ...HALVE, kernelSize: [4, 4] });
  gradients["critic.conv2.bias"] = biasGrad(dh2);
  const da1 = conv2dInputGrad(dh2, at("conv2.weight"), double(dh2));

  const dh1 = normLeakyBackward(weights, "critic.norm1", tape.norm1, da1, gradients);
  gradients["critic.conv1.weight"] = conv2dFilterGrad(tape.x, dh1, { ...HALVE, kernelSize: [4, 4] });
  gradients["critic.conv1.bias"] = biasGrad(dh1);
  return { dx: conv2dInputGrad(dh1, at("conv1.weight"), double(dh1)), gradients };
}

export interface GeneratorTape {
  z: F64;
  h0: F64; // (N, 49·C), before the leaky relu
  a0: F64; // (N, 7, 7, C)
  norm1: NormTape;
  a1: F64; // (N, 14, 14, C)
  norm2: NormTape;
  a2: F64; // (N, 28, 28, C)
  images: F64;
}

/** z (N, latent) → the dense layer before its leaky relu (N, 49·C), and after it as an image (N, 7, 7, C). */
function seed(weights: Weights, z: F64): { h0: F64; a0: F64 } {
  const h0 = dense(z, weights["generator.dense.weight"], weights["generator.dense.bias"]);
  return { h0, a0: reshape(leaky(h0), [z.shape[0], 7, 7, h0.shape[1] / 49]) };
}

const enlarge = (weights: Weights, name: string, x: F64): F64 =>
  add(convTranspose2d(x, weights[`${name}.weight`], double(x)), weights[`${name}.bias`]);

const draw = (weights: Weights, x: F64): F64 =>
  tanh(add(conv2d(x, weights["generator.conv3.weight"], KEEP), weights["generator.conv3.bias"]));

/** z (N, latent) → images (N, 28, 28, 1), in training mode. */
export function generator(weights: Weights, z: F64): { images: F64; tape: GeneratorTape; moving: Weights } {
  const { h0, a0 } = seed(weights, z);
  const { y: a1, tape: norm1 } = normLeaky(
    weights,
    "generator.norm1",
    enlarge(weights, "generator.conv1", a0),
  );
  const { y: a2, tape: norm2 } = normLeaky(
    weights,
    "generator.norm2",
    enlarge(weights, "generator.conv2", a1),
  );
  const images = draw(weights, a2);
  const moving = {
    ...movingAfter(weights, "generator.norm1", norm1),
    ...movingAfter(weights, "generator.norm2", norm2),
  };
  return { images, tape: { z, h0, a0, norm1, a1, norm2, a2, images }, moving };
}

/** The same with moving statistics: the fakes that the critic trains on. */
export function generatorInference(weights: Weights, z: F64): F64 {
  const { a0 } = seed(weights, z);
  const a1 = normLeakyInference(weights, "generator.norm1", enlarge(weights, "generator.conv1", a0));
  const a2 = normLeakyInference(weights, "generator.norm2", enlarge(weights, "generator.conv2", a1));
  return draw(weights, a2);
}

/** dImages (N, 28, 28, 1) → the gradient of every trainable parameter. */
export function generatorBackward(weights: Weights, tape: GeneratorTape, dImages: F64): Weights {
  const at = (name: string) => weights[`generator.${name}`];
  const gradients: Weights = {};
  const dh3 = map(dImages, (d, i) => d * (1 - tape.images.data[i] ** 2));
  gradients["generator.conv3.weight"] = conv2dFilterGrad(tape.a2, dh3, { ...KEEP, kernelSize: [7, 7] });
  gradients["generator.conv3.bias"] = biasGrad(dh3);
  const da2 = conv2dInputGrad(dh3, at("conv3.weight"), { ...KEEP, outputSize: [28, 28] });

  // The adjoint of a transposed convolution is the convolution, and its filter gradient has the roles swapped.
  const dh2 = normLeakyBackward(weights, "generator.norm2", tape.norm2, da2, gradients);
  gradients["generator.conv2.weight"] = conv2dFilterGrad(dh2, tape.a1, { ...HALVE, kernelSize: [4, 4] });
  gradients["generator.conv2.bias"] = biasGrad(dh2);
  const da1 = conv2d(dh2, at("conv2.weight"), HALVE);

  const dh1 = normLeakyBackward(weights, "generator.norm1", tape.norm1, da1, gradients);
  gradients["generator.conv1.weight"] = conv2dFilterGrad(dh1, tape.a0, { ...HALVE, kernelSize: [4, 4] });
  gradients["generator.conv1.bias"] = biasGrad(dh1);
  const da0 = conv2d(dh1, at("conv1.weight"), HALVE);

  const dh0 = leakyBackward(tape.h0, reshape(da0, tape.h0.shape));
  const first = denseBackward(tape.z, at("dense.weight"), dh0);
  gradients["generator.dense.weight"] = first.dWeight;
  gradients["generator.dense.bias"] = first.dBias;
  return gradients;
}
