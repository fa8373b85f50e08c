// Matrix products in every orientation and awkward size, by every kernel family, against float64 sums.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { release } from "../../src/kernels/block";
import { matmul } from "../../src/kernels/matmul";
import { configurations } from "../../src/kernels/tuning/configurations";
import { block, device, read, sharedOutFor } from "../device";
import type { F64 } from "../reference/array";
import { matmul as reference } from "../reference/matmul";
import { check, families, normal, within } from "./families";

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
    const [stepA, stepB] = [batchA > 1 ? m * k : 0, batchB > 1 ? k * n : 0];
    await check(
      `${name} ${m} x ${n} x ${k}, batch ${batchA}, ${batchB}`,
      [a, b],
      (x, y) => reference(x, y, way),
      (x, y, to) => matmul(x, y, to, { batch, m, n, k, ...way, stepA, stepB }),
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
  await product(64, 1, 3136);
  await product(63, 1, 6271);
  await product(1, 1, 70_003);
  await product(5000, 1, 9);
});

/** x (n, k), or (k, n) as stored transposed, and dy (n): the gradients xᵀ · dy and the sum of dy, one array with a gap. */
async function columnGradients(x: F64, dy: F64, transposed: boolean) {
  const [n, k] = [dy.data.length, x.data.length / dy.data.length];
  const sums = 64 * Math.ceil(k / 64);
  const [a, b, y] = [block(dy.data, [1, n]), block(x.data, x.shape), block(undefined, [sums + 4])];
  matmul(a, b, { ...y, sums }, { batch: 1, m: 1, n: k, k: n, transposeB: transposed });
  const got = await read(y);
  for (const { storage } of [a, b, y]) release(storage);
  return { dw: got.subarray(0, k), db: got[sums], gap: got.subarray(k, sums) };
}

for (const kind of ["GPU", "software"] as const)
  test(`the gradients of one column and its bias, shared out for ${kind}`, async () => {
    await device();
    const sizes = [1, 3, 4, 65, 256, 1000].flatMap((n) => [1, 3, 4, 63, 1024].map((k) => [n, k]));
    sizes.push([64, 6272], [1, 5000], [70_001, 5], [70_000, 8]);
    for (const [n, k] of sizes)
      for (const transposed of [false, true]) {
        const [x, dy] = [normal(transposed ? [k, n] : [n, k]), normal([n])];
        const at = (row: number, column: number) => x.data[transposed ? column * n + row : row * k + column];
        const { dw, db, gap } = await sharedOutFor(kind, () => columnGradients(x, dy, transposed));
        const held = (got: number, term: (row: number) => number, what: string) => {
          const terms = Array.from(dy.data, (_, row) => term(row));
          const [wanted, size] = [terms, terms.map(Math.abs)].map((all) => all.reduce((p, q) => p + q));
          assert.ok(
            Math.abs(got - wanted) <= 1e-6 * size,
            `${n} x ${k}, ${transposed}, ${what}: ${got}, ${wanted}`,
          );
        };
        for (const i of k > 70 ? [0, 1, 255, 256, k - 1] : dw.keys())
          held(dw[i], (row) => dy.data[row] * at(row, i), `dw ${i}`);
        held(db, (row) => dy.data[row], "db");
        assert.ok(gap.every(Number.isNaN), "what lies between the two is nobody's");
      }
  });

test("an infinity of x is in its own gradient alone, a NaN of dy in all of them and the bias's", async () => {
  await device();
  const [n, k] = [50, 70];
  for (const transposed of [false, true]) {
    const [x, dy] = [normal(transposed ? [k, n] : [n, k]), normal([n])];
    x.data[transposed ? 5 * n + 3 : 3 * k + 5] = Number.POSITIVE_INFINITY;
    const { dw, db } = await columnGradients(x, dy, transposed);
    assert.is(dw[5], dy.data[3] * Number.POSITIVE_INFINITY);
    assert.ok(dw.every((v, i) => i === 5 || Number.isFinite(v)) && Number.isFinite(db));
    dy.data[n - 1] = Number.NaN;
    const spoiled = await columnGradients(x, dy, transposed);
    assert.ok(spoiled.dw.every(Number.isNaN) && Number.isNaN(spoiled.db));
  }
});

