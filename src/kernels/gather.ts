// Rows by index: gather, and scatter-add, which is its derivative.

import { type Block, dispatch, gridOf } from "./block";

/** y (n, …) = the rows of x (rows, …) that index (n) u32 names. */
export function gather(x: Block, index: Block, y: Block): void {
  const rows = x.shape[0];
  const params = { n: index.size, rows, width: x.size / rows };
  dispatch({
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
  const params = { n: index.size, rows, width: y.size / rows };
  const work = 2 * y.size * index.size;
  dispatch({
    shader: "gather",
    entry: "scatter_add",
    reads: [x.storage, index.storage],
    writes: [y.storage],
    params,
    grid: gridOf(y.size),
    work,
  });
}
