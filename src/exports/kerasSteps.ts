// What a layer of a Keras model computes, in words that can be compared: every setting that changes it is named, unless it
// has Keras's own default. A setting that is not known here may change it, too, and is refused.
import { shown } from "../errors";
import { ForeignError } from "./importing";

type Config = Record<string, unknown>;

/** A layer as model_config and modelTopology have it. */
export interface LayerConfig {
  class_name: string;
  /** Of a class that is not Keras's own. */
  registered_name?: unknown;
  config: Config & { name: string };
}

const format = { data_format: "channels_last" };
const window = {
  ...{ filters: null, kernel_size: null, strides: [1, 1], padding: "valid" },
  ...{ ...format, dilation_rate: [1, 1], groups: 1 },
};
const norm = { axis: -1, epsilon: 1e-3, center: true, scale: true };

/** The settings of each layer that change what it computes, and Keras's defaults. */
const settings: Record<string, Config> = {
  InputLayer: { sparse: false, ragged: false },
  Dropout: {},
  Dense: { units: null },
  Conv2D: window,
  Conv2DTranspose: { ...window, output_padding: null },
  BatchNormalization: { ...norm, renorm: false, virtual_batch_size: null, adjustment: null },
  LayerNormalization: { ...norm, rms_scaling: false },
  ReLU: { negative_slope: 0, max_value: null, threshold: 0 },
  LeakyReLU: { alpha: null, negative_slope: null },
  Activation: {},
  Flatten: format,
  Reshape: { target_shape: null },
  Cropping2D: { cropping: 0, ...format },
};

/** Those of any layer, as Keras 3 has them. */
const common = { quantization_config: null, quantization_mode: null, lora_rank: null, lora_alpha: null };

/** Named at their default, too, since nobody knows that by heart. */
const alwaysNamed = ["strides", "padding", "epsilon", "cropping"];

/** What these change is seen apart: as a step of its own, by the input, or by the tensors that are there. */
const seenApart = ["activation", "use_bias", "batch_input_shape", "batch_shape"];

/** What only building and training ask for. Batch norm's averages are saved as they came to be. */
const harmless = new Set([
  ...["name", "trainable", "dtype", "input_dtype", "dynamic", "autocast", "type_spec", "optional"],
  ...["rate", "noise_shape", "seed", "momentum", "fused", "synchronized"],
  ...["renorm_clipping", "renorm_momentum"],
  ...["kernel", "bias", "gamma", "beta", "moving_mean", "moving_variance"].map(
    (name) => `${name}_initializer`,
  ),
  ...["kernel", "bias", "gamma", "beta", "activity"].map((name) => `${name}_regularizer`),
  ...["kernel", "bias", "gamma", "beta"].map((name) => `${name}_constraint`),
]);

/** The steps of a layer: an activation within it is one of its own, and what does nothing is none. */
export function steps(layer: LayerConfig): string[] {
  const { class_name, registered_name, config } = layer;
  if (typeof registered_name === "string" && registered_name !== class_name) return [registered_name];
  if (!Object.hasOwn(settings, class_name)) return [class_name];
  const defaults = { ...settings[class_name], ...common };
  for (const key of Object.keys(config))
    if (!Object.hasOwn(defaults, key) && !seenApart.includes(key) && !harmless.has(key))
      throw new ForeignError(
        `the layer ${shown(config.name)}, a ${class_name}, has ${shown(key)}, which is not known here and may change what it computes.`,
      );
  const other = Object.entries(defaults).flatMap(([key, usual]) => {
    const [value, standard] = [config[key], usual].map((each) => canonical(key, each ?? usual));
    return value === standard && !alwaysNamed.includes(key) ? [] : [`${key} ${value}`];
  });
  return [...ownStep(class_name, other, config), ...activationOf(config.activation)];
}

function ownStep(className: string, other: string[], config: Config): string[] {
  switch (className) {
    case "ReLU": {
      const rest = other.filter((each) => !each.startsWith("negative_slope"));
      return [[relu(config.negative_slope ?? 0), ...rest].join(" ")];
    }
    case "LeakyReLU": {
      const { alpha, negative_slope: slope } = config;
      const differ =
        alpha != null && slope != null && canonical("alpha", alpha) !== canonical("alpha", slope);
      return differ ? [`LeakyReLU ${other.join(" ")}`] : [relu(alpha ?? slope ?? 0.3)];
    }
    case "InputLayer":
    case "Dropout":
    case "Activation":
      return other.length === 0 ? [] : [`${className} ${other.join(" ")}`];
    default:
      return [[className, ...other].join(" ")];
  }
}

const relu = (slope: unknown) => (slope === 0 ? "relu" : `leaky relu ${canonical("alpha", slope)}`);

/** A name, or, as Keras has it too, a layer. */
function activationOf(activation: unknown): string[] {
  if (activation === undefined || activation === null || activation === "linear") return [];
  if (typeof activation === "string") return [activation];
  const { class_name, config } = activation as Partial<LayerConfig>;
  const isRelu =
    (class_name === "ReLU" || class_name === "LeakyReLU") && config && typeof config === "object";
  return isRelu ? steps(activation as LayerConfig) : [`the activation ${shown(activation)}`];
}

/** One text for all ways in which Keras's programs write the same setting. */
function canonical(key: string, value: unknown): string {
  const both = (each: unknown) => (typeof each === "number" ? [each, each] : each);
  switch (key) {
    case "kernel_size":
    case "strides":
    case "dilation_rate":
      return text(both(value));
    case "cropping": {
      const sides = both(value);
      return text(Array.isArray(sides) ? sides.map(both) : sides);
    }
    case "axis": {
      // Of the images that our norms act on: their number, and their rows, columns and channels.
      const axes = Array.isArray(value) ? value : [value];
      return text(axes.map((axis) => (typeof axis === "number" && axis < 0 ? axis + 4 : axis)));
    }
    default:
      // Files have such numbers as f32 as well as f64.
      return text(typeof value === "number" ? Math.fround(value) : value);
  }
}

const text = (value: unknown): string =>
  typeof value === "string" && /^\w+$/.test(value) ? value : shown(value);
