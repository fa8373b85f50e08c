// Reads the weights that other programs have written: layers models of TensorFlow.js, HDF5 files of Keras 2, and
// safetensors of PyTorch; with them, what a file says of its layers.
import { dirname, join } from "node:path";
import type { Dataset, Group } from "h5wasm";
import { sizeOf } from "../autograd";
import { InputError } from "../errors";
import type { ForeignLayer } from "../exports/importing";
import type { Framework } from "../exports/layout";
import { concat } from "../formats/protobuf";
import { decodeWithMetadata } from "../formats/safetensors";
import type { HostArray } from "../nn";
import { unreadable } from "./files";
import { kindOf, readWhole } from "./wholeFiles";

export interface Foreign {
  framework: Framework;
  layers: ForeignLayer[];
  /** The configuration of a Keras model, where the file has one. */
  model?: unknown;
}

/** Reads a file of one network, by its ending. Throws an Error of one line when it is damaged or of no known kind. */
export async function readForeign(file: string): Promise<Foreign> {
  if (/\.json$/i.test(file)) return readTfjs(file);
  if (/\.(h5|hdf5)$/i.test(file)) return readKeras(file);
  if (/\.safetensors$/i.test(file)) return readTorch(file);
  throw new InputError(
    `${file}: expected the model.json of TensorFlow.js, an .h5 file of Keras, or .safetensors of PyTorch.`,
  );
}

/** Gathers arrays named "layer/tensor" into layers, in the order in which each is first named. */
function layersOf(
  arrays: readonly (readonly [name: string, array: HostArray])[],
  cut: string,
): ForeignLayer[] {
  const layers = new Map<string, ForeignLayer>();
  for (const [name, array] of arrays) {
    const at = name.lastIndexOf(cut);
    const layer = name.slice(0, Math.max(0, at));
    if (!layers.has(layer)) layers.set(layer, { name: layer, arrays: {} });
    layers.get(layer)!.arrays[name.slice(at + 1)] = array;
  }
  return [...layers.values()];
}

interface TfjsWeights {
  paths: string[];
  weights: { name: string; shape: number[]; dtype: string; quantization?: unknown }[];
}

interface TfjsModel {
  /** A model's configuration, or what holds it. */
  modelTopology?: { model_config?: unknown };
  weightsManifest?: TfjsWeights[];
}

/** Whether an entry of the manifest has what is read of it. */
const isSound = ({ paths, weights }: Partial<TfjsWeights>) =>
  Array.isArray(paths) &&
  Array.isArray(weights) &&
  weights.every(({ name, shape }) => typeof name === "string" && Array.isArray(shape) && shape.every(isSize));
const isSize = (size: unknown) => Number.isSafeInteger(size) && (size as number) >= 0;

function readTfjs(file: string): Foreign {
  let model: TfjsModel;
  try {
    model = JSON.parse(new TextDecoder().decode(readWhole(file)));
  } catch (error) {
    throw error instanceof InputError ? error : new Error("no JSON.");
  }
  const { modelTopology, weightsManifest } = model ?? {};
  if (!modelTopology || !Array.isArray(weightsManifest) || !weightsManifest.every(isSound))
    throw new Error("no layers model of TensorFlow.js, which has a modelTopology and a weightsManifest.");
  const arrays = weightsManifest.flatMap(({ paths, weights }) => {
    const bytes = concat(paths.map((path) => readWhole(join(dirname(file), path))));
    let at = 0;
    const read = weights.map(({ name, shape, dtype, quantization }) => {
      if (dtype !== "float32" || quantization)
        throw new Error(`${name} is ${quantization ? "quantized" : dtype}, expected float32.`);
      const from = at;
      at += 4 * sizeOf(shape);
      return [name.replace(/:0$/, ""), { shape, data: floats(bytes.subarray(from, at)) }] as const;
    });
    if (at !== bytes.length)
      throw new Error(`its tensors take ${at} bytes, but ${paths.join(", ")} has ${bytes.length}.`);
    return read;
  });
  return {
    framework: "keras",
    layers: layersOf(arrays, "/"),
    model: modelTopology.model_config ?? modelTopology,
  };
}

/** A copy, so that it is aligned. */
const floats = (bytes: Uint8Array) =>
  new Float32Array(Uint8Array.from(bytes.subarray(0, bytes.length - (bytes.length % 4))).buffer);

/**
 * Keras 2's files: a group a layer, whose weight_names lead to its tensors, in the order of layer_names; in a file of a
 * whole model they are in model_weights. The numbers may be of any float type.
 */
async function readKeras(file: string): Promise<Foreign> {
  const kind = kindOf(file);
  if (kind !== "file") throw unreadable(file, { code: kind === undefined ? "ENOENT" : "EISDIR" });
  const { File, ready } = await import("h5wasm/node");
  (await ready).activate_throwing_error_handler(); // else it prints all that it thinks of a file
  let opened: InstanceType<typeof File>;
  try {
    opened = new File(file, "r");
  } catch {
    throw new Error("damaged, or no HDF5 file.");
  }
  try {
    const root = (opened.attrs.layer_names ? opened : opened.get("model_weights")) as Group | null;
    if (!root?.attrs.layer_names)
      throw new Error(
        "no weights of Keras 2, which have layer_names. Save with Keras 2, as weights or a model in .h5.",
      );
    const layers = words(root.attrs.layer_names.value).map((name) => {
      const group = (root.get(name) as Group | null) ?? fail(`the layer ${name} is missing`);
      const arrays = words(group.attrs.weight_names?.value).map((weight) => {
        const { shape, value } = (group.get(weight) as Dataset | null) ?? fail(`${weight} is missing`);
        const data = Float32Array.from(value as ArrayLike<number>);
        return [weight.replace(/:0$/, "").replace(/.*\//, ""), { shape: shape ?? [], data }] as const;
      });
      return { name, arrays: Object.fromEntries(arrays) };
    });
    const config = opened.attrs.model_config?.value;
    return {
      framework: "keras",
      layers: layers.filter(({ arrays }) => Object.keys(arrays).length > 0),
      model: config === undefined ? undefined : JSON.parse(String(config)),
    };
  } finally {
    opened.close();
  }
}

const fail = (why: string): never => {
  throw new Error(`${why}.`);
};
const words = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

/** PyTorch's: a file does not keep the order of its modules, but nn.Sequential numbers them. */
function readTorch(file: string): Foreign {
  const { state } = decodeWithMetadata(readWhole(file), file, { counters: true });
  const layers = layersOf(Object.entries(state), ".");
  const numberOf = ({ name }: ForeignLayer) => Number(name.match(/\d+$/)?.[0] ?? Number.NaN);
  const prefixes = new Set(layers.map(({ name }) => name.replace(/\d+$/, "")));
  const nameless = layers.find((layer) => Number.isNaN(numberOf(layer)));
  if (prefixes.size > 1 || nameless)
    throw new Error(
      `its modules are ${layers.map(({ name }) => name).join(", ")}, expected numbered ones, as nn.Sequential has them.`,
    );
  return { framework: "torch", layers: layers.sort((a, b) => numberOf(a) - numberOf(b)) };
}
