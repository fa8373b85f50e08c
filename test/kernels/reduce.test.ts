// Sums, maxima and minima against float64: every set of axes of a 4-D array, lengths at the seams, and a long sum that splits.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as engine from "../../src/autograd";
import { reduce } from "../../src/kernels/reduce";
import { toArray, toTensor } from "../autograd/check";
import { block, device, read, sharedOutFor } from "../device";
import { makeRandom, maxDifference, randomNormal, roundToF32 } from "../reference/array";
import * as reference from "../reference/forward";

const random = makeRandom(51);
const normal = (...shape: number[]) => roundToF32(randomNormal(random, shape));

for (const shape of [
  [3, 5, 2, 7],
  [2, 3, 5, 8],
]) {
  test(`sum, max and min over every set of axes of [${shape}]`, async () => {
    await device();
    const x = normal(...shape);
    const tensor = toTensor(x);
    const sets = Array.from({ length: 16 }, (_, bits) => [0, 1, 2, 3].filter((axis) => bits & (1 << axis)));
    const made = sets.flatMap((axes) =>
      [false, true].map((keepDims) => ({
        what: `axes [${axes}]`,
        sum: engine.sum(tensor, { axes, keepDims }),
        max: engine.max(tensor, { axes, keepDims }),
        min: engine.min(tensor, { axes, keepDims }),
        wantedSum: reference.sum(x, axes, keepDims),
        size: reference.sum(reference.abs(x), axes, keepDims),
        wantedMax: reference.max(x, axes, keepDims),
        wantedMin: reference.min(x, axes, keepDims),
      })),
    );
    for (const { what, sum, max, min, wantedSum, wantedMax, wantedMin, size } of made) {
      const total = await toArray(sum, wantedSum.shape);
      // Sums cancel, so they are measured by what was summed.
      total.data.forEach((v, i) => {
        assert.ok(Math.abs(v - wantedSum.data[i]) <= 1e-6 * size.data[i], `sum over ${what}: ${v}`);
      });
      assert.is(maxDifference(await toArray(max, wantedMax.shape), wantedMax), 0, `max over ${what}`);
      assert.is(maxDifference(await toArray(min, wantedMin.shape), wantedMin), 0, `min over ${what}`);
    }
  });
}

for (const kind of ["GPU", "software"] as const) {
  test(`every length and width at the seams, shared out for ${kind}`, async () => {
    const lengths = [1, 3, 63, 64, 65, 255, 256, 257];
    const shapes = lengths.flatMap((r) => [1, 3, 4].flatMap((b) => [1, 5].map((a) => [a, r, b])));
    // In parts: numbers, vec4s of a row, and for a GPU a last run of one row for two lanes.
    shapes.push([1, 1025, 1], [5, 1027, 3], [1, 50_000, 1], [1, 1057, 64]);
    await device();
    const made = await sharedOutFor(kind, () =>
      shapes.map(([a, r, b]) => {
        const x = normal(a, r, b);
        const [sum, max, min] = [0, 1, 2].map(() => block(undefined, [a, b]));
        const from = block(x.data, x.shape);
        reduce("sum", from.storage, sum.storage, { a, r, b });
        reduce("max_", from.storage, max.storage, { a, r, b });
        reduce("min_", from.storage, min.storage, { a, r, b });
        return { x, sum, max, min, what: `(${a}, ${r}, ${b})` };
      }),
    );
    for (const { x, sum, max, min, what } of made) {
      const [total, best, size] = [
        reference.sum(x, [1]),
        reference.max(x, [1]),
        reference.sum(reference.abs(x), [1]),
      ];
      (await read(sum)).forEach((v, i) => {
        assert.ok(Math.abs(v - total.data[i]) <= 1e-6 * size.data[i], `sum of ${what}: ${v}`);
      });
      assert.equal([...(await read(max))], [...best.data], `max of ${what}`);
      assert.equal([...(await read(min))], [...reference.min(x, [1]).data], `min of ${what}`);
    }
  });
}

