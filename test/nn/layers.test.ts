// Layers against examples that are small enough to work out by hand, their output shapes, and what Sequential frees.
// Each example has weights that tell a transposed or flipped layout from the right one.
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  add,
  grad,
  memory,
  noGrad,
  Random,
  requireGrad,
  type Shape,
  sum,
  type Tensor,
  tensor,
  tidy,
  zeros,
} from "../../src/autograd";
import {
  BatchNorm2d,
  Conv2d,
  ConvTranspose2d,
  Flatten,
  LayerNorm,
  LeakyReLU,
  Linear,
  type Module,
  ReLU,
  Reshape,
  Sequential,
  Sigmoid,
  Tanh,
} from "../../src/nn";
import { device } from "../device";

test.before(async () => {
  await device();
});

const random = new Random(1);
const counting = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

/** The layer's output for x, with its weights set to the given numbers. */
async function output(
  layer: Module,
  x: { shape: number[]; data: number[] },
  weights: Record<string, number[]> = {},
): Promise<{ shape: number[]; data: number[] }> {
  const state = Object.entries(weights).map(([name, data]) => {
    return [name, { shape: layer.named().get(name)!.shape, data: Float32Array.from(data) }];
  });
  layer.loadStateDict({ ...(await layer.stateDict()), ...Object.fromEntries(state) });
  const y = tidy(() => noGrad(() => layer.forward(tensor(x.data, x.shape))));
  const result = { shape: [...y.shape], data: Array.from(await y.data()) };
  y.dispose();
  return result;
}

function near(got: readonly number[], wanted: readonly number[], tolerance = 1e-5): void {
  assert.is(got.length, wanted.length);
  const off = got.findIndex((value, i) => !(Math.abs(value - wanted[i]) <= tolerance));
  assert.is(off, -1, `entry ${off}: ${got[off]} for ${wanted[off]}`);
}

test("Linear: x · weight + bias", async () => {
  const x = { shape: [2, 2], data: counting(4) };
  const y = await output(new Linear(2, 3, { random }), x, { weight: counting(6), bias: [0.5, 0, -1] });
  assert.equal(y, { shape: [2, 3], data: [9.5, 12, 14, 19.5, 26, 32] });
});

test("Conv2d: cross-correlation, not flipped, with bias", async () => {
  const x = { shape: [1, 3, 3, 1], data: counting(9) };
  const weights = { weight: counting(4), bias: [0.5] };
  const valid = await output(new Conv2d(1, 1, 2, { random }), x, weights);
  assert.equal(valid, { shape: [1, 2, 2, 1], data: [37.5, 47.5, 67.5, 77.5] });
  const same = await output(new Conv2d(1, 1, 2, { random, stride: 2, padding: "same" }), x, weights);
  assert.equal(same, { shape: [1, 2, 2, 1], data: [37.5, 21.5, 23.5, 9.5] }); // padded below and right
});

test("filters are (kh, kw, in, out), transposed ones (kh, kw, out, in)", async () => {
  const x = { shape: [1, 1, 1, 2], data: [1, 10] };
  const conv = await output(new Conv2d(2, 3, 1, { random }), x, { weight: counting(6) });
  assert.equal(conv, { shape: [1, 1, 1, 3], data: [41, 52, 63] });
  const transposed = await output(new ConvTranspose2d(2, 3, 1, { random }), x, { weight: counting(6) });
  assert.equal(transposed, { shape: [1, 1, 1, 3], data: [21, 43, 65] });
});

test("ConvTranspose2d spreads each input by the filter, with bias", async () => {
  const x = { shape: [1, 2, 2, 1], data: counting(4) };
  const layer = new ConvTranspose2d(1, 1, 2, { random, stride: 2 });
  const y = await output(layer, x, { weight: counting(4), bias: [1] });
  assert.equal(y.shape, [1, 4, 4, 1]);
  const spread = [
    ...[1, 2, 2, 4],
    ...[3, 4, 6, 8], //
    ...[3, 6, 4, 8],
    ...[9, 12, 12, 16],
  ];
  assert.equal(
    y.data,
    spread.map((value) => value + 1),
  );
});

/** The shaders that `run` dispatches. */
async function shadersOf(run: () => Tensor): Promise<string[]> {
  const { stream } = await device();
  const { dispatch } = stream;
  const shaders: string[] = [];
  stream.dispatch = (call) => {
    shaders.push(call.shader);
    dispatch.call(stream, call);
  };
  try {
    tidy(run).dispose();
  } finally {
    stream.dispatch = dispatch;
  }
  return shaders;
}

