// Captured and replayed training is eager training: the same bits in losses, weights and images.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { settle } from "../../src/autograd";
import type { RunConfig } from "../../src/wgan/config";
import { type PresetName, presetNames, presets } from "../../src/wgan/presets";
import { drawDigits } from "../../src/wgan/strokes";
import { fixedLatents, Trainer } from "../../src/wgan/trainer";
import { device } from "../device";

const STEPS = 100;

function makeTrainer(name: PresetName, replays: boolean): Trainer {
  const { digits, ...preset } = presets[name];
  const config = {
    ...{ ...preset, monge: "0", preset: name, steps: STEPS, batch: 4, seed: 3, logEvery: 1 },
    data: { source: "strokes", digits, count: 16 },
    network: { ...preset.network, latent: 3, generatorChannels: 4, criticChannels: 4 },
    objective: { ...preset.objective, criticSteps: 2, warmUp: false },
    adapter: { name: "test", driver: "", kernels: "" },
  };
  return new Trainer(config as RunConfig, drawDigits({ count: 16, seed: 1, digits: [5] }), replays);
}

/** All that a run leaves: its losses, both networks, and images made half-way and at the end. */
async function run(name: PresetName, replays: boolean) {
  const trainer = makeTrainer(name, replays);
  const latents = fixedLatents(trainer.config, 4);
  const images: number[][] = [];
  const losses = [];
  for (let step = 1; step <= STEPS; step++) {
    losses.push(trainer.step());
    await settle(2);
    if (step % 50 === 0) images.push([...(await trainer.sample(latents).data())]);
  }
  const read = await Trainer.read(losses);
  const states = [await trainer.critic.stateDict(), await trainer.generator.stateDict()];
  const weights = states.map((state) => Object.entries(state).map(([key, { data }]) => [key, [...data]]));
  trainer.dispose();
  return { read, weights, images };
}

for (const name of presetNames) {
  test(`${STEPS} steps of ${name}, eager and replayed, agree bit by bit`, async () => {
    await device();
    const [eager, replayed] = [await run(name, false), await run(name, true)];
    assert.ok(eager.read.every(({ criticReal }) => Number.isFinite(criticReal)));
    assert.not.equal(eager.read[0], eager.read[STEPS - 1]);
    assert.equal(replayed.read, eager.read);
    assert.equal(replayed.images, eager.images);
    assert.equal(replayed.weights, eager.weights);
  });
}

test.run();
