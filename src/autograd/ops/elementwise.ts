// What the records of elementwise ops have in common: an op gives its entry point in shaders/unary.wgsl or
// shaders/binary.wgsl and its derivative.
import { binary, unary } from "../../kernels/pointwise";
import { defineOp, type Op, type Operand } from "../op";
import { broadcastShapes } from "../shape";
import type { Tensor } from "../tensor";

export type One = [x: Tensor];
export type Two = [a: Operand, b: Operand];
type Derivative<I extends readonly Operand[]> = Pick<Op<I, Tensor, void>, "saves" | "vjp">;

/** y = f(x) by the entry point. */
export const unaryOp = (name: string, entry: string, derivative: Derivative<One> = {}) =>
  defineOp<One>({ name, shape: ([x]) => x, forward: ([x], y) => unary(entry, x, y), ...derivative });

/** y = f(a, b) by the entry point, with NumPy's broadcasting. */
export const binaryOp = (name: string, entry: string, derivative: Derivative<Two> = {}) =>
  defineOp<Two>({
    name,
    shape: ([a, b]) => broadcastShapes(name, a, b),
    forward: ([a, b], y) => binary(entry, a, b, y),
    ...derivative,
  });
