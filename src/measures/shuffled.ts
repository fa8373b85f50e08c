// Places in a random order, always the same of a seed (Fisher and Yates).
import { HostRandom } from "../kernels/threefry";

export function shuffled(count: number, seed: number): number[] {
  const random = new HostRandom(seed);
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
