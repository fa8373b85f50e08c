// Optimisers against their float64 references over three steps, with and without bounds; what an optimiser was not
// given stays as it is, to the bit.
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  capture,
  grad,
  keep,
  memory,
  mul,
  ones,
  Random,
  requireGrad,
  square,
  sum,
  type Tensor,
  tensor,
  tidy,
} from "../../src/autograd";
import { Adam, Linear, RMSprop, type RmspropForm, rmspropForms, Sequential, SGD, Tanh } from "../../src/nn";
import { device } from "../device";
import { type F64, make, roundToF32 } from "../reference/array";
import * as reference from "../reference/optimizers";

test.before(async () => {
  await device();
});

const STEPS = 3;
const RATE = 0.01;
const f32 = (values: number[], shape = [values.length]) => roundToF32(make(shape, values));

// Seven parameters that have entries, so three dispatches, and one that has none; two are held to bounds.
const starts = [
  f32([], [0, 3]),
  f32([0.04, -0.049, 0.01, 0, 0.02, -0.03], [2, 3]),
  f32([1, -2, 0.5, 100]),
  f32([0.001, -0.002, 0, 0.003, -0.004]),
  f32([7], []),
  f32([0.5, -0.5, 3]),
  f32([-1, 1], [2, 1]),
  f32([-0.25, -0.35, 0.45], [1, 3]),
];
/** The bound of the parameters that have one, by their index. */
const bounds = [undefined, 0.05, undefined, 0.008];
/** Gradients of ordinary, tiny, huge and no size, that change from step to step. */
const gradients = Array.from({ length: STEPS }, (_, step) => [
  f32([], [0, 3]),
  f32([1, -1, 1e-4, 0, -3e3, 2e-8 * (step + 1)], [2, 3]),
  f32([0.3 - step, 5, -1e-3, step === 1 ? 0 : 40]),
  f32([-1, 2, 1e-3 * step, -4, 5]),
  f32([step - 0.5], []),
  f32([1e-2, -7, 20]),
  f32([step, -2], [2, 1]),
  f32([3, 1e-5, -2 * step], [1, 3]),
]);
/** A step's gradients as tensors. */
const gradientsAt = (step: number) =>
  gradients[step].map(({ data, shape }) => tensor(Float32Array.from(data), shape));
const parametersAtStart = () =>
  starts.map(({ data, shape }) => requireGrad(tensor(Float32Array.from(data), shape)));

interface Engine {
  step(gradients: readonly Tensor[]): void;
  dispose(): void;
}
type Clip = (parameter: Tensor) => readonly [number, number] | undefined;

/** Runs both for three steps: the engine's optimiser, and `advance`, which returns a parameter's next value. */
async function compare(
  build: (parameters: Tensor[], clip: Clip) => Engine,
  advance: (x: F64, gradient: F64, parameter: number, step: number) => F64,
): Promise<void> {
  const parameters = parametersAtStart();
  const optimizer = build(parameters, (parameter) => {
    const bound = bounds[parameters.indexOf(parameter)];
    return bound === undefined ? undefined : [-bound, bound];
  });
  let expected = starts;
  for (let step = 0; step < STEPS; step++) {
    tidy(() => optimizer.step(gradientsAt(step)));
    expected = expected.map((x, i) => {
      const next = advance(x, gradients[step][i], i, step);
      return bounds[i] === undefined ? next : reference.clip(next, bounds[i]);
    });
    for (const [i, parameter] of parameters.entries()) {
      const got = await parameter.data();
      expected[i].data.forEach((wanted, j) => {
        const close = Math.abs(got[j] - wanted) <= 3e-6 * (RATE + Math.abs(wanted));
        assert.ok(close, `step ${step + 1}, parameter ${i}, entry ${j}: ${got[j]} for ${wanted}`);
      });
    }
  }
  for (const [i, bound] of bounds.entries()) {
    if (bound === undefined) continue;
    const clipped = await parameters[i].data();
    assert.ok(
      clipped.some((value) => Math.abs(value) === Math.fround(bound)),
      `some entry of parameter ${i} meets its bound`,
    );
  }
  optimizer.dispose();
  for (const parameter of parameters) parameter.dispose();
}

