// The command line of `sweep`: its own options, and those of train that all its runs share.
import { InputError } from "../../errors";
import { integer } from "../commandLine";
import { notEmpty, parseTrainOptions, type TrainOptions } from "../options";
import { type Axis, parseGrid, parseSeeds } from "./grid";

export type SweepOptions =
  | { kind: "help" }
  | { kind: "local"; atOnce: number; folder: string }
  | { kind: "report"; folder: string }
  | { kind: "write"; axes: Axis[]; seeds: number[]; out?: string; shared: string[]; train: TrainOptions };

export const sweepHelp = `Many runs: writes the command lines of a grid of settings and seeds, runs them here or hands them
to a cluster, and makes one table and one figure of what they left. docs/sweeps.md has examples.

usage: npm run sweep -- [--grid "NAME=VALUE,… NAME=VALUE,…"] [options]
       npm run sweep -- --local N DIR
       npm run sweep -- --report DIR

what to run; this writes text, and starts nothing
  --grid "NAME=…"      settings of train with their values, every combination a point of the grid:
                       --grid "optimizer.learningRate=1e-5,5e-5 batch=32,64". A value that is a
                       list stands in brackets, data.classes=[0,1],[5]
  --seeds LIST         each point runs once with each seed: 0-4, or 0,3,7-9 (default 0-2)
  --out DIR            folder for the sweep, new or empty; without it: one under runs/
  --NAME VALUE         what all runs share, as npm run train takes it: --preset, --data, --steps, …

what it writes to DIR
  runs.txt             a command a line, to be run in DIR
  sweep.sbatch         the lines as a Slurm array that outlives preemption: sbatch DIR/sweep.sbatch
  optuna.sh            Optuna chooses in the range of the grid: DIR/optuna.sh TRIALS

then
  --local N DIR        run the lines of DIR here, N at a time; again, it goes on. Ctrl-C stops it
  --report DIR         what there is so far, as report.md, report.csv, report.svg and report.png

  --help               show this text
`;

/** Reads sweep's arguments (without node and script). Throws InputError at the first that is off. */
export function parseSweepOptions(args: string[]): SweepOptions {
  if (args.some((arg) => arg === "--help" || arg === "-h")) return { kind: "help" };
  if (args.some((arg) => arg.startsWith("--local"))) {
    const [option, count, folder, ...more] = args;
    if (option !== "--local" || folder === undefined || more.length > 0)
      throw new InputError("--local takes how many at once and the sweep's folder, alone: --local 2 DIR.");
    return { kind: "local", atOnce: integer(1, 256)(count, "--local"), folder: notEmpty(folder, "--local") };
  }
  if (args.some((arg) => arg.startsWith("--report"))) {
    const [option, folder, ...more] = args;
    if (option !== "--report" || folder === undefined || more.length > 0)
      throw new InputError("--report takes the sweep's folder, alone: --report DIR.");
    return { kind: "report", folder: notEmpty(folder, "--report") };
  }
  const [grid, seeds, out] = ["grid", "seeds", "out"].map((name) => textOf(args, name));
  const own = new Set([grid, seeds, out].flatMap((found) => found?.places ?? []));
  const shared = args.filter((_, i) => !own.has(i));
  return {
    kind: "write",
    axes: grid ? parseGrid(grid.text) : [],
    seeds: parseSeeds(seeds?.text ?? "0-2"),
    out: out && notEmpty(out.text, "--out"),
    shared,
    train: parseShared(shared),
  };
}

/** An option's text, and which of the arguments it takes. */
function textOf(args: string[], name: string): { text: string; places: number[] } | undefined {
  const found = args.flatMap((arg, i) => (arg === `--${name}` || arg.startsWith(`--${name}=`) ? [i] : []));
  if (found.length === 0) return undefined;
  if (found.length > 1) throw new InputError(`--${name} is given twice.`);
  const [at] = found;
  if (args[at] !== `--${name}`) return { text: args[at].slice(name.length + 3), places: [at] };
  const next = args[at + 1];
  if (next === undefined || next.startsWith("--"))
    throw new InputError(`--${name} needs a value. See npm run sweep -- --help.`);
  return { text: next, places: [at, at + 1] };
}

function parseShared(args: string[]): TrainOptions {
  if (args.some((arg) => /^--seed(=|$)/.test(arg)))
    throw new InputError("--seed: a sweep has several, --seeds 0-4.");
  const single = /^--(resume|resume-if-there|overwrite|watch|print-config)(=|$)/;
  const odd = args.find((arg) => single.test(arg));
  if (odd) throw new InputError(`${odd}: for a single run alone, npm run train has it.`);
  return parseTrainOptions(args);
}
