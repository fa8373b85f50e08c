// Matrix products in batches, either side stored transposed: A·B, A·Bᵀ and Aᵀ·B, which are each other's derivatives.
import type { Block } from "./block";
import { type FactorGrad, gemmOfRows } from "./gemm";
import { room } from "./pieces";
import { reduce } from "./reduce";

export interface MatmulDims {
  batch: number;
  m: number;
  n: number;
  k: number;
  /** a is (k, m) instead of (m, k). */
  transposeA?: boolean;
  /** b is (n, k) instead of (k, n). */
  transposeB?: boolean;
  /** Numbers from one matrix of the batch to the next; 0, as where none is given, uses one matrix for all. */
  stepA?: number;
  stepB?: number;
}

/** y (batch, m, n) = a (m, k) · b (k, n) for every matrix of the batch, plus the bias (n) where there is one. */
export function matmul(a: Block, b: Block, y: FactorGrad, dims: MatmulDims, bias?: Block): void {
  const { batch, m, n, k, transposeA, transposeB, stepA = 0, stepB = 0 } = dims;
  if (transposeA && transposeB) throw new Error("matmul: at most one side may be transposed");
  if (n === 1 && m > 1 && m <= room.most && (batch === 1 || !bias)) {
    // One column would waste the rest of its vec4 and tile: computed as the row yᵀ = bᵀ · aᵀ. A column can be cut into
    // pieces, a row can't; and gemm's rows have a bias for each number.
    const swapped = { m: 1, n: m, transposeA: false, transposeB: !transposeA };
    return matmul(b, a, y, { batch, k, ...swapped, stepA: stepB, stepB: stepA }, bias);
  }
  if (m === 1 && batch === 1) {
    // A row times a matrix is the sum of the matrix's rows, each times a weight.
    const middle = transposeB ? { a: n, r: k, b: 1 } : { a: 1, r: k, b: n };
    return reduce("sum", b.storage, y.storage, middle, { weights: a.storage, bias, sums: y.sums });
  }
  const [direction, rows, channels] = transposeA
    ? (["filterGrad", k, m] as const)
    : (["forward", m, k] as const);
  const more = { channels, columns: n, transposeB, batch, matrixSteps: [stepA, stepB], bias } as const;
  gemmOfRows(direction, [a.storage, b.storage, y.storage], rows, more);
}
