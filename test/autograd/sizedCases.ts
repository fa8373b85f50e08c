// Every op at sizes that have names, so that each of them can be 0: what it takes, what it should give, and what it says.
import * as m from "../../src/autograd";
import { type F64, make, map } from "../reference/array";
import * as reference from "../reference/forward";
import { between, distinct, normal } from "./inputs";

type Tensor = m.Tensor;
type Sizes = Record<string, number>;

/** An op over sizes of these names: what it takes, and what it should give. */
export interface Entry {
  sizes: Sizes;
  inputs: (d: Sizes) => F64[];
  engine: (xs: Tensor[], d: Sizes) => Tensor | Tensor[];
  reference: (xs: F64[], d: Sizes) => F64 | F64[];
  /** Sizes whose 0 gives infinities, which differences can't be taken of: a test of their own looks at them. */
  infinite?: string[];
  /** What is said where these sizes are 0. */
  refuses?: Record<string, string>;
}

const u32 = (values: readonly number[]) => m.tensor(Uint32Array.from(values));
const range = (n: number) => Array.from({ length: n }, (_, i) => i);

const unary = (f: (x: Tensor) => Tensor, by: (x: F64) => F64, input = between(0.5, 1.5)): Entry => ({
  sizes: { a: 2, b: 3, c: 4 },
  inputs: ({ a, b, c }) => [input(a, b, c)],
  engine: ([x]) => f(x),
  reference: ([x]) => by(x),
});

type Binary = (a: Tensor, b: Tensor) => Tensor;

/** Over (a, b, 1) and (1, b, c); all numbers are apart from each other and from 0. */
const binary = (f: Binary, by: (a: F64, b: F64) => F64): Entry => ({
  sizes: { a: 2, b: 3, c: 4 },
  inputs: ({ a, b, c }) => [map(distinct(a, b, 1), (v) => v + 2), map(distinct(1, b, c), (v) => v + 2.125)],
  engine: ([x, y]) => f(x, y),
  reference: ([x, y]) => by(x, y),
});

const compare = (by: (a: number, b: number) => boolean) => (a: F64, b: F64) =>
  map(reference.sub(a, b), (v) => (by(v, 0) ? 1 : 0));

const reduction = (
  f: (x: Tensor, options: m.ReduceOptions) => Tensor,
  by: (x: F64, axes: number[] | undefined, keep: boolean) => F64,
  refuses: Record<string, string> = {},
): Entry => ({
  sizes: { a: 2, b: 3, c: 4 },
  inputs: ({ a, b, c }) => [distinct(a, b, c)],
  engine: ([x]) => f(x, { axes: [0, 2] }),
  reference: ([x]) => by(x, [0, 2], false),
  refuses,
});

const CONV = { images: 2, height: 5, width: 6, ins: 3, outs: 9, kh: 3, kw: 2 };
const around = { stride: [1, 2], padding: [1, 2, 0, 1] } as const;
const positions = ({ height, width, kh, kw }: Sizes): [number, number] => [
  height + 3 - kh + 1,
  Math.floor((width + 1 - kw) / 2) + 1,
];
const noKernel = (op: string, ...channels: number[]) => ({
  kh: `${op}: the kernel must have rows and columns, got [${[0, 2, ...channels]}].`,
  kw: `${op}: the kernel must have rows and columns, got [${[3, 0, ...channels]}].`,
});

/** Thin on one side, thin on the other, thick. */
const convolutions = (entry: (channels: Sizes) => Entry): Entry[] =>
  [
    { ins: 3, outs: 9 },
    { ins: 9, outs: 3 },
    { ins: 8, outs: 12 },
  ].map(entry);

const norms = (x: Sizes) => [normal(x.a, x.b), between(0.5, 1.5)(x.b), normal(x.b)];

