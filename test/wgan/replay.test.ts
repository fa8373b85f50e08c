// Captured and replayed training is eager training: the same bits in losses, weights and images.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { settle } from "../../src/autograd";
import { type PresetName, presetNames, type Settings } from "../../src/wgan/presets";
import { fixedLatents, Trainer } from "../../src/wgan/trainer";
import { device } from "../device";
import { smallTrainer, variants } from "./smallTrainer";

const STEPS = 40;

/** All that a run leaves: its losses, both networks, and images made half-way and at the end. */
async function run(name: PresetName, replays: boolean, changes: Partial<Settings> = {}, steps = STEPS) {
  const trainer = smallTrainer(name, { replays, changes });
  const latents = fixedLatents(trainer.config, 4);
  const images: number[][] = [];
  const losses = [];
  for (let step = 1; step <= steps; step++) {
    losses.push(trainer.step());
    if (step % 10 === 0) await settle(0);
    if (step % (steps / 2) === 0) images.push([...(await trainer.sample(latents).data())]);
  }
  const read = await Trainer.read(losses);
  const states = [await trainer.critic.stateDict(), await trainer.generator.stateDict()];
  const weights = states.map((state) => Object.entries(state).map(([key, { data }]) => [key, [...data]]));
  trainer.dispose();
  return { read, weights, images };
}

async function agree(name: PresetName, changes: Partial<Settings> = {}, steps = STEPS): Promise<void> {
  await device();
  const [eager, replayed] = [await run(name, false, changes, steps), await run(name, true, changes, steps)];
  assert.ok(eager.read.every(({ criticReal }) => Number.isFinite(criticReal)));
  assert.not.equal(eager.read[0], eager.read[steps - 1]);
  assert.equal(replayed.read, eager.read);
  assert.equal(replayed.images, eager.images);
  assert.equal(replayed.weights, eager.weights);
}

for (const name of presetNames) {
  test(`${STEPS} steps of ${name}, eager and replayed, agree bit by bit`, () => agree(name));
}

for (const [name, changes] of Object.entries(variants))
  test(`so do those with ${name}`, () => agree(changes.of, changes, 20));

test.run();
