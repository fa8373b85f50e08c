// Compares the layers of a Keras model with those of one of our networks. Shapes alone don't suffice: with another slope,
// stride or epsilon the same weights would draw other pictures, without a word.
import { kerasLayers } from "./keras";
import type { Network } from "./network";

type Config = Record<string, unknown>;
interface LayerConfig {
  class_name: string;
  config: Config;
}

/** What a layer computes, in words: an activation within it is a step of its own. */
function steps({ class_name, config }: LayerConfig): string[] {
  const activation = activationOf(config.activation);
  const pairs = (value: unknown) => JSON.stringify(value);
  switch (class_name) {
    case "InputLayer":
    case "Dropout":
      return [];
    case "Dense":
      return [`Dense of ${config.units}`, ...activation];
    case "Conv2D":
    case "Conv2DTranspose": {
      const { filters, kernel_size, strides, padding, dilation_rate = [1, 1] } = config;
      const dilation = pairs(dilation_rate) === "[1,1]" ? "" : ` dilation ${pairs(dilation_rate)}`;
      const shape = `${pairs(kernel_size)} strides ${pairs(strides)} padding ${padding}${dilation}`;
      return [`${class_name} to ${filters} kernel ${shape}`, ...activation];
    }
    case "BatchNormalization":
    case "LayerNormalization":
      return [`${class_name} epsilon ${Math.fround(Number(config.epsilon))}`];
    case "ReLU":
      return [relu(Number(config.negative_slope ?? 0))];
    case "LeakyReLU":
      return [relu(Number(config.alpha ?? config.negative_slope ?? 0.3))];
    case "Activation":
      return activation;
    case "Reshape":
      return [`Reshape to ${pairs(config.target_shape)}`];
    case "Cropping2D":
      return [`Cropping2D ${pairs(config.cropping)}`];
    default:
      return [class_name];
  }
}

/** Files have slopes of f32 as well as of f64. */
const relu = (slope: number) => (slope === 0 ? "relu" : `leaky relu ${Math.fround(slope)}`);

const activationOf = (activation: unknown): string[] =>
  activation === undefined || activation === "linear" ? [] : [String(activation)];

/** Throws an Error of one line unless the Sequential model of this configuration computes what the network does. */
export function requireSameModel(network: Network, model: unknown): void {
  const { class_name, config } = (model ?? {}) as { class_name?: string; config?: unknown };
  const layers = Array.isArray(config) ? config : (config as { layers?: unknown } | undefined)?.layers;
  if (class_name !== "Sequential" || !Array.isArray(layers))
    throw new Error(`a model of class ${class_name}, expected Sequential.`);
  const theirs = (layers as LayerConfig[]).flatMap(steps);
  const ours = kerasLayers(network).flatMap(steps);
  for (let i = 0; i < Math.max(theirs.length, ours.length); i++)
    if (theirs[i] !== ours[i])
      throw new Error(`step ${i + 1} is ${theirs[i] ?? "missing"}, expected ${ours[i] ?? "no more"}.`);
}
