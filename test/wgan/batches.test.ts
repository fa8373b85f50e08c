// Batches with their classes, and the samples that people see: a column a class, in one range whatever the network's.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { noGrad, Random, tensor } from "../../src/autograd";
import { Batches, withLabels } from "../../src/wgan/batches";
import { sampleGrid, sampleImages } from "../../src/wgan/sampling";
import { drawDigits } from "../../src/wgan/strokes";
import { fixedLatents } from "../../src/wgan/trainer";
import { device } from "../device";
import { smallConfig, smallTrainer } from "./smallTrainer";

const CLASSES = [1, 4, 5];

test("each sample comes with its own class, 1 among zeros, and without classes there are none", async () => {
  await device();
  const data = drawDigits({ count: 16, seed: 1, digits: CLASSES });
  const streams = () => ({ batches: new Random(1), latents: new Random(2) });
  const batches = new Batches(smallConfig("small", { changes: { conditional: true } }), data, streams());
  const { samples, labels } = batches.draw(12);
  assert.equal(
    [samples.shape, labels?.shape],
    [
      [12, 28, 28, 1],
      [12, 3],
    ],
  );
  const [pixels, ones] = [await samples.data(), await labels!.data()];
  for (let i = 0; i < 12; i++) {
    const bytes = [...pixels.subarray(784 * i, 784 * (i + 1))].map((value) =>
      Math.round((value + 1) * 127.5),
    );
    const which = Array.from({ length: 16 }, (_, j) => j).find((j) =>
      bytes.every((byte, p) => byte === data.images[784 * j + p]),
    );
    const wanted = CLASSES.map((label) => Number(label === data.labels[which!]));
    assert.equal([...ones.subarray(3 * i, 3 * i + 3)], wanted);
  }
  const latents = batches.latents(12, labels);
  assert.equal(latents.shape, [12, 3 + 3]);
  const behind = (await latents.data()).filter((_, i) => i % 6 >= 3);
  assert.equal([...behind], [...ones]);
  const plain = new Batches(smallConfig("small"), data, streams());
  assert.equal([plain.draw(4).labels, plain.labels(4)], [undefined, undefined]);
  for (const owned of [batches, plain]) owned.dispose();
});

test("the critic sees a constant plane a class behind the channels, of points as of images", async () => {
  await device();
  const labels = tensor([1, 0, 0, 1], [2, 2]);
  const images = withLabels(tensor([1, 2, 3, 4], [2, 1, 2, 1]), labels);
  assert.equal(images.shape, [2, 1, 2, 3]);
  assert.equal([...(await images.data())], [1, 1, 0, 2, 1, 0, 3, 0, 1, 4, 0, 1]);
  const points = withLabels(tensor([1, 2, 3, 4], [2, 2]), labels);
  assert.equal([...(await points.data())], [1, 2, 1, 0, 3, 4, 0, 1]);
});

test("the grid has a column a class, and its latent vectors are of the classes in turn", async () => {
  await device();
  const config = smallConfig("small", { changes: { conditional: true } });
  assert.equal(sampleGrid(config, 100), { rows: 10, columns: 3 });
  assert.equal(sampleGrid(smallConfig("small"), 100), { rows: 10, columns: 10 });
  const latents = await fixedLatents(config, 6).data();
  const columns = Array.from({ length: 6 }, (_, i) => [...latents.subarray(6 * i + 3, 6 * i + 6)].indexOf(1));
  assert.equal(columns, [0, 1, 2, 0, 1, 2]);
  const plain = await fixedLatents(smallConfig("small"), 6).data();
  const vectors = [...latents].filter((_, i) => i % 6 < 3);
  assert.equal(vectors, [...plain], "a class changes nothing of the other numbers");
});

test("samples are in [−1, 1], whether the network makes [0, 1] or [−1, 1], and however many go at once", async () => {
  await device();
  const trainer = smallTrainer("wgan-gp");
  const latents = fixedLatents(trainer.config, 130);
  trainer.generator.train(false);
  const raw = await noGrad(() => trainer.generator.forward(latents)).data();
  trainer.generator.train(true);
  const shown = await sampleImages(trainer.generator, latents, trainer.config).data();
  assert.ok(raw.every((value) => value >= 0 && value <= 1));
  assert.is(shown.length, raw.length);
  shown.forEach((value, i) => {
    assert.ok(Math.abs(value - (2 * raw[i] - 1)) < 1e-6);
  });
  trainer.dispose();
});

test("samples are drawn by the moving average where there is one", async () => {
  await device();
  const trainer = smallTrainer("small", { changes: { ema: 0.5 } });
  assert.is.not(trainer.sampler, trainer.generator);
  for (let i = 0; i < 3; i++) trainer.step().dispose();
  const [average, own] = [await trainer.sampler.stateDict(), await trainer.generator.stateDict()];
  assert.not.equal([...average["0.weight"].data], [...own["0.weight"].data]);
  assert.equal((await trainer.state()).average, average);
  trainer.dispose();
});

test.run();
