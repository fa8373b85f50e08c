// What modules, initialisers and optimisers are given, and what the functions that they are given give back.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as face from "../../src/face";
import * as nn from "../../src/face/nn";
import { device } from "../device";
import { answeredOtherwise } from "./mistakes";

type Made = new (...values: unknown[]) => object;
const layers = nn as unknown as Record<string, Made>;
const { ones } = face;
await device();
const random = new face.Random(1);
const linear = (more: object = {}) => new layers.Linear(3, 2, { random, ...more });
const sgd = (more: object = {}) => new layers.SGD([ones([3])], { learningRate: 1, ...more });

class Net extends nn.Module {
  constructor(kind: "parameter" | "buffer" | "child", name: unknown, value: unknown) {
    super();
    (this[kind] as (name: unknown, value: unknown) => void)(name, value);
  }

  override forward(x: face.Tensor): face.Tensor {
    return x;
  }
}

test("a sequence is of modules, each an argument", async () => {
  const list = "Sequential: layers must be Modules, not a list of them, got";
  assert.is(
    await answeredOtherwise([
      [() => new layers.Sequential([new nn.ReLU()]), `${list} [[a ReLU]].`],
      [() => new layers.Sequential(new nn.ReLU(), face.relu), `${list} [a ReLU,the function relu].`],
      [() => new layers.Sequential(null), `${list} [null].`],
      [
        () => new nn.Sequential().forward(3 as never),
        "forward: x must be a tensor, got 3. Did you mean tensor(3)?",
      ],
    ]),
    "",
  );
  const both = new nn.Sequential(new nn.ReLU(), new nn.Tanh());
  assert.is(both.constructor.name, "Sequential");
  assert.equal(both.forward(ones([2])).shape, [2]);
  assert.equal(new nn.Sequential().forward(ones([2])).shape, [2]);
  const embedding = new Net("parameter", "table", ones([5, 3])); // its forward takes what it likes
  assert.is(new nn.Sequential(embedding).forward(face.tensor(Uint32Array.from([1]))).dtype, "u32");
});

test("a gradient that is set is a tensor of the shape, or undefined", async () => {
  const w = face.requireGrad(ones([2]));
  const set = (grad: unknown) => () => Object.assign(w, { grad });
  const says = "grad: the grad of tensor f32[2] must be f32 and have its shape, got";
  assert.is(
    await answeredOtherwise([
      [set(0), `${says} 0.`],
      [set(null), `${says} null.`],
      [set([0, 0]), `${says} 0,0.`],
      [set(ones([3])), `${says} tensor f32[3].`],
    ]),
    "",
  );
  w.grad = undefined;
  face.backward(face.sum(w));
  assert.equal([...(await w.grad!.data())], [1, 1]);
});

test("a module holds tensors and modules, under names", async () => {
  assert.is(
    await answeredOtherwise([
      [() => new Net("parameter", "w", [1, 2]), "Net: w must be a tensor, got [1,2]."],
      [() => new Net("buffer", "w", undefined), "Net: w must be a tensor, got nothing."],
      [() => new Net("child", "l", face.relu), "Net: l must be a Module, got the function relu."],
      [
        () => new Net("child", new nn.ReLU(), undefined),
        "Net: a name must be text, new and without a dot, got a ReLU.",
      ],
    ]),
    "",
  );
});

test("what a field holds, in a list or an object too, is registered, or it would never be trained", async () => {
  const inner = new nn.Linear(3, 2, { random });
  const marked = face.requireGrad(ones([2]));
  const of = (field: unknown) => () =>
    Object.assign(new Net("buffer", "mean", ones([2])), field).parameters();
  const say = (place: string, kind: string) =>
    `Net: the field ${place} must be registered: this.${place} = this.${kind}("${place}", …).`;
  assert.is(
    await answeredOtherwise([
      [of({ layers: [inner] }), say("layers[0]", "child")],
      [of({ blocks: [[1, inner]] }), say("blocks[0][1]", "child")],
      [of({ heads: { left: inner } }), say("heads[left]", "child")],
      [of({ weights: [marked] }), say("weights[0]", "parameter")],
    ]),
    "",
  );
  assert.throws(
    () => Object.assign(new nn.Linear(3, 2, { random }), { weight: ones([3, 2]) }).parameters(),
    "Linear: the field weight must be registered: this.weight = this.parameter",
  );
  const free: unknown[] = [1, ones([2]), { rate: 1 }, null];
  free.push(free);
  assert.equal(of({ free, none: null })(), []);
  const kept = new Net("child", "0", inner);
  assert.is(Object.assign(kept, { layers: [inner] }).parameters().length, 2); // registered, and in a list beside
});