const formNames: Record<RmspropForm, reference.RmspropForm> = {
  keras: "keras",
  torch: "pytorch",
  tensorflow1: "tensorflow1",
};
for (const form of Object.keys(rmspropForms) as RmspropForm[]) {
  test(`RMSprop in the form of ${form} does what its reference does`, () => {
    const slots = starts.map(({ shape, data }) =>
      make(shape, new Float64Array(data.length).fill(reference.rmspropForms[formNames[form]].start)),
    );
    return compare(
      (parameters, clip) => new RMSprop(parameters, { learningRate: RATE, form, clip }),
      (x, gradient, i) => {
        const next = reference.rmsprop(x, gradient, slots[i], { lr: RATE, form: formNames[form] });
        slots[i] = next.accumulator;
        return next.x;
      },
    );
  });
}

for (const { momentum, centered, x: wanted } of reference.torchRuns) {
  const said = `RMSprop with momentum ${momentum}${centered ? ", centred" : ""}`;

  test(`${said}, goes where PyTorch went in 20 steps, in two goes by a state as in one`, async () => {
    const x = requireGrad(tensor(reference.torchStart));
    const made = () => new RMSprop([x], { learningRate: RATE, momentum, centered });
    let optimizer = made();
    for (let t = 1; t <= 20; t++) {
      tidy(() => optimizer.step([tensor(reference.torchGradient(t))]));
      if (t !== 10) continue;
      const state = await optimizer.state();
      assert.is(state.slots.length, 1 + Number(centered) + Number(momentum > 0));
      optimizer.dispose();
      optimizer = made();
      optimizer.loadState(state);
    }
    const got = await x.data();
    wanted.forEach((value, i) => {
      assert.ok(Math.abs(got[i] - value) <= 1e-5, `${got[i]} for ${value}`);
    });
    for (const owned of [optimizer, x]) owned.dispose();
  });
}

test("RMSprop's momentum and centring are PyTorch's: no other form has them, and their states differ", async () => {
  const x = requireGrad(ones([2]));
  for (const form of ["keras", "tensorflow1"] as const)
    for (const more of [{ momentum: 0.9 }, { centered: true }])
      assert.throws(
        () => new RMSprop([x], { learningRate: RATE, form, ...more }),
        new RegExp(`^RMSprop: with momentum or centered the form must be "torch", got "${form}"\\.$`),
      );
  assert.throws(
    () => new RMSprop([x], { learningRate: RATE, momentum: 1 }),
    /^RMSprop: momentum must be from 0 up to below 1, got 1\.$/,
  );
  const [centred, heavy] = [{ centered: true }, { momentum: 0.9 }].map(
    (more) => new RMSprop([x], { learningRate: RATE, ...more }),
  );
  const state = await centred.state();
  assert.throws(() => heavy.loadState(state), /^loadState: it must be of RMSprop, got centered RMSprop\.$/);
  for (const owned of [centred, heavy, x]) owned.dispose();
});

for (const [name, betas] of [
  ["its defaults", {}],
  ["the betas of WGAN-GP", { beta1: 0.5, beta2: 0.9 }],
] as const) {
  test(`Adam with ${name} does what its reference does`, () => {
    const moments = starts.map(({ shape }) => ({ first: make(shape), second: make(shape) }));
    return compare(
      (parameters, clip) => new Adam(parameters, { learningRate: RATE, clip, ...betas }),
      (x, gradient, i, step) => {
        const rule = { lr: RATE, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, ...betas };
        const next = reference.adam(x, gradient, moments[i].first, moments[i].second, step + 1, rule);
        moments[i] = next;
        return next.x;
      },
    );
  });
}

for (const [momentum, nesterov] of [
  [0, false],
  [0.9, false],
  [0.9, true],
  [0, true],
] as const) {
  test(`SGD with${nesterov ? " Nesterov's" : ""} momentum ${momentum} does what its reference does`, () => {
    const velocities = starts.map(({ shape }) => make(shape));
    return compare(
      (parameters, clip) => new SGD(parameters, { learningRate: RATE, momentum, nesterov, clip }),
      (x, gradient, i) => {
        const next = reference.sgd(x, gradient, velocities[i], { lr: RATE, momentum, nesterov });
        velocities[i] = next.buffer;
        return next.x;
      },
    );
  });
}

test("SGD without momentum keeps nothing, and its state is as empty", async () => {
  const x = ones([1000]);
  const before = memory().bytes;
  const plain = new SGD([x], { learningRate: 0.5 });
  assert.ok(memory().bytes - before < 1000, `${memory().bytes - before} bytes`);
  assert.equal(await plain.state(), { kind: "SGD", steps: 0, slots: [] });
  plain.loadState(await plain.state());
  const gradient = ones([1000]);
  plain.step([gradient]);
  assert.ok((await x.data()).every((v) => v === 0.5));
  const heavy = new SGD([x], { learningRate: 0.5, momentum: 0.9 });
  const state = await heavy.state();
  assert.throws(
    () => plain.loadState(state),
    /^loadState: the slots of these parameters are \[\] long, got \[1000\]\.$/,
  );
  for (const each of [plain, heavy, x, gradient]) each.dispose();
});

