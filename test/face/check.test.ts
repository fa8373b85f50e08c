// What a program is told where it calls the public face wrongly: the function, the argument, what it must be, what it
// was, and the nearest right word; in JavaScript too, before anything is dispatched.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as face from "../../src/face";
import * as all from "../../src/face/all";
import * as nn from "../../src/face/nn";
import { table } from "../../src/face/table";
import * as inner from "../../src/nn";
import { answeredOtherwise, type Mistake } from "./mistakes";

type Any = (...values: unknown[]) => unknown;
type Made = new (...values: unknown[]) => object;

/** Both as JavaScript sees them, without types. */
const m = face as unknown as Record<string, Any>;
const layers = nn as unknown as Record<string, Made>;
const { ones } = face;

const x = () => ones([2, 3]);
const image = () => ones([1, 4, 4, 2]);
const filter = () => ones([2, 2, 2, 3]);
const c = () => ones([3]);
const u32 = (...numbers: number[]) => face.tensor(Uint32Array.from(numbers));
const random = () => new face.Random(1);

const mistakes: Mistake[] = [
  [
    () => m.add(x(), [1, 2, 3]),
    "add: b must be a tensor of f32 or a number, got [1,2,3]. Did you mean tensor([1,2,3])?",
  ],
  [() => m.add(x()), "add: b must be a tensor of f32 or a number, got nothing."],
  [
    () => m.add([[1], [2]], 3),
    "add: a must be a tensor of f32 or a number, got [[1],[2]]. Did you mean tensor([[1],[2]])?",
  ],
  [() => m.mul(x(), "2"), 'mul: b must be a tensor of f32 or a number, got "2".'],
  [() => m.sub(x(), 1, 2), "sub: it must be given at most 2 arguments (a, b), got 3."],
  [() => m.div(undefined, x()), "div: a must be a tensor of f32 or a number, got nothing."],
  [() => m.maximum(x(), null), "maximum: b must be a tensor of f32 or a number, got null."],
  [() => m.relu(2), "relu: x must be a tensor of f32, got 2. Did you mean tensor(2)?"],
  [() => m.relu(x(), 0.2), "relu: it must be given at most 1 argument (x), got 2."],
  [
    () => [x(), x()].map(m.relu),
    "relu: it must be given at most 1 argument (x), got 3. Did you mean (x) => relu(x)?",
  ],
  [() => m.relu(Promise.resolve(1)), "relu: x must be a tensor of f32, got a promise. Is an await missing?"],
  [
    () => m.relu(new Float32Array(3)),
    "relu: x must be a tensor of f32, got a Float32Array. Did you mean tensor(x)?",
  ],
  [() => m.tanh(x().data), "tanh: x must be a tensor of f32, got the function data."],
  [() => m.exp({ x: 1 }), "exp: x must be a tensor of f32, got { x: 1 }."],
  [
    () => m.leakyRelu(x(), 0.2),
    "leakyRelu: options must be an object with slope, got 0.2. Did you mean { slope: 0.2 }?",
  ],
  [
    () => m.leakyRelu(x(), { alpha: 0.2 }),
    "leakyRelu: options must be among slope, got alpha. Did you mean slope?",
  ],
  [
    () => m.leakyRelu(x(), { negative_slope: 0.2 }),
    "leakyRelu: options must be among slope, got negative_slope. Did you mean slope?",
  ],
  [() => m.leakyRelu(x(), { slope: "0.2" }), 'leakyRelu: slope must be a number, got "0.2".'],
  [() => m.leakyReluGrad(x(), x()), "leakyReluGrad: options must be an object with slope, got nothing."],
  [() => m.pow(x(), 2), "pow: options must be an object with p, got 2. Did you mean { p: 2 }?"],
  [() => m.pow(x()), "pow: options must be an object with p, got nothing."],
  [() => m.pow(x(), { P: 2 }), "pow: options must be among p, got P. Did you mean p?"],
  [() => m.clamp(x()), "clamp: options must be an object with low or high, got nothing."],
  [
    () => m.clamp(x(), 0, 1),
    "clamp: it must be given at most 2 arguments (x, options), got 3. Did you mean { low: 0, high: 1 }?",
  ],
  [
    () => m.clamp(x(), { min: 0, max: 1 }),
    "clamp: options must be among low or high, got min. Did you mean low?",
  ],
  [
    () => m.clip(x(), -1, 1),
    "clip: it must be given at most 2 arguments (target, options), got 3. Did you mean { low: -1, high: 1 }?",
  ],
  [() => m.clip(x(), { lo: 1 }), "clip: options must be among low or high, got lo. Did you mean low?"],
  [() => m.inside(x(), { high: x() }), "inside: high must be a number, got tensor f32[2,3]."],
  [
    () => m.sum(x(), 1),
    "sum: options must be an object with axes, keepDims or scale, got 1. Did you mean { axes: 1 }?",
  ],
  [
    () => m.sum(x(), [0, 1]),
    "sum: options must be an object with axes, keepDims or scale, got [0,1]. Did you mean { axes: [0,1] }?",
  ],
  [
    () => m.sum(x(), { axis: 1 }),
    "sum: options must be among axes, keepDims or scale, got axis. Did you mean axes?",
  ],
  [
    () => m.sum(x(), { dim: 1 }),
    "sum: options must be among axes, keepDims or scale, got dim. Did you mean axes?",
  ],
  [() => m.sum(x(), { axes: "1" }), 'sum: axes must be a number or a list of numbers, got "1".'],
  [
    () => m.mean(x(), { keepdim: true }),
    "mean: options must be among axes or keepDims, got keepdim. Did you mean keepDims?",
  ],
  [
    () => m.mean(x(), { keepdims: true }),
    "mean: options must be among axes or keepDims, got keepdims. Did you mean keepDims?",
  ],
  [() => m.variance(x(), { keepDims: 1 }), "variance: keepDims must be true or false, got 1."],
  [() => m.max(x(), x()), "max: options must be an object with axes or keepDims, got tensor f32[2,3]."],
  [() => m.min(x(), { axes: [0, "1"] }), 'min: axes must be a number or a list of numbers, got [0,"1"].'],
  [
    () => m.argMax(x(), { axes: 1 }),
    "argMax: options must be among axis or keepDims, got axes. Did you mean axis?",
  ],
  [() => m.argMax(u32(1, 2)), "argMax: x must be a tensor of f32, got tensor u32[2]. Did you mean toF32(x)?"],
  [() => m.zeros(3), "zeros: shape must be a list of sizes, got 3. Did you mean [3]?"],
  [() => m.zeros(2, 3), "zeros: it must be given at most 1 argument (shape), got 2. Did you mean [2,3]?"],
  [() => m.ones(x()), "ones: shape must be a list of sizes, got tensor f32[2,3]. Did you mean its .shape?"],
  [() => m.ones("2x3"), 'ones: shape must be a list of sizes, got "2x3".'],
  [() => m.full([2]), "full: value must be a number, got nothing."],
  [() => m.full(2, [2]), "full: shape must be a list of sizes, got 2. Did you mean [2]?"],
  [() => m.arange([3]), "arange: size must be a whole number from 0 up, got [3]."],
  [
    () => m.tensor("1, 2"),
    'tensor: data must be a number, a list of numbers or of such lists, or a typed array, got "1, 2".',
  ],
  [
    () => m.tensor([[1, 2], [3]]),
    "tensor: lists of one axis must be of one length, got others beside [2,2].",
  ],
  [
    () => m.tensor([[1, 2], [3, 4, 5], [6]]),
    "tensor: lists of one axis must be of one length, got others beside [3,2].",
  ],
  [
    () => m.tensor([1, true]),
    "tensor: data must be a number, a list of numbers or of such lists, or a typed array, got [1,true].",
  ],
  [() => m.tensor([1, 2, 3, 4], 4), "tensor: shape must be a list of sizes, got 4. Did you mean [4]?"],
  [
    () => m.tensor(new BigInt64Array(2)),
    "tensor: data must be a number, a list of numbers or of such lists, or a typed array, got a BigInt64Array.",
  ],
  [
    () => m.tensor(x()),
    "tensor: data must be a number, a list of numbers or of such lists, or a typed array, got tensor f32[2,3].",
  ],
  [
    () => m.reshape(x(), 3, 2),
    "reshape: it must be given at most 2 arguments (x, shape), got 3. Did you mean [3,2]?",
  ],
  [() => m.reshape(x(), 6), "reshape: shape must be a list of sizes, got 6. Did you mean [6]?"],
  [
    () => m.reshape(x(), { shape: [3, 2] }),
    "reshape: shape must be a list of sizes, got { shape: [3,2] }. Did you mean [3,2]?",
  ],
  [
    () => m.broadcastTo(c(), { shape: [2, 3] }),
    "broadcastTo: shape must be a list of sizes, got { shape: [2,3] }. Did you mean [2,3]?",
  ],
  [
    () => m.broadcastTo(c(), x()),
    "broadcastTo: shape must be a list of sizes, got tensor f32[2,3]. Did you mean its .shape?",
  ],
  [
    () => m.transpose(x(), 1, 0),
    "transpose: it must be given at most 2 arguments (x, order), got 3. Did you mean [1,0]?",
  ],
  [
    () => m.transpose(x(), { order: [1, 0] }),
    "transpose: order must be a list of numbers, got { order: [1,0] }. Did you mean [1,0]?",
  ],
  [() => m.transpose(x(), [-1, 1]), "transpose: order must name each axis of [2,3] once, got [-1,1]."],
  [
    () => m.slice(x(), [0, 1], [2, 2]),
    "slice: it must be given at most 2 arguments (x, options), got 3. Did you mean { starts: [0,1], sizes: [2,2] }?",
  ],
  [
    () => m.slice(x()),
    "slice: options must be an object with starts, and maybe sizes, steps or axes, got nothing.",
  ],
  [() => m.slice(x(), { sizes: [1, 1] }), "slice: options must have starts, got { sizes: [1,1] }."],
  [
    () => m.slice(x(), { begin: [0, 0] }),
    "slice: options must be among starts, sizes, steps or axes, got begin. Did you mean starts?",
  ],
  [
    () => m.slice(x(), { starts: [0], axes: [0, 1] }),
    "slice: starts, sizes and steps must be 2, one an axis, got [0].",
  ],
  [() => m.slice(x(), { starts: 0, axes: 2 }), "slice: axes must be different and within rank 2, got [2]."],
  [
    () => m.slice(x(), { starts: [0, 0], steps: [1, 0] }),
    "slice: steps must be whole numbers from 1 up, got [1,0].",
  ],
  [
    () => m.pad(x(), 1),
    "pad: options must be an object with before and after, and maybe value or steps, got 1. Did you mean { before: …, after: …, value: 1 }?",
  ],
  [() => m.pad(x(), { before: [1, 1] }), "pad: options must have after, got { before: [1,1] }."],
  [
    () => m.pad(x(), { before: 1, after: 1 }),
    "pad: before must be a list of numbers, got 1. Did you mean [1]?",
  ],
  [
    () => m.pad(x(), { before: [1, 1], after: [1, 1], values: 2 }),
    "pad: options must be among before, after, value or steps, got values. Did you mean value?",
  ],
  [() => m.concat(x(), x()), "concat: xs must be a list of tensors, got tensor f32[2,3]. Did you mean [x]?"],
  [() => m.concat([x(), 1]), "concat: xs must be a list of tensors, got [tensor f32[2,3],1]."],
  [
    () => m.concat([x(), x()], 1),
    "concat: options must be an object with axis, got 1. Did you mean { axis: 1 }?",
  ],
  [() => m.concat([x(), x()], { dim: 1 }), "concat: options must be among axis, got dim. Did you mean axis?"],
  [() => m.stack(x()), "stack: xs must be a list of tensors, got tensor f32[2,3]. Did you mean [x]?"],
  [() => m.stack([x(), c()]), "stack: shapes of xs must be equal, got [2,3] and [3]."],
  [() => m.stack([x(), x()], { axis: 3 }), "stack: axes must be different and within rank 3, got [3]."],
  [
    () => m.split(x(), 2),
    "split: options must be an object with sizes, and maybe axis, got 2. Did you mean { sizes: 2 }?",
  ],
  [() => m.split(x(), { sizes: [1, 2] }), "split: sizes must be whole numbers that add up to 2, got [1,2]."],
  [
    () => m.split(x(), { size: 1 }),
    "split: options must be among sizes or axis, got size. Did you mean sizes?",
  ],
  [() => m.split(x(), { sizes: 0 }), "split: sizes must be whole numbers that add up to 2, got [0]."],
  [
    () => m.gather(x(), [0, 1]),
    "gather: index must be a tensor of u32, got [0,1]. Did you mean tensor(new Uint32Array([0,1]))?",
  ],
  [
    () => m.gather(x(), u32(0), 1),
    "gather: options must be an object with axis, got 1. Did you mean { axis: 1 }?",
  ],
  [() => m.gather(x(), u32(0), { axis: 2 }), "gather: axes must be different and within rank 2, got [2]."],
  [
    () => m.gather(x(), c()),
    "gather: index must be a tensor of u32, got tensor f32[3]. Did you mean toU32(index)?",
  ],
  [
    () => m.oneHot(u32(1), 3),
    "oneHot: options must be an object with classes, got 3. Did you mean { classes: 3 }?",
  ],
  [
    () => m.oneHot(u32(1), { num_classes: 3 }),
    "oneHot: options must be among classes, got num_classes. Did you mean classes?",
  ],
  [
    () => m.scatterAdd(x(), u32(0, 1), 4),
    "scatterAdd: options must be an object with rows, got 4. Did you mean { rows: 4 }?",
  ],
  [() => m.matmul(x()), "matmul: b must be a tensor of f32, got nothing."],
  [
    () => m.matmul(x(), x(), true),
    "matmul: options must be an object with transposeA, transposeB or bias, got true. Did you mean { transposeA: true }?",
  ],
  [
    () => m.matmul(x(), x(), { transposeb: true }),
    "matmul: options must be among transposeA, transposeB or bias, got transposeb. Did you mean transposeB?",
  ],
  [
    () => m.matmul(x(), x(), { transB: true }),
    "matmul: options must be among transposeA, transposeB or bias, got transB.",
  ],
  [
    () => m.matmul(x(), x(), { bias: 0 }),
    "matmul: bias must be a tensor of f32, got 0. Did you mean tensor(0)?",
  ],
  [
    () => m.conv2d(image(), filter(), { strides: 2 }),
    "conv2d: options must be among stride, padding or bias, got strides. Did you mean stride?",
  ],
  [
    () => m.conv2d(image(), filter(), 2),
    "conv2d: options must be an object with stride, padding or bias, got 2. Did you mean { stride: 2 }?",
  ],
  [
    () => m.conv2d(image(), filter(), { stride: "2" }),
    'conv2d: stride must be a whole number from 1 up or a pair of them, got "2".',
  ],
  [
    () => m.conv2d(image(), filter(), { stride: [1, 2, 3] }),
    "conv2d: stride must be a whole number from 1 up or a pair of them, got [1,2,3].",
  ],
  [
    () => m.conv2d(image(), filter(), { padding: "SAME" }),
    'conv2d: padding must be "same", "valid", a whole number from 0 up or four of them [top, bottom, left, right], got "SAME". Did you mean "same"?',
  ],
  [
    () => m.conv2d(image(), filter(), { padding: "smae" }),
    'conv2d: padding must be "same", "valid", a whole number from 0 up or four of them [top, bottom, left, right], got "smae". Did you mean "same"?',
  ],
  [
    () => m.conv2d(image(), filter(), { padding: 1.5 }),
    'conv2d: padding must be "same", "valid", a whole number from 0 up or four of them [top, bottom, left, right], got 1.5.',
  ],
  [
    () => m.conv2d(image(), filter(), { padding: true }),
    'conv2d: padding must be "same", "valid", a whole number from 0 up or four of them [top, bottom, left, right], got true.',
  ],
  [
    () => m.conv2d(image(), filter(), { dilation: 2 }),
    "conv2d: options must be among stride, padding or bias, got dilation.",
  ],
  [
    () => m.conv2d(image(), filter(), c()),
    "conv2d: options must be an object with stride, padding or bias, got tensor f32[3]. Did you mean { bias: … }?",
  ],
  [
    () => m.convTranspose2d(image(), filter(), { outputsize: [8, 8] }),
    "convTranspose2d: options must be among stride, padding, outputSize or bias, got outputsize. Did you mean outputSize?",
  ],
  [
    () => m.convTranspose2d(image(), filter(), { output_padding: 1 }),
    "convTranspose2d: options must be among stride, padding, outputSize or bias, got output_padding. Did you mean padding?",
  ],
  [
    () => m.conv2dFilterGrad(image(), image(), 2),
    "conv2dFilterGrad: x and this kernel need a dy of (1, 3, 3, out), got [1,4,4,2] and [1,4,4,2].",
  ],
  [
    () => m.maxPool2d(image()),
    "maxPool2d: options must be an object with kernel, and maybe stride or padding, got nothing.",
  ],
  [
    () => m.maxPool2d(image(), 2),
    "maxPool2d: options must be an object with kernel, and maybe stride or padding, got 2. Did you mean { kernel: 2 }?",
  ],
  [
    () => m.maxPool2d(image(), { kernelSize: 2 }),
    "maxPool2d: options must be among kernel, stride or padding, got kernelSize. Did you mean kernel?",
  ],
  [
    () => m.maxPool2d(image(), { kernel: 0 }),
    "maxPool2d: kernel must be a whole number from 1 up or a pair of them, got 0.",
  ],
  [
    () => m.maxPool2d(image(), { kernel: 5 }),
    "maxPool2d: kernel must fit into the padded image x, got [1,4,4,2] and [5,5].",
  ],
  [() => m.maxPool2d(x(), { kernel: 2 }), "maxPool2d: x must be images (N, H, W, C), got [2,3]."],
  [
    () => m.averagePool2d(image(), { kernel: 2, strides: 1 }),
    "averagePool2d: options must be among kernel, stride or padding, got strides. Did you mean stride?",
  ],
  [
    () => m.averagePool2d(image(), { kernel: 2, padding: "same" }),
    'averagePool2d: padding must be a whole number from 0 up, got "same".',
  ],
  [
    () => m.upsample2d(image(), 2),
    "upsample2d: options must be an object with factor, got 2. Did you mean { factor: 2 }?",
  ],
  [
    () => m.upsample2d(image(), { scale_factor: 2 }),
    "upsample2d: options must be among factor, got scale_factor. Did you mean factor?",
  ],
  [
    () => m.upsample2d(image(), { factor: 1.5 }),
    "upsample2d: factor must be a whole number from 1 up or a pair of them, got 1.5.",
  ],
  [
    () => m.layerNorm(x(), c(), c(), 1e-5),
    "layerNorm: options must be an object with epsilon, got 0.00001. Did you mean { epsilon: 0.00001 }?",
  ],
  [() => m.layerNorm(x(), c()), "layerNorm: beta must be a tensor of f32, got nothing."],
  [
    () => m.layerNorm(x(), c(), c(), { eps: 1e-5 }),
    "layerNorm: options must be among epsilon, got eps. Did you mean epsilon?",
  ],
  [
    () => m.batchNorm(x(), c(), c(), 1e-5, 1),
    "batchNorm: it must be given at most 4 arguments (x, gamma, beta, options), got 5. Did you mean { epsilon: 0.00001, slope: 1 }?",
  ],
  [
    () => m.batchNorm(x(), c(), c(), { running: { mean: c(), var: c(), momentum: 0.1 } }),
    "batchNorm: running must be among mean, variance or momentum, got var. Did you mean variance?",
  ],
  [
    () => m.batchNorm(x(), c(), c(), { running: { mean: c(), variance: c() } }),
    "batchNorm: running must have momentum, got { mean: tensor f32[3], variance: tensor ….",
  ],
  [
    () => m.batchNormInference(x(), c(), c(), c(), c(), { Epsilon: 1e-5 }),
    "batchNormInference: options must be among epsilon or slope, got Epsilon. Did you mean epsilon?",
  ],
  [() => m.softmax(x(), 1), "softmax: it must be given at most 1 argument (x), got 2."],
  [() => m.softmax(ones([])), "softmax: x must have an axis to sum over, got []."],
  [() => m.logSoftmax(ones([])), "logSoftmax: x must have an axis to sum over, got []."],
  [
    () => m.softmaxCrossEntropy(x(), [1, 2]),
    "softmaxCrossEntropy: labels must be a tensor of u32, got [1,2]. Did you mean tensor(new Uint32Array([1,2]))?",
  ],
  [() => m.where(x(), 1), "where: b must be a tensor of f32 or a number, got nothing."],
  [() => m.where(true, x(), x()), "where: mask must be a tensor of f32, got true."],
  [
    () => m.where(x(), c(), ones([2])),
    "where: sizes must be equal or 1 (axis 1 of the result), got [2,3] and [2].",
  ],
  [
    () => m.where(u32(1), 1, 2),
    "where: mask must be a tensor of f32, got tensor u32[1]. Did you mean toF32(mask)?",
  ],
  [() => m.toU32(u32(1)), "toU32: x must be a tensor of f32, got tensor u32[1]."],
  [() => m.grad(x(), x()), "grad: xs must be a list of tensors, got tensor f32[2,3]. Did you mean [x]?"],
  [() => m.grad(x()), "grad: xs must be a list of tensors, got nothing."],
  [
    () => m.grad(x(), [x()], true),
    "grad: options must be an object with createGraph, retainGraph or dy, got true. Did you mean { createGraph: true }?",
  ],
  [
    () => m.grad(x(), [x()], { create_graph: true }),
    "grad: options must be among createGraph, retainGraph or dy, got create_graph. Did you mean createGraph?",
  ],
  [
    () => m.grad(x(), [x()], { retain: true }),
    "grad: options must be among createGraph, retainGraph or dy, got retain. Did you mean retainGraph?",
  ],
  [
    () => m.backward(x(), x()),
    "backward: options must be an object with createGraph, retainGraph or dy, got tensor f32[2,3]. Did you mean { dy: … }?",
  ],
  [() => m.blend(x(), x(), { keep: 0.9 }), "blend: keep must be a number, got { keep: 0.9 }."],
  [
    () => m.assign(x(), [1, 2]),
    "assign: source must be a tensor or a Float32Array, got [1,2]. Did you mean tensor([1,2])?",
  ],
  [
    () => m.requireGrad([1, 2]),
    "requireGrad: x must be a tensor of f32, got [1,2]. Did you mean tensor([1,2])?",
  ],
  [() => m.tidy(x()), "tidy: fn must be a function, got tensor f32[2,3]."],
  [() => m.capture(), "capture: fn must be a function, got nothing."],
  [() => m.noGrad(() => 1, 2), "noGrad: it must be given at most 1 argument (fn), got 2."],
  [() => m.byteTensor([1, 2]), "byteTensor: bytes must be a Uint8Array, got [1,2]."],
  [
    () => new layers.Linear(2, 3),
    "Linear: options must be an object with random, and maybe init or bias, got nothing.",
  ],
  [
    () => new layers.Linear(2, { random: random() }),
    "Linear: outputs must be a whole number from 0 up, got { random: a Random }.",
  ],
  [() => new layers.Linear(2, 3, { random: 1 }), "Linear: random must be a Random, got 1."],
  [
    () => new layers.Linear(2, 3, { random: random(), useBias: false }),
    "Linear: options must be among random, init or bias, got useBias. Did you mean bias?",
  ],
  [
    () => new layers.Conv2d(1, 2, 3, { random: random(), strides: 2 }),
    "Conv2d: options must be among random, init, bias, stride or padding, got strides. Did you mean stride?",
  ],
  [
    () => new layers.Conv2d(1, 2, 3, { random: random(), padding: "Same" }),
    'Conv2d: padding must be "same", "valid", a whole number from 0 up or four of them [top, bottom, left, right], got "Same". Did you mean "same"?',
  ],
  [
    () => new layers.BatchNorm2d(3, { eps: 1e-3 }),
    "BatchNorm2d: options must be among epsilon, slope, momentum or scale, got eps. Did you mean epsilon?",
  ],
  [
    () => new layers.BatchNorm2d(3, { affine: false }),
    "BatchNorm2d: options must be among epsilon, slope, momentum or scale, got affine.",
  ],
  [
    () => new layers.LayerNorm(3),
    "LayerNorm: shape must be a list of whole numbers from 0 up, got 3. Did you mean [3]?",
  ],
  [
    () => new layers.LayerNorm([3], 1e-5),
    "LayerNorm: options must be an object with epsilon, got 0.00001. Did you mean { epsilon: 0.00001 }?",
  ],
  [
    () => new layers.LeakyReLU(0.2),
    "LeakyReLU: options must be an object with slope, got 0.2. Did you mean { slope: 0.2 }?",
  ],
  [() => new layers.ReLU(0.2), "ReLU: it must be given no argument, got 1."],
  [
    () => new layers.Reshape(3, 2),
    "Reshape: it must be given at most 1 argument (shape), got 2. Did you mean [3,2]?",
  ],
  [
    () => new layers.SGD([c()]),
    "SGD: options must be an object with learningRate, and maybe clip, momentum or nesterov, got nothing.",
  ],
  [
    () => new layers.SGD([c()], { lr: 0.1 }),
    "SGD: options must be among learningRate, clip, momentum or nesterov, got lr. Did you mean learningRate?",
  ],
  [
    () => new layers.SGD(c(), { learningRate: 0.1 }),
    "SGD: parameters must be a list of tensors of f32, got tensor f32[3]. Did you mean [x]?",
  ],
  [
    () => new layers.SGD([c()], { learningRate: 0.1, dampening: 0.5 }),
    "SGD: options must be among learningRate, clip, momentum or nesterov, got dampening.",
  ],
  [
    () => new layers.Adam([c()], { learningRate: 0.1, betas: [0.9, 0.99] }),
    "Adam: options must be among learningRate, clip, beta1, beta2 or epsilon, got betas. Did you mean beta1?",
  ],
  [
    () => new layers.RMSprop([c()], { learningRate: 0.1, form: "Torch" }),
    'RMSprop: form must be "keras", "torch" or "tensorflow1", got "Torch". Did you mean "torch"?',
  ],
  [
    () => new layers.RMSprop([c()], { learningRate: 0.1, alpha: 0.99 }),
    "RMSprop: options must be among learningRate, clip, form, momentum or centered, got alpha.",
  ],
  [
    () => new nn.ReLU().forward([1, 2] as never),
    "forward: x must be a tensor of f32, got [1,2]. Did you mean tensor([1,2])?",
  ],
  [
    () => new nn.SGD([c()], { learningRate: 0.1 }).step(c() as never),
    "step: gradients must be a list of tensors of f32, got tensor f32[3]. Did you mean [x]?",
  ],
  [() => random().normal(3 as never), "normal: shape must be a list of sizes, got 3. Did you mean [3]?"],
  [() => random().uniform([3], [0, 1] as never), "uniform: low must be a number, got [0,1]."],
  [() => random().integer([3], undefined as never), "integer: bound must be a number, got nothing."],
  [() => new (face.Random as unknown as Made)("1"), 'Random: seed must be a number, got "1".'],
  [() => new (face.Random as unknown as Made)(), "Random: seed must be a number, got nothing."],
  [
    () => new layers.MaxPool2d(2),
    "MaxPool2d: options must be an object with kernel, and maybe stride or padding, got 2. Did you mean { kernel: 2 }?",
  ],
  [
    () => new layers.Dropout({ random: random(), p: 0.1 }),
    "Dropout: options must be among random or rate, got p. Did you mean rate?",
  ],
  [
    () => new layers.Dropout({ random: random(), rate: 1 }),
    "Dropout: rate must be from 0 up to below 1, got 1.",
  ],
  [
    () => new layers.Dropout(0.1),
    "Dropout: options must be an object with random, and maybe rate, got 0.1. Did you mean { random: …, rate: 0.1 }?",
  ],
  [() => nn.mse(ones([3, 1]), c()), "mse: shapes of y and target must be equal, got [3,1] and [3]."],
  [() => nn.mse(c(), 1 as never), "mse: target must be a tensor of f32, got 1. Did you mean tensor(1)?"],
  [
    () => nn.bceWithLogits(c(), u32(1, 0, 1)),
    "bceWithLogits: target must be a tensor of f32, got tensor u32[3]. Did you mean toF32(target)?",
  ],
  [
    () => nn.crossEntropy(x(), c()),
    "crossEntropy: labels must be a tensor of u32, got tensor f32[3]. Did you mean toU32(labels)?",
  ],
  [
    () => nn.clipGradNorm([c()], 1 as never),
    "clipGradNorm: options must be an object with norm, got 1. Did you mean { norm: 1 }?",
  ],
];

