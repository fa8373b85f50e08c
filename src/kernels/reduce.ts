// Sums and maxima over the middle axis of (A, R, B). Any other set of axes is a chain of these.
import { allocate, type Block, gridOf, release, type Storage } from "./block";
import { gpu } from "./gpu";

/** A contiguous array seen as (a, r, b); r is the axis to reduce. */
export interface Middle {
  a: number;
  r: number;
  b: number;
}

// Enough threads to fill an adapter; below that many outputs the sum is split and summed again.
const THREADS = 4096;
const FEWEST_A_THREAD = 16;

/** In how many parts a sum of `r` numbers is split when there are `outputs` of them. */
export function splits(r: number, outputs: number): number {
  if (outputs >= THREADS || r < 2 * FEWEST_A_THREAD) return 1;
  return Math.max(1, Math.min(Math.ceil(THREADS / outputs), Math.floor(r / FEWEST_A_THREAD)));
}

/** y (a, b) = the sum or the maximum of x (a, r, b) over r. */
export function reduce(op: "sum" | "max_", x: Block, y: Block, view: Middle): void {
  pass(op, x.storage, y.storage, y.size, view);
}

function pass(op: string, x: Storage, y: Storage, outputs: number, view: Middle): void {
  const { a, r, b } = view;
  if (outputs === 0) return;
  if (b === 1 && r % 4 === 0 && r >= 64) {
    // Rows: four lanes each sum every fourth number, then the four are summed.
    const lanes = allocate(4 * a, "reduce");
    pass(op, x, lanes, 4 * a, { a, r: r / 4, b: 4 });
    pass(op, lanes, y, a, { a, r: 4, b: 1 });
    release(lanes);
    return;
  }
  const wide = b % 4 === 0;
  const columns = wide ? b / 4 : b;
  const s = splits(r, a * columns);
  const dispatch = (from: Storage, to: Storage, length: number, parts: number) =>
    gpu().stream.dispatch({
      shader: "reduce",
      entry: op,
      constants: { VEC: wide ? 1 : 0 },
      reads: [from],
      writes: [to],
      params: [a, length, columns, parts],
      grid: gridOf(a * parts * columns),
    });
  if (s === 1) {
    dispatch(x, y, r, 1);
    return;
  }
  const parts = allocate(a * s * b, "reduce");
  dispatch(x, parts, r, s);
  dispatch(parts, y, s, 1);
  release(parts);
}
