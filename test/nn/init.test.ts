// Initialisers: mean, deviation and bounds over thousands of draws, and the fans that each kind of layer has.
// Four standard errors are allowed; the seeds are fixed, so nothing here is left to chance.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Random, type Tensor } from "../../src/autograd";
import {
  Conv2d,
  ConvTranspose2d,
  glorotUniform,
  heNormal,
  type Initializer,
  Linear,
  normal,
  zero,
} from "../../src/nn";
import { device } from "../device";

test.before(async () => {
  await device();
});

interface Expected {
  deviation: number;
  mean?: number;
  /** Largest distance from the mean; Infinity where there is none, so that values past 3 deviations must occur. */
  bound: number;
}

const uniformOf = (bound: number): Expected => ({ deviation: bound / Math.sqrt(3), bound });
const normalOf = (deviation: number): Expected => ({ deviation, bound: Number.POSITIVE_INFINITY });

async function holds(tensor: Tensor, { deviation, mean = 0, bound }: Expected): Promise<void> {
  const values = Float64Array.from(await tensor.data());
  tensor.dispose();
  const n = values.length;
  const got = values.reduce((sum, value) => sum + value, 0) / n;
  const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - got) ** 2, 0) / n);
  const farthest = values.reduce((most, value) => Math.max(most, Math.abs(value - mean)), 0);
  assert.ok(Math.abs(got - mean) < (4 * deviation) / Math.sqrt(n), `mean ${got} for ${mean}`);
  assert.ok(Math.abs(spread / deviation - 1) < 4 / Math.sqrt(2 * n), `deviation ${spread} for ${deviation}`);
  if (Number.isFinite(bound)) {
    assert.ok(farthest <= bound * (1 + 1e-6) && farthest > 0.99 * bound, `bound ${farthest} for ${bound}`);
  } else {
    assert.ok(farthest > 3 * deviation && farthest < 6 * deviation, `farthest ${farthest}: truncated?`);
  }
}

const SHAPE = [4, 4, 16, 32]; // as a convolution: fans 256 and 512
const cases: [name: string, init: Initializer, expected: Expected][] = [
  ["normal", normal(0.02), normalOf(0.02)],
  ["glorotUniform", glorotUniform, uniformOf(Math.sqrt(6 / (256 + 512)))],
  ["heNormal", heNormal, normalOf(Math.sqrt(2 / 256))],
];
for (const [name, init, expected] of cases) {
  test(`${name} has the mean, deviation and bounds that it names`, () =>
    holds(init(new Random(3), SHAPE), expected));
}

test("zero is zero, and a seed gives the same numbers again, then others", async () => {
  const zeros = zero(new Random(1), [3]);
  assert.equal([...(await zeros.data())], [0, 0, 0]);
  const draw = async (random: Random) => {
    const tensor = normal(1)(random, [5]);
    const data = await tensor.data();
    tensor.dispose();
    return data;
  };
  const random = new Random(9);
  const first = await draw(random);
  assert.equal(await draw(new Random(9)), first);
  assert.not.equal(await draw(random), first);
  zeros.dispose();
});

test("fans: Linear's are its sizes, a convolution's are times its positions, a transposed one's Keras's", async () => {
  const random = new Random(5);
  const init = heNormal;
  const layers = [
    [new Linear(40, 100, { random, init }), 40],
    [new Conv2d(16, 32, 3, { random, init }), 9 * 16],
    // (kh, kw, out, in), and Keras reads the last axis but one as the inputs, as PyTorch does too.
    [new ConvTranspose2d(16, 32, 3, { random, init }), 9 * 32],
  ] as const;
  for (const [layer, fanIn] of layers) {
    await holds(layer.weight, normalOf(Math.sqrt(2 / fanIn)));
    assert.ok((await layer.bias!.data()).every((value) => value === 0));
    layer.bias!.dispose();
  }
});

test("Glorot's uniform is what a layer begins with where nothing is said", async () => {
  const linear = new Linear(40, 100, { random: new Random(6) });
  await holds(linear.weight, uniformOf(Math.sqrt(6 / 140)));
  linear.bias!.dispose();
});

test("a layer without inputs or outputs has a weight without entries", async () => {
  const random = new Random(8);
  for (const init of [glorotUniform, heNormal])
    for (const shape of [
      [0, 3],
      [3, 0],
      [0, 0],
      [2, 2, 0, 4],
    ])
      assert.equal([...(await init(random, shape).data())], []);
});

test.run();
