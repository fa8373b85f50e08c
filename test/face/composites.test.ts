// What the cases of derivatives can't say of the composites: whole numbers, ties, and what is not taken.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as face from "../../src/face";
import { device } from "../device";

await device();
const N = Number.NaN;
const I = Number.POSITIVE_INFINITY;
const numbers = async (x: face.Tensor) => [...(await x.data())];

test("where lets nothing of the other branch through, in value and in derivative", async () => {
  const mask = face.tensor([1, 0, 1, 0]);
  const a = face.requireGrad(face.tensor([1, N, 3, -I]));
  const b = face.requireGrad(face.tensor([N, 2, I, 4]));
  const y = face.where(mask, a, b);
  assert.equal(await numbers(y), [1, 2, 3, 4]);
  const [da, db] = face.grad(y, [a, b], { dy: face.tensor([I, 5, 6, N]) });
  assert.equal(await numbers(da), [I, 0, 6, 0]);
  assert.equal(await numbers(db), [0, 5, 0, N]);
  // A root's derivative at 0 is infinite, and where it is not taken it is held back before it meets a 0.
  const x = face.requireGrad(face.tensor([0, 4]));
  const root = face.where(face.greater(x, 0), face.sqrt(face.where(face.greater(x, 0), x, 1)), 0);
  assert.equal(await numbers(face.grad(face.sum(root), [x])[0]), [0, 0.25]);
});

test("argMax is the first of those that tie, and of NaN where there is one", async () => {
  const x = face.tensor([
    [1, 3, 3],
    [2, N, N],
    [-I, -I, -I],
    [0, I, 1],
  ]);
  const last = face.argMax(x);
  assert.is(last.dtype, "u32");
  assert.equal(await numbers(last), [1, 1, 0, 1]);
  const first = face.argMax(
    face.tensor([
      [1, 5],
      [4, 2],
    ]),
    { axis: 0, keepDims: true },
  );
  assert.equal(first.shape, [1, 2]);
  assert.equal(await numbers(first), [1, 0]);
  assert.throws(
    () => face.argMax(face.zeros([2, 0])),
    /^argMax: x must have a number along the axis, got \[2,0\]\.$/,
  );
});

test("argMax and where run in a capture, and again with other numbers", async () => {
  const x = face.tensor([[1, 2, 0]]);
  const step = face.capture(() => face.argMax(face.where(face.greater(x, 0), x, -1)));
  face.assign(x, new Float32Array([4, 2, 7]));
  step.replay();
  assert.equal(await numbers(step.result), [2]);
  step.dispose();
});

test("casts cut towards 0 and hold to what there is", async () => {
  const x = face.tensor([0, 0.9, 1.5, -1, 2 ** 24, 4e9, 1e20, N]);
  const whole = face.toU32(x);
  assert.equal(await numbers(whole), [0, 0, 1, 0, 2 ** 24, 4e9, 2 ** 32 - 256, 0]);
  const back = face.toF32(face.tensor(Uint32Array.of(0, 7, 2 ** 24, 2 ** 32 - 1)));
  assert.is(back.dtype, "f32");
  assert.equal(await numbers(back), [0, 7, 2 ** 24, 2 ** 32]);
  // Bits that would be NaN of f32 stay what they are.
  assert.equal(
    await numbers(face.slice(face.tensor(Uint32Array.of(1, 0x7fc00001)), { starts: 1 })),
    [0x7fc00001],
  );
});

test("logSoftmax keeps its digits where the softmax is 0", async () => {
  const got = await numbers(face.logSoftmax(face.tensor([[0, -200, 0]])));
  [-Math.LN2, -200 - Math.LN2, -Math.LN2].forEach(
    (v, i) => void assert.ok(Math.abs(got[i] - v) < 1e-4, `${got}`),
  );
});

test("a maximum that ties in a window is the first one's", async () => {
  const x = face.requireGrad(face.ones([1, 2, 2, 1]));
  const [dx] = face.grad(face.sum(face.maxPool2d(x, { kernel: 2 })), [x]);
  assert.equal(await numbers(dx), [1, 0, 0, 0]);
});

test("what is no number of f32 is pooled past, and u32 is stacked, split and sliced", async () => {
  const x = face.tensor([
    [
      [[1], [-I]],
      [[-3], [2]],
    ],
  ]);
  assert.equal(await numbers(face.maxPool2d(x, { kernel: 3, stride: 1, padding: 1 })), [2, 2, 2, 2]);
  const u = face.tensor(Uint32Array.of(1, 2, 3));
  const both = face.stack([u, u], { axis: -1 });
  assert.is(both.dtype, "u32");
  assert.equal(await numbers(both), [1, 1, 2, 2, 3, 3]);
  assert.equal(await Promise.all(face.split(u, { sizes: 2 }).map(numbers)), [[1, 2], [3]]);
  assert.equal(await numbers(face.pad(u, { before: [1], after: [0], value: 9 })), [9, 1, 2, 3]);
});

test("an empty part splits off, and an empty tensor into none", () => {
  assert.equal(
    face.split(face.ones([2, 3]), { sizes: [0, 2] }).map(({ shape }) => shape),
    [
      [0, 3],
      [2, 3],
    ],
  );
  assert.equal(face.split(face.zeros([0, 3]), { sizes: 2 }), []);
});

test("arange counts", async () => {
  assert.equal(await numbers(face.arange(5)), [0, 1, 2, 3, 4]);
  assert.equal(face.arange(0).shape, [0]);
});

test("where takes a for any mask that is not 0, and nothing comes of a mask between", async () => {
  const y = face.where(face.tensor([2, -1, 0.5, 0, -0, Number.NaN]), 10, 20);
  assert.equal([...(await y.data())], [10, 10, 10, 20, 20, 10]);
});

test.run();
