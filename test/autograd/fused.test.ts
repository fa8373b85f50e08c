// Fused kernels against the composites that define them: values, first and second derivatives.
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  batchNorm,
  batchNormInference,
  grad,
  leakyRelu,
  mul,
  Random,
  requireGrad,
  square,
  sum,
  type Tensor,
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

type Inputs = [x: Tensor, gamma: Tensor, beta: Tensor];

/** The value, the gradients by all inputs (recorded and not), and those of the gradients' squares. */
function derivatives(f: (...inputs: Inputs) => Tensor, inputs: Inputs, dy: Tensor): Record<string, Tensor> {
  const names = ["x", "gamma", "beta"];
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

for (const channels of [1, 3, 4, 8]) {
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

test.run();