test("train() is training, and states are looked at before anything is taken over", async () => {
  const net = new nn.Linear(3, 2, { random });
  assert.is(net.train(false).training, false);
  assert.is(net.train().training, true);
  const load = (state: unknown) => () => net.loadStateDict(state as nn.StateDict);
  const given = "loadStateDict: state must be what stateDict gives after an await, got";
  const pending = net.stateDict();
  assert.is(
    await answeredOtherwise([
      [() => net.train("yes" as never), 'train: on must be true or false, got "yes".'],
      [load(undefined), `${given} nothing.`],
      [load(null), `${given} null.`],
      [load(pending), `${given} a Promise.`],
      [load({ weight: 1, bias: 2 }), "loadStateDict: weight must be [3,2], got [undefined]."],
      [
        load({ weight: { shape: [3, 2], data: [1, 2, 3, 4, 5, 6] }, bias: null }),
        "loadStateDict: the data of weight must be a Float32Array of 6, got [1,2,3,4,5,6] of 6.",
      ],
    ]),
    "",
  );
  await pending;
});

test("an initialiser gives a tensor of the shape, and is looked at where it is called", async () => {
  const raw = nn as unknown as Record<string, (...values: unknown[]) => unknown>;
  assert.is(
    await answeredOtherwise([
      [() => linear({ init: () => 1 }), "Linear: init must give a tensor [3,2], got 1."],
      [() => linear({ init: () => ones([1]) }), "Linear: init must give a tensor [3,2], got tensor f32[1]."],
      [() => raw.heNormal(random, 3), "heNormal: shape must be a list of sizes, got 3. Did you mean [3]?"],
      [() => raw.glorotUniform([2, 3], random), "glorotUniform: random must be a Random, got [2,3]."],
      [() => raw.zero(), "zero: random must be a Random, got nothing."],
    ]),
    "",
  );
});

test("an optimiser looks at its clips, its states and a rate that is set", async () => {
  const momentum = () => sgd({ momentum: 0.5 }) as nn.SGD;
  const load = (state: unknown) => () => momentum().loadState(state as nn.OptimizerState);
  const set = (rate: unknown) => () => {
    momentum().learningRate = rate as number;
  };
  const layer = linear() as nn.Linear;
  const rate = "SGD: learningRate must be a finite number from 0 up, got";
  const slots = "loadState: slots must be a list of Float32Arrays, got";
  assert.is(
    await answeredOtherwise([
      [() => sgd({ clip: () => ({ low: 1 }) }), "clip: bounds must be [low, high], got { low: 1 }."],
      [() => sgd({ clip: () => [1] }), "clip: bounds must be [low, high], got [1]."],
      [load({ kind: "SGD", steps: 0, slots: [[1, 2, 3]] }), `${slots} [[1,2,3]].`],
      [load({ kind: "SGD", steps: 0, slots: null }), `${slots} null.`],
      [load({ kind: "SGD" }), 'loadState: state must have steps and slots, got { kind: "SGD" }.'],
      [
        load(momentum().state()),
        "loadState: state must be an object with kind, steps and slots, got a promise. Is an await missing?",
      ],
      [
        () => new layers.SGD(layer, { learningRate: 1 }),
        "SGD: parameters must be a list of tensors of f32, got a Linear. Did you mean its parameters()?",
      ],
      [
        () => new layers.SGD(layer.parameters, { learningRate: 1 }),
        "SGD: parameters must be a list of tensors of f32, got the function parameters. Did you mean parameters()?",
      ],
      [set("0.5"), `${rate} "0.5".`],
      [set(null), `${rate} null.`],
      [() => sgd({ learningRate: -1 }), `${rate} -1.`],
    ]),
    "",
  );
  const clipped = new nn.SGD([ones([2])], { learningRate: 1, clip: () => [0.5, 2] });
  clipped.step([ones([2])]);
  assert.equal([...(await clipped.parameters[0].data())], [0.5, 0.5]);
});

test("a moving average is of weights of its own, and of those shapes, before any is copied", async () => {
  const source = new nn.Linear(3, 2, { random });
  const other = new nn.Linear(3, 4, { random });
  const before = [...(await other.weight.data())];
  const average = (of: nn.Module) => () => new nn.MovingAverage(of, source, 0.5);
  assert.is(
    await answeredOtherwise([
      [average(source), "MovingAverage: the average must have weights of its own, got those of its source."],
      [average(other), "MovingAverage: the average must have the layers of its source, got others."],
    ]),
    "",
  );
  assert.equal([...(await other.weight.data())], before);
});

test.run();
