// The two networks of the tutorial, with their widths and the critic's normalisation left open.
// Geometry: 28 → 14 → 7 down by convolutions of 4x4 and stride 2, and the same way up by transposed ones.
import type { Random } from "../autograd";
import {
  BatchNorm2d,
  Conv2d,
  ConvTranspose2d,
  Flatten,
  glorotUniform,
  heNormal,
  LayerNorm,
  LeakyReLU,
  Linear,
  type Module,
  normal,
  Reshape,
  Sequential,
  Tanh,
} from "../nn";
import type { RunConfig } from "./config";

type Network = RunConfig["network"];
/** Of all leaky relus; those behind a batch norm run inside its kernel. */
const SLOPE = 0.2;
const half = { stride: 2, padding: "same" } as const;

const kernelInit = (init: number | "he") => (init === "he" ? heNormal : normal(init));

/** Images (N, 28, 28, 1) in [−1, 1] → one number each (N, 1), unbounded: no sigmoid in a Wasserstein critic. */
export function makeCritic(network: Network, random: Random): Sequential {
  const c = network.criticChannels;
  const weights = { random, init: kernelInit(network.criticInit) };
  const normAndLeaky = (size: number): Module[] => {
    if (network.criticNorm === "batch") return [new BatchNorm2d(c, { ...network.batchNorm, slope: SLOPE })];
    if (network.criticNorm === "layer") return [new LayerNorm([size, size, c]), new LeakyReLU(SLOPE)];
    return [new LeakyReLU(SLOPE)];
  };
  return new Sequential(
    new Conv2d(1, c, 4, { ...weights, ...half }), // (N, 14, 14, c)
    ...normAndLeaky(14),
    new Conv2d(c, c, 4, { ...weights, ...half }), // (N, 7, 7, c)
    ...normAndLeaky(7),
    new Flatten(), // (N, 49 c)
    new Linear(49 * c, 1, { random, init: glorotUniform }),
  );
}

/** Latent vectors (N, latent) → images (N, 28, 28, 1) in [−1, 1]. */
export function makeGenerator(network: Network, random: Random): Sequential {
  const c = network.generatorChannels;
  const weights = { random, init: kernelInit(network.generatorInit) };
  const normAndLeaky = { ...network.batchNorm, slope: SLOPE };
  return new Sequential(
    new Linear(network.latent, 49 * c, weights),
    new LeakyReLU(SLOPE),
    new Reshape([7, 7, c]), // (N, 7, 7, c)
    new ConvTranspose2d(c, c, 4, { ...weights, ...half }), // (N, 14, 14, c)
    new BatchNorm2d(c, normAndLeaky),
    new ConvTranspose2d(c, c, 4, { ...weights, ...half }), // (N, 28, 28, c)
    new BatchNorm2d(c, normAndLeaky),
    new Conv2d(c, 1, 7, { ...weights, padding: "same" }), // (N, 28, 28, 1)
    new Tanh(),
  );
}
