// Ops over rows: softmax and the classifier's loss, gather and scatter-add, and batches from a set of bytes.
import {
  crossEntropy,
  gather as gatherKernel,
  oneHot as oneHotKernel,
  scatterAdd as scatterKernel,
  softmax as softmaxKernel,
  takeBytes as takeKernel,
} from "../../kernels/rows";
import { defineOp } from "../op";
import { type Shape, shapeError, sizeOf } from "../shape";
import type { Tensor } from "../tensor";
import { mul, sub } from "./pointwise";
import { reshape } from "./rearrange";
import { sum } from "./reduce";

/** exp(x) over its sum, along the last axis. */
export const softmax = defineOp<[x: Tensor]>({
  name: "softmax",
  shape: ([x]) => {
    if (x.length < 1) throw shapeError("softmax", "there must be an axis to sum over", [x]);
    return x;
  },
  forward: ([x], y) => softmaxKernel(x, y),
  vjp: ({ y, dy }) => [() => mul(y, sub(dy, sum(mul(dy, y), { axes: [-1], keepDims: true })))],
});

/** logits (N, C) and labels (N) u32 → the cross-entropy of each row (N): log Σ exp(x) − x[label]. */
export const softmaxCrossEntropy = defineOp<[logits: Tensor, labels: Tensor]>({
  name: "softmaxCrossEntropy",
  shape: ([x, labels]) => {
    if (x.length !== 2 || labels.length !== 1 || labels[0] !== x[0]) {
      throw shapeError("softmaxCrossEntropy", "logits must be (N, C) and labels (N)", [x, labels]);
    }
    return [x[0]];
  },
  forward: ([x, labels], y) => crossEntropy(x, labels, y),
  vjp: ({ xs: [x, labels], dy }) => [
    () => mul(sub(softmax(x), oneHot(labels, { classes: x.shape[1] })), reshape(dy, [x.shape[0], 1])),
    undefined,
  ],
  takes: ["f32", "u32"],
});

/** labels (N) u32 → (N, classes), 1 at the label. */
export const oneHot = defineOp<[labels: Tensor], { classes: number }>({
  name: "oneHot",
  shape: ([labels], { classes }) => {
    if (labels.length !== 1) throw shapeError("oneHot", "labels must be (N)", [labels]);
    return [labels[0], classes];
  },
  forward: ([labels], y) => oneHotKernel(labels, y),
  takes: ["u32"],
});

/** Rows of x (V, …) by index (N) u32 → (N, …). An index from V up reads the last row. */
export const gather = defineOp<[x: Tensor, index: Tensor]>({
  name: "gather",
  shape: ([x, index]) => {
    if (x.length < 1 || index.length !== 1)
      throw shapeError("gather", "x must have rows and the index one axis", [x, index]);
    return [index[0], ...x.slice(1)];
  },
  forward: ([x, index], y) => gatherKernel(x, index, y),
  vjp: ({ xs: [x, index], dy }) => [(): Tensor => scatterAdd(dy, index, { rows: x.shape[0] }), undefined],
  takes: ["f32", "u32"],
});

/** The derivative of gather: row i of x (N, …) is added to row index[i] of a (rows, …) of zeros. */
export const scatterAdd = defineOp<[x: Tensor, index: Tensor], { rows: number }>({
  name: "scatterAdd",
  shape: ([x, index], { rows }) => {
    if (x.length < 1 || index.length !== 1 || index[0] !== x[0]) {
      throw shapeError("scatterAdd", "there must be one index for each row of x", [x, index]);
    }
    return [rows, ...x.slice(1)];
  },
  forward: ([x, index], y) => scatterKernel(x, index, y),
  vjp: ({ xs: [, index], dy }) => [(): Tensor => gather(dy, index), undefined],
  takes: ["f32", "u32"],
});

/** Samples of a set of packed bytes by index (N) u32 → (N, …sample), each byte · scale + shift. */
export const takeBytes = defineOp<
  [data: Tensor, index: Tensor],
  { sample: Shape; scale: number; shift: number }
>({
  name: "takeBytes",
  shape: ([data, index], { sample }) => {
    if (index.length !== 1) throw shapeError("takeBytes", "the index must have one axis", [index]);
    if (sizeOf(data) * 4 < sizeOf(sample))
      throw shapeError("takeBytes", `the data must hold a sample's ${sizeOf(sample)} bytes`, [data, sample]);
    return [index[0], ...sample];
  },
  forward: ([data, index], y, { scale, shift }) => takeKernel(data, index, y, scale, shift),
  takes: ["u32", "u32"],
});
