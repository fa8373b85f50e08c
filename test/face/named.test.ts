// What is made of other functions speaks in its own name, and before any of them has run.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as face from "../../src/face";
import * as nn from "../../src/face/nn";
import { device } from "../device";
import { answeredOtherwise } from "./mistakes";

type Any = (...values: unknown[]) => unknown;
const m = face as unknown as Record<string, Any>;
const { ones, zeros } = face;
const u32 = (...numbers: number[]) => face.tensor(Uint32Array.from(numbers));
const nine = [1, 1, 1, 2, 1, 1, 1, 2, 1];

test("a composite names itself, whichever op of it refused", async () => {
  await device();
  const freed = zeros([2]);
  freed.dispose();
  const late =
    "a tensor must not be used after it was freed, got tensor f32[2]. Return it from tidy, or keep() it.";
  const eight = ones(nine.slice(1));
  assert.is(
    await answeredOtherwise([
      [() => m.stack([eight, eight]), `stack: a tensor must have 8 axes at most, got [${nine}].`],
      [
        () => m.upsample2d(ones([1, 4, 4, 2]), { factor: 2 ** 20 }),
        "upsample2d: a tensor must have 2^32 numbers at most, got [1,4,1048576,4,1048576,2].",
      ],
      [() => m.where(ones([2]), freed, 1), `where: ${late}`],
      [() => m.logSoftmax(freed), `logSoftmax: ${late}`],
      [() => nn.mse(freed, freed), `mse: ${late}`],
      [() => nn.bceWithLogits(freed, freed), `bceWithLogits: ${late}`],
      [() => nn.clipGradNorm([freed], { norm: 1 }), `clipGradNorm: ${late}`],
      [
        () => nn.crossEntropy(ones([2, 3]), u32(0, 1, 2)),
        "crossEntropy: logits must be (N, C) and labels (N), got [2,3] and [3].",
      ],
      [() => nn.bceWithLogits(zeros([2]), freed), `bceWithLogits: ${late}`],
      [() => nn.clipGradNorm([zeros([2]), freed], { norm: 1 }), `clipGradNorm: ${late}`],
      [() => m.keep(freed), `keep: ${late}`],
      [() => m.detach(freed), `detach: ${late}`],
      [() => m.argMax(ones([])), "argMax: there must be an axis, got []."],
      [() => m.split(ones([]), { sizes: 1 }), "split: there must be an axis, got []."],
    ]),
    "",
  );
});

test("a gather along another axis looks at the index before it moves anything, and tells x's own shape", async () => {
  const rule = "gather: x must have rows and the index one axis, got [2,3] and";
  const freed = u32(0);
  freed.dispose();
  assert.is(
    await answeredOtherwise([
      [() => m.gather(ones([2, 3]), face.reshape(u32(0, 1), [1, 2]), { axis: 1 }), `${rule} [1,2].`],
      [
        () => m.gather(ones([2, 0]), u32(0), { axis: 1 }),
        "gather: there must be a row to read, got [2,0] and [1].",
      ],
      [
        () => m.gather(ones([2, 3]), freed, { axis: 1 }),
        "gather: a tensor must not be used after it was freed, got tensor u32[1]. Return it from tidy, or keep() it.",
      ],
    ]),
    "",
  );
});

test("what must be there is told apart from what may be, and a hint shows all of it", async () => {
  const random = () => new face.Random(1);
  assert.is(
    await answeredOtherwise([
      [() => m.split(ones([2])), "split: options must be an object with sizes, and maybe axis, got nothing."],
      [
        () => m.pad(ones([2]), 1),
        "pad: options must be an object with before and after, and maybe value or steps, got 1. Did you mean { before: …, after: …, value: 1 }?",
      ],
      [
        () => new nn.Dropout(0.5 as never),
        "Dropout: options must be an object with random, and maybe rate, got 0.5. Did you mean { random: …, rate: 0.5 }?",
      ],
      [
        () => new nn.Linear(1, 2, random() as never),
        "Linear: options must be an object with random, and maybe init or bias, got a Random. Did you mean { random: … }?",
      ],
      [
        () => random().loadState({ seed: 1 } as never),
        "loadState: state must have counter, got { seed: 1 }.",
      ],
    ]),
    "",
  );
});

test.run();
