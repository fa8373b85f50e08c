// The command lines of `train`, `sample` and `evaluate`: what each option takes, its help text, and the complaint if it is off.
// What wasn't given stays undefined: presets know the defaults.

import { InputError } from "../errors";
import { parseClasses } from "../wgan/dataset";
import { type PresetName, presetNames } from "../wgan/presets";
import { adapterHelp, bestHelp, type CommonOptions, integer, type Reader, readOptions } from "./commandLine";
import { parseValue } from "./configFile";
import { type Change, settingNames } from "./settingNames";

export interface TrainOptions extends CommonOptions {
  /** The file of settings. */
  config?: string;
  /** What the options change of the preset's settings and the file's, `preset` among them. */
  changes: Change[];
  /** Of the changes: who goes on with a run needs it before there are settings. */
  steps?: number;
  out?: string;
  /** The folder of a run to go on with. */
  resume?: string;
  /** Whether to go on where `out` holds a run. */
  resumeIfThere: boolean;
  /** Whether a run in `out` may be removed. */
  overwrite: boolean;
  /** Whether a page shows the run while it lasts. */
  watch: boolean;
  /** Only print the settings. */
  printConfig: boolean;
  /** Run the default kernels, not those that the tuner found. */
  noTune: boolean;
}

export interface SampleOptions extends CommonOptions {
  /** Given, unless help was asked for. */
  run?: string;
  /** Its best checkpoint, not its newest. */
  best: boolean;
  out?: string;
  seed?: number;
  count?: number;
  /** How far a latent number may be from 0, in standard deviations. */
  truncate?: number;
  /** Images on each way from one latent vector to another. */
  interpolate?: number;
}

export const trainHelp = `Trains a Wasserstein GAN on images, on the GPU, and writes a folder with the results.

usage: npm run train -- [options]

what to train
  --preset NAME        tutorial  the Keras tutorial's program, faithfully (one digit)
                       wgan      the same networks, trained as the WGAN paper says
                       kpandey   a TensorFlow program of all ten digits (28x28 only)
                       wgan-gp   the gradient penalty's paper, its program for digits
                       small     the tutorial's shape with fewer channels and a gradient penalty,
                                 to see digits within minutes on any machine
                       toy       points in the plane, to see what a critic does
                       without it: tutorial on a GPU, small where the adapter computes on the CPU
  --data WHAT          a folder of images or of files of a data set, one such file, or a toy:
                       8gaussians, 25gaussians, swissroll, or stacked: digits, three as the channels
                       of one image. Without it: the folder in MONGE_DATA,
                       the cache, a download, and if none of them is to be had, digits that the
                       program draws itself
  --classes LIST       which classes to train on: 5, or 0,1, or cat,dog, or all (also: --digits)
  --size N             crop the middle of images to a square, and scale it to NxN
  --transposed         images lie in their file column by column, as EMNIST's do
  --steps N            training steps, each some updates of the critic and one of the generator
  --batch N            samples in a batch
  --seed N             same seed, machine and settings: the same images (0 to 4294967295)

the run's folder
  --out DIR            folder for the results, new or empty; without it: one under runs/
  --sample-every N     steps between sample images; 0 for those of the last step alone
  --log-every N        steps between lines of the loss
  --checkpoint-every N steps between checkpoints; 0 for that of the end alone
  --evaluate-every N   steps between two looks at how good the samples are, in metrics.jsonl and
                       evaluation.png; the best checkpoint is kept (default 0, none)
  --watch              show the run on a page in the browser while it lasts

going on with a run
  --resume DIR         go on with the run in that folder, from its newest checkpoint. --steps is
                       the total then, and no other setting may change. A run that has done
                       all its steps goes on only with more of them
  --resume-if-there    go on where --out holds a run already, else begin one
  --overwrite          remove the run that --out holds

all other settings
  --config FILE.yaml   a preset and what differs from it; the config.yaml of a run repeats that run
  --NAME VALUE         any setting by its name in such a file, such as
                       --optimizer.learningRate 1e-4 --network.critic mlp --conditional true
  --print-config       print all settings, with what the options change, as such a file

the machine
${adapterHelp}
  --no-tune            run the usual kernels, not those that npm run tune found

  --help               show this text

examples:
  npm run train -- --preset small --classes 5 --seed 1
  npm run train -- --preset wgan --classes 0,1 --steps 2000 --out runs/zeros-and-ones
  npm run train -- --preset wgan --print-config
`;

