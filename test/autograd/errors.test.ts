// What a mistake says: `op: the rule, got the values. A hint.`, at the call, before anything is dispatched.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as m from "../../src/autograd/index";
import { device } from "../device";
import { differentiable } from "./sizedCases";

const { ones, requireGrad, tensor, zeros } = m;
const { clip, memory, ops, tidy } = m;

test.before(async () => {
  await device();
});

const u32 = (...numbers: number[]) => tensor(Uint32Array.from(numbers));
const updated = (weights: m.Tensor[], gradients: m.Tensor[], slots = zeros([m.slotSize(weights)])) =>
  m.rmspropUpdate(
    { weights, gradients, slots, clips: weights.map(() => undefined) },
    { rate: 0.1, decay: 0.9, epsilon: 1e-7, epsilonInside: false },
  );

const mistakes: Record<string, [make: () => unknown, message: string]> = {
  "tensor: length": [
    () => tensor([1, 2, 3], [2, 2]),
    "tensor: [2,2] must hold as many numbers as are given, got 4 and 3.",
  ],
  "tensor: sizes": [
    () => tensor([1, 2, 3, 4], [-2, -2]),
    "tensor: sizes must be whole numbers from 0 up, got [-2,-2].",
  ],
  "zeros: sizes": [() => zeros([2.5]), "zeros: sizes must be whole numbers from 0 up, got [2.5]."],
  "reshape: nine axes": [
    () => m.reshape(ones([2]), [1, 1, 1, 1, 1, 1, 1, 1, 2]),
    "reshape: a tensor must have 8 axes at most, got [1,1,1,1,1,1,1,1,2].",
  ],
  "reshape: -1 beside a 0": [
    () => m.reshape(zeros([0, 3]), [0, -1]),
    "reshape: one size may be -1, and 0 numbers must fill the rest, got [0,3] and [0,-1].",
  ],
  "reshape: too large beside a 0": [
    () => m.reshape(zeros([0]), [0, 2 ** 20, 2 ** 20]),
    "reshape: a tensor must have 2^32 numbers at most, got [0,1048576,1048576].",
  ],
  "pad: too large": [
    () => m.pad(ones([1, 1]), { before: [2 ** 20, 0], after: [0, 2 ** 20] }),
    "pad: a tensor must have 2^32 numbers at most, got [1048577,1048577].",
  ],
  "oneHot: classes": [
    () => m.oneHot(u32(1), { classes: -1 }),
    "oneHot: sizes must be whole numbers from 0 up, got [1,-1].",
  ],
  "scatterAdd: rows": [
    () => m.scatterAdd(ones([1, 2]), u32(0), { rows: 1.5 }),
    "scatterAdd: sizes must be whole numbers from 0 up, got [1.5,2].",
  ],
  "takeBytes: sizes": [
    () => m.takeBytes(u32(1), u32(0), { sample: [Number.NaN], scale: 1, shift: 0 }),
    "takeBytes: sizes must be whole numbers from 0 up, got [1,NaN].",
  ],
  "add: shapes": [
    () => m.add(ones([2, 3]), ones([2, 4])),
    "add: sizes must be equal or 1 (axis 1 of the result), got [2,3] and [2,4].",
  ],
  "add: dtype": [() => m.add(ones([2]), u32(1, 2)), "add: input 1 must be f32, got tensor u32[2]."],
  "mul: two numbers": [() => m.mul(2, 3), "mul: one input must be a tensor, got 2 and 3."],
  "matmul: inner sizes": [
    () => m.matmul(ones([64, 128]), ones([100, 32])),
    "matmul: inner sizes must be equal, 128 is not 100, got [64,128] and [100,32].",
  ],
  "matmul: transposed": [
    () => m.matmul(ones([64, 128]), ones([32, 128])),
    "matmul: inner sizes must be equal, 128 is not 32, got [64,128] and [32,128]. Did you mean { transposeB: true }?",
  ],
  "matmul: transposed by mistake": [
    () => m.matmul(ones([2, 3]), ones([3, 4]), { transposeB: true }),
    "matmul: inner sizes must be equal, 3 is not 4, got [2,3] and [3,4]. Did you mean { transposeB: false }?",
  ],
  "matmul: rank": [
    () => m.matmul(ones([3]), ones([3, 4])),
    "matmul: a and b must have two axes or more, got [3] and [3,4]. reshape adds one.",
  ],
  "matmul: rank, both transposed": [
    () => m.matmul(ones([3]), ones([3]), { transposeA: true, transposeB: true }),
    "matmul: a and b must have two axes or more, got [3] and [3]. reshape adds one.",
  ],
  "matmul: dtype, batches that broadcast": [
    () => m.matmul(m.reshape(u32(1, 2), [2, 1, 1, 1]), ones([2, 3, 1, 1])),
    "matmul: input 0 must be f32, got tensor u32[2,1,1,1].",
  ],
  "matmul: batches": [
    () => m.matmul(ones([2, 4, 5]), ones([3, 5, 6])),
    "matmul: sizes must be equal or 1 (axis 0 of the result), got [2] and [3].",
  ],
  "matmul: bias": [
    () => m.matmul(ones([4, 5]), ones([5, 6]), { bias: ones([4, 1]) }),
    "matmul: the bias must be [6], got [4,5] and [5,6] and [4,1]. add(y, bias) takes other shapes.",
  ],
  "reshape: size": [
    () => m.reshape(ones([2, 3]), [4, 2]),
    "reshape: x and shape must hold as many numbers, 6 is not 8, got [2,3] and [4,2].",
  ],
  "reshape: -1 does not divide": [
    () => m.reshape(ones([2, 3]), [4, -1]),
    "reshape: one size may be -1, and 6 numbers must fill the rest, got [2,3] and [4,-1].",
  ],
  "reshape: two -1": [
    () => m.reshape(ones([2, 3]), [-1, -1]),
    "reshape: one size may be -1, and 6 numbers must fill the rest, got [2,3] and [-1,-1].",
  ],
  "transpose: order": [
    () => m.transpose(ones([2, 3]), [0, 0]),
    "transpose: order must name each axis of [2,3] once, got [0,0].",
  ],
  "transpose: rank": [() => m.transpose(ones([2])), "transpose: x must have two axes or an order, got [2]."],
  "slice: outside": [
    () => m.slice(ones([2, 3]), { starts: [0, 2], sizes: [2, 2] }),
    "slice: the part must lie inside of [2,3], got starts [0,2], sizes [2,2] and steps [1,1].",
  ],
  "slice: fractions": [
    () => m.slice(ones([4]), { starts: [0.5], sizes: [2] }),
    "slice: the part must lie inside of [4], got starts [0.5], sizes [2] and steps [1].",
  ],
  "pad: counts": [
    () => m.pad(ones([2, 3]), { before: [1], after: [0, 0] }),
    "pad: before, after and steps must have a count from 0 up for each axis of [2,3], got [1] and [0,0].",
  ],
  "broadcastTo: shrinks": [
    () => m.broadcastTo(ones([2, 3]), { shape: [1, 3] }),
    "broadcastTo: only missing axes and those of size 1 can grow, got [2,3] and [1,3].",
  ],
  "sum: axes": [
    () => m.sum(ones([2, 3]), { axes: [0, -2] }),
    "sum: axes must be different and within rank 2, got [0,-2].",
  ],
  "mean: dtype": [() => m.mean(u32(1, 2)), "mean: input 0 must be f32, got tensor u32[2]."],
  "variance: dtype": [() => m.variance(u32(1, 2)), "variance: input 0 must be f32, got tensor u32[2]."],
  "variance: axes": [
    () => m.variance(ones([2, 3]), { axes: [2] }),
    "variance: axes must be different and within rank 2, got [2].",
  ],
  "conv2d: channels": [
    () => m.conv2d(ones([1, 8, 8, 3]), ones([5, 5, 4, 16])),
    "conv2d: w (kh, kw, in, out) must take x's 3 channels, got [1,8,8,3] and [5,5,4,16].",
  ],
  "conv2d: rank": [
    () => m.conv2d(ones([8, 8, 3]), ones([5, 5, 3, 16])),
    "conv2d: images must be (N, H, W, C) and filters have four axes, got [8,8,3] and [5,5,3,16].",
  ],
  "conv2d: kernel": [
    () => m.conv2d(ones([1, 4, 4, 3]), ones([5, 5, 3, 16])),
    'conv2d: the kernel must fit into the padded image, got [1,4,4,3] and [5,5,3,16]. Did you mean padding "same"?',
  ],
  "conv2d: stride": [
    () => m.conv2d(ones([1, 8, 8, 3]), ones([5, 5, 3, 16]), { stride: 0 }),
    "conv2d: the stride must be whole numbers from 1 to 2^29, got [0,0].",
  ],
  "conv2d: size": [
    () => m.conv2d(ones([1, 2, 2, 1]), ones([1, 1, 1, 1]), { padding: [2 ** 20, 0, 2 ** 20, 0] }),
    "conv2d: a tensor must have 2^32 numbers at most, got [1,1048578,1048578,1].",
  ],
  "conv2d: an image without rows": [
    () => m.conv2d(ones([1, 0, 4, 3]), ones([3, 3, 3, 16]), { padding: "same" }),
    "conv2d: the kernel must fit into the padded image, got [1,0,4,3] and [3,3,3,16].",
  ],
  "conv2d: padding": [
    () => m.conv2d(ones([1, 8, 8, 3]), ones([5, 5, 3, 16]), { padding: [1, -1, 1, 1] }),
    "conv2d: the padding must be whole numbers from 0 to 2^29, got [1,-1,1,1].",
  ],
  "conv2d: dtype": [
    () => m.conv2d(m.reshape(u32(1, 2, 3, 4), [1, 2, 2, 1]), ones([1, 1, 1, 1])),
    "conv2d: input 0 must be f32, got tensor u32[1,2,2,1].",
  ],
  "conv2d: bias": [
    () => m.conv2d(ones([1, 8, 8, 3]), ones([5, 5, 3, 16]), { bias: ones([3]) }),
    "conv2d: the bias must be [16], got [1,8,8,3] and [5,5,3,16] and [3]. add(y, bias) takes other shapes.",
  ],
  "conv2d: bias's dtype": [
    () => m.conv2d(ones([1, 8, 8, 3]), ones([5, 5, 3, 2]), { bias: u32(1, 2) }),
    "conv2d: input 2 must be f32, got tensor u32[2].",
  ],
  "convTranspose2d: bias": [
    () => m.convTranspose2d(ones([1, 8, 8, 3]), ones([5, 5, 16, 3]), { bias: ones([3]) }),
    "convTranspose2d: the bias must be [16], got [1,8,8,3] and [5,5,16,3] and [3]. add(y, bias) takes other shapes.",
  ],
  "convTranspose2d: channels": [
    () => m.convTranspose2d(ones([1, 8, 8, 3]), ones([5, 5, 16, 4])),
    "convTranspose2d: w (kh, kw, out, in) must take x's 3 channels, got [1,8,8,3] and [5,5,16,4].",
  ],
  "convTranspose2d: stride": [
    () => m.convTranspose2d(ones([1, 8, 8, 3]), ones([5, 5, 16, 3]), { stride: 1.5 }),
    "convTranspose2d: the stride must be whole numbers from 1 to 2^29, got [1.5,1.5].",
  ],
  "convTranspose2d: output": [
    () => m.convTranspose2d(ones([1, 7, 7, 3]), ones([5, 5, 4, 3]), { stride: 2, outputSize: [20, 17] }),
    "convTranspose2d: conv2d must lead back from the output [20,17] to x's rows and columns, got [8,7] and [7,7]. " +
      "The usual output is [17,17].",
  ],
  "convTranspose2d: output's sizes": [
    () => m.convTranspose2d(ones([1, 7, 7, 3]), ones([5, 5, 4, 3]), { stride: 2, outputSize: [17.5, 17] }),
    "convTranspose2d: sizes must be whole numbers from 0 up, got [1,17.5,17,4].",
  ],
  "conv2dFilterGrad: kernel": [
    () => m.conv2dFilterGrad(ones([1, 8, 8, 3]), ones([1, 8, 8, 4]), [1.5, -1]),
    "conv2dFilterGrad: the kernel must have rows and columns, got [1.5,-1].",
  ],
  "conv2dFilterGrad: dy": [
    () => m.conv2dFilterGrad(ones([1, 8, 8, 3]), ones([1, 8, 8, 4]), [5, 5]),
    "conv2dFilterGrad: x and this kernel need a dy of (1, 4, 4, out), got [1,8,8,3] and [1,8,8,4].",
  ],
  "batchNorm: gamma": [
    () => m.batchNorm(ones([4, 3]), ones([4]), ones([4]), 1e-3),
    "batchNorm: gamma and beta must have the last axes of x [4,3], got [4] and [4].",
  ],
  "layerNorm: gamma": [
    () => m.layerNorm(ones([4, 3]), ones([4]), ones([3]), 1e-3),
    "layerNorm: gamma and beta must have the last axes of x [4,3], got [4] and [3].",
  ],
  "batchNorm: running averages": [
    () =>
      m.batchNorm(ones([4, 3]), ones([3]), ones([3]), 1e-3, 1, {
        mean: ones([3]),
        variance: ones([1]),
        momentum: 0.1,
      }),
    "batchNorm: running averages must be [3], got [3] and [1].",
  ],
  "batchNorm: one running average for both": [
    () => {
      const mean = ones([3]);
      m.batchNorm(ones([4, 3]), ones([3]), ones([3]), 1e-3, 1, { mean, variance: mean, momentum: 0.1 });
    },
    "batchNorm: tensors must share no storage, got tensor f32[3] and tensor f32[3]. Copy one: clone(x).",
  ],
  "batchNorm: freed": [
    () => {
      const x = ones([4, 3]);
      x.dispose();
      m.batchNorm(x, ones([3]), ones([3]), 1e-3);
    },
    "batchNorm: a tensor must not be used after it was freed, got tensor f32[4,3]. Return it from tidy, or keep() it.",
  ],
  "batchNorm: a running average freed": [
    () => {
      const [mean, variance] = [ones([3]), ones([3])];
      variance.dispose();
      m.batchNorm(ones([4, 3]), ones([3]), ones([3]), 1e-3, 1, { mean, variance, momentum: 0.1 });
    },
    "batchNorm: a tensor must not be used after it was freed, got tensor f32[3]. Return it from tidy, or keep() it.",
  ],
  "softmax: no axis": [() => m.softmax(ones([])), "softmax: x must have an axis to sum over, got []."],
  "softmaxCrossEntropy: labels": [
    () => m.softmaxCrossEntropy(ones([4, 10]), u32(1, 2, 3)),
    "softmaxCrossEntropy: logits must be (N, C) and labels (N), got [4,10] and [3].",
  ],
  "softmaxCrossEntropy: dtype": [
    () => m.softmaxCrossEntropy(ones([3, 10]), ones([3])),
    "softmaxCrossEntropy: input 1 must be u32, got tensor f32[3].",
  ],
  "oneHot: rank": [
    () => m.oneHot(m.reshape(u32(1, 2), [1, 2]), { classes: 3 }),
    "oneHot: labels must be (N), got [1,2].",
  ],
  "gather: index": [
    () => m.gather(ones([4, 3]), m.reshape(u32(1, 2), [1, 2])),
    "gather: x must have rows and the index one axis, got [4,3] and [1,2].",
  ],
  "scatterAdd: index": [
    () => m.scatterAdd(ones([4, 3]), u32(1, 2), { rows: 5 }),
    "scatterAdd: there must be one index for each row of x, got [4,3] and [2].",
  ],
  "takeBytes: sample": [
    () => m.takeBytes(u32(1), u32(0), { sample: [28, 28], scale: 1, shift: 0 }),
    "takeBytes: the data must hold a sample's 784 bytes, got [1] and [28,28].",
  ],
  "rmsprop: shapes": [
    () => updated([ones([4]), ones([2])], [ones([4]), ones([3])]),
    "rmsprop: shapes must be equal, got [2] and [3].",
  ],
  "rmsprop: lists": [
    () => updated([ones([4]), ones([2])], [ones([4])]),
    "rmsprop: each weight must have a gradient and a clip, got [2] and [1] and [2].",
  ],
  "rmsprop: slots": [
    () => updated([ones([5]), ones([2])], [ones([5]), ones([2])], zeros([7])),
    "rmsprop: the slots of these weights must be [12], got [7].",
  ],
  "rmsprop: dtype": [
    () => updated([ones([2])], [u32(1, 2)]),
    "rmsprop: dtypes must be equal, got tensor f32[2] and tensor u32[2].",
  ],
  "rmsprop: a weight twice": [
    () => {
      const w = ones([2]);
      updated([w, m.detach(w)], [ones([2]), ones([2])]);
    },
    "rmsprop: tensors must share no storage, got tensor f32[2] and tensor f32[2]. Copy one: clone(x).",
  ],
  "rmsprop: a gradient that is a weight": [
    () => {
      const w = ones([3]);
      updated([ones([3]), w], [m.detach(w), ones([3])]);
    },
    "rmsprop: tensors must share no storage, got tensor f32[3] and tensor f32[3]. Copy one: clone(x).",
  ],
  "rmsprop: freed": [
    () => {
      const dw = ones([2]);
      dw.dispose();
      updated([ones([2])], [dw]);
    },
    "rmsprop: a tensor must not be used after it was freed, got tensor f32[2]. Return it from tidy, or keep() it.",
  ],
  "blend: one storage": [
    () => {
      const x = ones([2]);
      m.blend(x, m.detach(x), 0.9, 0.1);
    },
    "blend: tensors must share no storage, got tensor f32[2] and tensor f32[2]. Copy one: clone(x).",
  ],
  "rmsprop: u32": [
    () => updated([u32(1, 2)], [u32(1, 2)], u32(0, 0, 0, 0)),
    "rmsprop: the target must be f32, got tensor u32[4].",
  ],
  "blendAll: counts": [
    () => m.blendAll([m.ones([2])], [], 1, 1),
    "blend: each target must have a source, got 1 and 0.",
  ],
  "blendAll: a target twice": [
    () => {
      const x = m.ones([2]);
      m.blendAll([x, m.detach(x)], [m.ones([2]), m.ones([2])], 1, 1);
    },
    "blend: tensors must share no storage, got tensor f32[2] and tensor f32[2]. Copy one: clone(x).",
  ],
  "blend: u32": [
    () => m.blend(u32(1, 2), u32(3, 4), 0.9, 0.1),
    "blend: the target must be f32, got tensor u32[2].",
  ],
  "concat: dtypes": [
    () => m.concat([ones([1]), u32(1)]),
    "concat: dtypes must be equal, got tensor f32[1] and tensor u32[1].",
  ],
  "concat: sizes": [
    () => m.concat([ones([1, 2]), ones([1, 3])]),
    "concat: sizes must be equal but for axis 0, got [1,2] and [1,3].",
  ],
  "concat: ranks": [
    () => m.concat([ones([1, 2]), ones([1])]),
    "concat: sizes must be equal but for axis 0, got [1,2] and [1].",
  ],
  "concat: axis": [
    () => m.concat([ones([1, 2])], { axis: 2 }),
    "concat: axes must be different and within rank 2, got [2].",
  ],
  "concat: scalars": [() => m.concat([ones([])]), "concat: there must be an axis, got []."],
  "concat: none": [() => m.concat([]), "concat: xs must have a tensor, got none."],
  "assign: dtype": [
    () => m.assign(ones([2]), u32(1, 2)),
    "assign: dtypes must be equal, got tensor f32[2] and tensor u32[2].",
  ],
  "assign: length": [
    () => m.assign(ones([2]), new Float32Array(3)),
    "assign: [2] must hold as many numbers as are given, got 2 and 3.",
  ],
  "clip: dtype": [
    () => clip(u32(1, 2), { low: 0, high: 1 }),
    "clip: the target must be f32, got tensor u32[2].",
  ],
  "grad: dy's dtype": [
    () => {
      const x = requireGrad(ones([2]));
      m.grad(m.add(x, 1), [x], { dy: u32(1, 2) });
    },
    "grad: dy must be f32, got tensor u32[2].",
  ],
  "requireGrad: u32": [() => requireGrad(u32(1)), "requiresGrad: x must be f32, got tensor u32[1]."],
  "requireGrad: not a leaf": [
    () => requireGrad(m.square(requireGrad(ones([2])))),
    "requiresGrad: x must be a leaf, got tensor f32[2], which an op made. Use detach(x).",
  ],
};

