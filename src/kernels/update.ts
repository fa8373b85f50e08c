// Kernels that change an array in place: optimisers, clipping, running averages, fill.
import { type Block, gridOf, shares } from "./block";
import { gpu } from "./gpu";
import { float } from "./stream";

/** Bounds that a weight is held to after its update, or none. */
export type Clip = readonly [low: number, high: number] | undefined;

export interface RmspropRule {
  rate: number;
  decay: number;
  epsilon: number;
  epsilonInside: boolean;
}

export interface AdamRule {
  rate: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  /** 1 − beta1^t and 1 − beta2^t at step t = 1, 2, …; asked anew when a captured step is replayed. */
  corrections: () => readonly [number, number];
}

interface UpdateNumbers {
  rate: number;
  decay: number;
  epsilon: number;
  inside: boolean;
  beta1: number;
  corrections: () => readonly [number, number];
}

function update(entry: string, gradient: Block, written: Block[], clip: Clip, numbers: UpdateNumbers): void {
  const n4 = Math.ceil(gradient.size / 4);
  const { turns, grid } = shares(n4);
  const [low, high] = clip ?? [0, 0];
  const { rate, decay, epsilon, inside, beta1, corrections } = numbers;
  const fixed = [
    ...[n4, turns, clip ? 1 : 0, float(low), float(high)],
    ...[float(rate), float(decay), float(epsilon), inside ? 1 : 0, float(beta1)],
  ];
  gpu().stream.dispatch({
    shader: "update",
    entry,
    reads: [gradient.storage],
    writes: written.map((block) => block.storage),
    params: entry === "adam" ? () => [...fixed, ...corrections().map(float)] : fixed,
    grid,
  });
}

const plain = { epsilon: 0, inside: false, beta1: 0, corrections: () => [1, 1] as const };

/** One RMSprop step; `slot` is the mean of squared gradients. */
export const rmsprop = (gradient: Block, weight: Block, slot: Block, rule: RmspropRule, clip: Clip) =>
  update("rmsprop", gradient, [weight, slot], clip, { ...plain, ...rule, inside: rule.epsilonInside });

/** One Adam step; `m` and `v` are its two slots. */
export const adam = (gradient: Block, weight: Block, m: Block, v: Block, rule: AdamRule, clip: Clip) =>
  update("adam", gradient, [weight, m, v], clip, { ...plain, ...rule, decay: rule.beta2 });

/** One step of gradient descent with momentum; `slot` is the velocity. */
export const sgd = (
  gradient: Block,
  weight: Block,
  slot: Block,
  rate: number,
  momentum: number,
  clip: Clip,
) => update("sgd", gradient, [weight, slot], clip, { ...plain, rate, decay: momentum });

/** y = keep * y + take * x. */
export function blend(x: Block, y: Block, keep: number, take: number): void {
  const params = [y.size, float(keep), float(take)];
  gpu().stream.dispatch({
    shader: "blend",
    entry: "blend",
    reads: [x.storage],
    writes: [y.storage],
    params,
    grid: gridOf(y.size),
  });
}

/** Puts x into y from position `at` on. A kernel, where a copy would end the compute pass. */
export function place(x: Block, y: Block, at: number): void {
  const params = [x.size, 0, 0, at];
  gpu().stream.dispatch({
    shader: "blend",
    entry: "place",
    reads: [x.storage],
    writes: [y.storage],
    params,
    grid: gridOf(x.size),
  });
}

/** y = value everywhere. */
export function fill(y: Block, value: number): void {
  gpu().stream.dispatch({
    shader: "fill",
    entry: "fill",
    reads: [],
    writes: [y.storage],
    params: [y.size, float(value)],
    grid: gridOf(y.size),
  });
}

/** y = y held to [low, high], in place. */
export function clip(y: Block, low: number, high: number): void {
  const params = [y.size, float(low), float(high)];
  gpu().stream.dispatch({
    shader: "fill",
    entry: "clip",
    reads: [],
    writes: [y.storage],
    params,
    grid: gridOf(y.size),
  });
}
