// Holds the float64 references of pointwise ops, rearrangements, reductions and matmul to tiny cases
// worked out by hand, and the pairs among them to adjointness.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { dot, type F64, make, makeRandom, maxDifference, randomNormal, roundToF32, scalar } from "./array";
import * as op from "./forward";

const values = (x: F64): number[] => [...x.data];
const near = (got: number, wanted: number, tolerance = 1e-12) =>
  assert.ok(Math.abs(got - wanted) <= tolerance, `${got} for ${wanted}`);

test("binary ops broadcast as numpy does", () => {
  const column = make([2, 1], [10, 20]);
  const row = make([3], [1, 2, 3]);
  const sum = op.add(column, row);
  assert.equal(sum.shape, [2, 3]);
  assert.equal(values(sum), [11, 12, 13, 21, 22, 23]);
  assert.equal(values(op.sub(row, scalar(1))), [0, 1, 2]);
  assert.equal(values(op.div(column, column)), [1, 1]);
  assert.equal(values(op.maximum(row, scalar(2))), [2, 2, 3]);
  assert.equal(values(op.minimum(row, scalar(2))), [1, 2, 2]);
  assert.throws(() => op.add(make([2]), make([3])), /do not broadcast/);
});

test("where picks by mask and broadcasts", () => {
  assert.equal(values(op.where(make([3], [1, 0, 1]), scalar(5), make([3], [1, 2, 3]))), [5, 2, 5]);
});

test("unary ops have their known values, and the stable forms do not overflow", () => {
  const at = (f: (x: F64) => F64, x: number) => f(scalar(x)).data[0];
  near(at(op.sigmoid, Math.log(3)), 0.75);
  near(at(op.sigmoid, -1000), 0);
  near(at(op.softplus, 0), Math.log(2));
  assert.is(at(op.softplus, 1000), 1000);
  near(at(op.gelu, 1), 0.841192, 1e-6);
  near(at(op.rsqrt, 4), 0.5);
  assert.equal(values(op.leakyRelu(make([2], [-1, 1]), 0.2)), [-0.2, 1]);
  assert.equal(values(op.clamp(make([3], [-2, 0.5, 2]), -1, 1)), [-1, 0.5, 1]);
  assert.equal(values(op.pow(make([2], [2, 3]), 3)), [8, 27]);
});

test("reductions take any axes, negative ones too, and keep dimensions on request", () => {
  const x = make([2, 3], [1, 2, 3, 4, 5, 9]);
  assert.equal(values(op.sum(x)), [24]);
  assert.equal(op.sum(x).shape, []);
  assert.equal(values(op.sum(x, [0])), [5, 7, 12]);
  assert.equal(op.mean(x, [-1], true), make([2, 1], [2, 6]));
  assert.equal(values(op.max(x, [0])), [4, 5, 9]);
  assert.equal(values(op.min(x, [1])), [1, 4]);
  near(op.variance(x, [1]).data[0], 2 / 3);
  near(op.variance(x, [1]).data[1], 14 / 3);
});

test("softmax rows sum to 1, and cross entropy of equal logits is the log of the class count", () => {
  const logits = make([2, 4], [0, 0, 0, 0, 1000, 0, 0, 0]);
  const loss = op.softmaxCrossEntropy(logits, [2, 0]);
  near(loss.data[0], Math.log(4));
  near(loss.data[1], 0);
  op.sum(op.softmax(logits), [-1]).data.forEach((total) => {
    near(total, 1);
  });
});

test("transpose, slice, pad and concat move the values that they should", () => {
  const x = make([2, 3], [1, 2, 3, 4, 5, 6]);
  assert.equal(op.transpose(x, [1, 0]), make([3, 2], [1, 4, 2, 5, 3, 6]));
  assert.equal(op.transpose(make([2, 1, 3], x.data), [2, 0, 1]), make([3, 2, 1], [1, 4, 2, 5, 3, 6]));
  assert.equal(op.slice(x, [0, 1], [2, 2]), make([2, 2], [2, 3, 5, 6]));
  assert.equal(values(op.pad(make([1, 1], [7]), [1, 0], [0, 2])), [0, 0, 0, 7, 0, 0]);
  assert.equal(op.concat([x, make([2, 1], [8, 9])], 1), make([2, 4], [1, 2, 3, 8, 4, 5, 6, 9]));
  assert.equal(op.concat([make([1], [1]), make([2], [2, 3])], -1), make([3], [1, 2, 3]));
});

test("pad is the adjoint of slice, sum of broadcast, scatterAdd of gather", () => {
  const random = makeRandom(1);
  const x = randomNormal(random, [4, 5]);
  const part = randomNormal(random, [2, 3]);
  near(dot(op.slice(x, [1, 2], [2, 3]), part), dot(x, op.pad(part, [1, 2], [1, 0])));
  const row = randomNormal(random, [5]);
  near(dot(op.broadcastTo(row, [4, 5]), x), dot(row, op.sum(x, [0])));
  const indices = [3, 0, 3];
  const dy = randomNormal(random, [3, 5]);
  near(dot(op.gather(x, indices), dy), dot(x, op.scatterAdd(dy, indices, 4)));
});

test("matmul transposes either side and broadcasts batches", () => {
  assert.equal(op.matmul(make([2, 2], [1, 2, 3, 4]), make([2, 1], [5, 6])), make([2, 1], [17, 39]));
  const random = makeRandom(2);
  const a = randomNormal(random, [3, 1, 4, 2]);
  const b = randomNormal(random, [5, 2, 3]);
  const plain = op.matmul(a, b);
  assert.equal(plain.shape, [3, 5, 4, 3]);
  const flipped = op.matmul(op.transpose(a, [0, 1, 3, 2]), op.transpose(b, [0, 2, 1]), {
    transposeA: true,
    transposeB: true,
  });
  assert.is(maxDifference(plain, flipped), 0);
  const one = op.matmul(
    op.reshape(op.slice(a, [2, 0, 0, 0], [1, 1, 4, 2]), [4, 2]),
    op.reshape(op.slice(b, [4, 0, 0], [1, 2, 3]), [2, 3]),
  );
  assert.is(maxDifference(op.reshape(op.slice(plain, [2, 4, 0, 0], [1, 1, 4, 3]), [4, 3]), one), 0);
  assert.throws(() => op.matmul(make([2, 3]), make([2, 3])), /inner sizes differ/);
});

test("random arrays repeat with their seed and have the right moments", () => {
  const x = randomNormal(makeRandom(7), [20000]);
  assert.equal(x, randomNormal(makeRandom(7), [20000]));
  assert.ok(Math.abs(op.mean(x).data[0]) < 0.03);
  assert.ok(Math.abs(op.variance(x).data[0] - 1) < 0.03);
  assert.is(roundToF32(scalar(0.1)).data[0], Math.fround(0.1));
});

test.run();