test("the product's kernel adds the bias: no elementwise pass", async () => {
  const [rows, image] = [random.normal([4, 5]), random.normal([2, 8, 8, 16])];
  const elementwise = /^(unary|binary)$/;
  const layers: [Module & { bias: Tensor | undefined }, Tensor][] = [
    [new Linear(5, 3, { random }), rows],
    [new Linear(5, 1, { random }), rows],
    [new Conv2d(16, 8, 4, { random, stride: 2, padding: "same" }), image],
    [new Conv2d(16, 1, 4, { random }), image],
    [new ConvTranspose2d(16, 8, 4, { random, stride: 2, padding: "same" }), image],
    [new ConvTranspose2d(16, 1, 4, { random, stride: 2 }), image],
  ];
  for (const [layer, x] of layers) {
    const shaders = await shadersOf(() => layer.forward(x));
    assert.ok(shaders.length > 0 && !shaders.some((name) => elementwise.test(name)), shaders.join());
    const composite = await shadersOf(() => add(layer.forward(x), layer.bias!));
    assert.ok(elementwise.test(composite.at(-1)!), "an add is seen");
    layer.dispose();
  }
  for (const owned of [rows, image]) owned.dispose();
});

test("a layer without a bias has none: no parameter, and 0 out of 0", async () => {
  const layers: [Module, Shape][] = [
    [new Linear(5, 3, { random, bias: false }), [2, 5]],
    [new Conv2d(2, 3, 4, { random, bias: false, padding: "same" }), [1, 4, 4, 2]],
    [new ConvTranspose2d(2, 3, 4, { random, bias: false }), [1, 4, 4, 2]],
  ];
  for (const [layer, shape] of layers) {
    assert.equal([...layer.named().keys()], ["weight"]);
    const y = tidy(() => layer.forward(zeros(shape)));
    assert.ok((await y.data()).every((v) => v === 0));
    for (const owned of [layer, y]) owned.dispose();
  }
});

test("shapes: 28 → 14 → 7 down by 4x4 of stride 2, and up again", () => {
  const half = { random, stride: 2, padding: "same" } as const;
  const shapes = tidy(() => {
    const down = new Sequential(new Conv2d(1, 3, 4, half), new Conv2d(3, 5, 4, half));
    const up = new Sequential(new ConvTranspose2d(5, 3, 4, half), new ConvTranspose2d(3, 1, 4, half));
    const small = down.forward(random.normal([2, 28, 28, 1]));
    const large = up.forward(small);
    down.dispose();
    up.dispose();
    return [small.shape, large.shape];
  });
  assert.equal(shapes, [
    [2, 7, 7, 5],
    [2, 28, 28, 1],
  ]);
});

test("activations, Flatten and Reshape", async () => {
  const x = { shape: [1, 2, 2], data: [-2, -0.5, 0, 3] };
  const flat = async (layer: Module) => (await output(layer, x)).data;
  near(await flat(new ReLU()), [0, 0, 0, 3]);
  near(await flat(new LeakyReLU()), [-0.02, -0.005, 0, 3]);
  near(await flat(new LeakyReLU({ slope: 0.2 })), [-0.4, -0.1, 0, 3]);
  near(await flat(new Tanh()), x.data.map(Math.tanh));
  near(
    await flat(new Sigmoid()),
    x.data.map((value) => 1 / (1 + Math.exp(-value))),
  );
  assert.equal(await output(new Flatten(), x), { shape: [1, 4], data: x.data });
  assert.equal(await output(new Reshape([4, 1, 1]), x), { shape: [1, 4, 1, 1], data: x.data });
});

// Two channels of four values: 1, 2, 3, 4 (mean 2.5, variance 1.25, Bessel-corrected 5/3), and 7 four times.
const batch = { shape: [2, 1, 2, 2], data: [1, 7, 2, 7, 3, 7, 4, 7] };

test("BatchNorm2d in training: the batch's biased variance; the running one is Bessel-corrected", async () => {
  const layer = new BatchNorm2d(2, { epsilon: 1e-3, momentum: 0.1 });
  const y = await output(layer, batch, { gamma: [2, 3], beta: [1, -1] });
  const scaled = (value: number) => (2 * (value - 2.5)) / Math.sqrt(1.25 + 1e-3) + 1;
  assert.equal(y.shape, batch.shape);
  near(
    y.data,
    [1, 2, 3, 4].flatMap((value) => [scaled(value), -1]),
  );
  const { runningMean, runningVariance } = await layer.stateDict();
  near([...runningMean.data], [0.25, 0.7], 1e-6);
  near([...runningVariance.data], [0.9 + (0.1 * 5) / 3, 0.9], 1e-6);

  await output(layer, batch);
  const second = await layer.stateDict();
  near([...second.runningMean.data], [0.9 * 0.25 + 0.25, 0.9 * 0.7 + 0.7], 1e-6);
  layer.dispose();
});

