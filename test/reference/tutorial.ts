// One update of the tutorial's critic and one of its generator in float64, as Keras 2 runs them: the
// loss mean(label·f), RMSprop, the clip of the critic's convolution kernels, and Keras 2's idea of freezing.
import { type F64, make, map } from "./array";
import { mean } from "./forward";
import { clip, rmsprop } from "./optimizers";
import type { Weights } from "./tutorialLayers";
import { critic, criticBackward, generator, generatorBackward, generatorInference } from "./tutorialNetworks";

export type { Weights } from "./tutorialLayers";
export { critic, generator, generatorInference, tutorialSizes, tutorialWeights } from "./tutorialNetworks";

const LEARNING_RATE = 5e-5;
const CLIP = 0.01;
const CLIPPED = ["critic.conv1.weight", "critic.conv2.weight"];
// What Keras 2 leaves trainable in the critic when the tutorial freezes every layer but batch norm.
const UNFROZEN = ["norm1", "norm2"].flatMap((norm) => [`critic.${norm}.gamma`, `critic.${norm}.beta`]);

export interface Update {
  /** The critic's outputs (N, 1) before the update, and mean(label·f). */
  f: F64;
  loss: number;
  /** Of everything that this update trains. */
  gradients: Weights;
  /** The moving statistics that this update moved, after it. */
  moving: Weights;
  /** All weights after the update, moving statistics included. */
  weights: Weights;
  /** RMSprop's accumulators after the update, by parameter. */
  slots: Weights;
}

/** One critic update on images (N, 28, 28, 1): label −1 for real ones, +1 for fakes. */
export function criticUpdate(weights: Weights, images: F64, label: -1 | 1, slots: Weights = {}): Update {
  const { f, tape, moving } = critic(weights, images);
  const { gradients } = criticBackward(weights, tape, lossGradient(f, label));
  const stepped = step(weights, gradients, slots);
  for (const name of CLIPPED) stepped.weights[name] = clip(stepped.weights[name], CLIP);
  return {
    f,
    loss: label * mean(f).data[0],
    gradients,
    moving,
    weights: { ...stepped.weights, ...moving },
    slots: stepped.slots,
  };
}

/** The same on fakes from latent vectors z (N, latent), made with the generator's moving averages. */
export const criticUpdateOnFakes = (weights: Weights, z: F64, slots: Weights = {}): Update =>
  criticUpdate(weights, generatorInference(weights, z), 1, slots);

/**
 * One generator update (label −1) from latent vectors z (N, latent), both networks on batch statistics.
 * The critic's batch norm is not frozen: gamma, beta and the moving statistics change too, under
 * slots of this optimiser, not those of the critic's. No clip follows, for the clipped kernels do not move.
 */
export function generatorUpdate(weights: Weights, z: F64, slots: Weights = {}): Update & { images: F64 } {
  const made = generator(weights, z);
  const judged = critic(weights, made.images);
  const back = criticBackward(weights, judged.tape, lossGradient(judged.f, -1));
  const gradients = generatorBackward(weights, made.tape, back.dx);
  for (const name of UNFROZEN) gradients[name] = back.gradients[name];
  const stepped = step(weights, gradients, slots);
  const moving = { ...made.moving, ...judged.moving };
  return {
    images: made.images,
    f: judged.f,
    loss: -mean(judged.f).data[0],
    gradients,
    moving,
    weights: { ...stepped.weights, ...moving },
    slots: stepped.slots,
  };
}

const lossGradient = (f: F64, label: number): F64 => map(f, () => label / f.data.length);

/** One RMSprop step, in Keras's form, of every parameter that has a gradient; missing slots start at 0. */
function step(weights: Weights, gradients: Weights, slots: Weights): { weights: Weights; slots: Weights } {
  const after = { weights: { ...weights }, slots: { ...slots } };
  for (const [name, gradient] of Object.entries(gradients)) {
    const slot = slots[name] ?? make(gradient.shape);
    const result = rmsprop(weights[name], gradient, slot, { lr: LEARNING_RATE, form: "keras" });
    after.weights[name] = result.x;
    after.slots[name] = result.accumulator;
  }
  return after;
}
