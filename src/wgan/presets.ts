// The presets: networks, objective and optimiser of each program that can be run, and its defaults.
// Sources: `tutorial` the Keras tutorial's program; `wgan` Arjovsky, Chintala and Bottou 2017; `small` the
// tutorial's shape with fewer channels, trained as Gulrajani et al. 2017 do, for machines without a GPU.
import type { RunConfig } from "./config";
import type { Digits } from "./dataset";

export const presetNames = ["tutorial", "wgan", "small"] as const;
export type PresetName = (typeof presetNames)[number];

/** What a preset decides; the rest of a run's configuration is the machine's and the data's. */
export type Preset = Pick<
  RunConfig,
  "network" | "objective" | "optimizer" | "steps" | "batch" | "sampleEvery"
> & {
  digits: Digits;
};

const tutorialNetwork: RunConfig["network"] = {
  latent: 50,
  generatorChannels: 128,
  criticChannels: 64,
  criticNorm: "batch",
  batchNorm: { epsilon: 1e-3, momentum: 0.01 },
  generatorInit: 0.03,
  criticInit: 0.02,
};

export const presets: Record<PresetName, Preset> = {
  tutorial: {
    network: tutorialNetwork,
    objective: { kind: "tutorial", criticSteps: 5, warmUp: false, clip: 0.01, gradientPenalty: null },
    optimizer: { kind: "rmsprop", form: "keras", learningRate: 5e-5 },
    digits: [5],
    steps: 840,
    batch: 64,
    sampleEvery: 84,
  },
  wgan: {
    network: { ...tutorialNetwork, batchNorm: { epsilon: 1e-5, momentum: 0.1 } },
    objective: { kind: "wgan", criticSteps: 5, warmUp: true, clip: 0.01, gradientPenalty: null },
    optimizer: { kind: "rmsprop", form: "torch", learningRate: 5e-5 },
    digits: [5],
    steps: 5000,
    batch: 64,
    sampleEvery: 100,
  },
  // What made the difference on two CPU cores: a gradient penalty with Adam, so that the rate can be 20 times that of
  // clipping; He's initialisation (with the tutorial's 0.02 a critic without batch norm is all but flat: the
  // Wasserstein estimate was below 0.4 after 60 steps, here it is above 3 after 50); and 16 channels a layer.
  small: {
    network: {
      ...tutorialNetwork,
      latent: 32,
      generatorChannels: 16,
      criticChannels: 16,
      criticNorm: "none",
      batchNorm: { epsilon: 1e-5, momentum: 0.1 },
      generatorInit: "he",
      criticInit: "he",
    },
    objective: { kind: "wgan-gp", criticSteps: 3, warmUp: false, clip: null, gradientPenalty: 10 },
    optimizer: { kind: "adam", learningRate: 1e-3, beta1: 0.5, beta2: 0.9 },
    digits: [5],
    steps: 600,
    batch: 64,
    sampleEvery: 100,
  },
};
