// The layers with weights. Images are (N, H, W, C); filters have the layout that their op takes.
import type { ConvOptions, ConvTransposeOptions, Random, Shape } from "../autograd";
import { conv2d, convTranspose2d, matmul, sameShape, show, Tensor } from "../autograd";
import { glorotUniform, type Initializer, zero } from "./init";
import { Module } from "./module";

/** How a layer with weights begins. */
export interface WeightOptions {
  /** Where the initial weights come from. */
  random: Random;
  /** How the weight begins; Glorot's uniform where it is not given. The bias begins at 0. */
  init?: Initializer;
  /** Whether there is a bias; there is one where nothing is said. */
  bias?: boolean;
}

/** One number for both sides of the filter, or (rows, columns). */
type Kernel = number | readonly [number, number];
const sides = (kernel: Kernel) => (typeof kernel === "number" ? [kernel, kernel] : kernel);

abstract class Weighted extends Module {
  readonly weight: Tensor;
  readonly bias: Tensor | undefined;

  constructor(shape: Shape, outputs: number, { random, init = glorotUniform, bias = true }: WeightOptions) {
    super();
    const weight = init(random, shape);
    if (!(weight instanceof Tensor) || !sameShape(weight.shape, shape))
      throw new Error(`${this.constructor.name}: init must give a tensor ${show(shape)}, got ${weight}.`);
    this.weight = this.parameter("weight", weight);
    this.bias = bias ? this.parameter("bias", zero(random, [outputs])) : undefined;
  }
}

/** x (N, in) → x · weight (in, out) + bias (out). */
export class Linear extends Weighted {
  constructor(inputs: number, outputs: number, options: WeightOptions) {
    super([inputs, outputs], outputs, options);
  }

  override forward(x: Tensor): Tensor {
    return matmul(x, this.weight, { bias: this.bias });
  }
}

/** Cross-correlation with weight (rows, columns, in, out) and bias (out). */
export class Conv2d extends Weighted {
  private readonly options: ConvOptions;

  constructor(inputs: number, outputs: number, kernel: Kernel, options: WeightOptions & ConvOptions) {
    const { random, init, bias, ...conv } = options;
    super([...sides(kernel), inputs, outputs], outputs, { random, init, bias });
    this.options = conv;
  }

  override forward(x: Tensor): Tensor {
    return conv2d(x, this.weight, { ...this.options, bias: this.bias });
  }
}

/** The transposed convolution with weight (rows, columns, out, in) and bias (out). */
export class ConvTranspose2d extends Weighted {
  private readonly options: ConvTransposeOptions;

  constructor(ins: number, outs: number, kernel: Kernel, options: WeightOptions & ConvTransposeOptions) {
    const { random, init, bias, ...conv } = options;
    super([...sides(kernel), outs, ins], outs, { random, init, bias });
    this.options = conv;
  }

  override forward(x: Tensor): Tensor {
    return convTranspose2d(x, this.weight, { ...this.options, bias: this.bias });
  }
}
