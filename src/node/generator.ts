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
import { readFileUnpacked } from "./files";

export interface SavedGenerator {
  file: string;
  state: StateDict;
}

/** Reads the weights saved in the folder `run`. Throws InputError when there are none, or damaged ones. */
export function readGenerator(run: string): SavedGenerator {
  const file = join(run, "generator.safetensors");
  if (!existsSync(file)) {
    throw new InputError(
      `${run}: no generator.safetensors there, expected the folder of a run that has ended.`,
    );
  }
  const bytes = readFileUnpacked(file, 2 ** 30);
  try {
    return { file, state: decodeSafetensors(bytes, file) };
  } catch (error) {
    throw new InputError((error as Error).message);
  }
}

/** The generator that `config` describes with the saved weights. Throws InputError when they don't fit. */
export function loadGenerator({ file, state }: SavedGenerator, config: RunConfig): Module {
  const generator = makeGenerator(config, new Random(config.seed));
  try {
    generator.loadStateDict(state);
    return generator;
  } catch (error) {
    const why = (error as Error).message.replace(/^loadStateDict: /, "");
    throw new InputError(`${file}: not the network that config.yaml beside it describes: ${why}`);
  }
}
