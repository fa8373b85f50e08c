// A running average in place.

import { type Block, dispatch, gridOf } from "./block";

/** y = keep * y + take * x. */
export function blend(x: Block, y: Block, keep: number, take: number): void {
  const params = { n: y.size, p: keep, q: take };
  dispatch({
    shader: "blend",
    entry: "blend",
    reads: [x.storage],
    writes: [y.storage],
    params,
    grid: gridOf(y.size),
  });
}
