// Capture and replay: a step's kernels are recorded once, over fixed buffers, and run again without any of the
// JavaScript that chose them. On a GPU a small step spends most of its time in that JavaScript.
import { captureCommands, dropProgram, type Program, replayProgram } from "../kernels/block";
import { Recording, within } from "./recording";
import { keep, tidyOwning } from "./scope";
import { alias, type Tensor } from "./tensor";

/** A captured step. */
export interface Captured<T> {
  /** What the step returned; a replay overwrites its numbers. */
  readonly result: T;
  /** Runs the step's kernels again, on the same tensors, with random numbers drawn on. */
  replay(): void;
  /** Frees the result and all that the step needed. */
  dispose(): void;
}

/** The safety net for a captured step that nobody holds any more. */
const collected = new FinalizationRegistry<Program>(dropProgram);

/**
 * Runs `fn` once, as ever, and remembers its kernels; `replay` gives what running `fn` again would. `fn` may read and
 * change tensors from outside and draw random numbers; what it decides in JavaScript is decided once. The step keeps
 * the tensors that it reads or changes alive, even when they are disposed of. Throws at what a replay could not repeat:
 * host data that is uploaded, numbers that are read back, a capture or a replay inside, a gradient of a graph that was
 * recorded outside, a module or an optimiser made inside, and a `backward` that adds to a grad that is not there yet.
 */
export function capture<T>(fn: () => T): Captured<T> {
  const recording = new Recording();
  let made: Tensor[] = [];
  try {
    const { result, program } = captureCommands(() =>
      within(recording, () => {
        const owning = tidyOwning(fn, "capture");
        made = owning.made;
        return owning.result;
      }),
    );
    return captured(result, made.map(keep), program, recording);
  } catch (error) {
    for (const tensor of made) tensor.dispose();
    throw error;
  }
}

function captured<T>(result: T, made: Tensor[], program: Program, recording: Recording): Captured<T> {
  // What `fn` made of the grads of leaves is JavaScript as well: done again after each replay.
  const grads = [...recording.anew].map(({ leaf }) => ({ leaf, grad: copyOf(leaf?.deref()?.grad) }));
  let disposed = false;
  const step: Captured<T> = {
    result,
    replay() {
      if (disposed) throw new Error("replay: the captured step must be alive, but it was disposed.");
      for (const [{ leaf }, grad] of recording.added) checkGrad(leaf?.deref(), grad);
      replayProgram(program);
      for (const { leaf, grad } of grads) setGrad(leaf?.deref(), grad);
    },
    dispose() {
      if (disposed) return;
      disposed = true;
      collected.unregister(step);
      for (const tensor of [...made, ...grads.map(({ grad }) => grad)]) tensor?.dispose();
      dropProgram(program);
    },
  };
  collected.register(step, program, step);
  return step;
}

/** A handle of one's own. */
const copyOf = (grad: Tensor | undefined) => (grad?.isDisposed ? grad : grad && keep(alias(grad)));
const isSame = (a: Tensor | undefined, b: Tensor | undefined) =>
  a && b ? !a.isDisposed && !b.isDisposed && a.share === b.share : a === b;

function checkGrad(leaf: Tensor | undefined, grad: Tensor): void {
  if (!leaf || isSame(leaf.grad, grad)) return;
  throw new Error(
    `replay: the grad of ${leaf} must be the tensor that backward() added to in the capture, but it was set since. ` +
      "Set it inside of the capture, before backward().",
  );
}

function setGrad(leaf: Tensor | undefined, grad: Tensor | undefined): void {
  if (leaf && !isSame(leaf.grad, grad)) leaf.grad = copyOf(grad);
}
