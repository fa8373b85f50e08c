// The optimisers, and running averages: each changes weights and their slots in place, three or seven weights a dispatch.
import { gpu } from "../gpu/gpu";
import { type Block, dispatch, gridOf, type Storage, temporary, turnsFor, type Undo } from "./block";

/** Bounds that a weight is held to after its update, or none. */
export type Clip = readonly [low: number, high: number] | undefined;

/** A step's learning rate, or a function that is asked anew when a captured step is replayed. */
export type Rate = number | (() => number);

/** RMSprop's numbers; `epsilonInside`: under the root, or else beside it; `centered`: by the gradients' deviation. */
export interface RmspropRule {
  rate: Rate;
  decay: number;
  epsilon: number;
  epsilonInside: boolean;
  momentum?: number;
  centered?: boolean;
}

/** The numbers of Adam's rule (Kingma and Ba 2015). */
export interface AdamRule {
  rate: Rate;
  beta1: number;
  beta2: number;
  epsilon: number;
  /** 1 − beta1^t and 1 − beta2^t at step t = 1, 2, …; asked once a step, anew when a captured one is replayed. */
  corrections: (undo: Undo) => readonly [number, number];
}

/** What a step changes and by what: a gradient and a clip for each weight, and the slots of all in one block. */
export interface Updated<B extends Block = Block> {
  weights: readonly B[];
  gradients: readonly B[];
  /** The first slots of all weights, `slotSize` numbers, then their second ones where a rule has two. */
  slots: B;
  clips: readonly Clip[];
}

/** Most storage buffers that an update binds. Tests lower it: WebGPU promises 8, most adapters have more. */
export const bindings = { most: 16 };

/** How many weights the next dispatch takes: each has a gradient, and all share the slots. */
function groupOf(left: number): 3 | 7 {
  const room = Math.min(bindings.most, gpu().device.limits.maxStorageBuffersPerShaderStage);
  return left > 3 && room >= 2 * 7 + 1 ? 7 : 3;
}

const vec4s = ({ size }: { size: number }) => Math.ceil(size / 4);

/** How many numbers one slot for each entry takes: the slots of a weight begin at a whole vec4, as the weight does. */
export const slotSize = (weights: readonly { size: number }[]): number =>
  4 * weights.reduce((sum, weight) => sum + vec4s(weight), 0);

/** The numbers of a rule that stay what they are; see update_rules.wgsl for what each means to the rules. */
const none = { decay: 0, epsilon: 0, inside: false, beta1: 0 };

function update(
  entry: string,
  { weights, gradients, slots, clips }: Updated,
  rate: Rate,
  numbers: typeof none,
  constants?: Record<string, number>,
  corrections?: AdamRule["corrections"],
): void {
  const members = weights
    .map(({ storage, size }, i) => {
      return { gradient: gradients[i].storage, weight: storage, clip: clips[i], n4: vec4s({ size }) };
    })
    .filter(({ n4 }) => n4 > 0);
  const second = slotSize(weights) / 4;
  let base = 0;
  let corrected: readonly number[] = [0, 0];
  for (let first = 0, count: number; first < members.length; first += count) {
    count = groupOf(members.length - first);
    const group = members.slice(first, first + count);
    const { gradient } = group[0];
    const run = (spare: readonly Storage[]): void => {
      // What the last group lacks must be bound as well. A buffer may be read twice in a dispatch, not written twice.
      if (group.length + spare.length < count)
        return temporary(1, entry, (storage) => run([...spare, storage]));
      const bound = [...group, ...spare.map((weight) => ({ gradient, weight, clip: undefined, n4: 0 }))];
      const from = base;
      let end = 0;
      const bounds = bound.map(({ n4, clip }) => {
        end += n4;
        const [low, high] = clip ?? [0, 0];
        return { end, clip: clip !== undefined, low, high };
      });
      base += end;
      const { turns, threads } = turnsFor(end);
      dispatch({
        shader: count === 7 ? "update_seven" : "update",
        entry,
        constants,
        reads: bound.map(({ gradient }) => gradient),
        writes: [...bound.map(({ weight }) => weight), slots.storage],
        params: (undo) => {
          if (first === 0 && corrections) corrected = corrections(undo); // once a step, not once a dispatch
          const [correction1, correction2] = corrected;
          const now = typeof rate === "number" ? rate : rate();
          const rule = { ...numbers, turns, base: from, second, rate: now, correction1, correction2 };
          return { parts: bounds, rule };
        },
        grid: gridOf(threads),
      });
    };
    run([]);
  }
}

/** One RMSprop step; the slots are means of squared gradients, then of gradients if centred, then the momentum if any. */
export function rmsprop(updated: Updated, { rate, epsilonInside: inside, ...rule }: RmspropRule): void {
  const { decay, epsilon, momentum: beta1 = 0, centered = false } = rule;
  const constants = { CENTERED: centered ? 1 : 0, MOMENTUM: beta1 ? 1 : 0 };
  update("rmsprop", updated, rate, { decay, epsilon, inside, beta1 }, constants);
}

/** How many slots an entry has. */
export const rmspropSlots = ({ momentum = 0, centered = false }: Partial<RmspropRule>): number =>
  1 + (centered ? 1 : 0) + (momentum ? 1 : 0);

/** One Adam step; the first slots are the first moments, the second ones the second. */
export const adam = (updated: Updated, { rate, beta1, beta2: decay, epsilon, corrections }: AdamRule) =>
  update("adam", updated, rate, { ...none, decay, epsilon, beta1 }, {}, corrections);

/** y = keep · y + take · x for each y and its x: a rule without slots. */
export const blend = (xs: readonly Block[], ys: readonly Block[], keep: number, take: number): void =>
  temporary(1, "no slots", (storage) => {
    const updated = { weights: ys, gradients: xs, slots: { ...ys[0], storage }, clips: [] };
    update("blend", updated, take, { ...none, decay: keep });
  });

/** One step of gradient descent with momentum; a slot is the velocity, and without momentum there is none. */
export const sgd = (updated: Updated, rate: Rate, momentum: number, nesterov = false) =>
  update(
    "sgd",
    updated,
    rate,
    { ...none, decay: momentum, inside: nesterov },
    { MOMENTUM: momentum ? 1 : 0 },
  );
