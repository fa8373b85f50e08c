// Samples to look at: from the same latent vectors each time, and as pictures whatever the range of the network's pixels.
import { add, concat, mul, noGrad, type Random, slice, type Tensor, tidy } from "../autograd";
import { gpu } from "../gpu/gpu";
import { HostRandom } from "../kernels/threefry";
import type { Module } from "../nn";
import { latentVectors, oneHot } from "./batches";
import type { NetworkConfig, RunConfig } from "./config";
import { squareGrid } from "./grid";
import { largestBatch } from "./limits";
import { labelsOf } from "./models";

/** About how many a run shows of its generator. */
export const SAMPLES = 100;
/** Samples at once: bounds the memory of the widest layer. */
const AT_ONCE = 100;

/**
 * The grid for so many samples; where networks are told the class, a column each and as many rows as without, and of
 * points, which take less room, ten times as many.
 */
export function sampleGrid(config: NetworkConfig, count: number): { rows: number; columns: number } {
  if (config.data.shape.length === 1) return { rows: 10, columns: count };
  const { rows, columns } = squareGrid(count);
  return { rows, columns: labelsOf(config) || columns };
}

/**
 * Latent vectors (count, latent) of samples. Where networks are told the class, `classOf` says it, a number among those of
 * the run: in turn, to look at.
 */
export function sampleLatents(
  config: RunConfig,
  random: Random,
  count: number,
  classOf = (i: number) => i % labelsOf(config),
): Tensor {
  const labels = labelsOf(config);
  if (labels === 0) return latentVectors(config, random, count);
  const numbers = Array.from({ length: count }, (_, i) => classOf(i));
  return tidy(() => latentVectors(config, random, count, oneHot(numbers, labels)));
}

/**
 * Draws classes by chance, as often as real ones are of each: what is measured is to differ from them by the generator
 * alone. `labels` are of the real ones, `wanted` the run's classes.
 */
export function classesAsIn(
  labels: ArrayLike<number>,
  wanted: readonly number[],
  seed: number,
): () => number {
  const random = new HostRandom(seed);
  return () => wanted.indexOf(labels[random.integer(labels.length)]);
}

/** What a generator makes of latent vectors (N, …) by its running averages: samples (N, …) in the network's range. */
export function inferred(generator: Module, latents: Tensor): Tensor {
  const trained = generator.modules().filter(({ training }) => training);
  generator.train(false);
  try {
    return noGrad(() => generator.forward(latents));
  } finally {
    for (const module of trained) module.training = true;
  }
}

/** Images (N, H, W, C) in [−1, 1], or points (N, 2), from latent vectors (N, …), by the generator's running averages. */
export function sampleImages(generator: Module, latents: Tensor, config: NetworkConfig): Tensor {
  const [count, size] = latents.shape;
  const most = Math.max(1, largestBatch(config, gpu().device.limits.maxStorageBufferBindingSize));
  const step = Math.min(AT_ONCE, most);
  if (count > step)
    return tidy(() => {
      const parts: Tensor[] = [];
      for (let at = 0; at < count; at += step) {
        const part = slice(latents, { starts: [at, 0], sizes: [Math.min(step, count - at), size] });
        parts.push(sampleImages(generator, part, config));
      }
      return concat(parts);
    });
  if (config.network.range === "signed" || config.data.shape.length === 1)
    return inferred(generator, latents);
  return tidy(() => add(mul(inferred(generator, latents), 2), -1));
}
