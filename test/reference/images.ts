// Float64 references of what makes images (N, H, W, C) smaller and larger, pixel by pixel.
import { type F64, make } from "./array";

type Pair = readonly [number, number];

/** Each output pixel from the pixels of its window that lie inside of the image. */
function pool(
  x: F64,
  kernel: Pair,
  stride: Pair,
  padding: number,
  of: (values: number[], window: number) => number,
): F64 {
  const [n, h, w, c] = x.shape;
  const [rows, columns] = [h, w].map(
    (size, i) => Math.floor((size + 2 * padding - kernel[i]) / stride[i]) + 1,
  );
  const y = make([n, rows, columns, c]);
  for (let i = 0; i < y.data.length; i++) {
    const [channel, column, row] = [i % c, Math.floor(i / c) % columns, Math.floor(i / c / columns) % rows];
    const image = Math.floor(i / c / columns / rows);
    const values: number[] = [];
    for (let dy = 0; dy < kernel[0]; dy++)
      for (let dx = 0; dx < kernel[1]; dx++) {
        const [at, over] = [row * stride[0] + dy - padding, column * stride[1] + dx - padding];
        if (at < 0 || at >= h || over < 0 || over >= w) continue;
        values.push(x.data[((image * h + at) * w + over) * c + channel]);
      }
    y.data[i] = of(values, kernel[0] * kernel[1]);
  }
  return y;
}

export const maxPool2d = (x: F64, kernel: Pair, stride: Pair, padding: number): F64 =>
  pool(x, kernel, stride, padding, (values) => values.reduce((a, b) => Math.max(a, b), -Infinity));

/** What lies around the image counts as 0. */
export const averagePool2d = (x: F64, kernel: Pair, stride: Pair, padding: number): F64 =>
  pool(x, kernel, stride, padding, (values, all) => values.reduce((a, b) => a + b, 0) / all);

/** Each output pixel is the one that it lies in. */
export function upsample2d(x: F64, [down, right]: Pair): F64 {
  const [n, h, w, c] = x.shape;
  const y = make([n, h * down, w * right, c]);
  for (let i = 0; i < y.data.length; i++) {
    const [channel, column] = [i % c, Math.floor(i / c) % (w * right)];
    const row = Math.floor(i / c / (w * right)) % (h * down);
    const image = Math.floor(i / (c * w * right * h * down));
    const [from, over] = [Math.floor(row / down), Math.floor(column / right)];
    y.data[i] = x.data[((image * h + from) * w + over) * c + channel];
  }
  return y;
}