test("an optimiser over a part of a network leaves the rest as it is, to the bit", async () => {
  const random = new Random(4);
  const frozen = new Linear(3, 4, { random });
  const trained = new Linear(4, 1, { random });
  const model = new Sequential(frozen, new Tanh(), trained);
  const before = await model.stateDict();
  const optimizer = new RMSprop(trained.parameters(), { learningRate: 0.1, form: "torch" });
  const x = random.normal([5, 3]);
  for (let step = 0; step < 2; step++) {
    tidy(() => optimizer.step(grad(sum(square(model.forward(x))), trained.parameters())));
  }
  const after = await model.stateDict();
  assert.equal(after["0.weight"], before["0.weight"]);
  assert.equal(after["0.bias"], before["0.bias"]);
  for (const name of ["2.weight", "2.bias"]) assert.not.equal(after[name].data, before[name].data);
  for (const owned of [model, optimizer, x]) owned.dispose();
});

test("dispose frees the slots and leaves the parameters", () => {
  const parameters = [tensor([1, 2]), tensor([3])];
  const before = memory().tensors;
  const options = { learningRate: RATE, form: "keras" } as const;
  for (const Kind of [RMSprop, Adam, SGD]) {
    const optimizer = new Kind(parameters, options);
    assert.is(memory().tensors, before + 1); // all slots are one tensor
    optimizer.dispose();
    assert.is(memory().tensors, before);
  }
  for (const parameter of parameters) parameter.dispose();
});

test("a captured step of Adam counts once a replay, whatever the number of its dispatches", async () => {
  const run = async (steps: (step: () => void) => void) => {
    const parameters = parametersAtStart();
    const optimizer = new Adam(parameters, { learningRate: RATE });
    const given = gradientsAt(0);
    steps(() => optimizer.step(given));
    const got = await Promise.all(parameters.map(async (parameter) => [...(await parameter.data())]));
    for (const owned of [...parameters, optimizer, ...given]) owned.dispose();
    return got;
  };
  const eager = await run((step) => {
    for (let i = 0; i < 4; i++) step();
  });
  const replayed = await run((step) => {
    const captured = capture(step);
    captured.replay();
    captured.replay();
    step(); // the count is one, whoever steps
    captured.dispose();
  });
  assert.equal(replayed, eager);
});

test("a step of six parameters takes one dispatch where 15 buffers can be bound, else two", async () => {
  const { stream, device: opened } = await device();
  const wanted = opened.limits.maxStorageBuffersPerShaderStage >= 15 ? 1 : 2;
  const { dispatch } = stream;
  const parameters = [1, 2, 3, 4, 5, 6].map((n) => ones([n]));
  for (const optimizer of [
    new RMSprop(parameters, { learningRate: RATE, form: "keras" }),
    new Adam(parameters, { learningRate: RATE }),
    new SGD(parameters, { learningRate: RATE }),
  ]) {
    const given = parameters.map(({ shape }) => ones(shape));
    let dispatched = 0;
    stream.dispatch = (call) => {
      dispatched++;
      dispatch.call(stream, call);
    };
    try {
      optimizer.step(given);
    } finally {
      stream.dispatch = dispatch;
    }
    assert.is(dispatched, wanted);
    for (const owned of [optimizer, ...given]) owned.dispose();
  }
  for (const parameter of parameters) parameter.dispose();
});

test("two optimisers may share a parameter; each has slots of its own", async () => {
  const shared = requireGrad(tensor([1]));
  const [one, other] = [0, 1].map(() => new SGD([shared], { learningRate: 0.1, momentum: 0.9 }));
  const step = (optimizer: SGD) => tidy(() => optimizer.step(grad(sum(mul(shared, 1)), [shared])));
  step(one);
  step(other); // with shared momentum this would move by 0.19
  assert.ok(Math.abs((await shared.item()) - 0.8) < 1e-6);
  for (const owned of [shared, one, other]) owned.dispose();
});

