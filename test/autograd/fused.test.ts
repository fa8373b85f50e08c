// Fused kernels against the composites that define them: values, first and second derivatives.
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  add,
  backward,
  batchNorm,
  batchNormInference,
  blend,
  capture,
  clone,
  conv2d,
  convTranspose2d,
  full,
  grad,
  leakyRelu,
  matmul,
  mul,
  ones,
  Random,
  relu,
  requireGrad,
  square,
  sum,
  type Tensor,
  tensor,
  zeros,
} from "../../src/autograd";
import { device } from "../device";

const SLOPE = 0.2;
const EPSILON = 1e-3;

async function near(got: Tensor, wanted: Tensor, what: string): Promise<void> {
  const [a, b] = [await got.data(), await wanted.data()] as Float32Array[];
  const scale = b.reduce((most: number, value: number) => Math.max(most, Math.abs(value)), 0);
  const error = a.reduce(
    (most: number, value: number, i: number) => Math.max(most, Math.abs(value - b[i])),
    0,
  );
  assert.ok(scale > 0 && error <= 1e-5 * scale, `${what}: off by ${error} of ${scale}`);
}

type Inputs = [x: Tensor, weight: Tensor, bias: Tensor];

/** The value, the gradients by all inputs (recorded and not), and those of the gradients' squares. */
function derivatives(f: (...inputs: Inputs) => Tensor, inputs: Inputs, dy: Tensor): Record<string, Tensor> {
  const names = ["x", "the weight", "the bias"];
  const loss = () => sum(mul(f(...inputs), dy));
  const first = grad(loss(), inputs);
  const recorded = grad(loss(), inputs, { createGraph: true });
  const squares = recorded.map((g) => sum(square(g))).reduce((a, b) => sum(square(mul(a, b))));
  const second = grad(squares, inputs.slice(0, 2));
  return Object.fromEntries([
    ["value", f(...inputs)],
    ...first.map((g, i) => [`by ${names[i]}`, g]),
    ...recorded.map((g, i) => [`recorded, by ${names[i]}`, g]),
    ...second.map((g, i) => [`second, by ${names[i]}`, g]),
  ]);
}

for (const slope of [0, 0.2, 1])
  test(`where there is a NaN, batch norm with a leaky relu of slope ${slope} has the composite's gradients`, async () => {
    await device();
    const x = requireGrad(tensor([1, 2, -3, Number.NaN, 5, 6], [3, 2]));
    const [gamma, beta] = [requireGrad(tensor([1, 2])), requireGrad(tensor([0.5, -1]))];
    const [mean, variance] = [tensor([0.5, 1]), tensor([2, 3])];
    const activated = (y: Tensor) => (slope === 0 ? relu(y) : leakyRelu(y, { slope }));
    const fused = [
      () => batchNorm(x, gamma, beta, EPSILON, slope)[0],
      () => batchNormInference(x, mean, variance, gamma, beta, { epsilon: EPSILON, slope }),
    ];
    const composites = [
      () => activated(batchNorm(x, gamma, beta, EPSILON)[0]),
      () => activated(batchNormInference(x, mean, variance, gamma, beta, { epsilon: EPSILON })),
    ];
    const gradients = async (f: () => Tensor, createGraph: boolean) => {
      const all = grad(f(), [x, gamma, beta], { dy: full([3, 2], 2), createGraph });
      return (await Promise.all(all.map((g) => g.data()))).flatMap((values) => [...values]);
    };
    for (const [i, f] of fused.entries()) {
      const wanted = await gradients(composites[i], true);
      for (const createGraph of [false, true]) {
        const got = await gradients(f, createGraph);
        const bad = got.findIndex((v, k) => !Object.is(v, wanted[k]) && !(Math.abs(v - wanted[k]) <= 1e-5));
        assert.is(bad, -1, `${got} for ${wanted}`);
      }
    }
  });

