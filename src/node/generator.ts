// Brings the generator of a finished run back from its folder.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Random } from "../autograd";
import { decodeSafetensors, type Module } from "../nn";
import type { RunConfig } from "../wgan/config";
import { InputError } from "../wgan/errors";
import { makeGenerator } from "../wgan/models";
import { readFileUnpacked } from "./files";

/** The generator that `config` describes with the weights saved in `run`. Throws InputError when they don't fit. */
export function loadGenerator(run: string, config: RunConfig): Module {
  const file = join(run, "generator.safetensors");
  if (!existsSync(file)) {
    throw new InputError(
      `${run}: no generator.safetensors there, expected the folder of a run that has ended.`,
    );
  }
  const generator = makeGenerator(config.network, new Random(config.seed));
  try {
    generator.loadStateDict(decodeSafetensors(readFileUnpacked(file, 2 ** 30), file));
  } catch (error) {
    throw new InputError(`${file}: ${(error as Error).message.replace(`${file}: `, "")}`);
  }
  return generator;
}
