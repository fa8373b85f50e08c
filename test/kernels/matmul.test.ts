// Matrix products in every orientation and awkward size, by both kernel families, against float64 sums.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { matmul } from "../../src/kernels/matmul";
import { block, device, read } from "../device";
import { matmul as reference } from "../reference/matmul";
import { check, normal } from "./families";

const test = suite("matmul");

const ways = [
  { name: "nn", transposeA: false, transposeB: false },
  { name: "nt", transposeA: false, transposeB: true },
  { name: "tn", transposeA: true, transposeB: false },
];

/** Checks one product in the three orientations; `wide` gives the batch sizes of a and b, 1 for one for all. */
async function product(m: number, n: number, k: number, [batchA, batchB] = [1, 1]): Promise<void> {
  for (const { name, ...way } of ways) {
    const a = normal([batchA, ...(way.transposeA ? [k, m] : [m, k])]);
    const b = normal([batchB, ...(way.transposeB ? [n, k] : [k, n])]);
    const batch = Math.max(batchA, batchB);
    const [strideA, strideB] = [batchA > 1 ? m * k : 0, batchB > 1 ? k * n : 0];
    await check(
      `${name} ${m} x ${n} x ${k}, batch ${batchA}, ${batchB}`,
      [a, b],
      (x, y) => reference(x, y, way),
      (x, y, to) => matmul(x, y, to, { batch, m, n, k, ...way, strideA, strideB }),
    );
  }
}

test("sizes that 4 does not divide", async () => {
  await product(1, 1, 1);
  await product(3, 5, 7);
  await product(63, 65, 5);
  await product(5, 3, 257);
  await product(65, 63, 64);
});

test("sizes that 4 divides, with a tile left over", async () => {
  await product(4, 4, 4);
  await product(16, 32, 8);
  await product(68, 36, 20);
  await product(256, 64, 100);
});

test("many tiles, so that no sum is split", async () => {
  await product(257, 255, 64);
  await product(255, 256, 65);
});

test("one row, one column, one term", async () => {
  await product(1, 70, 300);
  await product(70, 1, 300);
  await product(64, 1, 100);
  await product(33, 50, 1);
});

test("nothing to sum gives zeros, and nothing to compute does nothing", async () => {
  await product(5, 6, 0);
  await product(0, 6, 3);
  await product(6, 0, 3);
  await product(6, 1, 0);
});

test("batches, each side its own or shared", async () => {
  await product(9, 12, 8, [3, 3]);
  await product(9, 11, 7, [1, 3]);
  await product(12, 8, 6, [3, 1]);
  await product(7, 1, 9, [3, 3]);
});

test("a grid beyond 65,535 workgroups folds", async () => {
  await product(2, 2, 2, [70000, 1]);
});

test("a split sum gives the same bits every time", async () => {
  await device();
  const [m, n, k] = [16, 32, 5000];
  const [a, b] = [normal([m, k]), normal([k, n])].map((x) => block(x.data, x.shape));
  const run = async () => {
    const y = block(undefined, [m, n]);
    const dims = { batch: 1, m, n, k, transposeA: false, transposeB: false, strideA: 0, strideB: 0 };
    matmul(a, b, y, dims);
    return read(y);
  };
  assert.equal(await run(), await run());
});

test.run();