for (const channels of [1, 3, 4, 8]) {
  for (const rows of [150, 6400]) {
    test(`batch norm moves running averages as blend does, bit by bit: ${rows} rows of ${channels}`, async () => {
      await device();
      const random = new Random(rows + channels);
      const x = random.normal([rows, channels], 2, 3);
      const [gamma, beta] = [random.normal([channels]), random.normal([channels])];
      const [mean, variance] = [random.normal([channels]), random.uniform([channels], 0.5, 2)];
      const running = { mean: clone(mean), variance: clone(variance), momentum: 0.1 };
      const fused = batchNorm(x, gamma, beta, EPSILON, SLOPE, running);
      const plain = batchNorm(x, gamma, beta, EPSILON, SLOPE);
      blend(mean, plain[1], 1 - 0.1, 0.1);
      blend(variance, plain[2], 1 - 0.1, (0.1 * rows) / (rows - 1));
      const [got, wanted] = [
        [...fused, running.mean, running.variance],
        [...plain, mean, variance],
      ];
      for (const [i, tensor] of got.entries()) assert.equal(await tensor.data(), await wanted[i].data());
    });
  }

  test(`batch norm with leaky relu inside is batch norm and leaky relu, ${channels} channels`, async () => {
    await device();
    const random = new Random(channels);
    const x = requireGrad(random.normal([6, 5, 5, channels], 2, 3));
    const gamma = requireGrad(random.uniform([channels], -1.5, 1.5));
    const beta = requireGrad(random.normal([channels]));
    const [mean, variance] = [random.normal([channels]), random.uniform([channels], 0.5, 2)];
    const dy = random.normal(x.shape);
    const inputs: Inputs = [x, gamma, beta];
    const pairs = {
      training: [
        (...[a, b, c]: Inputs) => batchNorm(a, b, c, EPSILON, SLOPE)[0],
        (...[a, b, c]: Inputs) => leakyRelu(batchNorm(a, b, c, EPSILON)[0], { slope: SLOPE }),
      ],
      inference: [
        (...[a, b, c]: Inputs) =>
          batchNormInference(a, mean, variance, b, c, { epsilon: EPSILON, slope: SLOPE }),
        (...[a, b, c]: Inputs) =>
          leakyRelu(batchNormInference(a, mean, variance, b, c, { epsilon: EPSILON }), { slope: SLOPE }),
      ],
    };
    for (const [mode, [fused, composite]] of Object.entries(pairs)) {
      const [got, wanted] = [derivatives(fused, inputs, dy), derivatives(composite, inputs, dy)];
      for (const name of Object.keys(wanted)) await near(got[name], wanted[name], `${mode}, ${name}`);
    }
  });
}

test("the running averages that batch norm moves are no part of its graph", async () => {
  await device();
  const x = new Random(1).normal([6, 3], 2, 3);
  const [gamma, beta] = [requireGrad(ones([3])), zeros([3])];
  const forward = (mean: Tensor, from: Tensor) =>
    batchNorm(from, gamma, beta, EPSILON, SLOPE, { mean, variance: ones([3]), momentum: 0.1 })[0];
  const wanted = await grad(sum(square(batchNorm(x, gamma, beta, EPSILON, SLOPE)[0])), [gamma])[0].data();
  const running = zeros([3]);
  const y = forward(running, forward(running, x)); // moved anew before the derivative of the first is asked for
  requireGrad(running);
  assert.not.throws(() => grad(sum(square(y)), [gamma]));
  const later = zeros([3]);
  const unused = sum(square(forward(later, x)));
  requireGrad(later);
  assert.not.throws(() => backward(unused));
  const made = sum(square(forward(mul(gamma, 0), x)));
  assert.equal(await grad(made, [gamma])[0].data(), wanted);
  const plain = batchNorm(x, ones([3]), beta, EPSILON, SLOPE, {
    mean: running,
    variance: ones([3]),
    momentum: 0.1,
  });
  assert.not.ok(plain[0].requiresGrad);
});

type Product = (a: Tensor, b: Tensor, more: { bias?: Tensor }) => Tensor;
const halved = { stride: 2, padding: "same" } as const;
const down: Product = (x, w, more) => conv2d(x, w, { ...halved, ...more });
const up: Product = (x, w, more) => convTranspose2d(x, w, { ...halved, ...more });

/** A product, the shapes of its factors, and its columns; the convolutions of few channels have other kernels. */
const products: Record<string, [product: Product, a: number[], b: number[], columns: number]> = {
  matmul: [matmul, [6, 7], [7, 5], 5],
  "matmul, a transposed": [(a, b, more) => matmul(a, b, { transposeA: true, ...more }), [7, 6], [7, 5], 5],
  "matmul, b transposed": [(a, b, more) => matmul(a, b, { transposeB: true, ...more }), [6, 7], [5, 7], 5],
  "matmul, a long sum": [matmul, [6, 3000], [3000, 8], 8],
  "matmul, one column": [matmul, [6, 7], [7, 1], 1],
  "matmul, one column, a transposed": [
    (a, b, more) => matmul(a, b, { transposeA: true, ...more }),
    [8, 6],
    [8, 1],
    1,
  ],
  "matmul, one column, b transposed": [
    (a, b, more) => matmul(a, b, { transposeB: true, ...more }),
    [6, 8],
    [1, 8],
    1,
  ],
  "matmul, one column, a long sum": [matmul, [64, 3136], [3136, 1], 1],
  "matmul, one column, many rows": [matmul, [3001, 7], [7, 1], 1],
  "matmul, one number": [matmul, [1, 1], [1, 1], 1],
  "matmul, batches": [matmul, [3, 1, 6, 7], [2, 7, 5], 5],
  "matmul, batches of one column": [matmul, [3, 6, 7], [3, 7, 1], 1],
  conv2d: [down, [2, 7, 6, 8], [4, 4, 8, 12], 12],
  "conv2d, one channel in": [down, [2, 7, 6, 1], [4, 4, 1, 12], 12],
  "conv2d, three channels out": [down, [2, 7, 6, 8], [4, 4, 8, 3], 3],
  convTranspose2d: [up, [2, 4, 3, 8], [4, 4, 12, 8], 12],
  "convTranspose2d, one channel in": [up, [2, 4, 3, 1], [4, 4, 12, 1], 12],
  "convTranspose2d, three channels out": [up, [2, 4, 3, 8], [4, 4, 3, 8], 3],
};

