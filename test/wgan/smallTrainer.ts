// A trainer of any preset over few channels and drawn digits, for tests that look at a step and not at its images.
import type { RunConfig } from "../../src/wgan/config";
import { type PresetName, presets } from "../../src/wgan/presets";
import { drawDigits } from "../../src/wgan/strokes";
import { Trainer } from "../../src/wgan/trainer";

export function smallTrainer(name: PresetName, { seed = 3, replays = true } = {}): Trainer {
  const { digits, ...preset } = presets[name];
  const config = {
    ...{ ...preset, monge: "0", preset: name, steps: 200, batch: 4, seed, logEvery: 1 },
    data: { source: "strokes", digits, count: 16 },
    network: { ...preset.network, latent: 3, generatorChannels: 4, criticChannels: 4 },
    objective: { ...preset.objective, criticSteps: 2, warmUp: false },
    adapter: { name: "test", driver: "", kernels: "" },
  };
  return new Trainer(config as RunConfig, drawDigits({ count: 16, seed: 1, digits: [5] }), replays);
}
