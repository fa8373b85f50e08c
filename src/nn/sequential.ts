// Layers one after the other.
import { type Tensor, tidy } from "../autograd";
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
