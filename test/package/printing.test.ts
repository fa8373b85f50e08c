// console.log in Node: tensors, layers and optimisers show what a user can use, and none of the engine's insides.
import { inspect } from "node:util";
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as face from "../../src/face";
import * as nn from "../../src/face/nn";
import { device } from "../device";

test.before(async () => {
  await device();
});

test("a tensor shows its dtype, its shape and how its numbers are read; inside of another thing it is short", () => {
  const x = face.ones([2, 3]);
  const labels = face.tensor(new Uint32Array([1, 2]));
  assert.is(inspect(x), "tensor f32[2,3]: await x.data() gives its numbers");
  assert.is(inspect({ x, labels }), "{ x: tensor f32[2,3], labels: tensor u32[2] }");
  x.dispose();
  assert.is(inspect(x), "tensor f32[2,3]: await x.data() gives its numbers");
  labels.dispose();
});

test("JavaScript's operators and JSON take no tensor: NaN, false or the engine's insides would go on in silence", () => {
  const x = face.ones([1]);
  const any = x as never;
  const wrong: (() => unknown)[] = [
    () => any * 2,
    () => any + 1,
    // biome-ignore lint/style/useTemplate: a template would give a text
    () => "loss " + any,
    () => -any,
    () => any < 0.1,
    // biome-ignore lint/suspicious/noDoubleEquals: that is the mistake
    () => any == 1,
    () => Math.max(any, 0),
    () => JSON.stringify({ x }),
    () => JSON.stringify(new nn.LayerNorm([2])),
  ];
  const says = "tensor: it is no number before await x.item() or x.data() reads it; add(x, y) is x + y.";
  for (const call of wrong) assert.throws(call, (error: Error) => error.message === says, String(call));
  assert.is(`${x} ${[x]} ${String(x)}`, "tensor f32[1] tensor f32[1] tensor f32[1]");
  assert.equal(
    [x === any, !x, x.grad ?? null, Object.keys({ ...x }).includes("valueOf")],
    [true, false, null, false],
  );
  x.dispose();
});

test("a layer shows its fields, with those of layers inside of it, and a user's own as well", () => {
  class Mine extends nn.Module {
    readonly inner = this.child("inner", new nn.Linear(2, 3, { random: new face.Random(1) }));
    readonly factor = 2;
    override forward(x: face.Tensor): face.Tensor {
      return face.mul(this.inner.forward(x), this.factor);
    }
  }
  const layer = new Mine();
  const line = inspect(layer, { breakLength: Number.POSITIVE_INFINITY });
  assert.is(
    line,
    "Mine { training: true, inner: Linear { training: true, weight: tensor f32[2,3], bias: tensor f32[3] }, factor: 2 }",
  );
  const deep = inspect(new nn.Sequential(new nn.Sequential(new nn.Sequential(new nn.Sequential(layer)))));
  assert.not.match(deep, /weight/); // as deep as Node goes with any object
  layer.dispose();
});

test("an optimiser shows its rate, its rule and whose parameters it changes", () => {
  const w = face.requireGrad(face.zeros([4]));
  for (const [optimizer, name, rule] of [
    [new nn.SGD([w], { learningRate: 0.1, momentum: 0.5 }), "SGD", "momentum: 0.5, nesterov: false"],
    [new nn.Adam([w], { learningRate: 0.1 }), "Adam", "beta1: 0.9, beta2: 0.999, epsilon: 1e-8"],
  ] as const) {
    const line = inspect(optimizer, { breakLength: Number.POSITIVE_INFINITY });
    const fields = ["parameters: [ tensor f32[4] ]", "rate: 0.1", "steps: 0", `rule: { ${rule} }`];
    assert.match(line, new RegExp(`^${name} \\{ .* \\}$`));
    for (const field of fields) assert.ok(line.includes(field), line);
    assert.is(line.length, `${name} { ${fields.join(", ")} }`.length, line);
    optimizer.dispose();
  }
  w.dispose();
});

test.run();
