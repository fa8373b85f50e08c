// A trainer of any preset over few channels and drawn digits, for tests that look at a step and not at its images.
import type { RunConfig } from "../../src/wgan/config";
import { type PresetName, presets, type Settings } from "../../src/wgan/presets";
import { drawDigits } from "../../src/wgan/strokes";
import { drawToy } from "../../src/wgan/toys";
import { Trainer } from "../../src/wgan/trainer";

interface Options {
  seed?: number;
  replays?: boolean;
  /** What differs from the preset, besides its size. */
  changes?: Partial<Settings>;
}

/** The configuration of a small run of a preset. */
export function smallConfig(name: PresetName, { seed = 3, changes = {} }: Options = {}): RunConfig {
  const { data, ...preset }: Settings = { ...presets[name], ...changes };
  return {
    ...{ ...preset, monge: "0", preset: name, steps: 200, batch: 4, seed, logEvery: 1 },
    data: {
      ...data,
      source: "strokes",
      count: 16,
      shape: name === "toy" ? [2] : [28, 28, 1],
      classCount: preset.conditional ? 3 : 1,
      sha256: "?",
    },
    network: { ...preset.network, latent: 3, generatorChannels: 4, criticChannels: 4, hidden: 8 },
    objective: { ...preset.objective, criticSteps: 2, warmUp: null },
    adapter: { name: "test", driver: "", kernels: "" },
  };
}

export function smallTrainer(name: PresetName, options: Options = {}): Trainer {
  const digits = options.changes?.conditional ? [1, 4, 5] : [5];
  const images = drawDigits({ count: 16, seed: 1, digits });
  const data = name === "toy" ? drawToy("8gaussians", 16, 1) : images;
  return new Trainer(smallConfig(name, options), data, options.replays);
}

/** What can be had with any preset, on top of one. */
export const variants: Record<string, Partial<Settings> & { of: PresetName }> = {
  "a linear schedule and a moving average": {
    of: "small",
    optimizer: { ...presets.small.optimizer, schedule: "linear" },
    ema: 0.9,
  },
  "classes and a gradient penalty": { of: "small", conditional: true },
  "classes and halves of a batch": { of: "tutorial", conditional: true },
  "the first loss of a GAN": { of: "toy", objective: { kind: "gan", criticSteps: 1, warmUp: null } },
  "the paper's mlp for both networks": {
    of: "wgan",
    network: {
      ...presets.wgan.network,
      ...{ generator: "mlp", critic: "mlp", generatorNorm: "none", criticNorm: "none" },
    },
  },
};
