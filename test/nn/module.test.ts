// Modules: the names that saved files rely on, parameters and buffers, training mode, and state that comes back
// bit by bit or not at all.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { assign, memory, ones, Random, requireGrad, type Tensor } from "../../src/autograd";
import { BatchNorm2d, Linear, Module, Sequential, type StateDict, Tanh } from "../../src/nn";
import { device } from "../device";

test.before(async () => {
  await device();
});

const make = (seed: number) => {
  const random = new Random(seed);
  return new Sequential(
    new Linear(3, 2, { random }),
    new Tanh(),
    new Sequential(new BatchNorm2d(2), new Linear(2, 1, { random })),
  );
};
const names = [
  ...["0.weight", "0.bias"],
  ...["2.0.gamma", "2.0.beta", "2.0.runningMean", "2.0.runningVariance"],
  ...["2.1.weight", "2.1.bias"],
];

test("names follow the path through the modules; parameters leave the buffers out", () => {
  const model = make(1);
  const named = model.named();
  assert.equal([...named.keys()], names);
  const trained = names.filter((name) => !name.includes("running"));
  assert.equal(
    model.parameters().map((parameter) => [...named].find(([, tensor]) => tensor === parameter)![0]),
    trained,
  );
  for (const [name, tensor] of named) assert.is(tensor.requiresGrad, trained.includes(name), name);
  assert.is(model.size(), 6 + 2 + 4 * 2 + 2 + 1);
  assert.is(model.modules().length, 6);
  model.dispose();
});

test("a field that was not registered is refused where it would be trained or saved", async () => {
  class Net extends Module {
    inner: Module | undefined;
    scale: Tensor | undefined;
    override forward(x: Tensor): Tensor {
      return x;
    }
  }
  class Whole extends Module {
    inner = this.child("inner", new Linear(1, 1, { random: new Random(1) }));
    scale = this.parameter("scale", ones([2]));
    constant = ones([2]);
    override forward(x: Tensor): Tensor {
      return x;
    }
  }
  const [child, parameter] = [new Net(), new Net()];
  child.inner = new Linear(1, 1, { random: new Random(1) });
  parameter.scale = requireGrad(ones([1]));
  const said = (name: string, how: string) =>
    new RegExp(`Net: the field ${name} must be registered: this.${name} = this.${how}\\("${name}", …\\)\\.`);
  for (const read of [(net: Module) => net.parameters(), (net: Module) => net.named()]) {
    assert.throws(() => read(child), said("inner", "child"));
    assert.throws(() => read(new Sequential(parameter)), said("scale", "parameter"));
  }
  assert.equal([...new Whole().named().keys()], ["scale", "inner.weight", "inner.bias"]);
});

test("train() reaches all modules inside, and returns the module", () => {
  const model = make(1);
  const modes = () => model.modules().map(({ training }) => training);
  assert.ok(modes().every((training) => training));
  assert.is(model.train(false), model);
  assert.ok(modes().every((training) => !training));
  model.train(true);
  assert.ok(modes().every((training) => training));
  model.dispose();
});

test("a state dictionary carries everything over to another module, bit by bit", async () => {
  const [from, to] = [make(1), make(2)];
  const state = await from.stateDict();
  assert.equal(Object.keys(state), names);
  assert.equal([...state["0.weight"].shape], [3, 2]);
  assert.not.equal((await to.stateDict())["0.weight"].data, state["0.weight"].data);
  to.loadStateDict(state);
  assert.equal(await to.stateDict(), state);
  from.dispose();
  to.dispose();
});

test("a state dictionary is that of the call, whatever comes before it is read", async () => {
  const model = make(1);
  const before = await model.stateDict();
  const read = model.stateDict();
  for (const tensor of model.named().values()) assign(tensor, new Float32Array(tensor.size).fill(9));
  model.dispose();
  assert.equal(await read, before);
});

test("loadStateDict refuses what does not fit, before it changes anything", async () => {
  const model = make(1);
  const before = await model.stateDict();
  const other = (changes: Partial<StateDict>): StateDict => {
    const zeros = Object.entries(before).map(([name, { shape, data }]) => {
      return [name, { shape, data: new Float32Array(data.length) }] as const;
    });
    return { ...Object.fromEntries(zeros), ...changes } as StateDict;
  };
  const refused = async (state: StateDict, message: RegExp) => {
    assert.throws(() => model.loadStateDict(state), message);
    assert.equal(await model.stateDict(), before);
  };
  const { "2.1.bias": last, "2.0.beta": beta, ...rest } = other({});
  await refused(
    { ...rest, extra: last },
    /^loadStateDict: names differ, missing are 2\.0\.beta, 2\.1\.bias; unknown are extra\.$/,
  );
  await refused(other({ extra: last }), /missing are none; unknown are extra\.$/);
  const transposed = { shape: [2, 3], data: new Float32Array(6) };
  await refused(other({ "0.weight": transposed }), /0\.weight must be \[3,2\], got \[2,3\]\.$/);
  const short = { shape: beta.shape, data: new Float32Array(1) };
  await refused(other({ "2.0.beta": short }), /the data of 2\.0\.beta must be a Float32Array of 2, got /);
  const doubles = { shape: beta.shape, data: new Float64Array(2) as never };
  await refused(other({ "2.0.beta": doubles }), /the data of 2\.0\.beta must be a Float32Array of 2, got /);
  model.dispose();
});

test("dispose frees every tensor of a module", () => {
  const before = memory().tensors;
  const model = make(1);
  const held: Tensor[] = [...model.named().values()];
  assert.is(memory().tensors, before + names.length);
  model.dispose();
  assert.is(memory().tensors, before);
  assert.ok(held.every(({ isDisposed }) => isDisposed));
});

test("a name that is taken, or has a dot, is refused: a state could not tell the two apart", () => {
  const random = new Random(1);
  class Odd extends Module {
    constructor(register: (odd: Odd) => void) {
      super();
      register(this);
    }
    weight = (name: string) => this.parameter(name, random.normal([1]));
    saved = (name: string) => this.buffer(name, random.normal([1]));
    inner = (name: string) => this.child(name, new Linear(1, 1, { random }));
    override forward(x: Tensor): Tensor {
      return x;
    }
  }
  const ways = ["weight", "saved", "inner"] as const;
  for (const first of ways)
    for (const second of ways) {
      const odd = new Odd(() => {});
      odd[first]("w");
      assert.throws(() => odd[second]("w"), /^Odd: a name must be text, new and without a dot, got "w"\.$/);
      assert.throws(() => odd[second]("0.weight"), /got "0\.weight"\.$/);
      odd.dispose();
    }
});

test.run();
