// Optimisers. Each owns its slots, one or two for a parameter, and may hold a parameter to bounds after its step.
import { adamUpdate, type Clip, full, keep, rmspropUpdate, sgdUpdate, type Tensor, zeros } from "../autograd";

interface Common {
  learningRate: number;
  /** Bounds that a parameter is held to after each step, or undefined; asked once for each parameter. */
  clip?: (parameter: Tensor) => Clip;
}

/** The four published forms of RMSprop: what they decay, what guards the root, and where the average starts. */
export const rmspropForms = {
  /** Keras from 2.11 on, and Keras 3. */
  keras: { decay: 0.9, epsilon: 1e-7, epsilonInside: true, start: 0 },
  /** Keras before 2.11. */
  kerasLegacy: { decay: 0.9, epsilon: 1e-7, epsilonInside: false, start: 0 },
  torch: { decay: 0.99, epsilon: 1e-8, epsilonInside: false, start: 0 },
  tensorflow1: { decay: 0.9, epsilon: 1e-10, epsilonInside: true, start: 1 },
} as const;

export type RmspropForm = keyof typeof rmspropForms;

abstract class Optimizer {
  readonly learningRate: number;
  private readonly clips: Clip[];

  constructor(
    readonly parameters: readonly Tensor[],
    { learningRate, clip }: Common,
  ) {
    this.learningRate = learningRate;
    this.clips = parameters.map((parameter) => clip?.(parameter));
  }

  /** Changes the parameters in place; `gradients` in their order. */
  step(gradients: readonly Tensor[]): void {
    if (gradients.length !== this.parameters.length) {
      throw new Error(
        `step: one gradient for each of ${this.parameters.length} parameters, got ${gradients.length}.`,
      );
    }
    this.parameters.forEach((parameter, i) => {
      this.update(i, parameter, gradients[i], this.clips[i]);
    });
  }

  /** Frees the slots. */
  abstract dispose(): void;
  protected abstract update(index: number, parameter: Tensor, gradient: Tensor, clip: Clip): void;
}

/** Tieleman and Hinton 2012: the step is divided by a running root mean square of the gradients. */
export class RMSprop extends Optimizer {
  private readonly form;
  private readonly slots: Tensor[];

  constructor(parameters: readonly Tensor[], options: Common & { form: RmspropForm }) {
    super(parameters, options);
    this.form = rmspropForms[options.form];
    this.slots = parameters.map(({ shape }) => keep(full(shape, this.form.start)));
  }

  protected override update(i: number, parameter: Tensor, gradient: Tensor, clip: Clip): void {
    rmspropUpdate(parameter, gradient, this.slots[i], { ...this.form, rate: this.learningRate }, clip);
  }

  override dispose(): void {
    for (const slot of this.slots) slot.dispose();
  }
}

/** Kingma and Ba 2015, algorithm 1, with bias correction. */
export class Adam extends Optimizer {
  private readonly first: Tensor[];
  private readonly second: Tensor[];
  private readonly rule: { beta1: number; beta2: number; epsilon: number };
  private steps = 0;

  constructor(
    parameters: readonly Tensor[],
    options: Common & { beta1?: number; beta2?: number; epsilon?: number },
  ) {
    super(parameters, options);
    const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
    this.rule = { beta1, beta2, epsilon };
    this.first = parameters.map(({ shape }) => keep(zeros(shape)));
    this.second = parameters.map(({ shape }) => keep(zeros(shape)));
  }

  protected override update(i: number, parameter: Tensor, gradient: Tensor, clip: Clip): void {
    // A step begins with the first parameter that has entries: counted there, a replayed step counts as well.
    const corrections = () => {
      if (i === this.parameters.findIndex(({ size }) => size > 0)) this.steps++;
      // Of the betas as the GPU rounds them: 1 - 0.999 is off by 5e-5 of itself in f32, and so would be each step.
      const { beta1, beta2 } = this.rule;
      return [1 - Math.fround(beta1) ** this.steps, 1 - Math.fround(beta2) ** this.steps] as const;
    };
    const rule = { ...this.rule, rate: this.learningRate, corrections };
    adamUpdate(parameter, gradient, this.first[i], this.second[i], rule, clip);
  }

  override dispose(): void {
    for (const slot of [...this.first, ...this.second]) slot.dispose();
  }
}

/** Gradient descent with momentum in PyTorch's form: velocity = momentum · velocity + gradient. */
export class SGD extends Optimizer {
  private readonly momentum: number;
  private readonly slots: Tensor[];

  constructor(parameters: readonly Tensor[], options: Common & { momentum?: number }) {
    super(parameters, options);
    this.momentum = options.momentum ?? 0;
    this.slots = parameters.map(({ shape }) => keep(zeros(shape)));
  }

  protected override update(i: number, parameter: Tensor, gradient: Tensor, clip: Clip): void {
    sgdUpdate(parameter, gradient, this.slots[i], this.learningRate, this.momentum, clip);
  }

  override dispose(): void {
    for (const slot of this.slots) slot.dispose();
  }
}
