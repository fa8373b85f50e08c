// Batches gathered on the GPU: from one buffer or from several they are the same bits, eager and replayed.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { assign, byteTensor, capture, memory, takeBytes, tensor, zeros } from "../../src/autograd";
import { type ByteDataset, joinDataset } from "../../src/wgan/dataset";
import { ImageStore, makeStore, PointStore } from "../../src/wgan/images";
import { drawToy } from "../../src/wgan/toys";
import { device } from "../device";

const mapping = { scale: 1 / 127.5, shift: -1 };
const bits = async (x: { data(): Promise<ArrayLike<number>> }) =>
  new Uint32Array(Float32Array.from(await x.data()).buffer);

function dataset(count: number, height: number, width: number, channels: 1 | 3): ByteDataset {
  const pixels = Uint8Array.from(
    { length: count * height * width * channels },
    (_, i) => (i * 97 + (i >> 8)) % 256,
  );
  return joinDataset({ count, height, width, channels, pixels }, new Uint16Array(count), "test");
}

const index = (count: number) => tensor(Uint32Array.of(0, count - 1, 3, 3, Math.floor(count / 2)));

test("a batch is what takeBytes makes of the bytes, to the last bit", async () => {
  await device();
  for (const [count, height, width, channels] of [
    [20, 28, 28, 1],
    [11, 5, 7, 3],
    [9, 1, 1, 1],
  ] as const) {
    const set = dataset(count, height, width, channels);
    const store = new ImageStore(set);
    const y = store.take(index(count), mapping);
    assert.equal(y.shape, [5, height, width, channels]);
    const sample = [height, width, channels];
    const expected = takeBytes(byteTensor(set.images), index(count), { sample, ...mapping });
    assert.equal(await bits(y), await bits(expected));
  }
});

test("a set that is split over buffers gives the bits of a whole one, however small the buffers are", async () => {
  await device();
  for (const [count, height, width, channels] of [
    [20, 28, 28, 1],
    [11, 5, 7, 3],
    [8, 3, 3, 3],
  ] as const) {
    const set = dataset(count, height, width, channels);
    const size = height * width * channels;
    const whole = await bits(new ImageStore(set).take(index(count), mapping));
    for (const part of [size, size - 1, Math.ceil(size / 2), Math.ceil(size / 3), 7, 1]) {
      const limit = Math.ceil((part * count) / 16) * 16;
      const store = new ImageStore(set, limit);
      const y = store.take(index(count), mapping);
      assert.equal(y.shape, [5, height, width, channels]);
      assert.equal(await bits(y), whole, `${count} images of ${size} bytes by ${limit}`);
      store.dispose();
    }
  }
});

test("a set larger than the adapter's largest binding is held and gathered", async () => {
  const { device: gpu } = await device();
  const limit = gpu.limits.maxStorageBufferBindingSize;
  if (limit > 2 ** 28) return void console.log(`images.test: no set of over ${limit} bytes is made`);
  const count = Math.floor(limit / 784) + 5;
  const pixels = new Uint8Array(784 * count);
  for (const i of [0, 1, count - 1]) pixels.fill(i % 251, 784 * i + 3, 784 * (i + 1));
  const set = joinDataset({ count, height: 28, width: 28, channels: 1, pixels }, new Uint16Array(count), "s");
  const store = new ImageStore(set);
  const y = store.take(tensor(Uint32Array.of(count - 1, 0, 1)), { scale: 1, shift: 0 });
  const numbers = [...(await y.data())];
  const image = (i: number) => [...pixels.subarray(784 * i, 784 * (i + 1))];
  assert.equal(numbers, [...image(count - 1), ...image(0), ...image(1)]);
  for (const each of [y, store]) each.dispose();
});

test("captured and replayed, a split store gathers what the index holds by then", async () => {
  await device();
  const set = dataset(20, 6, 6, 3);
  const [whole, split] = [new ImageStore(set), new ImageStore(set, 800)];
  const at = index(20);
  const y = zeros([5, 6, 6, 3]);
  const step = capture(() => assign(y, split.take(at, mapping)));
  for (const numbers of [
    [19, 0, 1, 2, 3],
    [7, 7, 7, 7, 7],
    [4, 9, 14, 19, 0],
  ]) {
    assign(at, tensor(Uint32Array.from(numbers)));
    step.replay();
    assert.equal(await bits(y), await bits(whole.take(tensor(Uint32Array.from(numbers)), mapping)));
  }
  step.dispose();
});

test("an index past the data reads the last image", async () => {
  await device();
  const set = dataset(6, 4, 4, 1);
  for (const store of [new ImageStore(set), new ImageStore(set, 32)]) {
    const past = await bits(store.take(tensor(Uint32Array.of(6, 2 ** 32 - 1)), mapping));
    const last = await bits(store.take(tensor(Uint32Array.of(5, 5)), mapping));
    assert.equal(past, last);
  }
});

test("more images than a buffer has bytes are refused", async () => {
  await device();
  assert.throws(
    () => new ImageStore(dataset(65, 1, 1, 1), 64),
    /test: 65 images are more than .* of 64 bytes/,
  );
});

test("points are gathered by rows, and dispose gives all memory back", async () => {
  await device();
  const toy = drawToy("8gaussians", 50, 3);
  const before = memory().bytes;
  const stores = [makeStore(toy), makeStore(dataset(9, 3, 3, 1)), new ImageStore(dataset(9, 3, 3, 1), 32)];
  assert.instance(stores[0], PointStore);
  assert.instance(stores[1], ImageStore);
  const at = tensor(Uint32Array.of(49, 0));
  const y = (stores[0] as PointStore).take(at);
  assert.equal(y.shape, [2, 2]);
  assert.equal([...(await y.data())], [...toy.points.subarray(98, 100), ...toy.points.subarray(0, 2)]);
  for (const each of [at, y, ...stores]) each.dispose();
  assert.is(memory().bytes, before);
});

test.run();
