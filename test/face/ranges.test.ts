// Numbers out of their range, and lists of another length, are refused where they are given: of a layer when it is made.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as face from "../../src/face";
import * as nn from "../../src/face/nn";
import { device } from "../device";
import { answeredOtherwise, type Mistake } from "./mistakes";

type Any = (...values: unknown[]) => unknown;
type Made = new (...values: unknown[]) => object;
const m = face as unknown as Record<string, Any>;
const layers = nn as unknown as Record<string, Made>;
const { ones } = face;
const random = () => new face.Random(1);
const image = () => ones([1, 4, 4, 2]);
const u32 = () => face.tensor(Uint32Array.from([1, 2]));
const conv = (options: object, kernel: unknown = 3) =>
  new layers.Conv2d(2, 3, kernel, { random: random(), ...options });
const upwards = (size: unknown) => m.convTranspose2d(image(), ones([3, 3, 5, 2]), { outputSize: size });

const sides = "a whole number from 1 up or a pair of them";
const padding = '"same", "valid", a whole number from 0 up or four of them [top, bottom, left, right]';
const mistakes: Mistake[] = [
  [() => conv({ stride: 0 }), `Conv2d: stride must be ${sides}, got 0.`],
  [() => conv({ padding: [1, 1] }), `Conv2d: padding must be ${padding}, got [1,1].`],
  [() => conv({ padding: -1 }), `Conv2d: padding must be ${padding}, got -1.`],
  [() => conv({ padding: 1.5 }), `Conv2d: padding must be ${padding}, got 1.5.`],
  [() => conv({}, 0), `Conv2d: kernel must be ${sides}, got 0.`],
  [() => conv({}, [3, 2.5]), `Conv2d: kernel must be ${sides}, got [3,2.5].`],
  [
    () => new layers.Linear(2.5, 3, { random: random() }),
    "Linear: inputs must be a whole number from 0 up, got 2.5.",
  ],
  [
    () => new layers.Linear(2, Number.NaN, { random: random() }),
    "Linear: outputs must be a whole number from 0 up, got NaN.",
  ],
  [() => new layers.BatchNorm2d(-2), "BatchNorm2d: channels must be a whole number from 0 up, got -2."],
  [
    () => new layers.BatchNorm2d(2, { momentum: 2 }),
    "BatchNorm2d: momentum must be a number from 0 to 1, got 2.",
  ],
  [
    () => new layers.BatchNorm2d(2, { epsilon: -1 }),
    "BatchNorm2d: epsilon must be a number from 0 up, got -1.",
  ],
  [
    () => new layers.Adam([ones([1])], { learningRate: 1, epsilon: Number.NaN }),
    "Adam: epsilon must be a number from 0 up, got NaN.",
  ],
  [() => new layers.MaxPool2d({ kernel: 0 }), `MaxPool2d: kernel must be ${sides}, got 0.`],
  [() => new layers.MaxPool2d({ kernel: 2, stride: -1 }), `MaxPool2d: stride must be ${sides}, got -1.`],
  [
    () => new layers.AveragePool2d({ kernel: 2, padding: 0.5 }),
    "AveragePool2d: padding must be a whole number from 0 up, got 0.5.",
  ],
  [() => new layers.Upsample2d({ factor: 1.5 }), `Upsample2d: factor must be ${sides}, got 1.5.`],
  [
    () => m.maxPool2d(image(), { kernel: [3, 2], padding: 2 }),
    "maxPool2d: padding must be less than the kernel's 2, got 2.",
  ],
  ...["MaxPool2d", "AveragePool2d"].map(
    (name): Mistake => [
      () => new layers[name]({ kernel: [3, 2], padding: 2 }),
      `${name}: padding must be less than the kernel's 2, got 2.`,
    ],
  ),
  [() => upwards([6, 6, 6]), "convTranspose2d: outputSize must be [rows, columns], got [6,6,6]."],
  [() => upwards([6, 6.5]), "convTranspose2d: outputSize must be [rows, columns], got [6,6.5]."],
  [() => upwards(6), "convTranspose2d: outputSize must be [rows, columns], got 6. Did you mean [6,6]?"],
  [
    () => new layers.BatchNorm2d(2, { slope: Number.NaN }),
    "BatchNorm2d: slope must be a finite number, got NaN.",
  ],
  [
    () => m.batchNorm(ones([4, 2]), ones([2]), ones([2]), { slope: Number.POSITIVE_INFINITY }),
    "batchNorm: slope must be a finite number, got Infinity.",
  ],
  [
    () => m.batchNormInference(...Array.from({ length: 5 }, () => ones([2])), { slope: 1e39 }),
    "batchNormInference: slope must be a finite number, got 1e+39.",
  ],
  [
    () => new layers.LayerNorm([2.5]),
    "LayerNorm: shape must be a list of whole numbers from 0 up, got [2.5].",
  ],
  [
    () => new nn.Flatten().forward(ones([])),
    "forward: x must be a tensor of one axis or more, got tensor f32[]. Did you mean reshape(x, [1])?",
  ],
  [() => m.arange(2.5), "arange: size must be a whole number from 0 up, got 2.5."],
  [() => m.oneHot(u32(), { classes: -3 }), "oneHot: classes must be a whole number from 0 up, got -3."],
  [() => m.settle(-1), "settle: most must be a number from 0 up, got -1."],
  [() => nn.linearDecay(0), "linearDecay: steps must be a number above 0, got 0."],
  [() => nn.clipGradNorm([ones([1])], { norm: -1 }), "clipGradNorm: norm must be a number above 0, got -1."],
  [
    () => nn.clipGradNorm([ones([1])], { norm: Number.NaN }),
    "clipGradNorm: norm must be a number above 0, got NaN.",
  ],
  [
    () => m.pad(u32(), { before: [1], after: [0], value: -1 }),
    "pad: value must be a whole number from 0 to 2^32 - 1 beside tensor u32[2], got -1.",
  ],
  [
    () => m.pad(u32(), { before: [1], after: [0], value: 0.5 }),
    "pad: value must be a whole number from 0 to 2^32 - 1 beside tensor u32[2], got 0.5.",
  ],
  [
    () => m.pad(ones([2]), { before: [1], after: [0], steps: [0] }),
    "pad: steps must be a list of whole numbers from 1 up, got [0].",
  ],
  [
    () => m.pad(ones([2]), { before: [1], after: [0], steps: [1, 2] }),
    "pad: before, after and steps must have a count from 0 up for each axis of [2], got [1] and [0] and [1,2].",
  ],
  [
    () => m.slice(ones([10]), { starts: 1, sizes: 4, steps: 4 }),
    "slice: the part must lie inside of [10], got starts [1], sizes [4] and steps [4].",
  ],
];

test("a number out of its range is refused by its name, before a layer is made of it", async () => {
  assert.is(await answeredOtherwise(mistakes), "");
});

test("pad takes steps, and any value of u32", async () => {
  await device();
  const apart = face.pad(face.tensor([1, 2]), { before: [1], after: [0], steps: [3], value: 7 });
  assert.equal([...(await apart.data())], [7, 1, 7, 7, 2]);
  const most = face.pad(u32(), { before: [1], after: [0], value: 2 ** 32 - 1 });
  assert.equal([...(await most.data())], [2 ** 32 - 1, 1, 2]);
});

test("the kernel of a convolution's layer may have sides of two lengths", async () => {
  await device();
  const down = new nn.Conv2d(2, 3, [1, 3], { random: random() });
  assert.equal(down.weight.shape, [1, 3, 2, 3]);
  assert.equal(down.forward(image()).shape, [1, 4, 2, 3]);
  const up = new nn.ConvTranspose2d(2, 3, [1, 3], { random: random() });
  assert.equal(up.weight.shape, [1, 3, 3, 2]);
  assert.equal(up.forward(image()).shape, [1, 4, 6, 3]);
});

test.run();
