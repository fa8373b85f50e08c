// Sums and maxima against float64: every set of axes of a 4-D array, lengths at the seams, and a long sum that splits.
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
  test(`sum and max over every set of axes of [${shape}]`, async () => {
    await device();
    const x = normal(...shape);
    const tensor = toTensor(x);
    const sets = Array.from({ length: 16 }, (_, bits) => [0, 1, 2, 3].filter((axis) => bits & (1 << axis)));
    const made = sets.flatMap((axes) =>
      [false, true].map((keepDims) => ({
        what: `axes [${axes}]`,
        sum: engine.sum(tensor, { axes, keepDims }),
        max: engine.max(tensor, { axes, keepDims }),
        wantedSum: reference.sum(x, axes, keepDims),
        size: reference.sum(reference.abs(x), axes, keepDims),
        wantedMax: reference.max(x, axes, keepDims),
      })),
    );
    for (const { what, sum, max, wantedSum, wantedMax, size } of made) {
      const total = await toArray(sum, wantedSum.shape);
      // Sums cancel, so they are measured by what was summed.
      total.data.forEach((v, i) => {
        assert.ok(Math.abs(v - wantedSum.data[i]) <= 1e-6 * size.data[i], `sum over ${what}: ${v}`);
      });
      assert.is(maxDifference(await toArray(max, wantedMax.shape), wantedMax), 0, `max over ${what}`);
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
        const [sum, max] = [block(undefined, [a, b]), block(undefined, [a, b])];
        const from = block(x.data, x.shape);
        reduce("sum", from.storage, sum.storage, { a, r, b });
        reduce("max_", from.storage, max.storage, { a, r, b });
        return { x, sum, max, what: `(${a}, ${r}, ${b})` };
      }),
    );
    for (const { x, sum, max, what } of made) {
      const [total, best, size] = [
        reference.sum(x, [1]),
        reference.max(x, [1]),
        reference.sum(reference.abs(x), [1]),
      ];
      (await read(sum)).forEach((v, i) => {
        assert.ok(Math.abs(v - total.data[i]) <= 1e-6 * size.data[i], `sum of ${what}: ${v}`);
      });
      assert.equal([...(await read(max))], [...best.data], `max of ${what}`);
    }
  });
}

test("the sum of nothing is 0, and nothing comes of no sums", async () => {
  await device();
  const none = toTensor(normal(0, 3));
  assert.equal([...(await engine.sum(none, { axes: [0] }).data())], [0, 0, 0]);
  assert.equal([...(await engine.sum(none, { axes: [1] }).data())], []);
  assert.throws(() => engine.max(none, { axes: [0] }), /max/);
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

test("max keeps infinities", async () => {
  await device();
  const low = engine.tensor(new Array(70).fill(Number.NEGATIVE_INFINITY));
  assert.is(await engine.max(low).item(), Number.NEGATIVE_INFINITY);
});

test("max is NaN wherever a NaN stands", async () => {
  await device();
  for (const at of [0, 1, 2, 3, 130, 255]) {
    const x = Float32Array.from({ length: 256 }, (_, i) => (i === at ? Number.NaN : i));
    assert.ok(Number.isNaN(await engine.max(engine.tensor(x)).item()), `NaN at ${at}`);
  }
});

test.run();
