// The optimisers and random numbers of the model, in float64.
import { threefry2x32 } from "../../src/kernels/threefry";
import type { Rule } from "./actions";
import { type Numbers, numbers } from "./arrays";

/** Averages of one parameter's gradients: the first slot and the second, where the rule has one. */
export interface Averages {
  first: Numbers;
  second?: Numbers;
}

export interface PlainOptimizer {
  readonly rule: Rule;
  readonly clip: boolean;
  rate: number;
  steps: number;
}

export interface PlainState {
  kind: string;
  steps: number;
  slots: Averages[];
}

/** Whose state it is. */
export const kindOf = (rule: Rule): string =>
  ({ sgd: "SGD", momentum: "SGD", rmsprop: "RMSprop", adam: "Adam" })[rule];

export const begin = (rule: Rule, size: number): Averages => {
  const zeros = { values: new Float64Array(rule === "sgd" ? 0 : size), slack: 0 }; // without momentum there are none
  return rule === "adam" ? { first: zeros, second: zeros } : { first: zeros };
};

/** One step of one parameter, `steps` counted already. A gradient near 0 that may be off can turn a step around. */
export function update(
  { rule, rate, clip, steps }: PlainOptimizer,
  weight: Numbers,
  gradient: Numbers,
  { first, second }: Averages,
): { weight: Numbers; slots: Averages } {
  const g = gradient.values;
  const off = gradient.slack;
  const mixed = (old: Numbers, keep: number, taken: (g: number) => number, error: number) => {
    const values = old.values.map((value, i) => keep * value + (1 - keep) * taken(g[i]));
    const size = Math.max(0, ...values.map(Math.abs), ...g.map((x) => Math.abs(taken(x))));
    return { values, slack: keep * old.slack + (1 - keep) * error + 3e-7 * size };
  };
  const squared = (x: number) => x * x;
  const squaredOff = off * (2 * Math.max(0, ...g.map(Math.abs)) + off);
  const held = (values: Float64Array, slack: number): Numbers =>
    numbers(clip ? values.map((value) => Math.min(2, Math.max(-2, value))) : values, slack);
  switch (rule) {
    case "adam": {
      const [beta1, beta2] = [Math.fround(0.9), Math.fround(0.999)];
      const m = mixed(first, beta1, (x) => x, off);
      const v = mixed(second!, beta2, squared, squaredOff);
      const [c1, c2] = [1 - beta1 ** steps, 1 - beta2 ** steps];
      let error = 0;
      const values = weight.values.map((value, i) => {
        const root = Math.sqrt(v.values[i] / c2) + 1e-8;
        const move = m.values[i] / c1 / root;
        error = Math.max(
          error,
          m.slack / c1 / root + Math.abs(move) * (v.slack / Math.max(v.values[i], 1e-16) + 1e-5),
        );
        return value - rate * move;
      });
      return { weight: held(values, weight.slack + rate * error), slots: { first: m, second: v } };
    }
    case "rmsprop": {
      const mean = mixed(first, 0.99, squared, squaredOff);
      let error = 0;
      const values = weight.values.map((value, i) => {
        const root = Math.sqrt(mean.values[i]) + 1e-8;
        const move = g[i] / root;
        error = Math.max(
          error,
          off / root + Math.abs(move) * (mean.slack / Math.max(mean.values[i], 1e-16) + 1e-5),
        );
        return value - rate * move;
      });
      return { weight: held(values, weight.slack + rate * error), slots: { first: mean } };
    }
    default: {
      const momentum = rule === "momentum" ? 0.5 : 0;
      const velocity = numbers(
        g.map((value, i) => momentum * (first.values[i] ?? 0) + value),
        momentum * first.slack + off,
      );
      const values = weight.values.map((value, i) => value - rate * velocity.values[i]);
      const slots = { first: momentum === 0 ? first : velocity };
      return { weight: held(values, weight.slack + rate * velocity.slack), slots };
    }
  }
}

export const BOUND = 1000;
const words = (value: number) => [value % 2 ** 32, Math.floor(value / 2 ** 32)] as const;

/** What a draw gives; numbers 2i and 2i + 1 are made from counter + i. */
export function drawn(
  dist: "uniform" | "normal" | "integer",
  seed: number,
  counter: number,
  size: number,
): Numbers {
  const values = new Float64Array(size);
  for (let i = 0; 2 * i < size; i++) {
    const pair = threefry2x32(...words(seed), ...words(counter + i));
    const [u, v] = pair.map((word) => (word >>> 8) * 2 ** -24);
    const radius = Math.sqrt(-2 * Math.log(u + 2 ** -24));
    const two = {
      uniform: [u, v],
      normal: [radius * Math.cos(2 * Math.PI * v), radius * Math.sin(2 * Math.PI * v)],
      integer: pair.map((word) => Math.floor((word * BOUND) / 2 ** 32)),
    }[dist];
    two.forEach((value, k) => {
      if (2 * i + k < size) values[2 * i + k] = value;
    });
  }
  return { values, slack: dist === "normal" ? 1e-5 : 0 };
}
