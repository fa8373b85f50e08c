// An array filled with one number, or held to bounds, in place.

import { type Block, dispatch, gridOf } from "./block";

/** y = value everywhere. */
export function fill(y: Block, value: number): void {
  dispatch({
    shader: "fill",
    entry: "fill",
    reads: [],
    writes: [y.storage],
    params: { n: y.size, p: value, q: 0 },
    grid: gridOf(y.size),
  });
}

/** y = y held to [low, high], in place. */
export function clip(y: Block, low: number, high: number): void {
  const params = { n: y.size, p: low, q: high };
  dispatch({
    shader: "fill",
    entry: "clip",
    reads: [],
    writes: [y.storage],
    params,
    grid: gridOf(y.size),
  });
}
