// A run of any length needs no more memory than its first steps: counted in tensors, bytes and GPU buffers.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { memory, settle } from "../../src/autograd";
import { presetNames } from "../../src/wgan/presets";
import { Trainer } from "../../src/wgan/trainer";
import { device } from "../device";
import { collectGarbage } from "../garbage";
import { smallTrainer } from "./smallTrainer";

/** Counts the buffers of the device that are alive, pool and staging included, from now on. */
function countBuffers(gpuDevice: GPUDevice): { alive: number } {
  const count = { alive: 0 };
  const create = gpuDevice.createBuffer.bind(gpuDevice);
  gpuDevice.createBuffer = (descriptor) => {
    const buffer = create(descriptor);
    const destroy = buffer.destroy.bind(buffer);
    let destroyed = false;
    buffer.destroy = () => {
      if (!destroyed) count.alive--;
      destroyed = true;
      return destroy();
    };
    count.alive++;
    return buffer;
  };
  return count;
}

for (const name of presetNames) {
  test(`200 steps of ${name} leave tensors, bytes and GPU buffers where they were after step 10`, async () => {
    const { device: gpuDevice } = await device();
    await collectGarbage();
    const buffers = countBuffers(gpuDevice);
    const trainer = smallTrainer(name, { seed: 1 });
    const counts = () => ({ ...memory(), peakBytes: 0, buffers: buffers.alive });
    let after10: ReturnType<typeof counts> | undefined;
    for (let step = 1; step <= 200; step++) {
      const losses = trainer.step();
      // Not each: a browser looks only now and then for what has come.
      if (step % 10 > 0) {
        losses.dispose();
        continue;
      }
      const [{ criticReal, criticFake, generator }] = await Trainer.read([losses]);
      assert.ok(Number.isFinite(criticReal + criticFake + generator), `step ${step}: losses are finite`);
      await settle(0);
      if (step === 10) after10 = counts();
    }
    assert.equal(counts(), after10);
    trainer.dispose();
  });
}

test.run();
