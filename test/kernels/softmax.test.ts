// The kernels over rows: softmax and cross-entropy far from 0, one-hot, gather, scatter-add, and batches from bytes.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { byteTensor } from "../../src/autograd";
import { gather, scatterAdd, takeBytes } from "../../src/kernels/gather";
import { crossEntropy, oneHot, softmax } from "../../src/kernels/softmax";
import { block, device, read } from "../device";
import { type F64, make, makeRandom, map, randomNormal, roundToF32 } from "../reference/array";
import * as reference from "../reference/forward";

const SIZES = [0, 1, 3, 63, 64, 65, 255, 256, 257];
const random = makeRandom(61);
const normal = (shape: number[], deviation = 1) => roundToF32(randomNormal(random, shape, deviation));
const integers = (n: number, bound: number) =>
  Uint32Array.from({ length: n }, () => Math.floor(random.uniform() * bound));

function near(got: ArrayLike<number>, wanted: F64, tolerance: number, what: string): void {
  assert.is(got.length, wanted.data.length);
  wanted.data.forEach((right, i) => {
    const close = Math.abs(got[i] - right) <= tolerance * Math.max(1, Math.abs(right));
    assert.ok(close, `${what}, entry ${i}: ${got[i]} for ${right}`);
  });
}

test("softmax and cross-entropy at all sizes, with logits in the hundreds", async () => {
  await device();
  for (const [rows, classes] of [...SIZES.map((n) => [n, 10]), [3, 1], [2, 257]]) {
    const x = normal([rows, classes], 100);
    const labels = integers(rows, classes);
    const [y, losses] = [block(undefined, [rows, classes]), block(undefined, [rows])];
    const from = block(x.data, x.shape);
    softmax(from, y);
    crossEntropy(from, block(labels, [rows]), losses);
    near(await read(y), reference.softmax(x), 1e-5, `softmax of ${rows} rows`);
    near(await read(losses), reference.softmaxCrossEntropy(x, labels), 1e-5, `losses of ${rows} rows`);
  }
});

test("softmax of infinite distances is 0 and 1; a label past the classes gives NaN", async () => {
  await device();
  const x = block([1e30, 0, -1e30, -1e30, 3, 3], [2, 3]);
  const y = block(undefined, [2, 3]);
  softmax(x, y);
  assert.equal(
    [...(await read(y))].map((v) => Math.round(1e6 * v) / 1e6),
    [1, 0, 0, 0, 0.5, 0.5],
  );
  const losses = block(undefined, [2]);
  crossEntropy(x, block(Uint32Array.of(3, 1), [2]), losses);
  const [past, right] = await read(losses);
  assert.ok(Number.isNaN(past), `${past}`);
  assert.ok(Math.abs(right - Math.log(2)) < 1e-6, `${right}`);
});

test("oneHot at all sizes", async () => {
  await device();
  for (const n of SIZES) {
    const labels = integers(n, 7);
    const y = block(undefined, [n, 7]);
    oneHot(block(labels, [n]), y);
    near(
      await read(y),
      map(make([n, 7]), (_, i) => (labels[Math.floor(i / 7)] === i % 7 ? 1 : 0)),
      0,
      `${n}`,
    );
  }
});

test("gather and scatterAdd at all sizes, with indices that repeat", async () => {
  await device();
  for (const n of SIZES) {
    const index = integers(n, 11);
    const indices = block(index, [n]);
    const [table, rows] = [normal([11, 3]), normal([n, 3])];
    const [taken, added] = [block(undefined, [n, 3]), block(undefined, [11, 3])];
    gather(block(table.data, table.shape), indices, taken);
    scatterAdd(block(rows.data, rows.shape), indices, added);
    near(await read(taken), reference.gather(table, index), 0, `gather ${n}`);
    near(await read(added), reference.scatterAdd(rows, index, 11), 1e-5, `scatterAdd ${n}`);
  }
});

test("an index past the table means its last row", async () => {
  await device();
  const y = block(undefined, [2, 2]);
  gather(block([1, 2, 3, 4], [2, 2]), block(Uint32Array.of(2, 0xffffffff), [2]), y);
  assert.equal([...(await read(y))], [3, 4, 3, 4]);
});

test("takeBytes reads any sample of any width, each byte times scale plus shift", async () => {
  await device();
  for (const width of [1, 3, 4, 64, 65]) {
    const bytes = Uint8Array.from({ length: 257 * width }, () => Math.floor(256 * random.uniform()));
    const data = byteTensor(bytes);
    for (const n of SIZES) {
      const index = integers(n, 257);
      if (n > 0) index[n - 1] = 256;
      const y = block(undefined, [n, width]);
      takeBytes(data, block(index, [n]), y, 1 / 127.5, -1);
      const wanted = map(
        make([n, width]),
        (_, i) => bytes[index[Math.floor(i / width)] * width + (i % width)] / 127.5 - 1,
      );
      near(await read(y), wanted, 1e-6, `${n} samples of ${width}`);
    }
    data.dispose();
  }
});

test.run();
