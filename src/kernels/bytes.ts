// Batches from a set of packed bytes, by index.
import { type Block, launch } from "./block";

/** y (n, …) = byte * scale + shift of the samples that index (n) names in `data`, packed bytes: one sample or more. */
export function takeBytes(data: Block, index: Block, y: Block, scale: number, shift: number): void {
  if (y.size === 0) return;
  const width = y.size / index.size;
  const samples = Math.floor((4 * data.size) / width);
  launch("bytes", "main", [data, index], [y], { n: index.size, width, samples, scale, shift }, y.size);
}
