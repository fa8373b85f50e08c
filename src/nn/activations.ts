// Activations as layers.
import { leakyRelu, relu, sigmoid, type Tensor, tanh } from "../autograd";
import { Module } from "./module";

export class ReLU extends Module {
  override forward(x: Tensor): Tensor {
    return relu(x);
  }
}

/** x where x > 0, else slope · x. */
export class LeakyReLU extends Module {
  constructor(private readonly slope = 0.01) {
    super();
  }

  override forward(x: Tensor): Tensor {
    return leakyRelu(x, { slope: this.slope });
  }
}

export class Tanh extends Module {
  override forward(x: Tensor): Tensor {
    return tanh(x);
  }
}

export class Sigmoid extends Module {
  override forward(x: Tensor): Tensor {
    return sigmoid(x);
  }
}