for (const [name, [make, message]] of Object.entries(mistakes)) {
  test(name, async () => {
    const { stream } = await device();
    const before = memory().tensors;
    let dispatched = 0;
    const { dispatch } = stream;
    let said = "nothing was thrown";
    tidy(() => {
      try {
        // Only what the op itself would run counts: `ones` and its like fill their storage by dispatches, too.
        stream.dispatch = (call) => {
          if (call.shader !== "fill") dispatched++;
        };
        make();
      } catch (error) {
        said = (error as Error).message;
      } finally {
        stream.dispatch = dispatch;
      }
    });
    assert.is(said, message);
    const first = ["requireGrad: not a leaf", "grad: dy's dtype"]; // there an op runs before
    assert.is(dispatched, first.includes(name) ? 1 : 0);
    assert.is(memory().tensors, before);
  });
}

const badShapes: [m.Shape, rule: string][] = [
  [[Number.NaN], "sizes must be whole numbers from 0 up"],
  [[2, -1], "sizes must be whole numbers from 0 up"],
  [[0.5, 2], "sizes must be whole numbers from 0 up"],
  [[Number.POSITIVE_INFINITY], "sizes must be whole numbers from 0 up"],
  [[1, 1, 1, 1, 1, 1, 1, 1, 1], "a tensor must have 8 axes at most"],
  [[2 ** 20, 2 ** 13], "a tensor must have 2^32 numbers at most"],
  [[1e300, 1e300, 0], "a tensor must have 2^32 numbers at most"],
];

