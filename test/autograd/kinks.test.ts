// Values and derivatives exactly at the kinks and edges, where differences say nothing: what the docstrings promise.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as engine from "../../src/autograd";
import { device } from "../device";

type Tensor = engine.Tensor;
type Op = (...xs: Tensor[]) => Tensor;

/** f's values at the points (one array an input), and Σ f's derivatives by each input. */
async function at(f: Op, ...points: number[][]): Promise<{ y: number[]; derivatives: number[][] }> {
  await device();
  const xs = points.map((point) => engine.requireGrad(engine.tensor(point)));
  const y = f(...xs);
  const derivatives = engine.grad(engine.sum(y), xs);
  const [values, ...rest] = await Promise.all([y, ...derivatives].map((t) => t.data()));
  return { y: [...values], derivatives: rest.map((r) => [...r]) };
}

/** The second derivative of Σ f by its only input. */
async function secondAt(f: Op, point: number[]): Promise<number[]> {
  await device();
  const x = engine.requireGrad(engine.tensor(point));
  const [first] = engine.grad(engine.sum(f(x)), [x], { createGraph: true });
  const [second] = engine.grad(engine.sum(first), [x]);
  return [...(await second.data())];
}

const near = (got: number[], wanted: number[], tolerance: number, what = "") => {
  assert.is(got.length, wanted.length);
  got.forEach((v, i) => {
    const close = Math.abs(v - wanted[i]) <= tolerance * Math.max(Math.abs(wanted[i]), 1e-30);
    assert.ok(close || v === wanted[i], `${what} entry ${i}: ${v} for ${wanted[i]}`);
  });
};

test("relu is 0 at 0 with derivative 0", async () => {
  const { y, derivatives } = await at(engine.relu, [-1, -0, 0, 1]);
  assert.equal(y.map(Math.abs), [0, 0, 0, 1]);
  assert.equal(derivatives[0], [0, 0, 0, 1]);
});

test("leakyRelu is 0 at 0 with the slope as its derivative", async () => {
  const { y, derivatives } = await at((x) => engine.leakyRelu(x, { slope: 0.25 }), [-2, -0, 0, 2]);
  assert.equal(y.map(Math.abs), [0.5, 0, 0, 2]);
  assert.is(y[0], -0.5);
  assert.equal(derivatives[0], [0.25, 0.25, 0.25, 1]);
});

test("abs has derivative 0 at 0", async () => {
  const { y, derivatives } = await at(engine.abs, [-2, 0, 2]);
  assert.equal(y, [2, 0, 2]);
  assert.equal(derivatives[0], [-1, 0, 1]);
});

test("a tie of maximum and minimum is the first one's", async () => {
  for (const op of [engine.maximum, engine.minimum]) {
    const { y, derivatives } = await at(op, [1, 0], [1, 0]);
    assert.equal(y, [1, 0]);
    assert.equal(derivatives, [
      [1, 1],
      [0, 0],
    ]);
  }
});

test("clamp's derivative is 1 at both ends", async () => {
  const { y, derivatives } = await at((x) => engine.clamp(x, { low: -0.5, high: 0.5 }), [-1, -0.5, 0.5, 1]);
  assert.equal(y, [-0.5, -0.5, 0.5, 0.5]);
  assert.equal(derivatives[0], [0, 1, 1, 0]);
});

test("winners of max that tie share the derivative", async () => {
  const { y, derivatives } = await at((x) => engine.max(x), [3, 1, 3, 3, 2, 3]);
  assert.equal(y, [3]);
  assert.equal(derivatives[0], [0.25, 0, 0.25, 0.25, 0, 0.25]);
});

test("a kink has no second derivative of its own: it is 0", async () => {
  assert.equal((await secondAt((x) => engine.square(engine.relu(x)), [-1, 0, 1])).map(Math.abs), [0, 0, 2]);
  const leaky = (x: Tensor) => engine.square(engine.leakyRelu(x, { slope: 0.5 }));
  assert.equal(await secondAt(leaky, [-1, 0, 1]), [0.5, 0.5, 2]);
});

test("NaN goes in and comes out", async () => {
  const ops: Record<string, Op> = {
    relu: engine.relu,
    leakyRelu: (x) => engine.leakyRelu(x, { slope: 0.2 }),
    tanh: engine.tanh,
    sigmoid: engine.sigmoid,
    softplus: engine.softplus,
    clamp: (x) => engine.clamp(x, { low: -1, high: 1 }),
    abs: engine.abs,
    exp: engine.exp,
    log: engine.log,
    sqrt: engine.sqrt,
    square: engine.square,
    pow: (x) => engine.pow(x, { p: 3 }),
    sum: (x) => engine.sum(x),
  };
  for (const [name, op] of Object.entries(ops)) {
    const { y } = await at(op, [Number.NaN]);
    assert.ok(Number.isNaN(y[0]), `${name}: ${y[0]}`);
  }
  for (const list of [
    [Number.NaN, 1, 2],
    [1, Number.NaN, 2],
    [1, 2, Number.NaN],
  ]) {
    assert.ok(Number.isNaN(await engine.max(engine.tensor(list)).item()), `max of ${list}`);
  }
});

