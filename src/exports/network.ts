// A trained network as the writers read it: a list of layers, each a usual operation with its tensors. What is special
// to our kernels is gone: a relu that batch norm includes is a layer of its own, and padding is four numbers.
import { type Shape, sameShape, show } from "../autograd";
import type { StateDict } from "../nn";
import type { NetworkConfig } from "../wgan/config";
import { type Layer, type Padding, tensorShapes } from "../wgan/layer";
import { planCritic, planGenerator } from "../wgan/models";
import type { Plan } from "../wgan/plan";

/** Of a convolution rows and columns that are added, of a transposed one those that are cut off. */
export type Edges = readonly [top: number, bottom: number, left: number, right: number];

export interface Window {
  inputs: number;
  outputs: number;
  kernel: number;
  stride: number;
  edges: Edges;
}

export type Operation =
  /** from, to: shapes of the input and output, which are an image's where one is flattened before, or made behind. */
  | { kind: "linear"; inputs: number; outputs: number; from: Shape; to: Shape }
  | ({ kind: "conv" } & Window)
  | ({ kind: "convTranspose" } & Window)
  | { kind: "batchNorm"; channels: number; epsilon: number; momentum: number; scale: boolean }
  /** These are as the network has them. */
  | Extract<Layer, { kind: "layerNorm" | "relu" | "tanh" | "sigmoid" | "flatten" | "reshape" }>;

export type NetworkLayer = Operation & {
  /** Its place in our network, the number before the names of its tensors. */
  place: number;
  /** Shape of a sample before it and behind it. */
  input: Shape;
  output: Shape;
};

export interface Network {
  name: "generator" | "critic";
  /** Shape of a sample before the first layer and behind the last. */
  input: Shape;
  output: Shape;
  layers: NetworkLayer[];
  /** The shapes of all tensors by their names in the network's state dictionary. */
  tensors: ReadonlyMap<string, Shape>;
  /** Whether batch norm takes the statistics of the batch at hand, always, and not the running ones. */
  batchStatistics: boolean;
}

/** One of the two networks that a configuration describes. */
export function describeNetwork(config: NetworkConfig, name: Network["name"]): Network {
  const plan = name === "generator" ? planGenerator(config) : planCritic(config);
  const layers = plan.layers.flatMap((layer, place): NetworkLayer[] => {
    const [input, output] = [plan.shapes[place], plan.shapes[place + 1]];
    // Points need no flattening, nor are they made of anything else.
    if ((layer.kind === "flatten" || layer.kind === "reshape") && sameShape(input, output)) return [];
    const own = { place, input, output };
    switch (layer.kind) {
      case "linear": {
        const { kind, inputs, outputs } = layer;
        const from = plan.layers[place - 1]?.kind === "flatten" ? plan.shapes[place - 1] : [inputs];
        return [{ kind, inputs, outputs, from, to: madeOf(plan, place), ...own }];
      }
      case "conv":
      case "convTranspose": {
        const { kind, inputs, outputs, kernel, stride } = layer;
        return [{ kind, inputs, outputs, kernel, stride, edges: edgesOf(layer, input, output), ...own }];
      }
      case "batchNorm": {
        const { slope, ...norm } = layer;
        const relu: NetworkLayer = { kind: "relu", slope, ...own, input: output };
        return [{ ...norm, ...own }, ...(slope === 1 ? [] : [relu])];
      }
      default:
        return [{ ...layer, ...own }];
    }
  });
  // kpandey008's critic is always in training mode.
  const always = name === "critic" && config.network.critic === "kpandey";
  return {
    ...{ name, input: plan.shapes[0], output: plan.shape, layers, tensors: tensorsOf(plan) },
    batchStatistics: always && layers.some(({ kind }) => kind === "batchNorm"),
  };
}

/** The image that a linear layer's outputs are reshaped to, behind what acts on each number alone; else their count. */
function madeOf({ layers, shapes }: Plan, place: number): Shape {
  let at = place + 1;
  while (layers[at] && ["relu", "tanh", "sigmoid"].includes(layers[at].kind)) at++;
  return layers[at]?.kind === "reshape" ? shapes[at + 1] : shapes[place + 1];
}

/** The padding of a convolution over the larger of two images, in numbers. */
function edgesOf(
  { kind, kernel, stride, padding }: Extract<Layer, { padding: Padding }>,
  input: Shape,
  output: Shape,
): Edges {
  const [larger, smaller] = kind === "conv" ? [input, output] : [output, input];
  const along = (axis: 0 | 1) => {
    // What the positions of the kernel need beyond the image.
    const total = (smaller[axis] - 1) * stride + kernel - larger[axis];
    if (padding === "same") return [Math.floor(Math.max(0, total) / 2), Math.ceil(Math.max(0, total) / 2)];
    const before = padding === "valid" ? 0 : padding[2 * axis];
    // A transposed one is cut to the size wanted, so the end has no choice.
    return [before, kind === "conv" ? (padding === "valid" ? 0 : padding[2 * axis + 1]) : total - before];
  };
  const [top, bottom] = along(0);
  const [left, right] = along(1);
  return [top, bottom, left, right];
}

/** The names and shapes of the tensors that a layer has in a state dictionary. */
function tensorsOf(plan: Plan): Map<string, Shape> {
  return new Map(
    plan.layers.flatMap((layer, place) =>
      Object.entries(tensorShapes(layer)).map(([name, shape]) => [`${place}.${name}`, shape] as const),
    ),
  );
}

/** Throws an Error of one line unless the state has just the tensors of the network. */
export function requireState({ tensors: wanted }: Network, state: StateDict): void {
  const missing = [...wanted.keys()].filter((name) => !Object.hasOwn(state, name));
  const unknown = Object.keys(state).filter((name) => !wanted.has(name));
  const list = (names: string[]) => names.join(", ") || "none";
  if (missing.length > 0 || unknown.length > 0)
    throw new Error(`names differ, missing are ${list(missing)}; unknown are ${list(unknown)}.`);
  for (const [name, shape] of wanted)
    if (!sameShape(state[name].shape, shape))
      throw new Error(`${name} must be ${show(shape)}, got ${show(state[name].shape)}.`);
}
