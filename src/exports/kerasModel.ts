// Holds a Keras model against one of our networks. Shapes alone don't suffice: with another slope, stride or epsilon the
// same weights would draw other pictures, without a word. And its tensors belong to its layers by their names: writers
// order them as they like, TensorFlow.js for one has those that are trained before the frozen ones.
import { isPlain, shown } from "../errors";
import { ForeignError, type ForeignLayer } from "./importing";
import { kerasLayers } from "./keras";
import { type LayerConfig, steps } from "./kerasSteps";
import type { Network } from "./network";

interface Model {
  layers: LayerConfig[];
  /** The shapes of its input that it tells, with the number of samples first. */
  inputs: unknown[];
}

/**
 * Their layers that have weights in the order of the model of this configuration. Throws a ForeignError unless it
 * computes what the network does, and has a place for each tensor.
 */
export function layersOfModel(
  network: Network,
  model: unknown,
  theirs: readonly ForeignLayer[],
): ForeignLayer[] {
  const { layers, inputs } = readModel(model);
  requireSameInput(network, inputs);
  requireSameSteps(network, layers);
  return boundByName(layers, theirs);
}

function readModel(model: unknown): Model {
  const { class_name, config } = isPlain(model) ? model : {};
  const { layers, build_input_shape } = isPlain(config) ? config : { layers: config };
  if (class_name !== "Sequential" || !Array.isArray(layers))
    throw new ForeignError(
      `a model of the class ${shown(class_name)}, expected "Sequential" and its layers.`,
    );
  for (const [i, layer] of layers.entries()) {
    const { class_name: kind, config: own } = isPlain(layer) ? layer : {};
    if (typeof kind !== "string" || !isPlain(own) || typeof own.name !== "string")
      throw new ForeignError(`layer ${i + 1} of its model has no class_name, or no config with a name.`);
  }
  const first = (layers as LayerConfig[])[0]?.config;
  const { batch_input_shape, batch_shape } = first ?? {};
  return {
    layers,
    inputs: [batch_input_shape, batch_shape, build_input_shape].filter((each) => each != null),
  };
}

/** A size that is left open fits any. */
function requireSameInput({ input }: Network, shapes: readonly unknown[]): void {
  for (const shape of shapes) {
    const sizes = Array.isArray(shape) ? shape.slice(1) : [];
    const fits = (size: number, i: number) => sizes[i] === null || sizes[i] === size;
    if (sizes.length !== input.length || !input.every(fits))
      throw new ForeignError(`its input is ${shown(shape)}, expected ${shown([null, ...input])}.`);
  }
}

function requireSameSteps(network: Network, layers: readonly LayerConfig[]): void {
  const theirs = layers.flatMap(steps);
  const ours = kerasLayers(network).flatMap(steps);
  for (let i = 0; i < Math.max(theirs.length, ours.length); i++)
    if (theirs[i] !== ours[i])
      throw new ForeignError(`step ${i + 1} is ${theirs[i] ?? "missing"}, expected ${ours[i] ?? "no more"}.`);
}

/** Layers without weights are left out. */
function boundByName(layers: readonly LayerConfig[], theirs: readonly ForeignLayer[]): ForeignLayer[] {
  const bound = new Map<string, Map<string, ForeignLayer["arrays"][string]>>();
  for (const { config } of layers) {
    if (bound.has(config.name)) throw new ForeignError(`two layers of its model are named ${config.name}.`);
    bound.set(config.name, new Map());
  }
  for (const { name, arrays } of theirs) {
    const own = namesFor(name).find((each) => bound.has(each));
    if (own === undefined)
      throw new ForeignError(`it has tensors of a layer ${shown(name)}, which its model has not.`);
    for (const [tensor, array] of Object.entries(arrays)) {
      if (bound.get(own)!.has(tensor)) throw new ForeignError(`${own}/${tensor} is there twice.`);
      bound.get(own)!.set(tensor, array);
    }
  }
  for (const { class_name, config } of layers) requireBias(class_name, config, bound.get(config.name)!);
  const named = [...bound].map(([name, arrays]) => ({ name, arrays: Object.fromEntries(arrays) }));
  return named.filter(({ arrays }) => Object.keys(arrays).length > 0);
}

/** Some versions put the name of a cell behind the layer's, others the model's before it. */
const namesFor = (name: string): string[] => [name, name.replace(/\/[^/]*$/, ""), name.replace(/.*\//, "")];

/** Without a bias it is 0, but only where the model means it. */
function requireBias(
  className: string,
  { name, use_bias }: LayerConfig["config"],
  arrays: Map<string, unknown>,
) {
  if (!["Dense", "Conv2D", "Conv2DTranspose"].includes(className)) return;
  if ((use_bias ?? true) === arrays.has("bias")) return;
  throw new ForeignError(
    `${name} has ${arrays.has("bias") ? "a" : "no"} bias, but its use_bias is ${shown(use_bias ?? true)}.`,
  );
}
