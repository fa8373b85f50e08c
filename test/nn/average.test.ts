// The moving average of a module: its rule over parameters and buffers, and that equal weights stay what they are.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { assign, Random, tensor } from "../../src/autograd";
import { BatchNorm2d, Linear, MovingAverage, Sequential, Tanh } from "../../src/nn";
import { device } from "../device";

const network = (seed: number) =>
  new Sequential(new Linear(3, 2, { random: new Random(seed) }), new BatchNorm2d(2));

test("it begins as a copy, and each update is decay · average + (1 − decay) · source, running statistics too", async () => {
  await device();
  const [source, copy] = [network(1), network(2)];
  const average = new MovingAverage(copy, source, 0.9);
  assert.equal(await copy.stateDict(), await source.stateDict());
  const names = [...source.named().keys()];
  assert.ok(names.includes("1.runningVariance"));
  const wanted = new Map<string, number[]>();
  for (const [name, { data }] of Object.entries(await source.stateDict())) wanted.set(name, [...data]);
  for (let step = 1; step <= 3; step++) {
    for (const [name, own] of source.named()) {
      const numbers = Float32Array.from({ length: own.size }, (_, i) => Math.sin(step + i + name.length));
      assign(own, tensor(numbers, own.shape));
      wanted.set(
        name,
        wanted.get(name)!.map((value, i) => 0.9 * value + 0.1 * numbers[i]),
      );
    }
    average.update();
  }
  for (const [name, { data }] of Object.entries(await copy.stateDict()))
    for (const [i, value] of data.entries()) assert.ok(Math.abs(value - wanted.get(name)![i]) < 1e-6, name);
  source.dispose();
  copy.dispose();
});

test("the average of what does not change is that, to the last bit, after a thousand updates", async () => {
  await device();
  const [source, copy] = [network(3), network(4)];
  const average = new MovingAverage(copy, source, 0.999);
  for (let i = 0; i < 1000; i++) average.update();
  const [got, own] = [await copy.stateDict(), await source.stateDict()];
  assert.equal([...got["1.gamma"].data], [1, 1]);
  got["0.weight"].data.forEach((value, i) => {
    assert.ok(Math.abs(value / own["0.weight"].data[i] - 1) < 1e-4);
  });
  for (const decay of [-0.1, 1, Number.NaN])
    assert.throws(() => new MovingAverage(copy, source, decay), /the decay must be from 0 up to below 1/);
  source.dispose();
  copy.dispose();
});

test("a layer that is used twice is counted once, and its average moves once", async () => {
  await device();
  const twice = (seed: number) => {
    const layer = new Linear(2, 2, { random: new Random(seed) });
    return new Sequential(layer, new Tanh(), layer);
  };
  const [source, copy] = [twice(1), twice(2)];
  assert.is(source.size(), 6);
  const average = new MovingAverage(copy, source, 0.5);
  const before = (await copy.stateDict())["0.weight"].data;
  assign(source.parameters()[0], new Float32Array(4));
  average.update();
  assert.equal(
    (await copy.stateDict())["2.weight"].data,
    before.map((value) => value / 2),
  );
  source.dispose();
  copy.dispose();
});

test("another network, or a decay that is 1 in f32, is refused", () => {
  const random = new Random(1);
  const [one, two] = [1, 2].map((layers) => {
    return new Sequential(...Array.from({ length: layers }, () => new Linear(2, 2, { random })));
  });
  assert.throws(() => new MovingAverage(one, two, 0.9), /must have the layers of its source, got others/);
  assert.throws(() => new MovingAverage(two, one, 0.9), /must have the layers of its source, got others/);
  assert.throws(() => new MovingAverage(two, two, 1 - 1e-9), /the decay must be from 0 up to below 1/);
});

test.run();
