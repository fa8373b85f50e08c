// Random arrays on the GPU by Threefry: the same bits as src/kernels/threefry.ts makes on the host.
import { type Block, launch, type Undo } from "./block";

/** Where a draw begins: a 64-bit key and a 64-bit counter, each as two words, low word first. */
export interface Draw {
  key: readonly [number, number];
  counter: readonly [number, number];
}

/** Says where a draw begins, and moves on. */
export type Next = (undo: Undo) => Draw;

function draw(entry: string, y: Block, next: Next, { p = 0, q = 0, whole = 0, last = 0 }): void {
  // A function, since a captured step that is replayed draws on from where the last one ended.
  const params = (undo: Undo) => {
    const { key, counter } = next(undo);
    const [key0, key1, counter0, counter1] = [...key, ...counter];
    return { n: y.size, key0, key1, counter0, counter1, p, q, whole, last };
  };
  launch("random", entry, [], [y], params, Math.ceil(y.size / 2));
}

/** y uniform in [low, high), the two rounded to f32. */
export function randomUniform(y: Block, next: Next, low: number, high: number): void {
  const [p, q] = [Math.fround(low), Math.fround(high)];
  // Where their distance is infinite in f32, numbers are drawn between the halves and doubled.
  const scale = Math.fround(q - p) === Number.POSITIVE_INFINITY ? 2 : 1;
  const last = Math.max(p, below(q));
  draw("uniform_", y, next, { p: p / scale, q: q / scale, whole: scale, last });
}

/** y normal with that mean and deviation. */
export const randomNormal = (y: Block, next: Next, mean: number, deviation: number) =>
  draw("normal", y, next, { p: mean, q: deviation });
/** y u32, uniform below `bound`, a whole number from 1 to 2^32. */
export const randomInteger = (y: Block, next: Next, bound: number) =>
  draw("integer", y, next, { whole: bound % 2 ** 32 });

/** The largest f32 below the f32 x; not a subnormal one, since a GPU may take it for 0. */
function below(x: number): number {
  const least = 2 ** -126;
  if (x > -least && x <= 0) return -least;
  if (x > 0 && x <= least) return 0;
  const next = new DataView(new ArrayBuffer(4));
  next.setFloat32(0, x);
  next.setUint32(0, next.getUint32(0) + (x > 0 ? -1 : 1));
  return next.getFloat32(0);
}
