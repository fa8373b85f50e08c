// Batches from a set of packed bytes, by index.

import { gpu } from "../gpu/gpu";
import { float } from "../gpu/stream";
import { type Block, gridOf } from "./block";

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
