// How a tensor of ours is stored in another framework: which axes its numbers are split into, how these are reordered,
// and the shape and name of the result. One record serves both directions.
import { type Shape, sizeOf } from "../autograd";
import type { HostArray } from "../nn";
import type { Network, NetworkLayer } from "./network";

export interface Layout {
  name: string;
  axes: Shape;
  /** The axis of ours that each of theirs is. */
  order: readonly number[];
  shape: Shape;
}

export const toLayout = ({ data }: HostArray, { axes, order, shape }: Layout): HostArray => ({
  shape,
  data: transposed(data, axes, order),
});

export function fromLayout(data: Float32Array, { axes, order }: Layout): Float32Array {
  const back = order.map((_, axis) => order.indexOf(axis));
  return transposed(
    data,
    order.map((axis) => axes[axis]),
    back,
  );
}

/** The numbers of an array of this shape, with its axes in another order. */
function transposed(data: Float32Array, shape: Shape, order: readonly number[]): Float32Array {
  const steps = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  const out = new Float32Array(data.length);
  let at = 0;
  const walk = (depth: number, from: number): void => {
    if (depth === order.length) {
      out[at++] = data[from];
      return;
    }
    const axis = order[depth];
    for (let i = 0; i < shape[axis]; i++) walk(depth + 1, from + i * steps[axis]);
  };
  walk(0, 0);
  return out;
}

/** Whose names and axes. */
export type Framework = "torch" | "keras";

const names: Record<Framework, Record<string, string>> = {
  torch: {
    weight: "weight",
    bias: "bias",
    gamma: "weight",
    beta: "bias",
    runningMean: "running_mean",
    runningVariance: "running_var",
  },
  keras: {
    weight: "kernel",
    bias: "bias",
    gamma: "gamma",
    beta: "beta",
    runningMean: "moving_mean",
    runningVariance: "moving_variance",
  },
};

/** The axes of a sample's shape, from the axis `at` on, in a framework's order: PyTorch's and ONNX's images have their channels first. */
const imageAxes = (rank: number, framework: Framework, at = 0): number[] =>
  rank === 3 && framework === "torch" ? [at + 2, at, at + 1] : Array.from({ length: rank }, (_, i) => at + i);

/** A sample's shape in PyTorch and ONNX. */
export const channelsFirst = (shape: Shape): Shape =>
  imageAxes(shape.length, "torch").map((axis) => shape[axis]);

/** How each tensor of a layer lies, by our names. */
export function layoutsOf(
  layer: NetworkLayer,
  network: Pick<Network, "batchStatistics">,
  framework: Framework,
): Record<string, Layout> {
  const made = (own: string, axes: Shape, order: readonly number[], flat?: Shape): [string, Layout] => [
    own,
    { name: names[framework][own], axes, order, shape: flat ?? order.map((axis) => axes[axis]) },
  ];
  const image = (own: string, shape: Shape) => made(own, shape, imageAxes(shape.length, framework));
  const torch = framework === "torch";
  switch (layer.kind) {
    case "linear": {
      const { inputs, outputs, from, to } = layer;
      const ins = imageAxes(from.length, framework);
      const outs = imageAxes(to.length, framework, from.length);
      return Object.fromEntries([
        made(
          "weight",
          [...from, ...to],
          torch ? [...outs, ...ins] : [...ins, ...outs],
          torch ? [outputs, inputs] : [inputs, outputs],
        ),
        made("bias", to, imageAxes(to.length, framework), [outputs]),
      ]);
    }
    case "conv":
    case "convTranspose": {
      const { kind, kernel, inputs, outputs } = layer;
      const axes = [kernel, kernel, ...(kind === "conv" ? [inputs, outputs] : [outputs, inputs])];
      return Object.fromEntries([
        made("weight", axes, torch ? [3, 2, 0, 1] : [0, 1, 2, 3]),
        image("bias", [outputs]),
      ]);
    }
    case "batchNorm": {
      const running = network.batchStatistics ? [] : ["runningMean", "runningVariance"];
      // Keras has no gamma where none is trained.
      const gamma = torch || layer.scale ? ["gamma"] : [];
      return Object.fromEntries([...gamma, "beta", ...running].map((own) => image(own, [layer.channels])));
    }
    case "layerNorm":
      return Object.fromEntries(["gamma", "beta"].map((own) => image(own, layer.shape)));
    default:
      return {};
  }
}
