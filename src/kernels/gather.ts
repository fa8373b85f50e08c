// Rows by index: gather, and its derivative, scatter-add. And batches from a data set of packed bytes.
import { type Block, launch } from "./block";

/** y (n, …) = the rows of x (rows, …) that index (n) u32 names. */
export function gather(x: Block, index: Block, y: Block): void {
  const rows = x.shape[0];
  launch("gather", "gather", [x, index], [y], { n: index.size, rows, width: x.size / rows }, y.size);
}

/** y (rows, …) = the sums of the rows of x (n, …) that share an index. */
export function scatterAdd(x: Block, index: Block, y: Block): void {
  const rows = y.shape[0];
  const params = { n: index.size, rows, width: y.size / rows };
  launch("gather", "scatter_add", [x, index], [y], params, y.size, 2 * y.size * index.size);
}

/** y (n, …) = byte * scale + shift of the samples that index (n) names in `data`, packed bytes: one sample or more. */
export function takeBytes(data: Block, index: Block, y: Block, scale: number, shift: number): void {
  if (y.size === 0) return;
  const width = y.size / index.size;
  const samples = Math.floor((4 * data.size) / width);
  launch("bytes", "main", [data, index], [y], { n: index.size, width, samples, scale, shift }, y.size);
}