export const differentiable: Record<string, Entry[]> = {
  add: [binary(m.add, reference.add)],
  sub: [binary(m.sub, reference.sub)],
  mul: [binary(m.mul, reference.mul)],
  div: [binary(m.div, reference.div)],
  maximum: [binary(m.maximum, reference.maximum)],
  minimum: [binary(m.minimum, reference.minimum)],
  neg: [unary(m.neg, reference.neg)],
  exp: [unary(m.exp, reference.exp)],
  log: [unary(m.log, reference.log)],
  sqrt: [unary(m.sqrt, reference.sqrt)],
  rsqrt: [unary(m.rsqrt, reference.rsqrt)],
  square: [unary(m.square, reference.square)],
  abs: [unary(m.abs, reference.abs)],
  pow: [
    unary(
      (x) => m.pow(x, { p: 3 }),
      (x) => reference.pow(x, 3),
    ),
  ],
  clamp: [
    unary(
      (x) => m.clamp(x, { low: 0, high: 2 }),
      (x) => reference.clamp(x, 0, 2),
    ),
  ],
  tanh: [unary(m.tanh, reference.tanh)],
  sigmoid: [unary(m.sigmoid, reference.sigmoid)],
  softplus: [unary(m.softplus, reference.softplus)],
  gelu: [unary(m.gelu, reference.gelu)],
  sin: [unary(m.sin, reference.sin)],
  cos: [unary(m.cos, reference.cos)],
  silu: [unary(m.silu, reference.silu)],
  relu: [unary(m.relu, reference.relu)],
  leakyRelu: [
    unary(
      (x) => m.leakyRelu(x, { slope: 0.2 }),
      (x) => reference.leakyRelu(x, 0.2),
    ),
  ],
  leakyReluGrad: [
    {
      ...unary(m.relu, reference.relu),
      inputs: ({ a, b, c }) => [between(0.5, 1.5)(a, b, c), normal(a, b, c)],
      engine: ([x, dy]) => m.leakyReluGrad(x, dy, { slope: 0.2 }),
      reference: ([, dy]) => dy,
    },
  ],
  reshape: [
    {
      sizes: { a: 2, b: 3, c: 4 },
      inputs: ({ a, b, c }) => [normal(a, b, c)],
      engine: ([x], { a, b, c }) => m.reshape(x, [a * b, c]),
      reference: ([x], { a, b, c }) => make([a * b, c], x.data),
    },
  ],
  transpose: [
    unary(
      (x) => m.transpose(x, [2, 0, 1]),
      (x) => reference.transpose(x, [2, 0, 1]),
    ),
  ],
  clone: [
    unary(
      (x) => m.clone(x),
      (x) => x,
    ),
  ],
  concat: [
    {
      sizes: { a: 2, b: 3, c: 4, d: 1 },
      inputs: ({ a, b, c, d }) => [normal(a, b, d), normal(a, c, d), normal(a, 2, d)],
      engine: (xs) => m.concat(xs, { axis: 1 }),
      reference: (xs) => reference.concat(xs, 1),
    },
  ],
  slice: [
    {
      sizes: { before: 1, part: 2, after: 1, c: 3 },
      inputs: ({ before, part, after, c }) => [normal(before + part + after, c)],
      engine: ([x], { before, part, c }) => m.slice(x, { starts: [before, 0], sizes: [part, c] }),
      reference: ([x], { before, part, c }) => reference.slice(x, [before, 0], [part, c]),
    },
  ],
  pad: [
    {
      sizes: { a: 2, b: 3, before: 1, after: 2 },
      inputs: ({ a, b }) => [normal(a, b)],
      engine: ([x], { before, after }) => m.pad(x, { before: [before, 0], after: [1, after] }),
      reference: ([x], { before, after }) => reference.pad(x, [before, 0], [1, after]),
    },
  ],
  broadcastTo: [
    {
      sizes: { a: 2, b: 3, c: 4 },
      inputs: ({ b }) => [normal(b, 1)],
      engine: ([x], { a, b, c }) => m.broadcastTo(x, { shape: [a, b, c] }),
      reference: ([x], { a, b, c }) => reference.broadcastTo(x, [a, b, c]),
    },
  ],
  sum: [reduction(m.sum, reference.sum)],
  max: [{ ...reduction(m.max, reference.max), infinite: ["a", "c"] }],
  min: [{ ...reduction(m.min, reference.min), infinite: ["a", "c"] }],
  softmax: [unary(m.softmax, reference.softmax)],
  softmaxCrossEntropy: [
    {
      sizes: { n: 3, classes: 4 },
      inputs: ({ n, classes }) => [normal(n, classes)],
      engine: ([x], { n }) => m.softmaxCrossEntropy(x, u32(range(n))),
      reference: ([x], { n }) => reference.softmaxCrossEntropy(x, range(n)),
      refuses: { classes: "softmaxCrossEntropy: there must be a class, got [3,0] and [3]." },
    },
  ],
  gather: [
    {
      sizes: { rows: 3, n: 2, width: 4 },
      inputs: ({ rows, width }) => [normal(rows, width)],
      engine: ([x], { n }) => m.gather(x, u32(range(n))),
      reference: ([x], { n }) => reference.gather(x, range(n)),
      refuses: { rows: "gather: there must be a row to read, got [0,4] and [2]." },
    },
  ],
  scatterAdd: [
    {
      sizes: { rows: 3, n: 2, width: 4 },
      inputs: ({ n, width }) => [normal(n, width)],
      engine: ([x], { rows, n }) => m.scatterAdd(x, u32(range(n)), { rows }),
      reference: ([x], { rows, n }) => reference.scatterAdd(x, range(n), rows),
      refuses: { rows: "scatterAdd: there must be a row to add to, got [2,4] and [0,4]." },
    },
  ],
  matmul: [
    {
      sizes: { batch: 2, m: 3, k: 5, n: 4 },
      inputs: ({ batch, m, k, n }) => [normal(batch, m, k), normal(k, n), normal(n)],
      engine: ([a, b, bias]) => m.matmul(a, b, { bias }),
      reference: ([a, b, bias]) => reference.add(reference.matmul(a, b, {}), bias),
    },
    {
      sizes: { m: 3, k: 5, n: 4 },
      inputs: ({ m, k, n }) => [normal(k, m), normal(n, k), normal(n)],
      engine: ([a, b, bias]) => m.matmul(a, b, { transposeA: true, transposeB: true, bias }),
      reference: ([a, b, bias]) =>
        reference.add(reference.matmul(a, b, { transposeA: true, transposeB: true }), bias),
    },
  ],
  conv2d: convolutions((channels) => ({
    sizes: { ...CONV, ...channels },
    inputs: ({ images, height, width, ins, outs, kh, kw }) => [
      normal(images, height, width, ins),
      normal(kh, kw, ins, outs),
      normal(outs),
    ],
    engine: ([x, w, bias]) => m.conv2d(x, w, { ...around, bias }),
    reference: ([x, w, bias]) => reference.add(reference.conv2d(x, w, around), bias),
    refuses: {
      ...noKernel("conv2d", channels.ins, channels.outs),
      width:
        "conv2d: the kernel must fit into the padded image, " +
        `got [2,5,0,${channels.ins}] and [3,2,${channels.ins},${channels.outs}]. Did you mean padding "same"?`,
    },
  })),
  convTranspose2d: convolutions((channels) => ({
    sizes: { ...CONV, ...channels },
    inputs: (d) => [
      normal(d.images, ...positions({ ...CONV, ...d }), d.outs),
      normal(d.kh, d.kw, d.ins, d.outs),
      normal(d.ins),
    ],
    engine: ([x, w, bias], { height, width }) =>
      m.convTranspose2d(x, w, { ...around, outputSize: [height, width], bias }),
    reference: ([x, w, bias], { height, width }) =>
      reference.add(reference.convTranspose2d(x, w, { ...around, outputSize: [height, width] }), bias),
    refuses: noKernel("convTranspose2d", channels.ins, channels.outs),
  })),
  conv2dFilterGrad: convolutions((channels) => ({
    sizes: { ...CONV, ...channels },
    inputs: (d) => [
      normal(d.images, d.height, d.width, d.ins),
      normal(d.images, ...positions({ ...CONV, ...d }), d.outs),
    ],
    engine: ([x, dy], { kh, kw }) => m.conv2dFilterGrad(x, dy, [kh, kw], around),
    reference: ([x, dy], { kh, kw }) =>
      reference.conv2dFilterGrad(x, dy, { ...around, kernelSize: [kh, kw] }),
    refuses: noKernel("conv2dFilterGrad"),
  })),
  batchNorm: [
    {
      sizes: { a: 4, b: 5 },
      inputs: norms,
      engine: ([x, gamma, beta]) => m.batchNorm(x, gamma, beta, 1e-3)[0],
      reference: ([x, gamma, beta]) => reference.batchNorm(x, gamma, beta, 1e-3).y,
      refuses: { a: "batchNorm: each channel must have something to take the mean of, got [0,5]." },
    },
  ],
  batchNormInference: [
    {
      sizes: { a: 4, b: 5 },
      inputs: (d) => [...norms(d), normal(d.b), between(0.5, 2)(d.b)],
      engine: ([x, gamma, beta, mean, variance]) =>
        m.batchNormInference(x, mean, variance, gamma, beta, { epsilon: 1e-3 }),
      reference: ([x, gamma, beta, mean, variance]) =>
        reference.batchNormInference(x, gamma, beta, mean, variance, 1e-3),
    },
  ],
  layerNorm: [
    {
      sizes: { a: 4, b: 5 },
      inputs: norms,
      engine: ([x, gamma, beta]) => m.layerNorm(x, gamma, beta, 1e-3),
      reference: ([x, gamma, beta], { b }) => reference.layerNorm(x, [b], gamma, beta, 1e-3),
    },
  ],
};

