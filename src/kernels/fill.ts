// An array filled with one number, or held to bounds, in place.

import { gpu } from "../gpu/gpu";
import { float } from "../gpu/stream";
import { type Block, gridOf } from "./block";

/** y = value everywhere. */
export function fill(y: Block, value: number): void {
  gpu().stream.dispatch({
    shader: "fill",
    entry: "fill",
    reads: [],
    writes: [y.storage],
    params: [y.size, float(value)],
    grid: gridOf(y.size),
  });
}

/** y = y held to [low, high], in place. */
export function clip(y: Block, low: number, high: number): void {
  const params = [y.size, float(low), float(high)];
  gpu().stream.dispatch({
    shader: "fill",
    entry: "clip",
    reads: [],
    writes: [y.storage],
    params,
    grid: gridOf(y.size),
  });
}
