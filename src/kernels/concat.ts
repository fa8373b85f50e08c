// Joins arrays along an axis. It is a kernel, since copies would end the compute pass.
import { type Block, launch } from "./block";

/** Puts the runs of x, `run` numbers each, into y: the first at `at`, each next one `pitch` numbers on. */
export const place = (x: Block, y: Block, run: number, pitch: number, at: number): void =>
  launch("concat", "place", [x], [y], { n: x.size, run, pitch, at }, x.size);
