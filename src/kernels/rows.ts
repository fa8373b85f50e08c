// Kernels over rows: softmax, cross-entropy, one-hot, gather and scatter-add, and batches from a set of bytes.
import { type Block, gridOf } from "./block";
import { gpu } from "./gpu";
import { float } from "./stream";

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
  gpu().stream.dispatch({
    shader: "softmax",
    entry,
    reads: [x.storage, labels.storage],
    writes: [y.storage],
    params: [n, c],
    grid: gridOf(n * each),
  });
}

/** y (n, …) = the rows of x (rows, …) that index (n) u32 names. */
export function gather(x: Block, index: Block, y: Block): void {
  const rows = x.shape[0];
  const params = [index.size, rows, x.size / rows];
  gpu().stream.dispatch({
    shader: "gather",
    entry: "gather",
    reads: [x.storage, index.storage],
    writes: [y.storage],
    params,
    grid: gridOf(y.size),
  });
}

/** y (rows, …) = the sums of the rows of x (n, …) that share an index. */
export function scatterAdd(x: Block, index: Block, y: Block): void {
  const rows = y.shape[0];
  const params = [index.size, rows, y.size / rows];
  const work = 2 * y.size * index.size;
  gpu().stream.dispatch({
    shader: "gather",
    entry: "scatter_add",
    reads: [x.storage, index.storage],
    writes: [y.storage],
    params,
    grid: gridOf(y.size),
    work,
  });
}

/** y (n, …) = byte * scale + shift of the samples that index (n) names in `data`, packed bytes. */
export function takeBytes(data: Block, index: Block, y: Block, scale: number, shift: number): void {
  const params = [index.size, y.size / Math.max(index.size, 1), float(scale), float(shift)];
  gpu().stream.dispatch({
    shader: "bytes",
    entry: "main",
    reads: [data.storage, index.storage],
    writes: [y.storage],
    params,
    grid: gridOf(y.size),
  });
}
