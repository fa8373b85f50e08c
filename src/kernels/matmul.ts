// Matrix products in batches, either side stored transposed: A·B, A·Bᵀ and Aᵀ·B, which are each other's derivatives.
import type { Block } from "./block";
import { gemm } from "./gemm";
import { room } from "./pieces";

export interface MatmulDims {
  batch: number;
  m: number;
  n: number;
  k: number;
  /** a is (k, m) instead of (m, k). */
  transposeA: boolean;
  /** b is (n, k) instead of (k, n). */
  transposeB: boolean;
  /** Numbers from one matrix of the batch to the next; 0 uses one matrix for all. */
  strideA: number;
  strideB: number;
}

/** y (batch, m, n) = a (m, k) · b (k, n) for every matrix of the batch, plus the bias (n) where there is one. */
export function matmul(a: Block, b: Block, y: Block, dims: MatmulDims, bias?: Block): void {
  const { batch, m, n, k, transposeA, transposeB, strideA, strideB } = dims;
  if (transposeA && transposeB) throw new Error("matmul: at most one side may be transposed");
  const common = { b: b.storage, c: y.storage, images: 1, batch, bias };
  if (n === 1 && m > 1 && m <= room.most) {
    // One column would waste the rest of its vec4 and tile: computed as the row yᵀ = bᵀ · aᵀ. A column can be cut into
    // pieces, a row can't.
    const swapped = { m: 1, n: m, transposeA: false, transposeB: !transposeA };
    matmul(b, a, y, { batch, k, ...swapped, strideA: strideB, strideB: strideA }, bias);
  } else if (transposeA) {
    const line = [1, k] as const;
    gemm({
      ...common,
      direction: "filterGrad",
      a: a.storage,
      out: line,
      source: line,
      channels: m,
      columns: n,
      strides: [strideA, strideB],
    });
  } else {
    const line = [1, m] as const;
    gemm({
      ...common,
      direction: "forward",
      a: a.storage,
      out: line,
      source: line,
      channels: k,
      columns: n,
      transposeB,
      strides: [strideA, strideB],
    });
  }
}
