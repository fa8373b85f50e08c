// A running average in place.

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
