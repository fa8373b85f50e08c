// Brings a network of a finished run back from its folder, in two halves: the file is read and checked before
// the GPU is opened, the network is made after.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Random, type Tensor } from "../autograd";
import { InputError } from "../errors";
import { decodeWithMetadata } from "../formats/safetensors";
import type { Module, StateDict } from "../nn";
import type { RunConfig } from "../wgan/config";
import { makeCritic, makeGenerator } from "../wgan/models";
import { allFinite } from "./checkpoint";
import { best as bestName, readBest } from "./checkpointFiles";
import { readFileUnpacked } from "./files";

const MOST_BYTES = 2 ** 30;

/** The networks of a run, and what makes each. */
const makers = { generator: makeGenerator, critic: makeCritic };

export interface SavedNetwork {
  which: keyof typeof makers;
  file: string;
  state: StateDict;
  /** The step after which it was saved; unknown of an imported one. */
  step?: number;
}

/** Whether the run has such weights at all: an imported one may be without its critic. */
export const hasNetwork = (which: SavedNetwork["which"], run: string, best = false): boolean =>
  best || existsSync(join(run, `${which}.safetensors`));

/**
 * Reads the weights saved in the folder `run`: those of the newest checkpoint, or of the best one. Throws InputError when
 * there are none, or damaged or NaN ones.
 */
export function readNetwork(which: SavedNetwork["which"], run: string, best = false): SavedNetwork {
  if (best) return ofBest(which, run);
  const file = join(run, `${which}.safetensors`);
  if (!existsSync(file)) {
    throw new InputError(
      `${run}: no ${which}.safetensors there, expected the folder of a run with a checkpoint.`,
    );
  }
  const bytes = readFileUnpacked(file, MOST_BYTES);
  const { state, metadata } = decoded(bytes, file);
  const bad = Object.entries(state).find(([, { data }]) => !allFinite(data));
  const step = /^\d+$/.test(metadata.step ?? "") ? Number(metadata.step) : undefined;
  if (!bad) return { which, file, state, step };
  throw new InputError(
    `${file}: ${bad[0]} holds NaN or infinity: its training diverged, and it draws nothing.`,
  );
}

function decoded(bytes: Uint8Array, file: string) {
  try {
    return decodeWithMetadata(bytes, file);
  } catch (error) {
    throw new InputError((error as Error).message);
  }
}

function ofBest(which: SavedNetwork["which"], run: string): SavedNetwork {
  const checkpoint = readBest(run, (_, why) => {
    throw new InputError(why);
  });
  if (!checkpoint)
    throw new InputError(`--best: ${run} has no best checkpoint; train --evaluate-every N keeps one.`);
  const { critic, generator, average } = checkpoint.state;
  const state = which === "critic" ? critic : (average ?? generator);
  return { which, file: join(run, "checkpoints", bestName), state, step: checkpoint.step };
}

/** The numbers of samples that the run's generator has drawn, which are given back. Throws InputError where one is none. */
export async function drawn(samples: Tensor, run: string): Promise<Float32Array> {
  const numbers = (await samples.data()) as Float32Array;
  samples.dispose();
  if (allFinite(numbers)) return numbers;
  throw new InputError(`${run}: its generator draws NaN or infinity: its training diverged.`);
}

/** The network that `config` describes with the saved weights. Throws InputError when they don't fit. */
export function loadNetwork({ which, file, state }: SavedNetwork, config: RunConfig): Module {
  try {
    const network = makers[which](config, new Random(config.seed));
    network.loadStateDict(state);
    return network;
  } catch (error) {
    const why = (error as Error).message.replace(/^loadStateDict: /, "");
    throw new InputError(`${file}: not the network that config.yaml beside it describes: ${why}`);
  }
}
