// Reads the weights that other programs have written: layers models of TensorFlow.js, HDF5 files of Keras 2, and
// safetensors of PyTorch; with them, what a file says of its layers.
import { basename, dirname, join } from "node:path";
import { sizeOf } from "../autograd";
import { InputError, isPlain, shown } from "../errors";
import { ForeignError, type ForeignLayer } from "../exports/importing";
import type { Framework } from "../exports/layout";
import { concat } from "../formats/protobuf";
import { decodeWithMetadata } from "../formats/safetensors";
import type { HostArray, StateDict } from "../nn";
import { readKeras } from "./kerasFile";
import { readWhole } from "./wholeFiles";

export interface Foreign {
  framework: Framework;
  layers: ForeignLayer[];
  /** The configuration of a Keras model, where the file has one. */
  model?: unknown;
}

type Reader = (file: string) => Foreign | Promise<Foreign>;

const readers: [ending: RegExp, what: string, read: Reader][] = [
  [/\.json$/i, "layers model of TensorFlow.js", readTfjs],
  [/\.(h5|hdf5)$/i, "HDF5 file of Keras", readKeras],
  [/\.safetensors$/i, "safetensors file of PyTorch", readTorch],
];

/**
 * Reads a file of one network, by its ending, and gives what is made of it. Throws InputError where it is of no known
 * kind, can't be read or is damaged, as one is taken to be that neither reader nor maker can say anything of, and a
 * ForeignError where something in it is not as expected.
 */
export async function readForeign<T>(file: string, make: (read: Foreign) => T): Promise<T> {
  const [, what, read] = readers.find(([ending]) => ending.test(file)) ?? [];
  if (!read)
    throw new InputError(
      `${file}: expected the model.json of TensorFlow.js, an .h5 file of Keras, or .safetensors of PyTorch.`,
    );
  try {
    return make(await read(file));
  } catch (error) {
    if (error instanceof InputError || error instanceof ForeignError) throw error;
    throw new InputError(`${file}: damaged, or no ${what}.`);
  }
}

/** Gathers arrays named "layer/tensor" into layers, in the order in which each is first named. */
function layersOf(
  arrays: readonly (readonly [name: string, array: HostArray])[],
  cut: string,
): ForeignLayer[] {
  const layers = new Map<string, Map<string, HostArray>>();
  for (const [name, array] of arrays) {
    const at = name.lastIndexOf(cut);
    const [layer, tensor] = [name.slice(0, Math.max(0, at)), name.slice(at + 1)];
    const held = layers.get(layer) ?? new Map();
    if (held.has(tensor)) throw new ForeignError(`${shown(name)} is there twice.`);
    layers.set(layer, held.set(tensor, array));
  }
  return [...layers].map(([name, arrays]) => ({ name, arrays: Object.fromEntries(arrays) }));
}

interface TfjsWeights {
  paths: string[];
  weights: { name: string; shape: number[]; dtype?: unknown; quantization?: unknown }[];
}

/** Whether an entry of the manifest has what is read of it. */
const isSound = (entry: unknown): entry is TfjsWeights =>
  isPlain(entry) && isListOf(entry.paths, isText) && isListOf(entry.weights, isWeight);
const isWeight = (weight: unknown) =>
  isPlain(weight) && isText(weight.name) && isListOf(weight.shape, isSize);
const isListOf = (list: unknown, is: (item: unknown) => boolean) => Array.isArray(list) && list.every(is);
const isText = (value: unknown) => typeof value === "string" && !value.includes("\0");
const isSize = (size: unknown) => Number.isSafeInteger(size) && (size as number) >= 0;

function readTfjs(file: string): Foreign {
  const bytes = readWhole(file);
  let model: unknown;
  try {
    model = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new ForeignError("no JSON.");
  }
  const { modelTopology, weightsManifest } = isPlain(model) ? model : {};
  if (!isPlain(modelTopology) || !Array.isArray(weightsManifest) || !weightsManifest.every(isSound))
    throw new ForeignError(
      "no layers model of TensorFlow.js, which has a modelTopology, and a weightsManifest with paths and weights.",
    );
  const arrays = weightsManifest.flatMap(({ paths, weights }) => {
    const strange = paths.find((path) => path !== basename(path));
    if (strange !== undefined)
      throw new ForeignError(`its weights lie in ${shown(strange)}, expected a file beside it.`);
    const bytes = concat(paths.map((path) => readWhole(join(dirname(file), path))));
    let at = 0;
    const read = weights.map(({ name, shape, dtype, quantization }) => {
      if (dtype !== "float32" || quantization)
        throw new ForeignError(
          `${name} is ${quantization ? "quantized" : `of type ${shown(dtype)}`}, expected float32.`,
        );
      const from = at;
      at += 4 * sizeOf(shape);
      return [name.replace(/:0$/, ""), { shape, data: floats(bytes.subarray(from, at)) }] as const;
    });
    if (at !== bytes.length)
      throw new ForeignError(`its tensors take ${at} bytes, but ${paths.join(", ")} has ${bytes.length}.`);
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

/** PyTorch's: a file does not keep the order of its modules, but nn.Sequential numbers them. */
function readTorch(file: string): Foreign {
  const state = decodeTorch(readWhole(file), file);
  const layers = layersOf(Object.entries(state), ".");
  const numberOf = ({ name }: ForeignLayer) => Number(name.match(/\d+$/)?.[0] ?? Number.NaN);
  const prefixes = new Set(layers.map(({ name }) => name.replace(/\d+$/, "")));
  const nameless = layers.find((layer) => Number.isNaN(numberOf(layer)));
  if (prefixes.size > 1 || nameless)
    throw new ForeignError(
      `its modules are ${layers.map(({ name }) => name).join(", ")}, expected numbered ones, as nn.Sequential has them.`,
    );
  return { framework: "torch", layers: layers.sort((a, b) => numberOf(a) - numberOf(b)) };
}

function decodeTorch(bytes: Uint8Array, file: string): StateDict {
  try {
    return decodeWithMetadata(bytes, file, { counters: true }).state;
  } catch (error) {
    // It tells what is not sound behind the file's name.
    const [before, why] = [`${file}: `, (error as Error).message];
    throw why.startsWith(before) ? new ForeignError(why.slice(before.length)) : error;
  }
}
