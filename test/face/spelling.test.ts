// The public face gives what the engine gives, under its own spelling and PyTorch's defaults.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as engine from "../../src/autograd";
import * as face from "../../src/face";
import * as nn from "../../src/face/nn";
import { device } from "../device";

type Tensor = engine.Tensor;

await device();
const random = new face.Random(3);

/** Both give the same numbers under the same shape. */
async function same(got: Tensor, wanted: Tensor): Promise<void> {
  assert.equal(got.shape, wanted.shape);
  const [left, right] = await Promise.all([got.data(), wanted.data()]);
  assert.equal([...left], [...right]);
  for (const each of [got, wanted]) each.dispose();
}

test("lists in lists give a tensor its axes, and a number is one without", async () => {
  const cases: [face.Nested, number[], number[]][] = [
    [5, [], [5]],
    [[], [0], []],
    [[[]], [1, 0], []],
    [
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      [3, 2],
      [1, 2, 3, 4, 5, 6],
    ],
    [[[[1], [2]]], [1, 2, 1], [1, 2]],
  ];
  for (const [data, shape, numbers] of cases) {
    const made = face.tensor(data);
    assert.equal(made.shape, shape);
    assert.equal([...(await made.data())], numbers);
  }
  assert.equal(
    face.tensor(
      [
        [1, 2],
        [3, 4],
      ],
      [4],
    ).shape,
    [4],
  );
});

test("one axis may be given as a number", async () => {
  const x = random.normal([2, 3, 4]);
  for (const f of [face.sum, face.mean, face.max, face.min, face.variance])
    await same(f(x, { axes: -2 }), f(x, { axes: [1] }));
});

test("one number is padding on all four sides, in ops and in layers", async () => {
  const [x, w] = [random.normal([2, 5, 6, 3]), random.normal([3, 3, 3, 3])];
  const sides = [1, 1, 1, 1] as const;
  await same(face.conv2d(x, w, { padding: 1 }), engine.conv2d(x, w, { padding: sides }));
  const both = { stride: 2, padding: 1 } as const;
  await same(face.convTranspose2d(x, w, both), engine.convTranspose2d(x, w, { stride: 2, padding: sides }));
  const dy = random.normal([2, 5, 6, 4]);
  const wanted = engine.conv2dFilterGrad(x, dy, [3, 3], { padding: sides });
  await same(face.conv2dFilterGrad(x, dy, 3, { padding: 1 }), wanted);
  const layer = new nn.Conv2d(3, 3, 3, { random, padding: 1 });
  await same(layer.forward(x), engine.conv2d(x, layer.weight, { padding: sides, bias: layer.bias }));
});

test("norms add 1e-5 where nothing is said, as PyTorch's do", async () => {
  const [x, gamma, beta, mean, variance] = [[4, 3], [3], [3], [3], [3]].map((shape) =>
    random.uniform(shape, 0.5, 1),
  );
  await same(face.layerNorm(x, gamma, beta), engine.layerNorm(x, gamma, beta, 1e-5));
  await same(face.layerNorm(x, gamma, beta, { epsilon: 0.1 }), engine.layerNorm(x, gamma, beta, 0.1));
  await same(face.batchNorm(x, gamma, beta)[0], engine.batchNorm(x, gamma, beta, 1e-5)[0]);
  const leaky = { epsilon: 0.1, slope: 0.2 };
  await same(face.batchNorm(x, gamma, beta, leaky)[0], engine.batchNorm(x, gamma, beta, 0.1, 0.2)[0]);
  const by = [x, mean, variance, gamma, beta] as const;
  await same(face.batchNormInference(...by), engine.batchNormInference(...by, { epsilon: 1e-5 }));
  await same(face.batchNormInference(...by, leaky), engine.batchNormInference(...by, leaky));
});

test("leakyRelu falls by 0.01 where nothing is said, and clamp and clip have no end that is not given", async () => {
  const x = face.tensor([-100, -1, 0, 50]);
  assert.equal(
    [...(await face.leakyRelu(x).data())].map((v) => Math.round(1000 * v)),
    [-1000, -10, 0, 50000],
  );
  assert.equal([...(await face.clamp(x, { low: -2 }).data())], [-2, -1, 0, 50]);
  assert.equal([...(await face.clamp(x, { high: 0 }).data())], [-100, -1, 0, 0]);
  face.clip(x, { high: 7 });
  assert.equal([...(await x.data())], [-100, -1, 0, 7]);
});

test("a shape is an argument of broadcastTo as of reshape", async () => {
  const x = face.tensor([1, 2, 3]);
  await same(face.broadcastTo(x, [2, 3]), engine.broadcastTo(x, { shape: [2, 3] }));
});

test("an option that is undefined is as one that is not given", async () => {
  const x = random.normal([2, 3]);
  await same(face.sum(x, { axes: undefined, keepDims: undefined }), face.sum(x));
});

test("RMSprop has PyTorch's form where nothing is said", async () => {
  const [w, v] = [face.ones([3]), face.ones([3])];
  new nn.RMSprop([w], { learningRate: 0.1 }).step([face.full([3], 0.5)]);
  new nn.RMSprop([v], { learningRate: 0.1, form: "torch" }).step([face.full([3], 0.5)]);
  await same(w, v);
});

test.run();
