// A run of any length needs no more memory than its first steps: counted in tensors, bytes and GPU buffers.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { memory, settle } from "../../src/autograd";
import type { RunConfig } from "../../src/wgan/config";
import { type PresetName, presetNames, presets } from "../../src/wgan/presets";
import { drawDigits } from "../../src/wgan/strokes";
import { Trainer } from "../../src/wgan/trainer";
import { device } from "../device";
import { collectGarbage } from "../garbage";

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

function makeTrainer(name: PresetName): Trainer {
  const { digits, ...preset } = presets[name];
  const config = {
    ...{ ...preset, monge: "0", preset: name, steps: 200, batch: 4, seed: 1, logEvery: 1 },
    data: { source: "strokes", digits, count: 16 },
    network: { ...preset.network, latent: 3, generatorChannels: 4, criticChannels: 4 },
    objective: { ...preset.objective, criticSteps: 2, warmUp: false },
    adapter: { name: "test", driver: "", kernels: "" },
  };
  return new Trainer(config as RunConfig, drawDigits({ count: 16, seed: 1, digits: [5] }));
}

for (const name of presetNames) {
  test(`200 steps of ${name} leave tensors, bytes and GPU buffers where they were after step 10`, async () => {
    const { device: gpuDevice } = await device();
    await collectGarbage();
    const buffers = countBuffers(gpuDevice);
    const trainer = makeTrainer(name);
    const counts = () => ({ ...memory(), peakBytes: 0, buffers: buffers.alive });
    let after10: ReturnType<typeof counts> | undefined;
    for (let step = 1; step <= 200; step++) {
      const losses = trainer.step();
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
