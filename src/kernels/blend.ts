// A running average in place, and an array put into a longer one.

import { gpu } from "../gpu/gpu";
import { float } from "../gpu/stream";
import { type Block, gridOf } from "./block";

/** y = keep * y + take * x. */
export function blend(x: Block, y: Block, keep: number, take: number): void {
  const params = [y.size, float(keep), float(take)];
  gpu().stream.dispatch({
    shader: "blend",
    entry: "blend",
    reads: [x.storage],
    writes: [y.storage],
    params,
    grid: gridOf(y.size),
  });
}

/** Puts x into y from position `at` on. A kernel, where a copy would end the compute pass. */
export function place(x: Block, y: Block, at: number): void {
  const params = [x.size, 0, 0, at];
  gpu().stream.dispatch({
    shader: "blend",
    entry: "place",
    reads: [x.storage],
    writes: [y.storage],
    params,
    grid: gridOf(x.size),
  });
}