for (const [name, [product, a, b, columns]] of Object.entries(products)) {
  test(`a product with a bias is the product and add: ${name}`, async () => {
    await device();
    const random = new Random(7);
    const inputs = [a, b, [columns]].map((shape) => requireGrad(random.normal(shape, 0, 0.5))) as Inputs;
    const dy = random.normal(product(inputs[0], inputs[1], {}).shape, 0, 0.1);
    const got = derivatives((x, w, bias) => product(x, w, { bias }), inputs, dy);
    const wanted = derivatives((x, w, bias) => add(product(x, w, {}), bias), inputs, dy);
    for (const each of Object.keys(wanted)) await near(got[each], wanted[each], each);
  });
}

type Side = {
  product: Product;
  x: number[];
  w: number[];
  columns: number;
  none: number[];
  noWeight: number[];
};

/** Products whose weight and bias have gradients side by side; `none`: an x without rows; then a weight without numbers. */
const sides: Record<string, Side> = {
  convolution: {
    product: down,
    ...{ x: [2, 7, 6, 8], w: [4, 4, 8, 12], columns: 12, none: [0, 7, 6, 8], noWeight: [4, 4, 0, 12] },
  },
  "product of one column": {
    product: matmul,
    ...{ x: [9, 70], w: [70, 1], columns: 1, none: [0, 70], noWeight: [0, 1] },
  },
};

for (const [name, { product, columns, ...shapes }] of Object.entries(sides))
  test(`a ${name}'s weight and bias, whose gradients lie side by side, by several passes, alone and in a replay`, async () => {
    await device();
    const random = new Random(3);
    const [x, w, bias] = [shapes.x, shapes.w, [columns]].map((shape) => requireGrad(random.normal(shape)));
    const [empty, none] = [zeros(shapes.none), zeros([...shapes.x.slice(0, -1), 0])];
    const passes = (...xs: Tensor[]) =>
      xs.map((each, i) => sum(square(product(mul(each, i + 1), w, { bias })))).reduce((a, b) => add(a, b));
    const wanted = grad(passes(x, x, x), [w, bias], { createGraph: true });
    const step = capture(() => grad(passes(x, x, x), [w, bias]));
    step.replay();
    const alone = [w, bias].flatMap((leaf) => grad(passes(x, x, x), [leaf]));
    for (const [i, what] of ["w", "the bias"].entries()) {
      await near(grad(passes(x, x, x), [w, bias])[i], wanted[i], what);
      await near(step.result[i], wanted[i], `${what}, replayed`);
      await near(alone[i], wanted[i], `${what}, alone`);
    }
    const [dw, db] = grad(passes(empty), [w, bias]); // no term of the sums
    for (const each of [dw, db]) assert.ok((await each.data()).every((v) => v === 0));
    const thin = requireGrad(zeros(shapes.noWeight));
    const ofBias = (options: object) => grad(sum(product(none, thin, { bias })), [thin, bias], options)[1];
    await near(ofBias({}), ofBias({ createGraph: true }), "a bias alone");
    step.dispose();
  });

test("a product of one column, of any size down to nothing, and in batches", async () => {
  await device();
  for (const [rows, terms] of [0, 1, 3, 5].flatMap((m) => [0, 1, 3, 5].map((k) => [m, k]))) {
    const [x, w, b] = [
      requireGrad(full([rows, terms], 2)),
      requireGrad(full([terms, 1], 3)),
      requireGrad(full([1], 4)),
    ];
    const y = matmul(x, w, { bias: b });
    const all = [y, ...grad(sum(y), [x, w, b])];
    const wanted = [6 * terms + 4, 3, 2 * rows, rows];
    for (const [i, each] of all.entries())
      assert.equal([...(await each.data())], new Array(each.size).fill(wanted[i]), `${rows}x${terms}, ${i}`);
  }
  const y = matmul(full([2, 4, 3], 1), full([2, 3, 1], 2), { bias: full([1], 5) });
  assert.equal([...(await y.data())], new Array(8).fill(11));
});

test.run();
