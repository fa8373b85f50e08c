// The training rows: the tutorial's updates put together from what each side can do, and how their results compare.
// All sides start from the same weights and see the same batches.
import type { HostArray } from "../src/nn";
import { drawDigits } from "../src/wgan/strokes";
import { normal } from "./inputs";
import type { State, Training } from "./sides/side";

/** Batches of one iteration on the GPU of a side. */
interface Batches {
  real: unknown[];
  latents: unknown[];
  generator: unknown;
}

/** Critic updates on 32 real and then on 32 fake images, five times; then one generator update on 64. */
const ROUNDS = 5;
const HALF = 32;

export class TutorialRun {
  private readonly batches: Batches;

  constructor(readonly training: Training) {
    const images = drawDigits({ count: ROUNDS * HALF, seed: 7, digits: [5] }).images;
    const pixels = Float32Array.from(images, (byte) => (byte - 127.5) / 127.5);
    const part = (i: number): HostArray => ({
      shape: [HALF, 28, 28, 1],
      data: pixels.slice(i * HALF * 784, (i + 1) * HALF * 784),
    });
    const five = Array.from({ length: ROUNDS }, (_, i) => i);
    this.batches = {
      real: five.map((i) => training.upload(part(i))),
      latents: five.map((i) => training.upload(normal([HALF, 50], 100 + i))),
      generator: training.upload(normal([2 * HALF, 50], 200)),
    };
  }

  /** One update of the critic on 32 real images. */
  async criticUpdate(): Promise<unknown[]> {
    return [await this.training.critic(this.batches.real[0], -1)];
  }

  /** One update of the generator on 64 latent vectors. */
  async generatorUpdate(): Promise<unknown[]> {
    return [await this.training.generator(this.batches.generator)];
  }

  async iteration(): Promise<unknown[]> {
    const { training, batches } = this;
    const losses: unknown[] = [];
    for (let i = 0; i < ROUNDS; i++) {
      losses.push(await training.critic(batches.real[i], -1));
      const fakes = await training.fakes(batches.latents[i]);
      losses.push(await training.critic(fakes, 1));
      training.free(fakes);
    }
    losses.push(await training.generator(batches.generator));
    return losses;
  }

  free(values: unknown[]): void {
    for (const value of values) this.training.free(value);
  }

  dispose(): void {
    this.free([...this.batches.real, ...this.batches.latents, this.batches.generator]);
    this.training.dispose();
  }
}

export interface Outcome {
  losses: number[];
  state: State;
}

/**
 * A bias in front of batch norm moves the mean, which is subtracted again: its true gradient is 0, what is computed
 * is rounding, and RMSprop makes steps of that. These four are the only ones left out of the comparison.
 */
const IDLE = /^critic\.[02]\.bias$|^generator\.[35]\.bias$/;

/** How far two sides are apart. */
export interface Distance {
  /** The worst loss, as a share of the largest. */
  losses: number;
  /**
   * Of what the updates changed in a tensor, the worst tensor: the root mean square of the difference as a share of
   * that of the change. RMSprop makes steps of one size from gradients of any size, so the one entry with the smallest
   * gradient says nothing; all entries together do.
   */
  changes: number;
}

export function distance(start: State, a: Outcome, b: Outcome): Distance {
  const result: Distance = {
    losses: a.losses.length ? relative(Float32Array.from(a.losses), Float32Array.from(b.losses)) : 0,
    changes: 0,
  };
  for (const [name, { data }] of Object.entries(start)) {
    if (IDLE.test(name)) continue;
    const [x, y] = [a.state[name].data, b.state[name].data];
    let [difference, change] = [0, 0];
    for (let i = 0; i < data.length; i++) {
      difference += (y[i] - x[i]) ** 2;
      change += (x[i] - data[i]) ** 2;
    }
    const share = difference === 0 ? 0 : Math.sqrt(difference / change);
    // Written so that a NaN counts as infinitely far.
    if (!(share <= result.changes)) result.changes = Number.isNaN(share) ? Number.POSITIVE_INFINITY : share;
  }
  return result;
}

/** The largest difference of y from x over the largest entry of x. NaN counts as infinitely far. */
export function relative(x: Float32Array, y: Float32Array): number {
  if (x.length !== y.length) return Number.POSITIVE_INFINITY;
  let [error, scale] = [0, 0];
  for (let i = 0; i < x.length; i++) {
    const off = Math.abs(y[i] - x[i]);
    if (!(off <= error)) error = Number.isNaN(off) ? Number.POSITIVE_INFINITY : off;
    scale = Math.max(scale, Math.abs(x[i]));
  }
  return error === 0 ? 0 : error / scale;
}
