// Brings the networks of a finished run back from its folder: the file is read and checked before the GPU is opened,
// the generator is made after.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Random } from "../autograd";
import { InputError } from "../errors";
import { decodeSafetensors } from "../formats/safetensors";
import type { Module, StateDict } from "../nn";
import type { RunConfig } from "../wgan/config";
import { makeGenerator } from "../wgan/models";
import { allFinite } from "./checkpoint";
import { readFileUnpacked } from "./files";

const MOST_BYTES = 2 ** 30;

export interface SavedNetwork {
  file: string;
  state: StateDict;
}

/** Reads the generator's weights saved in the folder `run`. Throws InputError when there are none, or damaged or NaN ones. */
export const readGenerator = (run: string): SavedNetwork => readNetwork(run, "generator");

/** Reads the weights of one of the two networks; see above. */
export function readNetwork(run: string, name: "generator" | "critic"): SavedNetwork {
  const file = join(run, `${name}.safetensors`);
  if (!existsSync(file)) {
    throw new InputError(
      `${run}: no ${name}.safetensors there, expected the folder of a run with a checkpoint.`,
    );
  }
  const bytes = readFileUnpacked(file, MOST_BYTES);
  let state: StateDict;
  try {
    state = decodeSafetensors(bytes, file);
  } catch (error) {
    throw new InputError((error as Error).message);
  }
  const bad = Object.entries(state).find(([, { data }]) => !allFinite(data));
  if (!bad) return { file, state };
  const so = name === "generator" ? "its training diverged, and it draws nothing" : "its training diverged";
  throw new InputError(`${file}: ${bad[0]} holds NaN or infinity: ${so}.`);
}

/** The generator that `config` describes with the saved weights. Throws InputError when they don't fit. */
export function loadGenerator({ file, state }: SavedNetwork, config: RunConfig): Module {
  try {
    const generator = makeGenerator(config, new Random(config.seed));
    generator.loadStateDict(state);
    return generator;
  } catch (error) {
    const why = (error as Error).message.replace(/^loadStateDict: /, "");
    throw new InputError(`${file}: not the network that config.yaml beside it describes: ${why}`);
  }
}
