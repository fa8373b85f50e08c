// Rows by index: gather ↔ scatter-add, and batches from a set of bytes.
import * as kernels from "../../kernels/gather";
import { checkInputs, defineOp } from "../op";
import { normalizeAxes, type Shape, shapeError, sizeOf } from "../shape";
import type { Tensor } from "../tensor";
import { transpose } from "./rearrange";

const gatherOp = defineOp<[x: Tensor, index: Tensor]>({
  name: "gather",
  shape: ([x, index]) => {
    checkRows(x, index, 0);
    return [index[0], ...x.slice(1)];
  },
  forward: ([x, index], y) => kernels.gather(x, index, y),
  saves: [["x1"]],
  vjp: ({ xs: [x, index], dy }) => [(): Tensor => scatterAdd(dy, index, { rows: x.shape[0] }), undefined],
  takes: ["f32", "u32"],
});

function checkRows(x: Shape, index: Shape, axis: number): void {
  if (x.length < 1 || index.length !== 1)
    throw shapeError("gather", "x must have rows and the index one axis", [x, index]);
  if (x[axis] === 0 && index[0] > 0) throw shapeError("gather", "there must be a row to read", [x, index]);
}

/**
 * Rows of x (V, …) by index (N) u32 → (N, …); along another axis it is a composite with transpose. An index from V up
 * reads the last row. Throws when there are indices, but no rows.
 */
export function gather(x: Tensor, index: Tensor, { axis = 0 }: { axis?: number } = {}): Tensor {
  if (axis === 0) return gatherOp(x, index);
  const [along] = normalizeAxes("gather", x.shape.length, axis);
  checkInputs({ name: "gather", takes: ["f32", "u32"] }, [x, index]);
  checkRows(x.shape, index.shape, along);
  const order = [along, ...x.shape.keys()].filter((each, i) => i === 0 || each !== along);
  const back = order.map((_, i) => order.indexOf(i));
  return transpose(gatherOp(transpose(x, order), index), back);
}

/**
 * The derivative of gather: row i of x (N, …) is added to row index[i] of a (rows, …) of zeros, to the last one where
 * the index is `rows` or more. Throws when x has rows, but `rows` is 0.
 */
export const scatterAdd = defineOp<[x: Tensor, index: Tensor], { rows: number }>({
  name: "scatterAdd",
  shape: ([x, index], { rows }) => {
    if (x.length < 1 || index.length !== 1 || index[0] !== x[0])
      throw shapeError("scatterAdd", "there must be one index for each row of x", [x, index]);
    const y = [rows, ...x.slice(1)];
    if (rows === 0 && x[0] > 0) throw shapeError("scatterAdd", "there must be a row to add to", [x, y]);
    return y;
  },
  forward: ([x, index], y) => kernels.scatterAdd(x, index, y),
  saves: [["x1"]],
  vjp: ({ xs: [, index], dy }) => [(): Tensor => gather(dy, index), undefined],
  takes: ["f32", "u32"],
});

/**
 * Samples of a set of packed bytes by index (N) u32 → (N, …sample), each byte · scale + shift. An index past the data
 * reads its last whole sample. Throws when there are indices, but not one whole sample.
 */
export const takeBytes = defineOp<
  [data: Tensor, index: Tensor],
  { sample: Shape; scale: number; shift: number }
>({
  name: "takeBytes",
  shape: ([data, index], { sample }) => {
    if (index.length !== 1) throw shapeError("takeBytes", "the index must have one axis", [index]);
    if (index[0] > 0 && sizeOf(data) * 4 < sizeOf(sample))
      throw shapeError("takeBytes", `the data must hold a sample's ${sizeOf(sample)} bytes`, [data, sample]);
    return [index[0], ...sample];
  },
  forward: ([data, index], y, { scale, shift }) => kernels.takeBytes(data, index, y, scale, shift),
  takes: ["u32", "u32"],
});
