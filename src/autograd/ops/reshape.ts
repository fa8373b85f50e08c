// The same numbers under another shape, in storage of their own, or in the other dtype.
import { copy, type DType } from "../../kernels/block";
import { cast } from "../../kernels/pointwise";
import { defineOp } from "../op";
import { type Shape, shapeError, sizeOf } from "../shape";
import type { Tensor } from "../tensor";

const reshapeOp = defineOp<[x: Tensor], { shape: Shape }>({
  name: "reshape",
  shape: ([x], { shape }) => {
    const [had, wanted] = [sizeOf(x), sizeOf(shape)];
    if (had !== wanted)
      throw shapeError("reshape", `x and shape must hold as many numbers, ${had} is not ${wanted}`, [
        x,
        shape,
      ]);
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
  const bad = shape.filter((n) => n === -1).length > 1 || !filled.every((n) => Number.isInteger(n) && n >= 0);
  const rule = `one size may be -1, and ${x.size} numbers must fill the rest`;
  if (bad) throw shapeError("reshape", rule, [x.shape, shape]);
  return reshapeOp(x, { shape: filled });
}

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

/** Whole numbers have no derivative. */
const castOp = (name: string, from: DType, gives: DType) =>
  defineOp<[x: Tensor]>({ name, shape: ([x]) => x, forward: ([x], y) => cast(x, y), takes: [from], gives });

/** u32 as f32, the nearest there is: exact up to 2²⁴. */
export const toF32 = castOp("toF32", "u32", "f32");

/** f32 as u32, cut towards 0; 0 below it and for NaN, 2³² − 256 above that. */
export const toU32 = castOp("toU32", "f32", "u32");