const bytes = [7, 11, 13, 17, 19, 23, 29, 31];

/** Those without a derivative. */
export const others: Record<string, Entry[]> = {
  greater: [
    binary(
      m.greater,
      compare((a, b) => a > b),
    ),
  ],
  greaterEqual: [
    binary(
      m.greaterEqual,
      compare((a, b) => a >= b),
    ),
  ],
  equal: [
    binary(
      m.equal,
      compare((a, b) => a === b),
    ),
  ],
  floor: [unary(m.floor, (x) => map(x, Math.floor))],
  toU32: [unary(m.toU32, (x) => map(x, Math.floor))],
  toF32: [
    {
      sizes: { n: 3 },
      inputs: () => [],
      engine: (_, { n }) => m.toF32(u32(range(n))),
      reference: (_, { n }) => map(make([n]), (_, i) => i),
    },
  ],
  sign: [unary(m.sign, (x) => map(x, Math.sign))],
  inside: [
    unary(
      (x) => m.inside(x, { low: 0, high: 2 }),
      (x) => map(x, () => 1),
    ),
  ],
  oneHot: [
    {
      sizes: { n: 3, classes: 4 },
      inputs: () => [],
      engine: (_, { n, classes }) => m.oneHot(u32(range(n)), { classes }),
      reference: (_, { n, classes }) =>
        map(make([n, classes]), (_, i) => (i % classes === Math.floor(i / classes) ? 1 : 0)),
    },
  ],
  takeBytes: [
    {
      sizes: { words: 2, n: 2, a: 2, b: 2 },
      inputs: () => [],
      engine: (_, { words, n, a, b }) => {
        const data = m.byteTensor(Uint8Array.from(bytes.slice(0, 4 * words)));
        return m.takeBytes(data, u32(range(n)), { sample: [a, b], scale: 2, shift: 1 });
      },
      reference: (_, { n, a, b }) => map(make([n, a, b]), (_, i) => 2 * bytes[i] + 1),
      refuses: { words: "takeBytes: the data must hold a sample's 4 bytes, got [0] and [2,2]." },
    },
  ],
};
