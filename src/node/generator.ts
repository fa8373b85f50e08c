// Brings the generator of a finished run back from its folder, in two halves: the file is read and checked before
// the GPU is opened, the network is made after.
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

export interface SavedGenerator {
  file: string;
  state: StateDict;
}

/** Reads the weights saved in the folder `run`. Throws InputError when there are none, or damaged or NaN ones. */
export function readGenerator(run: string): SavedGenerator {
  const file = join(run, "generator.safetensors");
  if (!existsSync(file)) {
    throw new InputError(
      `${run}: no generator.safetensors there, expected the folder of a run with a checkpoint.`,
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
  throw new InputError(
    `${file}: ${bad[0]} holds NaN or infinity: its training diverged, and it draws nothing.`,
  );
}

/** The generator that `config` describes with the saved weights. Throws InputError when they don't fit. */
export function loadGenerator({ file, state }: SavedGenerator, config: RunConfig): Module {
  try {
    const generator = makeGenerator(config, new Random(config.seed));
    generator.loadStateDict(state);
    return generator;
  } catch (error) {
    const why = (error as Error).message.replace(/^loadStateDict: /, "");
    throw new InputError(`${file}: not the network that config.yaml beside it describes: ${why}`);
  }
}
