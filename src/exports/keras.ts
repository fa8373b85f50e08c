// A network in the words of Keras: the layers of a Sequential model's configuration, and the tensors of each. Keras 2 and
// TensorFlow.js both read it.
import type { StateDict } from "../nn";
import { layoutsOf, toLayout } from "./layout";
import type { Edges, Network, NetworkLayer, Window } from "./network";

export interface KerasLayer {
  class_name: string;
  config: Record<string, unknown> & { name: string };
  /** Ours, which has its tensors; none for what only cuts. */
  layer?: NetworkLayer;
}

type Described = [className: string, config: Record<string, unknown>];

/** The edges that Keras's "same" means, of a window over so many rows and columns. */
function sameEdges({ kind, kernel, stride, input }: NetworkLayer & Window): Edges {
  const along = (size: number) => {
    const positions = Math.ceil(size / stride);
    const total = kind === "conv" ? (positions - 1) * stride + kernel - size : kernel - stride;
    return [Math.floor(Math.max(0, total) / 2), Math.ceil(Math.max(0, total) / 2)] as const;
  };
  return [...along(input[0]), ...along(input[1])];
}

/** A convolution as Keras has it: its edges by a rule, and a layer behind it that cuts what the rule leaves. */
function windowLayers(layer: NetworkLayer & Window): Described[] {
  const { kind, outputs, kernel, stride, edges } = layer;
  const same = sameEdges(layer);
  const beyond = edges.map((edge, i) => edge - same[i]);
  const usesSame = beyond.every((edge) => edge >= 0);
  const rest = usesSame ? beyond : edges;
  const config = {
    ...{ filters: outputs, kernel_size: [kernel, kernel], strides: [stride, stride] },
    ...{ padding: usesSame ? "same" : "valid", data_format: "channels_last", dilation_rate: [1, 1] },
    ...{ activation: "linear", use_bias: true },
  };
  const name = kind === "conv" ? "Conv2D" : "Conv2DTranspose";
  if (rest.every((edge) => edge === 0)) return [[name, config]];
  if (kind === "conv") throw new Error(`keras: padding of [${edges}] is neither "same" nor "valid".`);
  const cropping = [rest.slice(0, 2), rest.slice(2)];
  return [
    [name, config],
    ["Cropping2D", { cropping, data_format: "channels_last" }],
  ];
}

function layersOf(layer: NetworkLayer): Described[] {
  switch (layer.kind) {
    case "linear":
      return [["Dense", { units: layer.outputs, activation: "linear", use_bias: true }]];
    case "conv":
    case "convTranspose":
      return windowLayers(layer);
    case "batchNorm": {
      const { epsilon, momentum, scale } = layer;
      // Keras's momentum is the weight of what was.
      return [["BatchNormalization", { axis: 3, momentum: 1 - momentum, epsilon, center: true, scale }]];
    }
    case "layerNorm":
      return [["LayerNormalization", { axis: [1, 2, 3], epsilon: layer.epsilon, center: true, scale: true }]];
    case "relu":
      return [layer.slope === 0 ? ["ReLU", {}] : ["LeakyReLU", { alpha: layer.slope }]];
    case "tanh":
    case "sigmoid":
      return [["Activation", { activation: layer.kind }]];
    case "flatten":
      return [["Flatten", { data_format: "channels_last" }]];
    case "reshape":
      return [["Reshape", { target_shape: layer.shape }]];
  }
}

/** The layers of a Sequential model that computes the same. */
export function kerasLayers(network: Network): KerasLayer[] {
  const described = network.layers.flatMap((layer) =>
    layersOf(layer).map(([class_name, config]) => ({ class_name, config, layer })),
  );
  return described.map(({ class_name, config, layer }, i) => {
    const name = `${network.name}_${i}`;
    const first = i === 0 ? { batch_input_shape: [null, ...network.input], dtype: "float32" } : {};
    const only = class_name === "Cropping2D" ? {} : { layer };
    return { class_name, config: { name, trainable: true, ...first, ...config }, ...only };
  });
}

/** A model's tensors in the order of its layers, as "generator_0/kernel". */
export function kerasState(network: Network, state: StateDict): StateDict {
  return Object.fromEntries(
    kerasLayers(network).flatMap(({ config: { name }, layer }) =>
      Object.entries(layer ? layoutsOf(layer, network, "keras") : {}).map(([own, layout]) => [
        `${name}/${layout.name}`,
        toLayout(state[`${layer!.place}.${own}`], layout),
      ]),
    ),
  );
}
