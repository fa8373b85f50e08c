// The bias of a matrix product or a convolution. The product's kernel adds it where it stores its sums, which saves
// a pass over the output.
import type { FactorGrad } from "../../kernels/gemm";
import type { Thunks } from "../op";
import { type Shape, shapeError } from "../shape";
import { emptyTogether, type Tensor } from "../tensor";
import { sum } from "./sum";

export interface WithBias {
  /** (columns or channels of the output), added to each row or pixel. */
  bias?: Tensor;
}

/** What a product's op takes: a third input where there is a bias. */
export type Factors = [a: Tensor, b: Tensor] | [a: Tensor, b: Tensor, bias: Tensor];

/** Throws unless the bias among an op's inputs, if there is one, has a number for each of so many columns. */
export function checkBias(op: string, shapes: Shape[], columns: number): void {
  const bias = shapes[2];
  if (!bias || (bias.length === 1 && bias[0] === columns)) return;
  throw shapeError(op, `the bias must be [${columns}]`, shapes, "add(y, bias) takes other shapes.");
}

/** The gradient of the bias: that of the output, summed over all axes but the last. */
export function biasGrad(dy: Tensor): Tensor {
  return sum(dy, { axes: dy.shape.map((_, axis) => axis).slice(0, -1) });
}

/** The derivatives by b and the bias where one kernel, `run`, makes both: the bias's is a row of the product that makes b's. */
export function gradsTogether([, b, bias]: Factors, dy: Tensor, run: (db: FactorGrad) => void): Thunks {
  let ofBias: Tensor | undefined;
  const ofFactor = () => {
    const { whole: storage, made } = emptyTogether([b.shape, bias!.shape], "gradients of a product");
    ofBias = made[1];
    run({ ...made[0], storage, sums: ofBias.storage.offset / 4 });
    return made[0];
  };
  return [ofFactor, () => ofBias ?? biasGrad(dy)];
}
