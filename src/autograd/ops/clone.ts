// The same numbers in storage of their own.
import { copy } from "../../kernels/block";
import { defineOp } from "../op";
import type { Tensor } from "../tensor";

/** A copy of x that changes in place do not reach. */
export const clone = defineOp<[x: Tensor]>({
  name: "clone",
  shape: ([x]) => x,
  forward: ([x], y) => copy(x.storage, y.storage),
  saves: [],
  vjp: ({ dy }) => [() => dy],
  takes: ["any"],
  gives: "input",
});
