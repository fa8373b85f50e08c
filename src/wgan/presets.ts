// The presets: networks, objective and optimiser of each program that can be run, and its defaults, as data.
// docs/presets.md names the sources.
import type { RunConfig } from "./config";

/** The names of all presets. */
export const presetNames = ["tutorial", "wgan", "kpandey", "wgan-gp", "small", "toy"] as const;
/** The name of a preset. */
export type PresetName = (typeof presetNames)[number];

/** What a preset decides, and a person may change; the rest of a run's configuration is the machine's and the data's. */
export type Settings = Omit<RunConfig, "monge" | "adapter" | "preset" | "seed" | "data"> & {
  data: Pick<RunConfig["data"], "path" | "classes" | "size" | "transposed">;
};

const digit = (classes: Settings["data"]["classes"]): Settings["data"] => ({
  path: null,
  classes,
  size: null,
  transposed: false,
});

/** Of the Keras tutorial. */
const network: Settings["network"] = {
  generator: "conv",
  critic: "conv",
  latent: 50,
  latentDeviation: 1,
  range: "signed",
  generatorChannels: 128,
  criticChannels: 64,
  hidden: 512,
  generatorNorm: "batch",
  criticNorm: "batch",
  batchNorm: { epsilon: 1e-3, momentum: 0.01, scale: true },
  generatorInit: 0.03,
  criticInit: 0.02,
};

const torchNorm = { epsilon: 1e-5, momentum: 0.1, scale: true };
const adam = { kind: "adam", learningRate: 1e-4, schedule: "constant", beta1: 0.5, beta2: 0.9 } as const;
const plain = { conditional: false, ema: 0, logEvery: 10, evaluateEvery: 0 };

/** The settings of each preset, by its name. */
export const presets: Record<PresetName, Settings> = {
  tutorial: {
    ...plain,
    data: digit([5]),
    network,
    objective: { kind: "tutorial", criticSteps: 5, warmUp: null, clip: 0.01 },
    optimizer: { kind: "rmsprop", learningRate: 5e-5, schedule: "constant", form: "keras" },
    steps: 840,
    batch: 64,
    sampleEvery: 84,
    checkpointEvery: 84,
  },
  wgan: {
    ...plain,
    data: digit([5]),
    network: { ...network, batchNorm: torchNorm },
    objective: {
      kind: "wgan",
      criticSteps: 5,
      warmUp: { criticSteps: 100, first: 25, every: 500 },
      clip: 0.01,
    },
    optimizer: { kind: "rmsprop", learningRate: 5e-5, schedule: "constant", form: "torch" },
    steps: 5000,
    batch: 64,
    sampleEvery: 100,
    checkpointEvery: 100,
  },
  // Its loss has the other sign: minus our critic is its critic, which makes no difference but to the figures.
  kpandey: {
    ...plain,
    data: digit("all"),
    network: {
      ...network,
      generator: "kpandey",
      critic: "kpandey",
      latent: 100,
      latentDeviation: 0.02,
      range: "unit",
      generatorChannels: 128,
      criticChannels: 32,
      batchNorm: { epsilon: 1e-3, momentum: 0.01, scale: false },
      generatorInit: 0.02,
      criticInit: 0.02,
    },
    objective: {
      kind: "wgan",
      criticSteps: 5,
      warmUp: { criticSteps: 100, first: 2, every: 0 },
      clip: 0.01,
    },
    optimizer: { kind: "rmsprop", learningRate: 2e-4, schedule: "constant", form: "tensorflow1" },
    steps: 50_000,
    batch: 128,
    sampleEvery: 100,
    checkpointEvery: 100,
  },
  "wgan-gp": {
    ...plain,
    data: digit("all"),
    network: {
      ...network,
      generator: "doubling",
      critic: "doubling",
      latent: 128,
      range: "unit",
      generatorChannels: 64,
      criticChannels: 64,
      generatorNorm: "none",
      criticNorm: "none",
      batchNorm: torchNorm,
      generatorInit: "he",
      criticInit: "he",
    },
    objective: { kind: "wgan-gp", criticSteps: 5, warmUp: null, gradientPenalty: 10 },
    optimizer: adam,
    steps: 200_000,
    batch: 50,
    sampleEvery: 100,
    checkpointEvery: 100,
  },
  // What made the difference on two CPU cores: a gradient penalty with Adam, so that the rate can be 20 times that of
  // clipping; He's initialisation (with the tutorial's 0.02 a critic without batch norm is all but flat: the
  // Wasserstein estimate was below 0.4 after 60 steps, here it is above 3 after 50); and 16 channels a layer.
  small: {
    ...plain,
    data: digit([5]),
    network: {
      ...network,
      latent: 32,
      generatorChannels: 16,
      criticChannels: 16,
      criticNorm: "none",
      batchNorm: torchNorm,
      generatorInit: "he",
      criticInit: "he",
    },
    objective: { kind: "wgan-gp", criticSteps: 3, warmUp: null, gradientPenalty: 10 },
    optimizer: { ...adam, learningRate: 1e-3 },
    steps: 600,
    batch: 64,
    sampleEvery: 100,
    checkpointEvery: 100,
  },
  toy: {
    ...plain,
    data: { ...digit("all"), path: "8gaussians" },
    network: {
      ...network,
      generator: "mlp",
      critic: "mlp",
      latent: 2,
      generatorNorm: "none",
      criticNorm: "none",
      batchNorm: torchNorm,
      generatorInit: "he",
      criticInit: "he",
    },
    objective: { kind: "wgan-gp", criticSteps: 5, warmUp: null, gradientPenalty: 0.1 },
    optimizer: adam,
    steps: 100_000,
    batch: 256,
    sampleEvery: 1000,
    checkpointEvery: 1000,
  },
};

/** What a choice of another kind brings with it, where the preset has none of its keys. */
export const kindDefaults = {
  objective: {
    tutorial: { clip: 0.01 },
    wgan: { clip: 0.01 },
    "wgan-gp": { gradientPenalty: 10 },
    gan: {},
  },
  optimizer: {
    rmsprop: { form: "torch", learningRate: 5e-5 },
    adam: { learningRate: 1e-4, beta1: 0.5, beta2: 0.9 },
  },
} as const;
