// Pools, dropout and losses: examples that are small enough to work out by hand, and extremes.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as face from "../../src/face";
import * as nn from "../../src/face/nn";
import { device } from "../device";

await device();
const numbers = async (x: face.Tensor) => [...(await x.data())];
const image = () => face.reshape(face.arange(16), [1, 4, 4, 1]);

test("layers that pool and repeat do what their ops do", async () => {
  assert.equal(await numbers(new nn.MaxPool2d({ kernel: 2 }).forward(image())), [5, 7, 13, 15]);
  assert.equal(await numbers(new nn.AveragePool2d({ kernel: 2 }).forward(image())), [2.5, 4.5, 10.5, 12.5]);
  const wide = new nn.Upsample2d({ factor: [1, 2] }).forward(face.reshape(face.arange(2), [1, 1, 2, 1]));
  assert.equal(await numbers(wide), [0, 0, 1, 1]);
});

test("dropout keeps the mean in training, and everything at inference", async () => {
  const layer = new nn.Dropout({ random: new face.Random(1), rate: 0.25 });
  const x = face.requireGrad(face.ones([10_000]));
  const y = layer.forward(x);
  const values = await numbers(y);
  const stay = values.filter((v) => v !== 0);
  assert.ok(stay.every((v) => Math.abs(v - 4 / 3) < 1e-6));
  assert.ok(Math.abs(stay.length / 10_000 - 0.75) < 0.02, String(stay.length));
  assert.equal(await numbers(face.grad(face.sum(y), [x])[0]), values);
  layer.train(false);
  assert.ok((await numbers(layer.forward(x))).every((v) => v === 1));
});

test("dropout draws on in a replay", async () => {
  const layer = new nn.Dropout({ random: new face.Random(1) });
  const x = face.ones([64]);
  const step = face.capture(() => layer.forward(x));
  const first = await numbers(step.result);
  step.replay();
  assert.not.equal(await numbers(step.result), first);
  step.dispose();
});

test("losses are means, and keep their digits at large logits", async () => {
  const [y, target] = [face.tensor([1, 2, 4]), face.tensor([1, 0, 1])];
  assert.ok(Math.abs((await nn.mse(y, target).item()) - 13 / 3) < 1e-6);
  const at = async (x: number, t: number) => {
    const logits = face.requireGrad(face.tensor([x]));
    const loss = nn.bceWithLogits(logits, face.tensor([t]));
    return [await loss.item(), await face.grad(loss, [logits])[0].item()];
  };
  for (const [x, t] of [
    [0, 0],
    [0, 1],
    [0, 0.25],
    [50, 1],
    [-50, 0],
    [50, 0],
    [-50, 1],
    [1, 0.5],
  ]) {
    const [loss, gradient] = await at(x, t);
    const wanted = t * Math.log1p(Math.exp(-x)) + (1 - t) * (x > 30 ? x : Math.log1p(Math.exp(x)));
    assert.ok(
      Math.abs(loss - wanted) <= 1e-6 * Math.max(wanted, 1e-22),
      `${loss} for ${wanted} at ${x}, ${t}`,
    );
    const slope = 1 / (1 + Math.exp(-x)) - t;
    assert.ok(Math.abs(gradient - slope) < 1e-6, `${gradient} for ${slope} at ${x}, ${t}`);
  }
  const labels = face.tensor(Uint32Array.of(1, 0));
  const loss = await nn.crossEntropy(face.zeros([2, 4]), labels).item();
  assert.ok(Math.abs(loss - Math.log(4)) < 1e-6);
});

test("gradients above the norm are scaled down together, others stay", async () => {
  const gradients = [face.tensor([3, 0]), face.tensor([[4]])];
  const small = await Promise.all(nn.clipGradNorm(gradients, { norm: 1 }).map(numbers));
  small.flat().forEach((v, i) => void assert.ok(Math.abs(v - [0.6, 0, 0.8][i]) < 1e-6));
  assert.equal(await Promise.all(nn.clipGradNorm(gradients, { norm: 6 }).map(numbers)), [[3, 0], [4]]);
});

test("a module may take several tensors", async () => {
  class Sum extends nn.Module {
    override forward(a: face.Tensor, b: face.Tensor): face.Tensor {
      return face.add(a, b);
    }
  }
  assert.equal(await numbers(new Sum().forward(face.ones([2]), face.arange(2))), [1, 2]);
});

test("gradients whose squares are no f32 are clipped as others are, and none are none", async () => {
  const clip = async (...numbers: number[]) =>
    [...(await nn.clipGradNorm([face.tensor(numbers)], { norm: 5 })[0].data())].map(
      (n) => Math.round(n * 1e4) / 1e4,
    );
  assert.equal(await clip(3e30, 4e30), [3, 4]);
  assert.equal(await clip(3e-30, 0), [0, 0]);
  assert.equal(await clip(0.75, 1), [0.75, 1]);
  assert.equal(await clip(0, 0), [0, 0]);
  assert.equal(await clip(Number.POSITIVE_INFINITY, 1), [Number.NaN, 0]);
  assert.equal(nn.clipGradNorm([], { norm: 1 }), []);
});

test.run();
