// The exponential moving average of a module's weights (Polyak and Juditsky 1992, as GANs use it): a smoother
// generator than that of any one step.

import { assign, blendAll, show, type Tensor } from "../autograd";
import { checkDecay } from "./decay";
import type { Module } from "./module";

/** The exponential moving average of a module's weights, in a second module. */
export class MovingAverage {
  private readonly pairs: Map<Tensor, Tensor>; // of the average, of the source
  private readonly decay: number;

  /**
   * `average`, of the same layers as `source`, becomes a copy of it. Its parameters and buffers, running statistics too,
   * then are decay · average + (1 − decay) · source at each `update`. Throws unless the decay is from 0 up to below 1.
   */
  constructor(
    readonly average: Module,
    source: Module,
    decay: number,
  ) {
    this.decay = Math.fround(decay); // so that the two parts, as the GPU has them, add up to 1
    checkDecay("MovingAverage", "the decay", decay);
    const [own, named] = [average.named(), source.named()];
    const layers = (all: Map<string, Tensor>) => [...all].map(([name, { shape }]) => name + show(shape));
    if (layers(own).join() !== layers(named).join())
      throw new Error("MovingAverage: the average must have the layers of its source, got others.");
    if ([...own].some(([name, tensor]) => tensor === named.get(name)))
      throw new Error("MovingAverage: the average must have weights of its own, got those of its source.");
    const all = [...own].map(([name, tensor]) => [tensor, named.get(name)!] as const);
    this.pairs = new Map(all); // a layer that is used twice moves once
    for (const [own, other] of this.pairs) assign(own, other);
  }

  /** Moves the average by the source as it is now. */
  update(): void {
    blendAll([...this.pairs.keys()], [...this.pairs.values()], this.decay, 1 - this.decay);
  }
}