test("log and sqrt are NaN below 0, and so is a broken power", async () => {
  for (const op of [engine.log, engine.sqrt, (x: Tensor) => engine.pow(x, { p: 0.5 })]) {
    const { y } = await at(op, [-1]);
    assert.ok(Number.isNaN(y[0]), `${y[0]}`);
  }
});

test("sigmoid is finite and right far out, in value and both derivatives", async () => {
  const points = [-100, -80, -20, 0, 20, 100];
  const { y, derivatives } = await at(engine.sigmoid, points);
  const value = (x: number) => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x)));
  // exp(-100) is below the least normal f32; either neighbour will do there.
  assert.ok(y[0] >= 0 && y[0] < 1e-38, `${y[0]}`);
  near(y.slice(1), points.slice(1).map(value), 1e-5, "value");
  // 1 − y is 0 in f32 from 17 on, where the true derivative is below 1e-7 too.
  const [slopes] = derivatives;
  points.forEach((x, i) => {
    const wanted = value(x) * value(-x);
    assert.ok(Math.abs(slopes[i] - wanted) <= 1e-5 * Math.max(wanted, 0.01), `at ${x}: ${slopes[i]}`);
  });
  near(
    slopes.slice(1, 4),
    [-80, -20, 0].map((x) => value(x) * value(-x)),
    1e-5,
    "derivative",
  );
  for (const v of await secondAt(engine.sigmoid, [-100, 0, 100])) assert.ok(Math.abs(v) < 1e-30, `${v}`);
});

test("softplus is finite and right at 0 and far out", async () => {
  const points = [-100, -80, -5, 0, 5, 100];
  const { y, derivatives } = await at(engine.softplus, points);
  near(
    y.slice(1),
    points.slice(1).map((x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))),
    1e-5,
  );
  assert.ok(y[0] >= 0 && y[0] < 1e-38, `${y[0]}`);
  near(
    derivatives[0].slice(1),
    points.slice(1).map((x) => 1 / (1 + Math.exp(-x))),
    1e-5,
  );
  assert.ok(derivatives[0][0] >= 0 && derivatives[0][0] < 1e-38, `${derivatives[0][0]}`);
  near(await secondAt(engine.softplus, [0]), [0.25], 1e-5);
});

test("tanh keeps its digits near 0", async () => {
  const points = [-1e-8, 1e-38, 1e-8, 1e-4, 0.01, 0.1, 0.54, 0.56];
  const { y } = await at(engine.tanh, points);
  near(
    y,
    points.map((x) => Math.tanh(Math.fround(x))),
    3e-7,
  );
});

test("tanh is ±1 far out with derivative 0", async () => {
  const { y, derivatives } = await at(engine.tanh, [-100, -16, 0, 16, 100]);
  assert.equal(y, [-1, -1, 0, 1, 1]);
  assert.equal(derivatives[0].map(Math.abs), [0, 0, 1, 0, 0]);
});

test("sqrt at 0 is 0 and its derivative infinite; a number under the root keeps it finite", async () => {
  const bare = await at(engine.sqrt, [0, 4]);
  assert.equal(bare.y, [0, 2]);
  assert.is(bare.derivatives[0][0], Number.POSITIVE_INFINITY);
  near(bare.derivatives[0].slice(1), [0.25], 1e-6);
  const guarded = await at((x) => engine.sqrt(engine.add(engine.square(x), 1e-12)), [0]);
  near(guarded.y, [1e-6], 1e-5);
  assert.equal(guarded.derivatives[0], [0]);
});

test("whole powers at 0 and of negative numbers, with their derivatives", async () => {
  const wanted: [number, number[], number[]][] = [
    [0, [1, 1, 1], [0, 0, 0]],
    [1, [-2, 0, 2], [1, 1, 1]],
    [2, [4, 0, 4], [-4, 0, 4]],
    [3, [-8, 0, 8], [12, 0, 12]],
  ];
  for (const [p, values, slopes] of wanted) {
    const { y, derivatives } = await at((x) => engine.pow(x, { p }), [-2, 0, 2]);
    near(
      y.map((v) => v + 0),
      values,
      1e-5,
      `value of power ${p}`,
    );
    near(
      derivatives[0].map((v) => v + 0),
      slopes,
      1e-5,
      `derivative of power ${p}`,
    );
  }
  const inverse = await at((x) => engine.pow(x, { p: -1 }), [-2, 0, 2]);
  near(inverse.y, [-0.5, Number.POSITIVE_INFINITY, 0.5], 1e-5);
  near(inverse.derivatives[0], [-0.25, Number.NEGATIVE_INFINITY, -0.25], 1e-5);
});

test("where every way to x has a derivative of 0, grad and backward give zeros, as PyTorch does", async () => {
  const x = engine.requireGrad(engine.tensor([-1, 2]));
  const bias = engine.requireGrad(engine.tensor([0.5, 0.5]));
  const y = engine.leakyRelu(engine.add(x, bias), { slope: 0.2 });
  const [slope] = engine.grad(engine.sum(y), [x], { createGraph: true });
  const penalty = () => engine.sum(engine.square(slope));
  const [dx, db] = engine.grad(penalty(), [x, bias], { retainGraph: true });
  assert.equal([...(await dx.data()), ...(await db.data())], [0, 0, 0, 0]);
  engine.backward(penalty());
  assert.equal([...(await x.grad!.data()), ...(await bias.grad!.data())], [0, 0, 0, 0]);
});

test.run();
