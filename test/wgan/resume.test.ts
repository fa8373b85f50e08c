// A trainer that is saved and restored goes on as if nothing had happened: the same bits from the next step on.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { presetNames } from "../../src/wgan/presets";
import { Trainer, type TrainerState } from "../../src/wgan/trainer";
import { device } from "../device";
import { smallTrainer, variants } from "./smallTrainer";

const losses = async (trainer: Trainer, steps: number) => {
  const made = [];
  for (let i = 0; i < steps; i++) made.push(trainer.step());
  return Trainer.read(made);
};

const plain = Object.fromEntries(presetNames.map((name) => [name, { of: name }]));
for (const [name, { of, ...changes }] of Object.entries({ ...plain, ...variants })) {
  test(`${name}: steps 11 to 20 after saving and restoring are those of an undisturbed run`, async () => {
    await device();
    const undisturbed = smallTrainer(of, { changes });
    await losses(undisturbed, 10);
    const state = await undisturbed.state();
    const wanted = await losses(undisturbed, 10);
    const end = await undisturbed.state();
    undisturbed.dispose();
    for (const replays of [true, false]) {
      const restored = smallTrainer(of, { replays, changes });
      await losses(restored, 3); // its captured updates must take the new numbers up
      restored.loadState(structuredClone(state));
      assert.equal(await losses(restored, 10), wanted);
      assert.equal(await restored.state(), end);
      restored.dispose();
    }
  });
}

test("a state is that of the call, though steps are done before it is read", async () => {
  await device();
  const trainer = smallTrainer("wgan");
  await losses(trainer, 1);
  const wanted = await trainer.state();
  const state = trainer.state();
  trainer.step().dispose();
  trainer.dispose();
  assert.equal(await state, wanted);
});

test("a state of another configuration is refused", async () => {
  await device();
  const [small, wgan] = [smallTrainer("small"), smallTrainer("wgan")];
  const before = await wgan.state();
  const state = await small.state();
  assert.throws(() => wgan.loadState(state), /^loadState/);
  assert.equal(await wgan.state(), before);
  small.dispose();
  wgan.dispose();
});

test("a state with one bad part is refused, and changes nothing", async () => {
  await device();
  const [from, into] = [smallTrainer("small"), smallTrainer("small")];
  await losses(from, 2);
  const state = await from.state();
  const before = await into.state();
  const bad: Record<string, (broken: TrainerState) => unknown> = {
    "a slot of another size": ({ generatorOptimizer }) => generatorOptimizer.slots.pop(),
    "steps that are no number": (broken) => (broken.steps = Number.NaN),
    "no random stream": ({ random }) => delete (random as Partial<typeof random>).latents,
    "a counter that is none": ({ random }) => (random.penalty.counter = 0.5),
    "a weight of another shape": ({ generator }) => (Object.values(generator)[1].shape = [1]),
  };
  for (const [name, breaks] of Object.entries(bad)) {
    const broken = structuredClone(state);
    breaks(broken);
    assert.throws(() => into.loadState(broken), /^(loadState|loadStateDict|Random): /, name);
    assert.equal(await into.state(), before, name);
  }
  from.dispose();
  into.dispose();
});

test("trainers made and disposed in turn leave the pool as it was", async () => {
  const { pool } = await device();
  const sizes: number[] = [];
  for (let i = 0; i < 4; i++) {
    const trainer = smallTrainer("small");
    await losses(trainer, 2);
    trainer.dispose();
    sizes.push(pool.liveBytes + pool.pooledBytes);
  }
  assert.ok(sizes[3] <= sizes[1], sizes.join());
});

test.run();
