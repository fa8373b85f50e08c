// Capture and replay: a step's kernels are recorded once, over fixed buffers, and run again without any of the
// JavaScript that chose them. On a GPU a small step is bound by that JavaScript, so this is worth more than tiles.
import { captureCommands, dropProgram, replayProgram } from "../kernels/block";
import { noteChanges } from "./inplace";
import { keep, tensorsIn, tidy } from "./scope";
import type { Share } from "./tensor";

/** A captured step. */
export interface Captured<T> {
  /** What the step returned; a replay overwrites its numbers. */
  readonly result: T;
  /** Runs the step's kernels again, on the same tensors, with random numbers drawn on. */
  replay(): void;
  /** Frees the result and all that the step needed. */
  dispose(): void;
}

/**
 * Runs `fn` once, as ever, and remembers its kernels. `fn` may read and change kept tensors and draw random numbers;
 * what it decides in JavaScript is decided once. Throws if it uploads host data: a replay would have no new data.
 */
export function capture<T>(fn: () => T): Captured<T> {
  const changes = new Set<Share>();
  const { result, program } = captureCommands(() => noteChanges(changes, () => tidy(fn)));
  const owned = tensorsIn(result).map(keep);
  let disposed = false;
  return {
    result,
    replay() {
      if (disposed) throw new Error("replay: the captured step must be alive, but it was disposed.");
      replayProgram(program);
      // What the kernels change in place is newer now: a graph that saved it before must refuse to run.
      for (const share of changes) share.version++;
    },
    dispose() {
      if (disposed) return;
      disposed = true;
      for (const tensor of owned) tensor.dispose();
      dropProgram(program);
    },
  };
}
