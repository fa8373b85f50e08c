// The same numbers under another shape.
import { defineOp } from "../op";
import { type Shape, shapeError, sizeOf } from "../shape";
import type { Tensor } from "../tensor";

type One = [x: Tensor];

const reshapeOp = defineOp<One, { shape: Shape }>({
  name: "reshape",
  shape: ([x], { shape }) => {
    if (sizeOf(shape) !== sizeOf(x)) {
      throw shapeError("reshape", `both must hold as many numbers, ${sizeOf(x)} is not ${sizeOf(shape)}`, [
        x,
        shape,
      ]);
    }
    return shape;
  },
  saves: [],
  vjp: ({ xs: [x], dy }) => [() => reshape(dy, x.shape)],
  takes: ["any"],
  gives: "input",
});

/** The same numbers under another shape of the same size; one entry may be −1. Shares the storage. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  const known = sizeOf(shape.filter((n) => n !== -1));
  const filled = shape.map((n) => (n === -1 ? x.size / known : n)); // 0 / 0 is NaN: then any size would do
  if (shape.filter((n) => n === -1).length > 1 || !filled.every((n) => Number.isInteger(n) && n >= 0)) {
    throw shapeError("reshape", `one size may be -1, and ${x.size} numbers must fill the rest`, [
      x.shape,
      shape,
    ]);
  }
  return reshapeOp(x, { shape: filled });
}
