// Float64 reference of matrix products: batched, batch dimensions broadcast, and either side may be
// stored transposed.
import { type F64, make, offsets, size, strides } from "./array";
import { broadcastShapes } from "./rearrange";

/** (..., M, K) · (..., K, N) → (..., M, N); transposeA: a is (..., K, M); transposeB: b is (..., N, K). */
export function matmul(a: F64, b: F64, flags: { transposeA?: boolean; transposeB?: boolean } = {}): F64 {
  const [rowsA, columnsA] = a.shape.slice(-2);
  const [rowsB, columnsB] = b.shape.slice(-2);
  const [m, k] = flags.transposeA ? [columnsA, rowsA] : [rowsA, columnsA];
  const [inner, n] = flags.transposeB ? [columnsB, rowsB] : [rowsB, columnsB];
  if (k !== inner) throw new Error(`matmul: inner sizes differ, [${a.shape}] and [${b.shape}]`);
  const [stepM, stepKA] = flags.transposeA ? [1, columnsA] : [columnsA, 1];
  const [stepKB, stepN] = flags.transposeB ? [1, columnsB] : [columnsB, 1];

  const batch = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const startsA = batchOffsets(a.shape, batch);
  const startsB = batchOffsets(b.shape, batch);
  const out = make([...batch, m, n]);
  for (let at = 0; at < size(batch); at++) {
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let p = 0; p < k; p++) {
          sum += a.data[startsA[at] + i * stepM + p * stepKA] * b.data[startsB[at] + p * stepKB + j * stepN];
        }
        out.data[(at * m + i) * n + j] = sum;
      }
    }
  }
  return out;
}

/** Where the matrix of each broadcast batch position starts. */
function batchOffsets(shape: readonly number[], batch: readonly number[]): Int32Array {
  const own = strides(shape);
  const extra = batch.length - (shape.length - 2);
  return offsets(
    batch,
    batch.map((_, axis) => (axis < extra || shape[axis - extra] === 1 ? 0 : own[axis - extra])),
  );
}
