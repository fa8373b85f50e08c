// The layers with weights. Images are (N, H, W, C); filters have the layout of the ops they are used by.
import {
  type ConvOptions,
  type ConvTransposeOptions,
  conv2d,
  convTranspose2d,
  matmul,
  type Random,
  type Tensor,
} from "../autograd";
import { glorotUniform, type Initializer, zero } from "./init";
import { Module } from "./module";

interface WeightOptions {
  /** Where the initial weights come from. */
  random: Random;
  /** How the weight begins; Glorot's uniform where it is not given. The bias begins at 0. */
  init?: Initializer;
}

/** x (N, in) → x · weight (in, out) + bias (out). */
export class Linear extends Module {
  readonly weight: Tensor;
  readonly bias: Tensor;

  constructor(inputs: number, outputs: number, { random, init = glorotUniform }: WeightOptions) {
    super();
    this.weight = this.parameter("weight", init(random, [inputs, outputs]));
    this.bias = this.parameter("bias", zero(random, [outputs]));
  }

  override forward(x: Tensor): Tensor {
    return matmul(x, this.weight, { bias: this.bias });
  }
}

/** Cross-correlation with weight (kernel, kernel, in, out) and bias (out). */
export class Conv2d extends Module {
  readonly weight: Tensor;
  readonly bias: Tensor;
  private readonly options: ConvOptions;

  constructor(inputs: number, outputs: number, kernel: number, options: WeightOptions & ConvOptions) {
    super();
    const { random, init = glorotUniform, ...conv } = options;
    this.options = conv;
    this.weight = this.parameter("weight", init(random, [kernel, kernel, inputs, outputs]));
    this.bias = this.parameter("bias", zero(random, [outputs]));
  }

  override forward(x: Tensor): Tensor {
    return conv2d(x, this.weight, { ...this.options, bias: this.bias });
  }
}

/** The transposed convolution with weight (kernel, kernel, out, in) and bias (out). */
export class ConvTranspose2d extends Module {
  readonly weight: Tensor;
  readonly bias: Tensor;
  private readonly options: ConvTransposeOptions;

  constructor(
    inputs: number,
    outputs: number,
    kernel: number,
    options: WeightOptions & ConvTransposeOptions,
  ) {
    super();
    const { random, init = glorotUniform, ...conv } = options;
    this.options = conv;
    this.weight = this.parameter("weight", init(random, [kernel, kernel, outputs, inputs]));
    this.bias = this.parameter("bias", zero(random, [outputs]));
  }

  override forward(x: Tensor): Tensor {
    return convTranspose2d(x, this.weight, { ...this.options, bias: this.bias });
  }
}