test("one column of so many rows that its grid folds", async () => {
  await device();
  const m = 65_535 * 256 + 100;
  const x = Float32Array.from({ length: m }, (_, i) => i % 7);
  const [a, b, y] = [block(x, [m, 1]), block([2], [1, 1]), block(undefined, [m, 1])];
  matmul(a, b, y, { batch: 1, m, n: 1, k: 1 });
  const bad = (await read(y)).findIndex((v, i) => v !== 2 * x[i]);
  assert.is(bad, -1);
  for (const { storage } of [a, b, y]) release(storage);
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
  // In parts: a workgroup without a matrix would write into the next part.
  const all = configurations((await device()).info).map((each) => ({ ...each, parts: 2 }));
  const [batch, m, n, k] = [40000, 5, 4, 128];
  const [a, b] = [normal([m, k]), normal([k, n])].map((x) => block(x.data, x.shape));
  const y = block(undefined, [batch, m, n]);
  const dims = { batch, m, n, k, transposeA: false, transposeB: false, stepA: 0, stepB: 0 };
  for (const each of all.filter(({ shader }) => shader !== "gemm_tiled")) {
    await within(each, () => matmul(a, b, y, dims));
    const got = await read(y);
    const bad = got.findIndex((value, i) => value !== got[i % (m * n)]);
    assert.is(bad, -1, `${each.name}: ${got[bad]} at ${bad}`);
  }
});

test("a bias is added to each row, also to split sums, to one column and to nothing", async () => {
  for (const [m, n, k] of [
    [65, 63, 5],
    [16, 32, 3000],
    [70, 1, 300],
    [5, 6, 0],
  ]) {
    const [a, b, bias] = [normal([m, k]), normal([k, n]), normal([n])];
    const dims = { batch: 1, m, n, k, transposeA: false, transposeB: false, stepA: 0, stepB: 0 };
    for (const configuration of await families()) {
      const [p, q, r] = [a, b, bias].map((x) => block(x.data, x.shape));
      const [plain, biased] = [block(undefined, [m, n]), block(undefined, [m, n])];
      await within(configuration, () => {
        matmul(p, q, plain, dims);
        matmul(p, q, biased, dims, r);
      });
      const expected = (await read(plain)).map((value, i) => Math.fround(value + bias.data[i % n]));
      assert.equal(await read(biased), expected, `${m} x ${n} x ${k}, ${configuration?.name}`);
    }
  }
});

test("every other configuration: tiles left over on both sides, a sum left over within a tile", async () => {
  const all = configurations((await device()).info).slice(1);
  const [a, b] = [normal([150, 44]), normal([44, 136])];
  const dims = { batch: 1, m: 150, n: 136, k: 44, stepA: 0, stepB: 0 };
  await check(
    "nn 150 x 136 x 44",
    [a, b],
    (x, y) => reference(x, y),
    (x, y, to) => matmul(x, y, to, { ...dims, transposeA: false, transposeB: false }),
    all,
  );
  await check(
    "tn 150 x 136 x 44",
    [normal([44, 152]), b],
    (x, y) => reference(x, y, { transposeA: true, transposeB: false }),
    (x, y, to) => matmul(x, y, to, { ...dims, m: 152, transposeA: true, transposeB: false }),
    all,
  );
});

test("padding of NaN stays out, and an infinity of B goes where it belongs and nowhere else", async () => {
  const [m, n, k] = [33, 37, 10];
  const all = configurations((await device()).info);
  // The smallest of each family, whatever the adapter's lanes: names hold them.
  const inWhich = [undefined, ...new Map(all.map((each) => [each.shader, each])).values()];
  for (const [transposeA, transposeB] of [
    [false, false],
    [false, true],
    [true, false],
  ]) {
    for (const row of [0, k - 1]) {
      const a = normal(transposeA ? [k, m] : [m, k]);
      const b = normal(transposeB ? [n, k] : [k, n]);
      b.data[transposeB ? 5 * k + row : row * n + 5] = Number.POSITIVE_INFINITY; // column 5
      const wanted = (i: number) => a.data[transposeA ? row * m + i : i * k + row] * Number.POSITIVE_INFINITY;
      for (const configuration of inWhich) {
        const [p, q, y] = [block(a.data, a.shape), block(b.data, b.shape), block(undefined, [m, n])];
        const dims = { batch: 1, m, n, k, transposeA, transposeB, stepA: 0, stepB: 0 };
        await within(configuration, () => matmul(p, q, y, dims));
        const bad = (await read(y)).findIndex((value, i) =>
          i % n === 5 ? value !== wanted(Math.floor(i / n)) : !Number.isFinite(value),
        );
        const name = configuration?.name ?? "default";
        assert.is(bad, -1, `transposed ${transposeA}, ${transposeB}, row ${row}, ${name}: at ${bad}`);
        for (const { storage } of [p, q, y]) release(storage);
      }
    }
  }
});

test("a split sum gives the same bits every time", async () => {
  await device();
  const [m, n, k] = [16, 32, 5000];
  const [a, b] = [normal([m, k]), normal([k, n])].map((x) => block(x.data, x.shape));
  const run = async () => {
    const y = block(undefined, [m, n]);
    const dims = { batch: 1, m, n, k, transposeA: false, transposeB: false, stepA: 0, stepB: 0 };
    matmul(a, b, y, dims);
    return read(y);
  };
  assert.equal(await run(), await run());
});

test.run();
