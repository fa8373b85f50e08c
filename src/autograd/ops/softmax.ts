// Softmax and the classifier's loss, each along the rows of logits.
import { crossEntropy, oneHot as oneHotKernel, softmax as softmaxKernel } from "../../kernels/softmax";
import { defineOp } from "../op";
import { shapeError } from "../shape";
import type { Tensor } from "../tensor";
import { div, mul, sub } from "./pointwise";
import { reshape } from "./reshape";
import { sum } from "./sum";

/** exp(x) over its sum, along the last axis. */
export const softmax = defineOp<[x: Tensor]>({
  name: "softmax",
  shape: ([x]) => {
    if (x.length < 1) throw shapeError("softmax", "x must have an axis to sum over", [x]);
    return x;
  },
  forward: ([x], y) => softmaxKernel(x, y),
  saves: [["y"]],
  vjp: ({ y, dy }) => [() => mul(y, sub(dy, sum(mul(dy, y), { axes: [-1], keepDims: true })))],
});

/**
 * logits (N, C) and labels (N) u32 → the cross-entropy of each row (N): log Σ exp(x) − x[label]. A label from C up gives
 * NaN, and a gradient of NaN. Throws when there are rows, but no classes.
 */
export const softmaxCrossEntropy = defineOp<[logits: Tensor, labels: Tensor]>({
  name: "softmaxCrossEntropy",
  shape: ([x, labels]) => {
    if (x.length !== 2 || labels.length !== 1 || labels[0] !== x[0])
      throw shapeError("softmaxCrossEntropy", "logits must be (N, C) and labels (N)", [x, labels]);
    if (x[0] > 0 && x[1] === 0) throw shapeError("softmaxCrossEntropy", "there must be a class", [x, labels]);
    return [x[0]];
  },
  forward: ([x, labels], y) => crossEntropy(x, labels, y),
  saves: [["x0", "x1"]],
  vjp: ({ xs: [x, labels], dy }) => [
    () => {
      const hot = oneHot(labels, { classes: x.shape[1] });
      const named = div(hot, sum(hot, { axes: [1], keepDims: true })); // hot itself, or NaN where the label is no class
      return mul(sub(softmax(x), named), reshape(dy, [x.shape[0], 1]));
    },
    undefined,
  ],
  takes: ["f32", "u32"],
});

/** labels (N) u32 → (N, classes), 1 at the label; all 0 where the label is `classes` or more. */
export const oneHot = defineOp<[labels: Tensor], { classes: number }>({
  name: "oneHot",
  shape: ([labels], { classes }) => {
    if (labels.length !== 1) throw shapeError("oneHot", "labels must be (N)", [labels]);
    return [labels[0], classes];
  },
  forward: ([labels], y) => oneHotKernel(labels, y),
  takes: ["u32"],
});
