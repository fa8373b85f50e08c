// The files of each format: what they are called, and what is in them.
import { encodeSafetensors } from "../formats/safetensors";
import type { StateDict } from "../nn";
import type { Network } from "./network";
import { encodeOnnx } from "./onnx";
import { encodeTfjs, weightsFile } from "./tfjs";
import { torchProgram, torchState } from "./torch";

export const formatNames = ["safetensors", "onnx", "tfjs", "torch"] as const;
export type Format = (typeof formatNames)[number];

export interface Trained {
  network: Network;
  state: StateDict;
}

type Files = [path: string, content: Uint8Array | string][];

/** What the files of a network are called. */
const paths = {
  safetensors: (name) => [`${name}.safetensors`],
  onnx: (name) => [`${name}.onnx`],
  tfjs: (name) => [`${name}/${weightsFile}`, `${name}/model.json`],
  torch: (name) => [`${name}.safetensors`],
} satisfies Record<Format, (name: string) => readonly string[]>;

/** The files in the order in which they are to be written: one that names others comes behind them. */
const encoders: Record<Format, (trained: Trained[], version: string) => Files> = {
  safetensors: (trained) =>
    trained.map(({ network, state }) => {
      const { name, layers, batchStatistics } = network;
      const metadata = { format: "monge network", layers: JSON.stringify(layers) };
      const always = { batchStatistics: String(batchStatistics) };
      return [paths.safetensors(name)[0], encodeSafetensors(state, { ...metadata, ...always })];
    }),
  onnx: (trained, version) =>
    trained.map(({ network, state }) => [paths.onnx(network.name)[0], encodeOnnx(network, state, version)]),
  tfjs: (trained, version) =>
    trained.flatMap(({ network, state }): Files => {
      const { model, weights } = encodeTfjs(network, state, version);
      const [weightsAt, modelAt] = paths.tfjs(network.name);
      return [
        [weightsAt, weights],
        [modelAt, model],
      ];
    }),
  torch: (trained) => [
    ...trained.map(({ network, state }): Files[number] => [
      paths.torch(network.name)[0],
      encodeSafetensors(torchState(network, state), { format: "pt" }),
    ]),
    ["model.py", torchProgram(trained.map(({ network }) => network))],
  ],
};

/** The files that the format has of a network of that name. */
export const filesOf = (format: Format, name: Network["name"]): readonly string[] => paths[format](name);

/** Why a network can't be said in the format; undefined where it can. */
export function lack(format: Format, { batchStatistics }: Network): string | undefined {
  if (format !== "tfjs" || !batchStatistics) return undefined;
  return "its batch norm always takes the batch's own statistics, which no layer of tfjs does; onnx and torch have it";
}

/** The files of the networks. Throws where the format lacks one of them. */
export function encode(format: Format, trained: Trained[], version: string): Files {
  for (const { network } of trained) {
    const why = lack(format, network);
    if (why) throw new Error(`${format}: ${network.name}: ${why}.`);
  }
  return encoders[format](trained, version);
}
