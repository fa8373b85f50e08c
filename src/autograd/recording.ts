// What a capture must know of the graph: in which capture a node was recorded, and what happened to the `grad` of leaves.
// The second is JavaScript, which a replay does not run.
import type { Variable } from "./share";
import type { Tensor } from "./tensor";

export class Recording {
  /** Leaves whose grad was set inside of the capture. */
  readonly anew = new Set<Variable>();
  /** Leaves whose grad, made before the capture, was added to in place; a replay adds to the same. */
  readonly added = new Map<Variable, Tensor>();
}

let current: Recording | undefined;

/** The capture that is going on, if there is one. */
export const recording = (): Recording | undefined => current;

/** Runs `fn` as the body of a capture. */
export function within<T>(capture: Recording, fn: () => T): T {
  current = capture;
  try {
    return fn();
  } finally {
    current = undefined;
  }
}
