// Layers that change a sample's shape.
import { reshape, type Shape, sizeOf, type Tensor } from "../autograd";
import { Module } from "./module";

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
