// Rows by index: gather, and scatter-add, which is its derivative.

import { gpu } from "../gpu/gpu";
import { type Block, gridOf } from "./block";

/** y (n, …) = the rows of x (rows, …) that index (n) u32 names. */
export function gather(x: Block, index: Block, y: Block): void {
  const rows = x.shape[0];
  const params = [index.size, rows, x.size / rows];
  gpu().stream.dispatch({
    shader: "gather",
    entry: "gather",
    reads: [x.storage, index.storage],
    writes: [y.storage],
    params,
    grid: gridOf(y.size),
  });
}

/** y (rows, …) = the sums of the rows of x (n, …) that share an index. */
export function scatterAdd(x: Block, index: Block, y: Block): void {
  const rows = y.shape[0];
  const params = [index.size, rows, y.size / rows];
  const work = 2 * y.size * index.size;
  gpu().stream.dispatch({
    shader: "gather",
    entry: "scatter_add",
    reads: [x.storage, index.storage],
    writes: [y.storage],
    params,
    grid: gridOf(y.size),
    work,
  });
}