test("whatever makes a tensor refuses a shape that none can have, in its own name", async () => {
  await device();
  const random = new m.Random(1);
  const makers: Record<string, (shape: m.Shape) => unknown> = {
    zeros,
    ones,
    full: (shape) => m.full(shape, 2),
    tensor: (shape) => tensor([1], shape),
    uniform: (shape) => random.uniform(shape),
    normal: (shape) => random.normal(shape),
    integer: (shape) => random.integer(shape, 5),
  };
  for (const [op, make] of Object.entries(makers))
    for (const [shape, rule] of badShapes)
      assert.throws(
        () => make(shape),
        (error: Error) => error.message === `${op}: ${rule}, got ${m.show(shape)}.`,
        `${op} ${m.show(shape)}`,
      );
  assert.is(random.counter, 0);
});

test("what is larger than the adapter binds is refused in the name of what was called", async () => {
  const { device: gpu } = await device();
  const size = gpu.limits.maxStorageBufferBindingSize / 4 + 1;
  const x = ones([1]);
  const calls: Record<string, () => unknown> = {
    zeros: () => zeros([size]),
    ones: () => ones([size]),
    broadcastTo: () => m.broadcastTo(x, { shape: [size] }),
    pad: () => m.pad(x, { before: [0], after: [size] }),
    normal: () => new m.Random(1).normal([size]),
  };
  for (const [op, call] of Object.entries(calls))
    assert.throws(call, new RegExp(`^gpu: ${op} needs [^\\n]+ at most\\.$`), op);
});

