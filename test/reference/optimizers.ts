// Float64 references of one step of each optimiser: RMSprop in its four published forms, Adam, SGD with
// momentum, and WGAN's weight clipping. Every function returns new arrays.
import { type F64, map } from "./array";

export type RmspropForm = "keras" | "kerasBefore2.11" | "pytorch" | "tensorflow1";

/** Where frameworks differ: decay, ε, whether ε stands inside the root, and the accumulator's first value. */
export const rmspropForms: Record<
  RmspropForm,
  { decay: number; epsilon: number; insideRoot: boolean; start: number }
> = {
  keras: { decay: 0.9, epsilon: 1e-7, insideRoot: true, start: 0 },
  "kerasBefore2.11": { decay: 0.9, epsilon: 1e-7, insideRoot: false, start: 0 },
  pytorch: { decay: 0.99, epsilon: 1e-8, insideRoot: false, start: 0 },
  tensorflow1: { decay: 0.9, epsilon: 1e-10, insideRoot: true, start: 1 },
};

/** a ← decay·a + (1 − decay)·g², then x ← x − lr·g/√(a + ε), or /(√a + ε). */
export function rmsprop(
  x: F64,
  gradient: F64,
  accumulator: F64,
  { lr, form }: { lr: number; form: RmspropForm },
): { x: F64; accumulator: F64 } {
  const { decay, epsilon, insideRoot } = rmspropForms[form];
  const next = map(accumulator, (a, i) => decay * a + (1 - decay) * gradient.data[i] ** 2);
  const root = (a: number) => (insideRoot ? Math.sqrt(a + epsilon) : Math.sqrt(a) + epsilon);
  return { x: map(x, (v, i) => v - (lr * gradient.data[i]) / root(next.data[i])), accumulator: next };
}

/**
 * PyTorch's with its options, as its page writes them: v ← α·v + (1 − α)·g²; centred, m ← α·m + (1 − α)·g and v − m² is
 * under the root; b ← momentum·b + g/(√ + ε), x ← x − lr·b. `slots` are v, m, b; new ones come back.
 */
export function rmspropOfTorch(
  x: F64,
  gradient: F64,
  [v, m, b]: readonly F64[],
  { lr, momentum, centered }: { lr: number; momentum: number; centered: boolean },
): { x: F64; slots: F64[] } {
  const { decay, epsilon } = rmspropForms.pytorch;
  const squares = map(v, (a, i) => decay * a + (1 - decay) * gradient.data[i] ** 2);
  const means = map(m, (a, i) => decay * a + (1 - decay) * gradient.data[i]);
  const under = map(squares, (a, i) => (centered ? a - means.data[i] ** 2 : a));
  const moved = map(b, (a, i) => momentum * a + gradient.data[i] / (Math.sqrt(under.data[i]) + epsilon));
  return { x: map(x, (a, i) => a - lr * moved.data[i]), slots: [squares, means, moved] };
}

/** Three weights after 20 steps of PyTorch 1.13's own RMSprop in float64, at a rate of 0.01, by `torchGradient`. */
export const torchRuns = [
  { momentum: 0, centered: true, x: [0.8802947752408208, -1.9211266874615536, 0.5495750734339171] },
  { momentum: 0.3, centered: false, x: [0.8431590167830302, -1.8678412045887376, 0.577458310940886] },
  { momentum: 0.9, centered: false, x: [0.0005400808498987094, -0.0027665068345889884, 1.027669895401381] },
  { momentum: 0.9, centered: true, x: [-0.011726409675306216, 0.03112656226589617, 1.0338257887623694] },
];
export const torchStart = [1, -2, 0.5];
/** At step t = 1, 2, … */
export const torchGradient = (t: number): number[] => [Math.sin(t), 0.1 * t - 1, (-1) ** t * 1e-3];

/** Kingma and Ba 2015, algorithm 1: `step` counts from 1, both moments start at 0, ε outside the root. */
export function adam(
  x: F64,
  gradient: F64,
  first: F64,
  second: F64,
  step: number,
  options: { lr: number; beta1: number; beta2: number; epsilon: number },
): { x: F64; first: F64; second: F64 } {
  const { lr, beta1, beta2, epsilon } = options;
  const m = map(first, (v, i) => beta1 * v + (1 - beta1) * gradient.data[i]);
  const s = map(second, (v, i) => beta2 * v + (1 - beta2) * gradient.data[i] ** 2);
  const [unbiasM, unbiasS] = [1 - beta1 ** step, 1 - beta2 ** step];
  const moved = map(
    x,
    (v, i) => v - (lr * (m.data[i] / unbiasM)) / (Math.sqrt(s.data[i] / unbiasS) + epsilon),
  );
  return { x: moved, first: m, second: s };
}

/** PyTorch's form: b ← momentum·b + g, x ← x − lr·b, Nesterov's x ← x − lr·(g + momentum·b); the buffer starts at 0. */
export function sgd(
  x: F64,
  gradient: F64,
  buffer: F64,
  { lr, momentum, nesterov = false }: { lr: number; momentum: number; nesterov?: boolean },
): { x: F64; buffer: F64 } {
  const next = map(buffer, (b, i) => momentum * b + gradient.data[i]);
  const step = map(next, (b, i) => (nesterov ? gradient.data[i] + momentum * b : b));
  return { x: map(x, (v, i) => v - lr * step.data[i]), buffer: next };
}

/** Every value into [−bound, bound]. */
export const clip = (x: F64, bound: number): F64 => map(x, (v) => Math.min(Math.max(v, -bound), bound));
