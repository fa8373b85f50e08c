// What the records of elementwise ops have in common. An op adds only its derivative, and the name of its entry point in
// shaders/unary.wgsl or shaders/binary.wgsl.
import { binary, unary } from "../../kernels/pointwise";
import { defineOp, type Op, type Operand } from "../op";
import { broadcastShapes } from "../shape";
import type { Tensor } from "../tensor";

export type One = [x: Tensor];
export type Two = [a: Operand, b: Operand];
type Derivative<I extends readonly Operand[], A = void> = Pick<Op<I, Tensor, A>, "saves" | "vjp">;
type Numbers = readonly [p?: number, q?: number];

/** y = f(x) by the entry point; `numbers` gives the op's own ones from its attributes. */
export const unaryOp = <A = void>(
  name: string,
  entry: string,
  derivative: Derivative<One, A> = {},
  numbers: (attributes: A) => Numbers = () => [],
) => {
  const forward = ([x]: One, y: Tensor, attributes: A) => unary(entry, x, y, ...numbers(attributes));
  return defineOp<One, A>({ name, shape: ([x]) => x, forward, ...derivative });
};

/** y = f(a, b) by the entry point, with NumPy's broadcasting. */
export const binaryOp = (name: string, entry: string, derivative: Derivative<Two> = {}) =>
  defineOp<Two>({
    name,
    shape: ([a, b]) => broadcastShapes(name, a, b),
    forward: ([a, b], y) => binary(entry, a, b, y),
    ...derivative,
  });
