// A network on paper: its layers in order, each with the shape of a sample after it. So sizes are known, and compared with
// what an adapter can bind, before there is a weight.
import { type Random, type Shape, sizeOf } from "../autograd";
import { type Initializer, Sequential } from "../nn";
import type { RunConfig } from "./config";
import { type Layer, makeLayer, type Padding, type Size, tensorShapes } from "./layer";

interface Window {
  kernel: number;
  stride?: number;
  padding?: Padding;
  init: Initializer;
}

export interface Norm {
  kind: "batch" | "layer" | "none";
  batchNorm: RunConfig["network"]["batchNorm"];
}

export class Plan {
  readonly layers: Layer[] = [];
  /** Shapes of one sample: the input's, and that behind each layer. */
  readonly shapes: Shape[];

  constructor(input: Shape) {
    this.shapes = [input];
  }

  /** Of one sample behind the last layer. */
  get shape(): Shape {
    return this.shapes.at(-1)!;
  }

  /** Rows and columns of the image behind the last layer. */
  get size(): Size {
    return [this.shape[0], this.shape[1]];
  }

  /** Entries of each trained tensor. */
  get weights(): { size: number }[] {
    const trained = this.layers.flatMap((layer) => {
      const { runningMean, runningVariance, ...shapes } = tensorShapes(layer);
      return Object.values(shapes);
    });
    return trained.map((shape) => ({ size: sizeOf(shape) }));
  }

  make(random: Random): Sequential {
    return new Sequential(...this.layers.map((layer) => makeLayer(layer, random)));
  }

  private add(layer: Layer, shape = this.shape): this {
    this.layers.push(layer);
    this.shapes.push(shape);
    return this;
  }

  flatten(): this {
    return this.add({ kind: "flatten" }, [sizeOf(this.shape)]);
  }

  reshape(shape: Shape): this {
    return this.add({ kind: "reshape", shape }, shape);
  }

  linear(outputs: number, init: Initializer): this {
    return this.add({ kind: "linear", inputs: sizeOf(this.shape), outputs, init }, [outputs]);
  }

  /** A convolution to so many channels. */
  conv(outputs: number, { kernel, stride = 1, padding = "same", init }: Window): this {
    const along = (n: number) => Math.ceil((padding === "same" ? n : n - kernel + 1) / stride);
    const [rows, columns] = this.size;
    const inputs = this.shape[2];
    const layer: Layer = { kind: "conv", inputs, outputs, kernel, stride, padding, init };
    return this.add(layer, [along(rows), along(columns), outputs]);
  }

  /** A transposed convolution to so many channels, and an image of that size. */
  up(outputs: number, outputSize: Size, { kernel, stride = 1, padding = "same", init }: Window): this {
    const window = { inputs: this.shape[2], outputs, kernel, stride, padding, init };
    return this.add({ kind: "convTranspose", ...window, outputSize }, [...outputSize, outputs]);
  }

  /** A normalisation, and behind it a relu of this slope below 0; batch norm has a leaky one within its kernel. */
  normAndRelu({ kind, batchNorm }: Norm, slope: number): this {
    if (kind !== "batch" || slope === 0) return this.norm({ kind, batchNorm }).relu(slope);
    return this.norm({ kind, batchNorm }, slope);
  }

  relu(slope = 0): this {
    return this.add({ kind: "relu", slope });
  }

  tanh(): this {
    return this.add({ kind: "tanh" });
  }

  sigmoid(): this {
    return this.add({ kind: "sigmoid" });
  }

  norm({ kind, batchNorm }: Norm, slope = 1): this {
    const { shape } = this;
    if (kind === "none") return this;
    if (kind === "layer") return this.add({ kind: "layerNorm", shape, epsilon: 1e-5 });
    return this.add({ kind: "batchNorm", channels: shape[2], ...batchNorm, slope });
  }
}
