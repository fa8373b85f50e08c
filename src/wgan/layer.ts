// Layers as data, without weights. From a list of them a network's sizes are computed and the network is made; and it is
// written for other programs and read back from them.
import type { Random, Shape } from "../autograd";
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
  Sigmoid,
  Tanh,
} from "../nn";
import type { RunConfig } from "./config";

export type Size = readonly [rows: number, columns: number];
export type Padding = "same" | "valid" | readonly [top: number, bottom: number, left: number, right: number];

interface Weighted {
  inputs: number;
  outputs: number;
  /** What its kernel is drawn from. */
  init: Initializer;
}

interface Window extends Weighted {
  kernel: number;
  stride: number;
  padding: Padding;
}

export type Layer =
  | ({ kind: "linear" } & Weighted)
  | ({ kind: "conv" } & Window)
  | ({ kind: "convTranspose"; outputSize: Size } & Window)
  /** slope: of a leaky relu behind it, in the same kernel; 1 means none. */
  | ({ kind: "batchNorm"; channels: number; slope: number } & RunConfig["network"]["batchNorm"])
  | { kind: "layerNorm"; shape: Shape; epsilon: number }
  /** slope: below 0, 0 for the plain one. */
  | { kind: "relu"; slope: number }
  | { kind: "tanh" }
  | { kind: "sigmoid" }
  | { kind: "flatten" }
  | { kind: "reshape"; shape: Shape };

/** The layer, its weights drawn. */
export function makeLayer(layer: Layer, random: Random): Module {
  switch (layer.kind) {
    case "linear":
      return new Linear(layer.inputs, layer.outputs, { random, init: layer.init });
    case "conv": {
      const { inputs, outputs, kernel, stride, padding, init } = layer;
      return new Conv2d(inputs, outputs, kernel, { random, init, stride, padding });
    }
    case "convTranspose": {
      const { inputs, outputs, kernel, stride, padding, outputSize, init } = layer;
      return new ConvTranspose2d(inputs, outputs, kernel, { random, init, stride, padding, outputSize });
    }
    case "batchNorm": {
      const { channels, epsilon, momentum, scale, slope } = layer;
      return new BatchNorm2d(channels, { epsilon, momentum, scale, slope });
    }
    case "layerNorm":
      return new LayerNorm(layer.shape, { epsilon: layer.epsilon });
    case "relu":
      return layer.slope === 0 ? new ReLU() : new LeakyReLU({ slope: layer.slope });
    case "tanh":
      return new Tanh();
    case "sigmoid":
      return new Sigmoid();
    case "flatten":
      return new Flatten();
    case "reshape":
      return new Reshape(layer.shape);
  }
}

/** The shapes of its tensors by their names in a state dictionary, those that are trained first. */
export function tensorShapes(layer: Layer): Record<string, Shape> {
  switch (layer.kind) {
    case "linear":
      return { weight: [layer.inputs, layer.outputs], bias: [layer.outputs] };
    case "conv":
      return {
        weight: [layer.kernel, layer.kernel, layer.inputs, layer.outputs],
        bias: [layer.outputs],
      };
    case "convTranspose":
      return {
        weight: [layer.kernel, layer.kernel, layer.outputs, layer.inputs],
        bias: [layer.outputs],
      };
    case "batchNorm": {
      const shape = [layer.channels];
      return { gamma: shape, beta: shape, runningMean: shape, runningVariance: shape };
    }
    case "layerNorm":
      return { gamma: layer.shape, beta: layer.shape };
    default:
      return {};
  }
}