export interface EvaluateOptions extends CommonOptions {
  /** Given, unless help was asked for. */
  run?: string;
  best: boolean;
  data?: string;
  json?: string;
}

export const evaluateHelp = `Says how good a trained generator's samples are, in figures that each stand beside the same figure
of real samples. docs/measures.md explains them. Images are judged by a classifier of the data, which
is trained first where npm run classifier has not been run.

usage: npm run evaluate -- --run DIR [options]

  --run DIR            folder of a training run, as made by npm run train
${bestHelp}
  --data WHAT          real images to compare with, as npm run train takes them; without it the
                       test images beside those that the run was trained on, or some of them
                       held out where there are none
  --json FILE          write all figures of all draws
${adapterHelp}
  --help               show this text
`;

export const sampleHelp = `Draws images with a trained generator: as one picture to look at, or for other programs.

usage: npm run sample -- --run DIR [options]

  --run DIR            folder of a training run, as made by npm run train
${bestHelp}
  --out FILE.png       the picture: a grid, of MNIST's kind as dark ink on white; without --out it
                       goes into the run's folder. Or, with the values that the data have:
        FILE.npy         an array (N, H, W) or (N, H, W, C) of bytes, or (N, 2) of points
        FILE-ubyte       an IDX file, as MNIST's
        DIR              a new or empty folder of PNG files, 000000.png and so on
  --seed N             which images: same seed, same images (0 to 4294967295); without it those
                       that the run showed
  --count N            how many, in a square grid (default 100); of a run with conditional: true in
                       a column for each class (default ten rows): the classes come in turn
  --truncate T         draw the latent numbers that are more than T standard deviations from 0
                       anew, from 0.1 to 10: better images, and less different ones
  --interpolate N      ways from one latent vector to another, N images each, one way a row
${adapterHelp}
  --help               show this text

examples:
  npm run sample -- --run runs/my-run --count 64 --out sixty-four.png
  npm run sample -- --run runs/my-run --count 10000 --out generated
`;

/** Options of train that are settings under a shorter name or with a reader of their own. */
const shortcuts: Record<string, { path: string; read: Reader<unknown> }> = {
  preset: { path: "preset", read: (text, name) => choosePreset(text, name) },
  data: { path: "data.path", read: (text, name) => notEmpty(text, name) },
  classes: { path: "data.classes", read: (text) => parseClasses(text) },
  digits: { path: "data.classes", read: (text) => parseClasses(text) },
  size: { path: "data.size", read: integer(1, 4096) },
  steps: { path: "steps", read: integer(1, 100_000_000) },
  batch: { path: "batch", read: integer(1, 8192) },
  seed: { path: "seed", read: integer(0, 2 ** 32 - 1) },
  "sample-every": { path: "sampleEvery", read: integer(0, 100_000_000) },
  "log-every": { path: "logEvery", read: integer(1, 100_000_000) },
  "checkpoint-every": { path: "checkpointEvery", read: integer(0, 100_000_000) },
  "evaluate-every": { path: "evaluateEvery", read: integer(0, 100_000_000) },
};

/** The options of train that are settings. */
export const trainSettings: readonly string[] = [
  ...Object.keys(shortcuts),
  ...settingNames.filter((name) => !(name in shortcuts)),
];

