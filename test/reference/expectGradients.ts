// Holds a hand-written backward pass to central differences.
import * as assert from "uvu/assert";
import type { F64, makeRandom } from "./array";
import { entryDerivative } from "./derivatives";
import type { Weights } from "./layers";

/** Compares `entries` of every gradient with differences of the loss; a tiny step seldom meets a kink. */
export function expectGradients(
  { random, weights, bound }: { random: ReturnType<typeof makeRandom>; weights: Weights; bound: number },
  gradients: Weights,
  loss: (weights: Weights) => number,
  entries: number,
): void {
  for (const [name, gradient] of Object.entries(gradients)) {
    assert.equal(gradient.shape, weights[name].shape);
    for (let k = 0; k < entries; k++) {
      const index = Math.floor(random.uniform() * gradient.data.length);
      const L = ([w]: F64[]) => loss({ ...weights, [name]: w });
      const wanted = entryDerivative(L, [weights[name]], 0, index, 1e-7);
      const got = gradient.data[index];
      assert.ok(
        Math.abs(got - wanted) < bound * (1 + Math.abs(wanted)),
        `${name}[${index}]: ${got}, ${wanted}`,
      );
    }
  }
}
