// Kernels over rows of logits: softmax, cross-entropy and one-hot.

import { type Block, dispatch, gridOf } from "./block";

/** y (n, c) = softmax of the rows of x (n, c). */
export function softmax(x: Block, y: Block): void {
  const c = x.shape.at(-1)!;
  overRows("softmax", x, x, y, [x.size / Math.max(c, 1), c], 1);
}

/** y (n) = log Σ exp(x) − x[label] for the rows of x (n, c); labels (n) u32. */
export function crossEntropy(x: Block, labels: Block, y: Block): void {
  overRows("cross_entropy", x, labels, y, x.shape, 1);
}

/** y (n, c) = 1 at each label, else 0. */
export function oneHot(labels: Block, y: Block): void {
  overRows("one_hot", labels, labels, y, y.shape, y.shape[1]);
}

/** Rows of shape (n, c), with so many threads each. */
function overRows(entry: string, x: Block, labels: Block, y: Block, [n, c]: readonly number[], each: number) {
  dispatch({
    shader: "softmax",
    entry,
    reads: [x.storage, labels.storage],
    writes: [y.storage],
    params: { n, c },
    grid: gridOf(n * each),
  });
}
