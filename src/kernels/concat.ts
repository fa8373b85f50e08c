// Arrays put one behind the other along an axis. A kernel, where copies would end the compute pass.
import { gpu } from "../gpu/gpu";
import { type Block, gridOf } from "./block";

/** Puts the runs of x, `run` numbers each, into y: the first at `at`, each next one `pitch` numbers on. */
export function place(x: Block, y: Block, run: number, pitch: number, at: number): void {
  gpu().stream.dispatch({
    shader: "concat",
    entry: "place",
    reads: [x.storage],
    writes: [y.storage],
    params: [x.size, run, pitch, at],
    grid: gridOf(x.size),
  });
}
