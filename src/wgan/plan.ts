// A network on paper: its layers in order, each with the shape of a sample behind it. So sizes are known, and held
// against what an adapter can bind, before there is a weight.
import { type Random, type Shape, sizeOf } from "../autograd";
import {
  BatchNorm2d,
  Conv2d,
  ConvTranspose2d,
  Flatten,
  type Initializer,
  LayerNorm,
  LeakyReLU,
  Linear,
  type Module,
  ReLU,
  Reshape,
  Sequential,
} from "../nn";
import type { RunConfig } from "./config";

type Make = (random: Random) => Module;
export type Size = readonly [rows: number, columns: number];
type Padding = "same" | "valid" | readonly [top: number, bottom: number, left: number, right: number];
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
  private readonly layers: Make[] = [];
  /** Shapes of one sample: the input's, and that behind each layer. */
  readonly shapes: Shape[];
  /** Entries of each trained tensor. */
  readonly weights: { size: number }[] = [];

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

  make(random: Random): Sequential {
    return new Sequential(...this.layers.map((layer) => layer(random)));
  }

  add(make: Make, shape = this.shape, ...weights: number[]): this {
    this.layers.push(make);
    this.shapes.push(shape);
    this.weights.push(...weights.map((size) => ({ size })));
    return this;
  }

  flatten(): this {
    return this.add(() => new Flatten(), [sizeOf(this.shape)]);
  }

  reshape(shape: Shape): this {
    return this.add(() => new Reshape(shape), shape);
  }

  linear(outputs: number, init: Initializer): this {
    const inputs = sizeOf(this.shape);
    const make: Make = (random) => new Linear(inputs, outputs, { random, init });
    return this.add(make, [outputs], inputs * outputs, outputs);
  }

  /** A convolution to so many channels. */
  conv(outputs: number, { kernel, stride = 1, padding = "same", init }: Window): this {
    const inputs = this.shape[2];
    const along = (n: number) => Math.ceil((padding === "same" ? n : n - kernel + 1) / stride);
    const make: Make = (random) => new Conv2d(inputs, outputs, kernel, { random, init, stride, padding });
    const [rows, columns] = this.size;
    const shape = [along(rows), along(columns), outputs];
    return this.add(make, shape, kernel * kernel * inputs * outputs, outputs);
  }

  /** A transposed convolution to so many channels, and an image of that size. */
  up(outputs: number, outputSize: Size, { kernel, stride = 1, padding = "same", init }: Window): this {
    const inputs = this.shape[2];
    const options = { stride, padding, outputSize };
    const make: Make = (random) => new ConvTranspose2d(inputs, outputs, kernel, { random, init, ...options });
    return this.add(make, [...outputSize, outputs], kernel * kernel * inputs * outputs, outputs);
  }

  /** A normalisation, and behind it a relu of this slope below 0; batch norm has a leaky one within its kernel. */
  normAndRelu({ kind, batchNorm }: Norm, slope: number): this {
    if (kind !== "batch" || slope === 0) return this.norm({ kind, batchNorm }).relu(slope);
    return this.norm({ kind, batchNorm }, slope);
  }

  relu(slope = 0): this {
    return this.add(() => (slope === 0 ? new ReLU() : new LeakyReLU({ slope })));
  }

  norm({ kind, batchNorm }: Norm, slope = 1): this {
    const { shape } = this;
    const channels = shape[2];
    if (kind === "none") return this;
    if (kind === "layer") return this.add(() => new LayerNorm(shape), shape, sizeOf(shape), sizeOf(shape));
    return this.add(() => new BatchNorm2d(channels, { ...batchNorm, slope }), shape, channels, channels);
  }
}
