// A made-up history of losses, with noise and a fall like a real one's.
import type { LossRow } from "../../../src/node/lossFile";

export function madeUpRows(count: number): LossRow[] {
  let state = 11;
  const random = () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647 - 0.5;
  };
  return Array.from({ length: count }, (_, i) => {
    const level = 8 * Math.exp((-3 * i) / count) + 1;
    const criticReal = Math.fround(-level / 2 + random());
    const criticFake = Math.fround(-level / 2 + random());
    const wasserstein = -(criticReal + criticFake);
    return {
      step: i + 1,
      criticReal,
      criticFake,
      generator: Math.fround(level / 3 + random()),
      wasserstein,
      seconds: (i + 1) / 8,
    };
  });
}
