// The command lines of `train`, `sample` and `evaluate`: what each option takes, its help text, and the complaint if it is off.
// What wasn't given stays undefined: presets know the defaults.

import { InputError } from "../errors";
import { type ClassChoice, parseClasses } from "../wgan/dataset";
import { type PresetName, presetNames } from "../wgan/presets";
import { adapterHelp, type CommonOptions, integer, type Reader, readOptions } from "./commandLine";

export interface TrainOptions extends CommonOptions {
  preset?: PresetName;
  data?: string;
  digits?: ClassChoice;
  steps?: number;
  batch?: number;
  seed?: number;
  out?: string;
  sampleEvery?: number;
  logEvery?: number;
  /** Run the default kernels, not those that the tuner found. */
  noTune: boolean;
}

export interface SampleOptions extends CommonOptions {
  /** Given, unless help was asked for. */
  run?: string;
  out?: string;
  seed?: number;
  count: number;
}

export const trainHelp = `Trains a Wasserstein GAN on handwritten digits, on the GPU, and writes a folder with the results.

usage: npm run train -- [options]

  --preset NAME        tutorial  the Keras tutorial's program, faithfully (one digit)
                       wgan      the same networks, trained as the WGAN paper says
                       small     the tutorial's shape with fewer channels and a gradient penalty,
                                 to see digits within minutes on any machine
                       without it: tutorial on a GPU, small where the adapter computes on the CPU
  --data DIR           folder with train-images-idx3-ubyte and train-labels-idx1-ubyte (or .gz);
                       without it: the folder in MONGE_DATA, the cache, a download, and if none
                       of them is to be had, digits that the program draws itself
  --digits LIST        which digits to train on: 5, or 0,1, or all
  --steps N            training steps
  --batch N            images in a batch
  --seed N             same seed, machine and options: the same images (0 to 4294967295)
  --out DIR            folder for the results, new or empty; without it: one under runs/
  --sample-every N     steps between sample images; 0 for those of the last step alone
  --log-every N        steps between lines of the loss
  --no-tune            run the usual kernels, not those that npm run tune found
${adapterHelp}
  --help               show this text

example: npm run train -- --preset wgan --digits 0,1 --steps 2000
`;

export interface EvaluateOptions extends CommonOptions {
  /** Given, unless help was asked for. */
  run?: string;
  data?: string;
}

export const evaluateHelp = `Says how good a trained generator's images are: how many of 100 a vote of the nearest
test images takes for the digits it was trained on, and how much they differ from each other.

usage: npm run evaluate -- --run DIR [options]

  --run DIR            folder of a training run, as made by npm run train
  --data DIR           folder with the MNIST test files t10k-images-idx3-ubyte and
                       t10k-labels-idx1-ubyte (or .gz); without it they are looked for as
                       npm run train does
${adapterHelp}
  --help               show this text
`;

export const sampleHelp = `Draws images with a trained generator, as one PNG.

usage: npm run sample -- --run DIR [options]

  --run DIR            folder of a training run, as made by npm run train
  --out FILE.png       where to write the image; without it: in the run's folder
  --seed N             which images: same seed, same images (0 to 4294967295)
  --count N            how many, in a square grid (default 100)
${adapterHelp}
  --help               show this text

example: npm run sample -- --run runs/my-run --count 64 --out sixty-four.png
`;

/** Reads train's arguments (without node and script). Throws InputError at the first that is off. */
export function parseTrainOptions(args: string[]): TrainOptions {
  const given = readOptions(
    "train",
    args,
    ["preset", "data", "digits", "steps", "batch", "seed", "out", "sample-every", "log-every"],
    ["no-tune"],
  );
  return {
    preset: given.read("preset", choosePreset),
    data: given.read("data", notEmpty),
    digits: given.read("digits", parseClasses),
    steps: given.read("steps", integer(1, 100_000_000)),
    batch: given.read("batch", integer(1, 8192)),
    seed: given.read("seed", integer(0, 2 ** 32 - 1)),
    out: given.read("out", notEmpty),
    sampleEvery: given.read("sample-every", integer(0, 100_000_000)),
    logEvery: given.read("log-every", integer(1, 100_000_000)),
    noTune: given.has("no-tune"),
    adapter: given.adapter,
    help: given.help,
  };
}

/** Reads sample's arguments (without node and script). Throws InputError at the first that is off. */
export function parseSampleOptions(args: string[]): SampleOptions {
  const given = readOptions("sample", args, ["run", "out", "seed", "count"]);
  const run = readRun(given);
  return {
    run,
    out: given.read("out", pngName),
    seed: given.read("seed", integer(0, 2 ** 32 - 1)),
    count: given.read("count", integer(1, 10_000)) ?? 100,
    adapter: given.adapter,
    help: given.help,
  };
}

/** Reads evaluate's arguments (without node and script). Throws InputError at the first that is off. */
export function parseEvaluateOptions(args: string[]): EvaluateOptions {
  const given = readOptions("evaluate", args, ["run", "data"]);
  const run = readRun(given);
  return { run, data: given.read("data", notEmpty), adapter: given.adapter, help: given.help };
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

const pngName: Reader<string> = (text, name) => {
  if (/.\.png$/i.test(text)) return text;
  throw new InputError(`${name} "${text}": expected the name of a .png file.`);
};
