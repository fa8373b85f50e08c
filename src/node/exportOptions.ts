// The command lines of `export` and `import`: what each option takes, its help text, and the complaint if it is off.
import { InputError } from "../errors";
import { type Format, formatNames } from "../exports/formats";
import { type PresetName, presetNames } from "../wgan/presets";
import { bestHelp, readOptions } from "./commandLine";
import { choosePreset, notEmpty } from "./options";

export interface ExportOptions {
  /** Given, unless help was asked for; so is the format. */
  run?: string;
  format?: Format;
  /** The run's best checkpoint, not its newest. */
  best: boolean;
  out?: string;
  help: boolean;
}

export const exportHelp = `Writes the generator and the critic of a finished run for other programs. Needs no GPU.

usage: npm run export -- --run DIR --format NAME [options]

  --run DIR            folder of a training run, as made by npm run train
${bestHelp}
  --format NAME        safetensors  our own layout, and the layers as text
                       onnx         models for ONNX Runtime and others, images (N, C, H, W)
                       tfjs         layers models for TensorFlow.js
                       torch        weights for PyTorch, and a model.py that reads them
  --out FOLDER         folder for the files, new or empty; without it: one of the format's name
                       in the run's folder, whose files are replaced
  --help               show this text

docs/exports.md shows how each is read.
`;

/** Reads export's arguments (without node and script). Throws InputError at the first that is off. */
export function parseExportOptions(args: string[]): ExportOptions {
  const given = readOptions("export", args, ["run", "format", "out"], ["best"]);
  refuseAdapter(given);
  const run = given.read("run", notEmpty);
  const format = given.read("format", chooseFormat);
  if (!given.help && run === undefined)
    throw new InputError("--run DIR is missing: name the folder of a training run.");
  if (!given.help && format === undefined)
    throw new InputError(`--format NAME is missing: expected one of ${formatNames.join(", ")}.`);
  return { run, format, best: given.has("best"), out: given.read("out", notEmpty), help: given.help };
}

export interface ImportOptions {
  /** Given, unless help was asked for; so are preset and out. */
  generator?: string;
  critic?: string;
  preset?: PresetName;
  config?: string;
  shape?: number[];
  out?: string;
  help: boolean;
}

export const importHelp = `Makes a folder like that of a run out of networks that another program has trained: sample,
evaluate and export take it. Needs no GPU.

usage: npm run import -- --generator FILE --preset NAME --out DIR [options]

  --generator FILE     its weights: the model.json of a layers model of TensorFlow.js, an .h5 file
                       of Keras 2 (weights or a whole model), or .safetensors of PyTorch
  --critic FILE        the same of the critic
  --preset NAME        whose networks they are: ${presetNames.join(", ")}
  --config FILE.yaml   what differs from the preset, as npm run train takes it
  --shape HxWxC        of an image, such as 32x32x3; without it 28x28x1
  --out DIR            the folder to make, new or empty
  --help               show this text

example: npm run import -- --generator generator.h5 --preset tutorial --out runs/from-keras
`;

/** Reads import's arguments (without node and script). Throws InputError at the first that is off. */
export function parseImportOptions(args: string[]): ImportOptions {
  const given = readOptions("import", args, ["generator", "critic", "preset", "config", "shape", "out"]);
  refuseAdapter(given);
  const generator = given.read("generator", notEmpty);
  const preset = given.read("preset", choosePreset);
  const out = given.read("out", notEmpty);
  const missing = (what: string) => new InputError(`${what} is missing. See npm run import -- --help.`);
  if (!given.help && generator === undefined) throw missing("--generator FILE");
  if (!given.help && preset === undefined) throw missing("--preset NAME");
  if (!given.help && out === undefined) throw missing("--out DIR");
  return {
    ...{ generator, critic: given.read("critic", notEmpty), preset, config: given.read("config", notEmpty) },
    ...{ shape: given.read("shape", readShape), out, help: given.help },
  };
}

function readShape(text: string, name: string): number[] {
  const match = /^([1-9]\d{0,3})x([1-9]\d{0,3})x([13])$/.exec(text);
  if (match) return match.slice(1).map(Number);
  throw new InputError(`${name} "${text}": expected rows, columns and 1 or 3 channels, such as 32x32x3.`);
}

function chooseFormat(text: string, name: string): Format {
  const format = formatNames.find((known) => known === text);
  if (format) return format;
  throw new InputError(`${name} "${text}": expected one of ${formatNames.join(", ")}.`);
}

/** All commands but these take it. */
function refuseAdapter({ adapter }: { adapter?: string }): void {
  if (adapter !== undefined)
    throw new InputError("--adapter: files are only read and written here, without a GPU.");
}
