// A tensor of the wrong dtype is refused by the argument's name, with the cast that is missing.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { ops } from "../../src/autograd";
import * as face from "../../src/face";
import * as nn from "../../src/face/nn";
import { table } from "../../src/face/table";
import { device } from "../device";
import { answeredOtherwise } from "./mistakes";

type Any = (...values: unknown[]) => unknown;
const m = face as unknown as Record<string, Any>;
const u32 = () => face.tensor(Uint32Array.from([0, 1]));
const f32 = () => face.ones([2]);

test("each tensor that an op takes is looked at for the dtype that its record names", async () => {
  await device();
  const values = { f32: f32(), u32: u32() };
  let seen = 0;
  for (const [name, [, args]] of Object.entries(table)) {
    const op = ops.get(name);
    if (!op) continue;
    for (const [i, kind] of Object.values(args).entries()) {
      if (!kind.holds(values.f32) && !kind.holds(values.u32)) continue;
      const wanted = op.takes === "any" ? "any" : (op.takes?.[i] ?? "f32");
      const held = (["f32", "u32"] as const).filter((dtype) => kind.holds(values[dtype]));
      assert.equal(held, wanted === "any" ? ["f32", "u32"] : [wanted], `${name}, ${i}`);
      seen++;
    }
  }
  assert.ok(seen >= 60, `${seen}`);
});

test("the message has the argument's name and the cast", async () => {
  assert.is(
    await answeredOtherwise([
      [() => m.relu(u32()), "relu: x must be a tensor of f32, got tensor u32[2]. Did you mean toF32(x)?"],
      [
        () => m.add(f32(), u32()),
        "add: b must be a tensor of f32 or a number, got tensor u32[2]. Did you mean toF32(b)?",
      ],
      [
        () => m.gather(f32(), f32()),
        "gather: index must be a tensor of u32, got tensor f32[2]. Did you mean toU32(index)?",
      ],
      [
        () => m.gather(f32(), [0, 1]),
        "gather: index must be a tensor of u32, got [0,1]. Did you mean tensor(new Uint32Array([0,1]))?",
      ],
      [
        () => m.oneHot(Uint32Array.from([1]), { classes: 2 }),
        "oneHot: labels must be a tensor of u32, got a Uint32Array. Did you mean tensor(labels)?",
      ],
      [() => m.toU32(u32()), "toU32: x must be a tensor of f32, got tensor u32[2]."],
      [
        () => m.requireGrad(u32()),
        "requireGrad: x must be a tensor of f32, got tensor u32[2]. Did you mean toF32(x)?",
      ],
      [
        () => new nn.Dropout({ random: new face.Random(1) }).forward(u32()),
        "forward: x must be a tensor of f32, got tensor u32[2]. Did you mean toF32(x)?",
      ],
      [
        () => nn.clipGradNorm([u32()], { norm: 1 }),
        "clipGradNorm: gradients must be a list of tensors of f32, got [tensor u32[2]].",
      ],
      [
        () => new nn.SGD([u32()], { learningRate: 1 }),
        "SGD: parameters must be a list of tensors of f32, got [tensor u32[2]].",
      ],
      [
        () => m.transpose(f32(), { axes: [1, 0] }),
        "transpose: order must be a list of numbers, got { axes: [1,0] }. Did you mean [1,0]?",
      ],
      [
        () => m.zeros(new Uint32Array(2)),
        "zeros: shape must be a list of sizes, got a Uint32Array. Did you mean [...shape]?",
      ],
    ]),
    "",
  );
});

test("layers that only move numbers take u32", async () => {
  await device();
  assert.equal(new nn.Flatten().forward(u32()).shape, [2, 1]);
  assert.is(new nn.Reshape([1]).forward(u32()).dtype, "u32");
});

test.run();