/** Reads train's arguments (without node and script). Throws InputError at the first that is off. */
export function parseTrainOptions(args: string[]): TrainOptions {
  const given = readOptions(
    "train",
    args,
    [...trainSettings, "config", "out", "resume"],
    ["transposed", "resume-if-there", "overwrite", "watch", "print-config", "no-tune"],
  );
  checkGoingOn(given.names);
  const changes = trainSettings.flatMap((name) => {
    const { path, read } = shortcuts[name] ?? { path: name, read: parseValue };
    const text = given.text(name);
    return text === undefined ? [] : [change(`--${name}`, path, read(text, `--${name}`), text)];
  });
  if (given.has("transposed")) changes.push(change("--transposed", "data.transposed", true));
  for (const [i, { path, option }] of changes.entries()) {
    const other = changes.slice(0, i).find((before) => before.path.join() === path.join());
    if (other) throw new InputError(`${other.option} and ${option} are the same setting: give one of them.`);
  }
  return {
    config: given.read("config", notEmpty),
    changes: changes.map(({ option, ...change }) => change),
    steps: given.read("steps", shortcuts.steps.read as Reader<number>),
    out: given.read("out", notEmpty),
    resume: given.read("resume", notEmpty),
    resumeIfThere: given.has("resume-if-there"),
    overwrite: given.has("overwrite"),
    watch: given.has("watch"),
    printConfig: given.has("print-config"),
    noTune: given.has("no-tune"),
    adapter: given.adapter,
    help: given.help,
  };
}

function change(option: string, path: string, value: unknown, text?: string): Change & { option: string } {
  const shown = text === undefined ? option : `${option} "${text}"`;
  const blame = (key: string, message: string) =>
    new InputError(`${shown}: ${key === path ? "" : `${key}: `}${message}.`);
  return { option, path: path.split("."), value, blame };
}

/** What may stand beside --resume: the rest of a run is settled. */
const besideResume = ["resume", "steps", "data", "watch", "adapter", "no-tune", "help"];

function checkGoingOn(names: string[]): void {
  const other = names.find((name) => !besideResume.includes(name));
  if (names.includes("resume") && other) {
    throw new InputError(
      `--${other} beside --resume: a run that goes on keeps what it was, only --steps may change.`,
    );
  }
  const [needing] = ["resume-if-there", "overwrite"].filter((name) => names.includes(name));
  if (needing && !names.includes("out")) {
    throw new InputError(`--${needing} needs --out DIR, the folder of the run.`);
  }
  if (names.includes("resume-if-there") && names.includes("overwrite")) {
    throw new InputError("--resume-if-there and --overwrite: only one of them, go on or replace.");
  }
}

/** Reads sample's arguments (without node and script). Throws InputError at the first that is off. */
export function parseSampleOptions(args: string[]): SampleOptions {
  const given = readOptions(
    "sample",
    args,
    ["run", "out", "seed", "count", "truncate", "interpolate"],
    ["best"],
  );
  const run = readRun(given);
  const count = given.read("count", integer(1, 100_000));
  const interpolate = given.read("interpolate", integer(2, 1000));
  if (count !== undefined && interpolate !== undefined && count % interpolate !== 0)
    throw new InputError(
      `--count ${count}: expected a multiple of --interpolate ${interpolate}, whole ways.`,
    );
  return {
    ...{ run, best: given.has("best") },
    out: given.read("out", notEmpty),
    seed: given.read("seed", integer(0, 2 ** 32 - 1)),
    count,
    truncate: given.read("truncate", deviations),
    interpolate,
    adapter: given.adapter,
    help: given.help,
  };
}

/** Reads evaluate's arguments (without node and script). Throws InputError at the first that is off. */
export function parseEvaluateOptions(args: string[]): EvaluateOptions {
  const given = readOptions("evaluate", args, ["run", "data", "json"], ["best"]);
  return {
    ...{ run: readRun(given), best: given.has("best") },
    data: given.read("data", notEmpty),
    json: given.read("json", notEmpty),
    adapter: given.adapter,
    help: given.help,
  };
}

function readRun({ help, read }: ReturnType<typeof readOptions>): string | undefined {
  const run = read("run", notEmpty);
  if (run !== undefined || help) return run;
  throw new InputError("--run DIR is missing: name the folder of a training run.");
}

export const choosePreset: Reader<PresetName> = (text, name) => {
  const preset = presetNames.find((known) => known === text);
  if (preset) return preset;
  throw new InputError(`${name} "${text}": expected one of ${presetNames.join(", ")}.`);
};

export const notEmpty: Reader<string> = (text, name) => {
  if (text !== "") return text;
  throw new InputError(`${name} is empty, expected a path.`);
};

const deviations: Reader<number> = (text, name) => {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (value >= 0.1 && value <= 10) return value;
  throw new InputError(`${name} "${text}": expected a number from 0.1 to 10.`);
};