test("each mistake is refused in one line that names the function, the argument and the nearest right word", async () => {
  assert.is(await answeredOtherwise(mistakes), "");
});

test("a message is one line: what was called, the rule, what it got, and what may have been meant", () => {
  for (const [, message] of mistakes) assert.match(message, /^[a-zA-Z0-9]+: [^\n]+, got [^\n]+[.?…]$/);
  assert.ok(mistakes.length >= 80);
});

test("what lies on the prototype of objects is no option", () => {
  for (const key of ["constructor", "toString", "__proto__"])
    assert.throws(
      () => m.sum(x(), JSON.parse(`{ "${key}": 1 }`)),
      (error: Error) => error.message === `sum: options must be among axes, keepDims or scale, got ${key}.`,
    );
});

/** Without a line in the table: they take nothing, or are for those who write ops, optimisers and tests. */
const unchecked = [
  "adamUpdate",
  "blendAll",
  "checkStorage",
  "defineMultiOp",
  "defineOp",
  "memory",
  "refuseInCapture",
  "rmspropUpdate",
  "sameShape",
  "sgdUpdate",
  "show",
  "sizeOf",
  "slotSize",
];

test("every function of the face is checked, or named here", () => {
  const functions = Object.entries(face).filter(([, value]) => typeof value === "function");
  const own = functions.filter(([name]) => !/^[A-Z]/.test(name)).map(([name]) => name);
  assert.equal(own.filter((name) => !(name in table)).sort(), unchecked);
  const raw = all as unknown as Record<string, Any>;
  for (const name of Object.keys(table)) assert.ok(own.includes(name) && m[name] !== raw[name], name);
  for (const [name, value] of functions) if (name in table) assert.is((value as Any).name, name);
});

test("every layer and optimiser is checked", () => {
  const raw = inner as unknown as Record<string, unknown>;
  const same = Object.keys(nn).filter((name) => layers[name] === raw[name]);
  // Module is there to be extended, and the others take nothing.
  assert.equal(same.sort(), ["Module", "constant", "rmspropForms"]);
  for (const [name, type] of Object.entries(layers)) if (/^[A-Z]/.test(name)) assert.ok(type.prototype);
});

test("a class of the face is called by its name, and is one of the engine's", () => {
  const layer = new nn.Linear(2, 3, { random: random() });
  assert.is(layer.constructor.name, "Linear");
  assert.ok(layer instanceof inner.Linear && layer instanceof inner.Module);
  assert.is(new nn.ReLU().constructor.name, "ReLU");
  class Mine extends nn.Linear {}
  assert.is(new Mine(2, 3, { random: random() }).constructor.name, "Mine");
});

test.run();
