// How far a tensor is from the float64 reference.
import type { Tensor } from "../../src/autograd";
import type { F64 } from "../reference/array";

/** The largest difference, and the largest entry of what is expected. */
export async function compare(got: Tensor, expected: F64): Promise<{ error: number; scale: number }> {
  const numbers = await got.data();
  let [error, scale] = [0, 0];
  expected.data.forEach((value, i) => {
    // Written so that a NaN counts as an error.
    if (!(Math.abs(numbers[i] - value) <= error)) error = Math.abs(numbers[i] - value);
    scale = Math.max(scale, Math.abs(value));
  });
  return { error, scale };
}
