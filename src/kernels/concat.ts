// Arrays put one behind the other along an axis. A kernel, where copies would end the compute pass.
import { type Block, dispatch, gridOf } from "./block";

/** Puts the runs of x, `run` numbers each, into y: the first at `at`, each next one `pitch` numbers on. */
export function place(x: Block, y: Block, run: number, pitch: number, at: number): void {
  dispatch({
    shader: "concat",
    entry: "place",
    reads: [x.storage],
    writes: [y.storage],
    params: { n: x.size, run, pitch, at },
    grid: gridOf(x.size),
  });
}
