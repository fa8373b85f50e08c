// The command lines of `sample` and `evaluate`, which take the folder of a run: options, help texts, and the complaint if
// one is off.
import { InputError } from "../errors";
import { adapterHelp, bestHelp, type CommonOptions, integer, type Reader, readOptions } from "./commandLine";
import { notEmpty } from "./options";

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

export interface EvaluateOptions extends CommonOptions {
  /** Given, unless help was asked for. */
  run?: string;
  best: boolean;
  data?: string;
  json?: string;
}

export const evaluateHelp = `Says how good a trained generator's samples are, in figures that each stand beside the same figure
of real samples. docs/measures.md explains them. Images are judged by a classifier of the data, which
is trained first where npm run classifier has not been run. The picture nearest.png goes into the run's
folder: samples beside the training images that they are nearest to.

usage: npm run evaluate -- --run DIR [options]

  --run DIR            folder of a training run, as made by npm run train
${bestHelp}
  --data WHAT          real images to compare with, as npm run train takes them; without it the
                       test images beside those that the run was trained on, or some of them
                       held out where there are none
  --json FILE.json     write all figures of all draws
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
    json: given.read("json", jsonName),
    adapter: given.adapter,
    help: given.help,
  };
}

function readRun({ help, read }: ReturnType<typeof readOptions>): string | undefined {
  const run = read("run", notEmpty);
  if (run !== undefined || help) return run;
  throw new InputError("--run DIR is missing: name the folder of a training run.");
}

/** Of another ending it may be the name of what is to be read. */
const jsonName: Reader<string> = (text, name) => {
  if (/.\.json$/i.test(text)) return text;
  throw new InputError(`${name} "${text}": expected the name of a .json file.`);
};

const deviations: Reader<number> = (text, name) => {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (value >= 0.1 && value <= 10) return value;
  throw new InputError(`${name} "${text}": expected a number from 0.1 to 10.`);
};
