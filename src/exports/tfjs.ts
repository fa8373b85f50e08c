// Writes a network as a layers model of TensorFlow.js: model.json, and the numbers of all tensors one after the other.
// Source: the format's readers in tfjs-layers and tfjs-core (loadLayersModel, io.WeightsManifestConfig).
import { concat } from "../formats/protobuf";
import type { StateDict } from "../nn";
import { kerasLayers, kerasState } from "./keras";
import type { Network } from "./network";

/** The name of the file of numbers, beside model.json, which names it. */
export const weightsFile = "weights.bin";

export function encodeTfjs(
  network: Network,
  state: StateDict,
  version: string,
): { model: string; weights: Uint8Array } {
  const arrays = Object.entries(kerasState(network, state));
  const layers = kerasLayers(network).map(({ class_name, config }) => ({ class_name, config }));
  const model = {
    format: "layers-model",
    generatedBy: `monge ${version}`,
    convertedBy: null,
    modelTopology: {
      keras_version: "2.15.0",
      backend: "tensorflow",
      model_config: { class_name: "Sequential", config: { name: network.name, layers } },
    },
    weightsManifest: [
      {
        paths: [weightsFile],
        weights: arrays.map(([name, { shape }]) => ({ name, shape, dtype: "float32" })),
      },
    ],
  };
  const numbers = arrays.map(([, { data }]) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return { model: JSON.stringify(model, null, 1), weights: concat(numbers) };
}
