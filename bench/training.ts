// The training rows: the presets' updates put together from what each side can do, and how their results compare.
// All sides start from the same weights and see the same batches.
import type { HostArray } from "../src/nn";
import { drawDigits } from "../src/wgan/strokes";
import { normal, uniform } from "./inputs";
import type { TrainingRow } from "./rows";
import type { Preset, Start, State, Training } from "./sides/side";
import { throttled } from "./wait";

/** Critic updates for one of the generator. */
const ROUNDS = 5;

/** What an update sees: images of the data in one go, and its latent vectors; the tutorial's have half a batch. */
const sizes: Record<Preset, { batch: number; images: number; latent: number; pixel(byte: number): number }> =
  {
    tutorial: { batch: 64, images: 32, latent: 50, pixel: (byte) => (byte - 127.5) / 127.5 },
    wgan: { batch: 64, images: 64, latent: 50, pixel: (byte) => (byte - 127.5) / 127.5 },
    "wgan-gp": { batch: 50, images: 50, latent: 128, pixel: (byte) => byte / 255 },
  };

/** Queues one update; gives its loss, where it has one. */
export type Update = () => Promise<unknown>;

/** One iteration of a preset on batches of its own, which lie on the GPU of a side. */
export class Iteration {
  private readonly real: unknown[];
  private readonly latents: unknown[];
  private readonly epsilons: unknown[];
  private readonly forGenerator: unknown;

  constructor(
    readonly training: Training,
    private readonly preset: Preset,
  ) {
    const { batch, images, latent, pixel } = sizes[preset];
    const bytes = drawDigits({ count: ROUNDS * images, seed: 7, digits: [5] }).images;
    const part = (i: number): HostArray => ({
      shape: [images, 28, 28, 1],
      data: Float32Array.from(bytes.subarray(i * images * 784, (i + 1) * images * 784), pixel),
    });
    const five = Array.from({ length: ROUNDS }, (_, i) => i);
    this.real = five.map((i) => training.upload(part(i)));
    this.latents = five.map((i) => training.upload(normal([images, latent], 100 + i)));
    this.epsilons = preset === "wgan-gp" ? five.map((i) => training.upload(share(images, 300 + i))) : [];
    this.forGenerator = training.upload(normal([batch, latent], 200));
  }

  updates(runs: TrainingRow["runs"]): Update[] {
    const { training, forGenerator } = this;
    const critic = Array.from({ length: ROUNDS }, (_, i) => this.criticUpdates(i)).flat();
    const generator = async () => training.generator(forGenerator);
    if (runs === "optimizer") return [async () => void (await training.rmsprop())];
    if (runs === "critic") return critic.slice(0, 1);
    if (runs === "generator") return [generator];
    return [...critic, generator];
  }

  /** The tutorial's on real images and then on fakes; else one on both. */
  private criticUpdates(i: number): Update[] {
    const { training, real, latents, epsilons } = this;
    if (this.preset !== "tutorial") return [async () => training.both!(real[i], latents[i], epsilons[i])];
    return [
      async () => training.critic(real[i], -1),
      async () => {
        const fakes = await training.fakes(latents[i]);
        const loss = await training.critic(fakes, 1);
        training.free(fakes);
        return loss;
      },
    ];
  }

  /** Queues all of them, and gives the losses. */
  async run(updates: readonly Update[]): Promise<unknown[]> {
    const losses: unknown[] = [];
    for (const update of updates) losses.push(await update());
    return losses.filter((loss) => loss !== undefined);
  }

  free(values: unknown[]): void {
    for (const value of values) this.training.free(value);
  }

  dispose(): void {
    this.free([...this.real, ...this.latents, ...this.epsilons, this.forGenerator]);
    this.training.dispose();
  }
}

/** Uniform in [0, 1), one number an image. */
function share(images: number, seed: number): HostArray {
  const { shape, data } = uniform([images, 1, 1, 1], seed, 0.5);
  return { shape, data: data.map((value) => value + 0.5) };
}

/** What an update gave, and left behind. */
export interface Outcome {
  loss: number | undefined;
  state: State;
}

/**
 * A bias in front of batch norm moves the mean, which is subtracted again, and the last one of a critic that sees real and
 * fake images in one update takes from one what it gives to the other. Their true gradient is 0, what is computed is
 * rounding, and the optimisers make steps of that. These are the only ones left out of the comparison.
 */
const idle: Record<Preset, RegExp> = {
  tutorial: /^critic\.[02]\.bias$|^generator\.[35]\.bias$/,
  wgan: /^critic\.[025]\.bias$|^generator\.[35]\.bias$/,
  "wgan-gp": /^critic\.7\.bias$/,
};

/**
 * Runs updates one by one and holds each against monge's, whose outcomes are in `led`, or get there when it comes first.
 * Behind each update a side takes over monge's weights: a difference in the last bits grows with every update, since
 * relus have a kink and optimisers divide by the size of a gradient. So from the second update on it would tell how
 * training amplifies, and not whether the side computes the same. `leastMs` is the time of the fastest update: one that
 * compiled nothing, where each is done more than once.
 */
export async function follow(
  training: Training,
  updates: readonly Update[],
  { preset, weights }: Start,
  led: Outcome[],
  finish: () => Promise<void>,
): Promise<{ off: Distance; leastMs: number }> {
  const losses: [number, number][] = [];
  let changes = 0;
  let leastMs = Number.POSITIVE_INFINITY;
  let before = weights;
  for (const [i, update] of updates.entries()) {
    const begun = performance.now();
    const value = await update();
    await throttled(finish());
    leastMs = Math.min(leastMs, performance.now() - begun);
    const loss = value === undefined ? undefined : await throttled(training.scalar(value));
    if (value !== undefined) training.free(value);
    const got = { loss, state: await throttled(training.state()) };
    led[i] ??= got;
    const wanted = led[i];
    if (loss !== undefined) losses.push([wanted.loss!, loss]);
    changes = Math.max(changes, changed(before, wanted.state, got.state, idle[preset]));
    if (wanted !== got) training.load(wanted.state);
    before = wanted.state;
  }
  const of = (side: 0 | 1) => Float32Array.from(losses, (pair) => pair[side]);
  return { off: { losses: relative(of(0), of(1)), changes }, leastMs };
}

/** How far two sides are apart. */
export interface Distance {
  /** The worst loss, as a share of the largest. */
  losses: number;
  /** The worst update's, see `changed`. */
  changes: number;
}

/**
 * How far what an update changed in a tensor is from what it changed on monge, in the worst tensor: the root mean square
 * of the difference as a share of that of the change. The one entry with the smallest gradient says nothing, since
 * optimisers make steps of one size from gradients of any size; all entries together do.
 */
export function changed(before: State, wanted: State, got: State, leftOut: RegExp): number {
  let worst = 0;
  for (const [name, { data }] of Object.entries(before)) {
    if (leftOut.test(name)) continue;
    const [x, y] = [wanted[name].data, got[name].data];
    let [difference, change] = [0, 0];
    for (let i = 0; i < data.length; i++) {
      difference += (y[i] - x[i]) ** 2;
      change += (x[i] - data[i]) ** 2;
    }
    const part = difference === 0 ? 0 : Math.sqrt(difference / change);
    // Written so that a NaN counts as infinitely far.
    if (!(part <= worst)) worst = Number.isNaN(part) ? Number.POSITIVE_INFINITY : part;
  }
  return worst;
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
