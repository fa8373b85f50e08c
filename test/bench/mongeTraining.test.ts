// monge's side of the training rows: the updates of every preset run, and run again when they are replayed.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { normal, uniform } from "../../bench/inputs";
import { startOf, train } from "../../bench/sides/mongeTraining";
import type { Preset } from "../../bench/sides/side";
import { device } from "../device";

for (const preset of ["wgan", "wgan-gp"] as const satisfies Preset[]) {
  test(`a critic update of ${preset} is captured and replayed`, async () => {
    await device();
    const training = train(await startOf(preset));
    const images = training.upload(normal([2, 28, 28, 1], 1));
    const latents = training.upload(normal([2, preset === "wgan" ? 50 : 128], 2));
    const epsilon = preset === "wgan" ? undefined : training.upload(uniform([2, 1, 1, 1], 3, 0.5));
    const losses: number[] = [];
    for (let i = 0; i < 3; i++) {
      const loss = await training.both!(images, latents, epsilon);
      losses.push(await training.scalar(loss));
      training.free(loss);
    }
    for (const value of [images, latents, epsilon]) if (value) training.free(value);
    training.dispose();
    assert.ok(losses.every(Number.isFinite), `${losses}`);
    assert.ok(losses[2] < losses[0], `${losses}`);
  });
}

test.run();
