// The Fréchet distance of two sets of features (Heusel et al. 2017): take the normal distributions with the sets' means
// and covariances; it is their Wasserstein-2 distance, squared.
import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import type { Rows } from "./rows";

export interface Moments {
  mean: Float64Array;
  covariance: Matrix;
}

/** Mean and covariance, the latter over n − 1. Throws where there is one vector alone, or none. */
export function moments({ values, count, size }: Rows): Moments {
  if (count < 2) throw new RangeError(`moments: a covariance needs 2 vectors or more, got ${count}.`);
  const mean = new Float64Array(size);
  for (let at = 0; at < values.length; at++) mean[at % size] += values[at] / count;
  const covariance = Matrix.zeros(size, size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let from = 0; from < values.length; from += size)
        sum += (values[from + i] - mean[i]) * (values[from + j] - mean[j]);
      covariance.set(i, j, sum / (count - 1));
      covariance.set(j, i, sum / (count - 1));
    }
  }
  return { mean, covariance };
}

/** |m − n|² + tr(C + D − 2 (C D)^½), the trace of the root by way of the symmetric C^½ D C^½. */
export function frechetDistance(a: Moments, b: Moments): number {
  const means = a.mean.reduce((sum, each, i) => sum + (each - b.mean[i]) ** 2, 0);
  const root = squareRoot(a.covariance);
  const product = root.mmul(b.covariance).mmul(root);
  const { realEigenvalues } = new EigenvalueDecomposition(symmetric(product), { assumeSymmetric: true });
  // Rounding leaves some of a singular matrix just below 0.
  const trace = realEigenvalues.reduce((sum, value) => sum + Math.sqrt(Math.max(0, value)), 0);
  return means + a.covariance.trace() + b.covariance.trace() - 2 * trace;
}

/** The symmetric root of a covariance. */
function squareRoot(matrix: Matrix): Matrix {
  const { realEigenvalues, eigenvectorMatrix: vectors } = new EigenvalueDecomposition(matrix, {
    assumeSymmetric: true,
  });
  const roots = Matrix.diag(realEigenvalues.map((value) => Math.sqrt(Math.max(0, value))));
  return vectors.mmul(roots).mmul(vectors.transpose());
}

const symmetric = (matrix: Matrix): Matrix => Matrix.add(matrix, matrix.transpose()).mul(0.5);
