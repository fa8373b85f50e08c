// Random arrays on the GPU by Threefry: the same bits as src/kernels/threefry.ts makes on the host.

import { gpu } from "../gpu/gpu";
import { float } from "../gpu/stream";
import { type Block, gridOf } from "./block";

/** Where a draw begins: a 64-bit key and a 64-bit counter, each as two words, low word first. */
export interface Draw {
  key: readonly [number, number];
  counter: readonly [number, number];
}

function draw(entry: string, y: Block, next: () => Draw, p: number, q: number, bound: number): void {
  // A function, since a captured step that is replayed draws on from where the last one ended.
  const params = () => {
    const { key, counter } = next();
    return [y.size, ...key, ...counter, float(p), float(q), bound];
  };
  gpu().stream.dispatch({
    shader: "random",
    entry,
    reads: [],
    writes: [y.storage],
    params,
    grid: gridOf(Math.ceil(y.size / 2)),
  });
}

/** y uniform in [low, high). */
export const randomUniform = (y: Block, next: () => Draw, low: number, high: number) =>
  draw("uniform_", y, next, low, high, 0);
/** y normal with that mean and deviation. */
export const randomNormal = (y: Block, next: () => Draw, mean: number, deviation: number) =>
  draw("normal", y, next, mean, deviation, 0);
/** y u32, uniform below `bound`. */
export const randomInteger = (y: Block, next: () => Draw, bound: number) =>
  draw("integer", y, next, 0, 0, bound);
