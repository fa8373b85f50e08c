// Layers without weights: shapes, activations, and layers one after the other.
import { leakyRelu, relu, reshape, type Shape, sigmoid, sizeOf, type Tensor, tanh, tidy } from "../autograd";
import { Module } from "./module";

/** Runs layers one after the other. What lies between them is freed at the end, unless a gradient needs it. */
export class Sequential extends Module {
  private readonly layers: Module[];

  constructor(...layers: Module[]) {
    super();
    this.layers = layers.map((layer, i) => this.child(String(i), layer));
  }

  override forward(x: Tensor): Tensor {
    return tidy(() => this.layers.reduce((value, layer) => layer.forward(value), x));
  }
}

/** (N, …) → (N, all the rest). */
export class Flatten extends Module {
  override forward(x: Tensor): Tensor {
    return reshape(x, [x.shape[0], sizeOf(x.shape.slice(1))]);
  }
}

/** (N, …) → (N, …shape). */
export class Reshape extends Module {
  constructor(private readonly shape: Shape) {
    super();
  }

  override forward(x: Tensor): Tensor {
    return reshape(x, [x.shape[0], ...this.shape]);
  }
}

/** x where x > 0, else slope · x. */
export class LeakyReLU extends Module {
  constructor(private readonly options: { slope?: number } = {}) {
    super();
  }

  override forward(x: Tensor): Tensor {
    return leakyRelu(x, this.options);
  }
}

/** A layer that is one op of one tensor. */
export interface Activation extends Module {
  forward(x: Tensor): Tensor;
}

/** Its class. */
const layerOf = (op: (x: Tensor) => Tensor): (new () => Activation) =>
  class extends Module {
    override forward(x: Tensor): Tensor {
      return op(x);
    }
  };

/** x where x > 0, else 0. */
export const ReLU = layerOf(relu);
/** tanh x. */
export const Tanh = layerOf(tanh);
/** 1 / (1 + e⁻ˣ). */
export const Sigmoid = layerOf(sigmoid);
