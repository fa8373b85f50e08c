// Optimisers. Each owns its slots: up to three for an entry of a parameter, all in one tensor. After a step it may clip
// a parameter to bounds.
import { type Clip, full, keep, refuseInCapture, show, type Tensor, type Updated } from "../autograd";
import { adamUpdate, assign, rmspropUpdate, sgdUpdate, slotSize } from "../autograd/inplace";
import { shown } from "../errors";
import { isFloat } from "../kernels/block";
import { type AdamRule, type RmspropRule, rmspropSlots } from "../kernels/update";
import { checkDecay } from "./decay";

interface Common {
  learningRate: number;
  /** Bounds that a parameter is held to after each step, or undefined; asked once for each parameter. */
  clip?: (parameter: Tensor) => Clip;
}

/** The published forms of RMSprop: what they decay, what guards the root, and where the average starts. */
export const rmspropForms = {
  /** Keras from 2.11 on, and Keras 3. */
  keras: { decay: 0.9, epsilon: 1e-7, epsilonInside: true, start: 0 },
  torch: { decay: 0.99, epsilon: 1e-8, epsilonInside: false, start: 0 },
  tensorflow1: { decay: 0.9, epsilon: 1e-10, epsilonInside: true, start: 1 },
} as const;

/** The name of a form of RMSprop, one of `rmspropForms`. */
export type RmspropForm = keyof typeof rmspropForms;

/** All that an optimiser has gathered: with it and the parameters, training goes on as if it had not been broken off. */
export interface OptimizerState {
  /** Whose state it is: "RMSprop", "centered RMSprop", "Adam" or "SGD". */
  kind: string;
  /** Steps done, where the rule counts them, as Adam's does. */
  steps: number;
  /** One array a parameter, in their order; then the second slots, where the rule has two. */
  slots: Float32Array[];
}

abstract class Optimizer<Rule> {
  readonly parameters: readonly Tensor[];
  private rate: number;
  private readonly clips: Clip[];
  private readonly slots: Tensor;
  protected steps = 0;
  /** For a replayed step to ask. */
  protected readonly now = () => this.rate;

  /** `plan` says how many slots an entry has, and what they start from. */
  constructor(
    parameters: readonly Tensor[],
    { learningRate, clip }: Common,
    private readonly plan: { kind: string; count: number; start: number },
    protected readonly rule: Rule,
  ) {
    refuseInCapture("an optimiser must be made before the capture: each replay would reset it.");
    if (parameters.length === 0) throw new Error(`${plan.kind}: there must be a parameter, got none.`);
    const odd = parameters.find((each, i) => each.variable.node || parameters.indexOf(each) < i);
    if (odd) throw new Error(`${plan.kind}: each parameter must be a leaf, and given once, got ${odd}.`);
    this.parameters = [...parameters];
    this.rate = this.learningRate = learningRate;
    this.clips = parameters.map((parameter) => clip?.(parameter));
    try {
      this.slots = keep(full([plan.count * slotSize(parameters)], plan.start));
    } catch (error) {
      throw new Error(
        `${plan.kind}: all slots must fit into one tensor. ${(error as Error).message} Two optimisers need half each.`,
      );
    }
  }

  /** May be changed between steps, those of a captured step that is replayed, too. */
  get learningRate(): number {
    return this.rate;
  }

  set learningRate(value: number) {
    if (typeof value !== "number" || !isFloat(value) || value < 0)
      throw new Error(
        `${this.plan.kind}: learningRate must be a finite number from 0 up, got ${shown(value)}.`,
      );
    refuseInCapture("the learning rate must be set before the capture: a replay asks for it as it is then.");
    this.rate = value;
  }

  /** Reads back what it has gathered. */
  async state(): Promise<OptimizerState> {
    const { steps, plan } = this;
    const all = await this.slots.data();
    const slots = this.ranges().map(([from, to]) => Float32Array.from(all.subarray(from, to)));
    return { kind: plan.kind, steps, slots };
  }

  /** Throws when a state belongs to another kind of optimiser, or to other parameters. */
  checkState({ kind, steps, slots }: OptimizerState): void {
    if (kind !== this.plan.kind) throw new Error(`loadState: it must be of ${this.plan.kind}, got ${kind}.`);
    if (!Number.isSafeInteger(steps) || steps < 0)
      throw new Error(`loadState: the steps must be a whole number from 0 up, got ${steps}.`);
    const wanted = this.ranges().map(([from, to]) => to - from);
    const got = slots.map(({ length }) => length);
    if (wanted.join() !== got.join())
      throw new Error(`loadState: the slots of these parameters are ${show(wanted)} long, got ${show(got)}.`);
  }