test("a layer used twice is trained once a step; a parameter given twice is refused", async () => {
  const layer = new Linear(2, 2, { random: new Random(5) });
  const model = new Sequential(layer, new Tanh(), layer);
  const parameters = model.parameters();
  assert.equal(parameters, [layer.weight, layer.bias!]);
  const optimizer = new SGD(parameters, { learningRate: 0.5 });
  const before = await layer.bias!.data();
  const dBias = tidy(() => {
    const gradients = grad(sum(model.forward(ones([1, 2]))), parameters);
    optimizer.step(gradients);
    return gradients[1];
  });
  const moved = (await layer.bias!.data()).map((value, i) => before[i] - value);
  const wanted = (await dBias.data()).map((value) => 0.5 * value);
  assert.ok(moved.every((value, i) => Math.abs(value - wanted[i]) < 1e-6));
  assert.throws(
    () => new SGD([layer.bias!, layer.bias!], { learningRate: 0.5 }),
    /^[A-Za-z]+: each parameter must be a leaf, and given once, got tensor f32\[2\]/,
  );
  assert.throws(
    () => new SGD([mul(layer.bias!, 2)], { learningRate: 0.5 }),
    /^[A-Za-z]+: each parameter must be a leaf, and given once, got tensor f32\[2\]/,
  );
  assert.throws(() => new SGD([], { learningRate: 0.5 }), /^SGD: there must be a parameter, got none\.$/);
  for (const owned of [model, optimizer, dBias]) owned.dispose();
});

test("slots that no buffer can hold are refused with what to do", () => {
  const small = ones([2]);
  const huge = Object.create(small, { size: { value: 2 ** 40 } }) as Tensor;
  assert.throws(
    () => new Adam([huge], { learningRate: 0.1 }),
    /^[A-Za-z]+: all slots must fit into one tensor\. .* Two optimisers /,
  );
  small.dispose();
});

test("step wants one gradient of its shape for each parameter, and says so", () => {
  const x = requireGrad(tensor([1, 2]));
  const optimizer = new Adam([x], { learningRate: 0.1 });
  assert.throws(() => optimizer.step([]), /^step: one gradient for each of 1 parameters, got 0\.$/);
  const wrong = tensor([1, 2, 3]);
  assert.throws(() => optimizer.step([wrong]), /^adam: shapes must be equal, got/);
  for (const owned of [x, optimizer, wrong]) owned.dispose();
});

test("a state of another kind of optimiser is refused, though its slots are as long", async () => {
  const [one, two] = [ones([3]), ones([3])];
  const [adam, sgd] = [
    new Adam([one], { learningRate: 0.1 }),
    new SGD([one, two], { learningRate: 0.1, momentum: 0.5 }),
  ];
  const state = await sgd.state();
  assert.throws(() => adam.loadState(state), /^loadState: it must be of Adam, got SGD\.$/);
  for (const each of [adam, sgd, one, two]) each.dispose();
});

test("decays from 1 up, as the GPU rounds them, and rates that it has no number for are refused", () => {
  const w = [keep(requireGrad(ones([2])))];
  const tiny = 1 - 1e-9; // 1 in f32
  for (const beta of [1, tiny, -0.1, Number.NaN]) {
    assert.throws(
      () => new Adam(w, { learningRate: 1, beta1: beta }),
      /^Adam: betas must be from 0 up to below 1, got /,
    );
    assert.throws(() => new Adam(w, { learningRate: 1, beta2: beta }), /^Adam: betas must be /);
    assert.throws(
      () => new SGD(w, { learningRate: 1, momentum: beta }),
      /^SGD: momentum must be from 0 up to below 1/,
    );
  }
  assert.throws(() => new SGD(w, { learningRate: 1e39 }), /learningRate must be a finite number from 0 up/);
});

test("what a replay asks the host for is not set inside of the capture", () => {
  const w = keep(requireGrad(ones([2])));
  const optimizer = new SGD([w], { learningRate: 1 });
  const random = new Random(1);
  const inside = (set: () => void) => () => capture(() => void set());
  assert.throws(
    inside(() => (optimizer.learningRate = 2)),
    /the learning rate must be set before the capture/,
  );
  assert.throws(
    inside(() => (random.counter = 2)),
    /set a stream's state before the capture/,
  );
  assert.throws(
    inside(() => random.loadState({ seed: 1, counter: 0 })),
    /set a stream's state before the capture/,
  );
  assert.throws(
    inside(() => new Random(2)),
    /set a stream's state before the capture/,
  );
  assert.equal([optimizer.learningRate, random.counter], [1, 0]);
});

test.run();