test("every op that takes f32 says which input is u32, in its own name", async () => {
  await device();
  for (const [op, entries] of Object.entries(differentiable)) {
    const { takes } = ops.get(op)!;
    if (takes === "any" || takes?.[0] === "any") continue;
    const { inputs, sizes, engine } = entries[0];
    const made = inputs(sizes);
    made.forEach((_, odd) => {
      const xs = made.map(({ data, shape }, i) =>
        tensor((i === odd ? Uint32Array : Float32Array).from(data), shape),
      );
      assert.throws(
        () => engine(xs, sizes),
        (error: Error) => new RegExp(`^${op}: input \\d must be f32, got tensor u32\\[`).test(error.message),
        `${op}, input ${odd}`,
      );
    });
  }
});

test("a gradient through an op that has none says which op it was", async () => {
  await device();
  const says = (run: () => unknown, wanted: string) =>
    assert.throws(run, (error: Error) => error.message === wanted);
  const hint =
    "Was requireGrad(x) called before, and is there a detach, a noGrad or a grad without createGraph between?";
  tidy(() => {
    const x = requireGrad(ones([2]));
    const w = requireGrad(ones([2]));
    const y = m.sum(m.mul(m.square(m.greater(m.exp(x), 1)), w));
    const wanted = "grad: y must depend on every x, got tensor f32[2], which it does not.";
    says(() => m.grad(y, [x]), `${wanted} greater has no derivative. ${hint}`);
    assert.equal(m.grad(y, [w])[0].shape, [2]);
    says(() => m.grad(m.sum(m.square(w)), [x]), `${wanted} ${hint}`);
    says(
      () => m.backward(m.sum(m.floor(x))),
      "backward: y must depend on a tensor with requiresGrad, got tensor f32[], which doesn't. floor has no derivative.",
    );
  });
});

test("item wants one number", async () => {
  const x = ones([2]);
  const said = await x.item().catch((error: Error) => error.message);
  x.dispose();
  assert.is(said, "item: the tensor must have one entry, got [2].");
});

test("every message is one line that names its op, then the rule, then what it got", () => {
  for (const [, message] of Object.values(mistakes))
    assert.match(message, /^[a-zA-Z0-9]+: [^\n]+, got [^\n]+[.?]$/);
});

test.run();