  /** Takes over what `state` gave. Throws, before it changes anything, when that belongs to other parameters. */
  loadState(state: OptimizerState): void {
    this.checkState(state);
    const all = new Float32Array(this.slots.size);
    this.ranges().forEach(([from], i) => void all.set(state.slots[i], from));
    assign(this.slots, all);
    this.steps = state.steps;
  }

  /** Where the slots of each parameter lie, the first ones of all and then the second ones; see `slotSize`. */
  private ranges(): (readonly [from: number, to: number])[] {
    const ends = this.parameters.map((_, i) => slotSize(this.parameters.slice(0, i)));
    const starts = Array.from({ length: this.plan.count }, (_, i) => i * slotSize(this.parameters));
    return starts.flatMap((start) =>
      this.parameters.map(({ size }, i) => [start + ends[i], start + ends[i] + size] as const),
    );
  }

  /** Changes the parameters in place; `gradients` in their order. */
  step(gradients: readonly Tensor[]): void {
    const { parameters: weights, slots, clips } = this;
    const [wanted, got] = [weights.length, gradients.length];
    if (got !== wanted) throw new Error(`step: one gradient for each of ${wanted} parameters, got ${got}.`);
    this.update({ weights, gradients, slots, clips });
  }

  /** Frees the slots. */
  dispose(): void {
    this.slots.dispose();
  }

  protected abstract update(updated: Updated): void;
}

/** Tieleman and Hinton 2012: the step is divided by a running root mean square of the gradients. PyTorch's form by default; it alone takes `momentum`, and `centered`, which divides by their deviation instead. */
export class RMSprop extends Optimizer<Omit<RmspropRule, "rate">> {
  constructor(
    parameters: readonly Tensor[],
    options: Common & { form?: RmspropForm; momentum?: number; centered?: boolean },
  ) {
    const { form = "torch", momentum = 0, centered = false } = options;
    checkDecay("RMSprop", "momentum", momentum);
    if (form !== "torch" && (momentum !== 0 || centered))
      throw new Error(`RMSprop: with momentum or centered the form must be "torch", got "${form}".`);
    const { start, ...rule } = { ...rmspropForms[form], momentum, centered };
    const kind = centered ? "centered RMSprop" : "RMSprop";
    super(parameters, options, { kind, count: rmspropSlots(rule), start }, rule);
  }

  protected override update(updated: Updated): void {
    rmspropUpdate(updated, { ...this.rule, rate: this.now });
  }
}

type Betas = Pick<AdamRule, "beta1" | "beta2" | "epsilon">;
type Momentum = { momentum?: number; nesterov?: boolean };

/** Kingma and Ba 2015, algorithm 1, with bias correction; betas of 0.9 and 0.999 and an epsilon of 1e-8 if none are given. */
export class Adam extends Optimizer<Betas> {
  constructor(parameters: readonly Tensor[], options: Common & Partial<Betas>) {
    const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
    for (const beta of [beta1, beta2]) checkDecay("Adam", "betas", beta);
    super(parameters, options, { kind: "Adam", count: 2, start: 0 }, { beta1, beta2, epsilon });
  }

  protected override update(updated: Updated): void {
    // Asked once a step: counted there, a replayed step counts as well.
    const corrections: AdamRule["corrections"] = (undo) => {
      this.steps++;
      undo(() => void this.steps--);
      // Of the betas as the GPU rounds them: 1 - 0.999 is off by 5e-5 of itself in f32, and so would be each step.
      const { beta1, beta2 } = this.rule;
      return [1 - Math.fround(beta1) ** this.steps, 1 - Math.fround(beta2) ** this.steps] as const;
    };
    adamUpdate(updated, { ...this.rule, rate: this.now, corrections });
  }
}

/** Gradient descent with momentum, or Nesterov's, in PyTorch's form: velocity = momentum · velocity + gradient; without if none is given. */
export class SGD extends Optimizer<Required<Momentum>> {
  constructor(parameters: readonly Tensor[], options: Common & Momentum) {
    const { momentum = 0, nesterov = false } = options;
    checkDecay("SGD", "momentum", momentum);
    const plan = { kind: "SGD", count: momentum === 0 ? 0 : 1, start: 0 };
    super(parameters, options, plan, { momentum, nesterov });
  }

  protected override update(updated: Updated): void {
    sgdUpdate(updated, this.now, this.rule.momentum, this.rule.nesterov);
  }
}