test("BatchNorm2d at inference: the running averages, which stay as they are", async () => {
  const layer = new BatchNorm2d(2, { epsilon: 1e-3 }).train(false);
  const averages = { runningMean: [1, 2], runningVariance: [4, 0.25] };
  const y = await output(layer, batch, { ...averages, gamma: [2, 3], beta: [1, -1] });
  const first = (value: number) => (2 * (value - 1)) / Math.sqrt(4.001) + 1;
  const other = (3 * (7 - 2)) / Math.sqrt(0.251) - 1;
  near(
    y.data,
    [1, 2, 3, 4].flatMap((value) => [first(value), other]),
    1e-4,
  );
  const { runningMean, runningVariance } = await layer.stateDict();
  assert.equal(
    [[...runningMean.data], [...runningVariance.data]],
    [
      [1, 2],
      [4, 0.25],
    ],
  );
  layer.dispose();
});

test("BatchNorm2d of one value a channel stays finite", async () => {
  const layer = new BatchNorm2d(2);
  const y = await output(layer, { shape: [1, 1, 1, 2], data: [3, -4] });
  assert.equal(y.data, [0, 0]);
  const { runningMean, runningVariance } = await layer.stateDict();
  near([...runningMean.data, ...runningVariance.data], [0.3, -0.4, 0.9, 0.9], 1e-6);
  layer.dispose();
});

test("LayerNorm: each sample over all of its entries, scaled entry by entry, alike in training and inference", async () => {
  const layer = new LayerNorm([2, 2], { epsilon: 1e-3 });
  const x = { shape: [2, 2, 2], data: [1, 2, 3, 4, 10, 10, 10, 10] };
  const weights = { gamma: [1, 2, 3, 4], beta: [0, 0.5, 0, -0.5] };
  const wanted = [1, 2, 3, 4].map((value, i) => {
    return (weights.gamma[i] * (value - 2.5)) / Math.sqrt(1.251) + weights.beta[i];
  });
  for (const training of [true, false]) {
    const y = await output(layer.train(training), x, weights);
    assert.equal(y.shape, x.shape);
    near(y.data, [...wanted, ...weights.beta]);
  }
  layer.dispose();
});

test("Sequential frees what lies between its layers, at once or with the graph that needs it", () => {
  const model = new Sequential(
    new Linear(4, 8, { random }),
    new LeakyReLU({ slope: 0.2 }),
    new Linear(8, 8, { random }),
    new Tanh(),
    new Linear(8, 1, { random }),
  );
  const x = random.normal([3, 4]);
  const before = memory().tensors;

  const y = noGrad(() => model.forward(x));
  assert.is(memory().tensors, before + 1);
  assert.not(x.isDisposed);
  y.dispose();
  assert.is(memory().tensors, before);

  const recorded = model.forward(x);
  assert.ok(memory().tensors > before + 1, "the graph holds what its derivatives need");
  recorded.dispose();
  assert.is(memory().tensors, before);
  x.dispose();
  model.dispose();
});

test("a gradient reaches the input and every parameter through Sequential", async () => {
  const model = new Sequential(new Linear(2, 2, { random }), new ReLU(), new Linear(2, 1, { random }));
  const { "0.weight": first, "2.weight": last, ...biases } = await model.stateDict();
  first.data.set([1, -1, 2, 1]);
  last.data.set([3, 5]);
  model.loadStateDict({ "0.weight": first, "2.weight": last, ...biases });
  const x = requireGrad(tensor([1, 1], [1, 2])); // hidden: 3 and 0, and relu's derivative at 0 is 0
  const gradients = tidy(() => grad(sum(model.forward(x)), [x, ...model.parameters()]));
  const numbers = await Promise.all(gradients.map(async (g: Tensor) => Array.from(await g.data())));
  assert.equal(numbers, [[3, 6], [3, 0, 3, 0], [3, 0], [3, 0], [1]]);
  for (const owned of [x, model, ...gradients]) owned.dispose();
});

test("an empty batch goes through every layer and leaves gradients of 0", async () => {
  const model = new Sequential(
    new Conv2d(1, 8, 3, { random, padding: "same" }),
    new BatchNorm2d(8).train(false),
    new LeakyReLU(),
    new ConvTranspose2d(8, 2, 4, { random, stride: 2, padding: "same" }),
    new Flatten(),
    new LayerNorm([2 * 8 * 8]),
    new Linear(2 * 8 * 8, 6, { random }),
    new Tanh(),
    new Reshape([3, 2]),
  );
  const x = requireGrad(tensor([], [0, 4, 4, 1]));
  const y = model.forward(x);
  assert.equal(y.shape, [0, 3, 2]);
  const gradients = grad(sum(y), [x, ...model.parameters()]);
  for (const each of gradients) assert.ok((await each.data()).every((value) => value === 0));
  assert.throws(
    () => new BatchNorm2d(8).forward(tensor([], [0, 4, 4, 8])),
    /^batchNorm: each channel must have/,
  );
  for (const owned of [x, y, model, ...gradients]) owned.dispose();
});

test.run();
