// Batches from a set of packed bytes, by index.

import { type Block, dispatch, gridOf } from "./block";

/** y (n, …) = byte * scale + shift of the samples that index (n) names in `data`, packed bytes: one sample or more. */
export function takeBytes(data: Block, index: Block, y: Block, scale: number, shift: number): void {
  if (y.size === 0) return;
  const width = y.size / index.size;
  const samples = Math.floor((4 * data.size) / width);
  dispatch({
    shader: "bytes",
    entry: "main",
    reads: [data.storage, index.storage],
    writes: [y.storage],
    params: { n: index.size, width, samples, scale, shift },
    grid: gridOf(y.size),
  });
}