test("a sum of 24 million equal numbers is right to a millionth", async () => {
  const count = 24_000_000;
  const tenth = Math.fround(0.1);
  for (const shape of [[count], [count / 3, 3]]) {
    const sums = engine.tidy(() => engine.sum(engine.full(shape, tenth), { axes: [0] }));
    const wanted = tenth * shape[0];
    for (const sum of await sums.data())
      assert.ok(Math.abs(sum - wanted) <= 1e-6 * wanted, `[${shape}]: ${sum}, expected ${wanted}`);
    sums.dispose();
  }
});

test("over nothing the sum is 0, the maximum −∞, the minimum ∞ and the mean NaN, and nothing comes of no sums", async () => {
  await device();
  const none = toTensor(normal(0, 3));
  assert.equal([...(await engine.sum(none, { axes: [0] }).data())], [0, 0, 0]);
  const { NEGATIVE_INFINITY, POSITIVE_INFINITY } = Number;
  assert.equal([...(await engine.max(none, { axes: [0] }).data())], new Array(3).fill(NEGATIVE_INFINITY));
  assert.equal([...(await engine.min(none).data())], [POSITIVE_INFINITY]);
  assert.equal([...(await engine.mean(none, { axes: [0] }).data())], new Array(3).fill(Number.NaN));
  for (const f of [engine.sum, engine.max, engine.min, engine.mean])
    assert.equal([...(await f(none, { axes: [1] }).data())], []);
});

test("a million numbers sum to six digits, by rows, by columns and all at once", async () => {
  await device();
  const x = roundToF32(reference.add(normal(1021, 1027), normal(1)));
  const tensor = toTensor(x);
  for (const axes of [[0], [1], [0, 1]]) {
    const total = engine.sum(tensor, { axes });
    const best = engine.max(tensor, { axes });
    const [wanted, size] = [reference.sum(x, axes), reference.sum(reference.abs(x), axes)];
    (await total.data()).forEach((v, i) => {
      assert.ok(
        Math.abs(v - wanted.data[i]) <= 1e-6 * size.data[i],
        `axes [${axes}]: ${v} for ${wanted.data[i]}`,
      );
    });
    const top = reference.max(x, axes);
    assert.is(maxDifference(await toArray(best, top.shape), top), 0);
  }
});

test("max and min keep infinities", async () => {
  await device();
  for (const [f, bound] of [
    [engine.max, Number.NEGATIVE_INFINITY],
    [engine.min, Number.POSITIVE_INFINITY],
  ] as const) {
    assert.is(await f(engine.tensor(new Array(70).fill(bound))).item(), bound);
  }
});

test("sum, max and min are NaN wherever a NaN stands, however the axis is shared out", async () => {
  await device();
  for (const [a, r, b] of [
    [1, 256, 1],
    [1, 50_000, 1],
    [5, 1027, 3],
    [1, 1057, 4],
  ]) {
    const size = a * r * b;
    for (const at of [0, 1, 2, 3, 130, 255, size - 1]) {
      const x = engine.tensor(
        Float32Array.from({ length: size }, (_, i) => (i === at ? Number.NaN : 1)),
        [a, r, b],
      );
      const own = Math.floor(at / (r * b)) * b + (at % b);
      for (const [name, f] of Object.entries({ sum: engine.sum, max: engine.max, min: engine.min })) {
        const y = await f(x, { axes: [1] }).data();
        y.forEach((v, i) => {
          assert.is(Number.isNaN(v), i === own, `${name} of (${a}, ${r}, ${b}), NaN at ${at}: ${v} at ${i}`);
        });
      }
    }
  }
});

test("a sum times a scale is the product of the two, whatever they are", async () => {
  await device();
  const { NaN: none, POSITIVE_INFINITY: infinity } = Number;
  for (const shape of [
    [1, 1],
    [5, 1],
    [8, 1],
    [7, 4],
    [50_000, 1],
  ]) {
    const x = toTensor(normal(...shape));
    const sum = engine.sum(x, { axes: [0] });
    for (const scale of [1, -1, 1 / 3, 0, infinity, none]) {
      const both = [engine.sum(x, { axes: [0], scale }), engine.mul(sum, scale)];
      const [got, wanted] = await Promise.all(both.map(async (y) => [...(await y.data())]));
      assert.equal(got, wanted, `[${shape}] by ${scale}`);
    }
  }
});

test.run();
