// The command lines of `profile`, `ladder`, `classifier` and `walk`: what each option takes, its help text, and the
// complaint if it is off.
import { InputError } from "../errors";
import type { PresetName } from "../wgan/presets";
import { adapterHelp, type CommonOptions, integer, readOptions } from "./commandLine";
import { choosePreset, notEmpty } from "./options";

export interface ProfileOptions extends CommonOptions {
  preset?: PresetName;
  /** In the place of the preset's. */
  batch?: number;
  json?: string;
  trace?: string;
  wallClock: boolean;
}

export interface LadderOptions extends CommonOptions {
  /** Rows and columns of the matrices. */
  size: number;
  /** Images of the convolution. */
  batch: number;
  rounds: number;
  markdown: boolean;
}

export const profileHelp = `Shows where the time of one training iteration goes, kernel by kernel, and how close each comes
to what this adapter does at best. Needs no data set: the digits are drawn.

usage: npm run profile -- [options]

  --preset NAME        a preset of npm run train; without it: tutorial on a GPU, small where
                       the adapter computes on the CPU
  --batch N            samples in a batch, where a run has other ones than its preset
  --json FILE          write all figures, and every dispatch
  --trace FILE         write a trace that ui.perfetto.dev opens
  --wall-clock         time each kernel by the clock on the wall even where the adapter has
                       timestamps
${adapterHelp}
  --help               show this text
`;

export const ladderHelp = `Climbs the ladder of kernels: one matrix product, one convolution and its gradient in every form from
the naive one to the engine's own, checked and timed side by side. docs/ladder.md explains each rung.

usage: npm run ladder -- [options]

  --size N             rows and columns of the matrices, a multiple of 64 (default 1024)
  --batch N            images of the convolution (default 16)
  --rounds N           how often each rung is timed; the median counts (default 5)
  --markdown           print the tables as docs/ladder.md has them
${adapterHelp}
  --help               show this text
`;

export interface ClassifierOptions extends CommonOptions {
  run?: string;
  data?: string;
}

export const classifierHelp = `Trains a small classifier of a data set's images, by which npm run evaluate judges generated ones,
says how many test images it gets right, and keeps it in the cache folder. What is kept is not
trained again. Evaluate does the same where there is none yet.

usage: npm run classifier -- [options]

  --run DIR            for the data that the run in that folder was trained on
  --data WHAT          for these images, as npm run train takes them. Without either: those that
                       train finds by itself
${adapterHelp}
  --help               show this text
`;

/** Reads classifier's arguments (without node and script). Throws InputError at the first that is off. */
export function parseClassifierOptions(args: string[]): ClassifierOptions {
  const given = readOptions("classifier", args, ["run", "data"]);
  const [run, data] = [given.read("run", notEmpty), given.read("data", notEmpty)];
  if (run !== undefined && data !== undefined)
    throw new InputError("--run and --data: only one of them, the run says which data it was trained on.");
  return { run, data, adapter: given.adapter, help: given.help };
}

export interface WalkOptions extends CommonOptions {
  preset?: PresetName;
  markdown: boolean;
}

export const walkHelp = `Shows the ways that one training step takes through the sources: who asks for each dispatch, which op
and kernel answer, and where its shader begins. Run it in a checkout of the project.

usage: npm run walk -- [options]

  --preset NAME        a preset of npm run train (default tutorial)
  --markdown           print the table as docs/walk.md has it
${adapterHelp}
  --help               show this text
`;

/** Reads walk's arguments (without node and script). Throws InputError at the first that is off. */
export function parseWalkOptions(args: string[]): WalkOptions {
  const given = readOptions("walk", args, ["preset"], ["markdown"]);
  return {
    preset: given.read("preset", choosePreset),
    markdown: given.has("markdown"),
    adapter: given.adapter,
    help: given.help,
  };
}

/** Reads profile's arguments (without node and script). Throws InputError at the first that is off. */
export function parseProfileOptions(args: string[]): ProfileOptions {
  const given = readOptions("profile", args, ["preset", "batch", "json", "trace"], ["wall-clock"]);
  return {
    preset: given.read("preset", choosePreset),
    batch: given.read("batch", integer(1, 8192)),
    json: given.read("json", notEmpty),
    trace: given.read("trace", notEmpty),
    wallClock: given.has("wall-clock"),
    adapter: given.adapter,
    help: given.help,
  };
}

/** Reads ladder's arguments (without node and script). Throws InputError at the first that is off. */
export function parseLadderOptions(args: string[]): LadderOptions {
  const given = readOptions("ladder", args, ["size", "batch", "rounds"], ["markdown"]);
  const size = given.read("size", integer(64, 4096)) ?? 1024;
  if (size % 64 !== 0) throw new InputError(`--size "${size}": expected a multiple of 64.`);
  return {
    size,
    batch: given.read("batch", integer(1, 256)) ?? 16,
    rounds: given.read("rounds", integer(1, 1000)) ?? 5,
    markdown: given.has("markdown"),
    adapter: given.adapter,
    help: given.help,
  };
}
