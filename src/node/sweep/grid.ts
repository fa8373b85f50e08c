// The grid of a sweep: some settings of train with the values that each of them takes, and the seeds.
import { InputError } from "../../errors";
import { integer, nearest } from "../commandLine";
import { trainSettings } from "../options";

/** A setting, as train's options name it, and its values as they were written. */
export interface Axis {
  name: string;
  values: string[];
}

/** More runs than anyone starts; a slip of the keyboard makes more. */
const mostRuns = 10_000;

/** Reads "optimizer.learningRate=1e-5,5e-5 batch=32,64"; a value that is a list stands in brackets. Throws InputError. */
export function parseGrid(text: string): Axis[] {
  const axes = splitOutside(text, /\s/)
    .filter((part) => part !== "")
    .map(parseAxis);
  if (axes.length === 0) throw new InputError(`--grid "${text}": expected NAME=VALUE,VALUE,…`);
  const twice = axes.find(({ name }, i) => axes.findIndex((axis) => axis.name === name) < i);
  if (twice) throw new InputError(`--grid: ${twice.name} is there twice.`);
  return axes;
}

function parseAxis(text: string): Axis {
  const [, name, list] = text.match(/^([^=]+)=(.*)$/s) ?? [];
  if (name === undefined) {
    throw new InputError(`--grid "${text}": expected NAME=VALUE,VALUE,… with a space between two settings.`);
  }
  if (name === "seed") throw new InputError("--grid: the seeds have an option of their own, --seeds 0-4.");
  if (!trainSettings.includes(name)) {
    const near = nearest(name, trainSettings);
    throw new InputError(
      `--grid: ${name} is no setting of train${near ? `, the nearest is ${near}` : "; docs/settings.md has them"}.`,
    );
  }
  const values = splitOutside(list, /,/);
  if (values.includes("")) throw new InputError(`--grid "${text}": a value is empty.`);
  const twice = values.find((value, i) => values.indexOf(value) < i);
  if (twice !== undefined) throw new InputError(`--grid "${text}": ${twice} is there twice.`);
  return { name, values };
}

/** The parts between separators that stand in no brackets. */
function splitOutside(text: string, separator: RegExp): string[] {
  const parts = [""];
  let depth = 0;
  for (const letter of text) {
    if ("[{".includes(letter)) depth++;
    if ("]}".includes(letter)) depth--;
    if (depth === 0 && separator.test(letter)) parts.push("");
    else parts[parts.length - 1] += letter;
  }
  return parts;
}

/** Reads "0-4" or "0,3,7-9". Throws InputError. */
export function parseSeeds(text: string): number[] {
  const seeds = text.split(",").flatMap((part) => {
    const [, first, last = first] = part.match(/^(\d+)(?:-(\d+))?$/) ?? [];
    if (first === undefined)
      throw new InputError(`--seeds "${text}": expected seeds such as 0-4 or 0,3,7-9.`);
    const [from, to] = [first, last].map((each) => integer(0, 2 ** 32 - 1)(each, "--seeds"));
    if (to < from) throw new InputError(`--seeds "${text}": ${part} goes backwards.`);
    if (to - from >= mostRuns) throw new InputError(`--seeds "${text}": at most ${mostRuns} runs.`);
    return Array.from({ length: to - from + 1 }, (_, i) => from + i);
  });
  const twice = seeds.find((seed, i) => seeds.indexOf(seed) < i);
  if (twice !== undefined) throw new InputError(`--seeds "${text}": ${twice} is there twice.`);
  return seeds;
}

/** All combinations of the values, the last setting the fastest: of each the words for train's command line. */
export function pointsOf(axes: readonly Axis[], seeds: number): string[][][] {
  const points = axes.reduce((product, { values }) => product * values.length, 1);
  if (points * seeds > mostRuns) {
    throw new InputError(
      `${points} points of the grid by ${seeds} seeds are ${points * seeds} runs, expected at most ${mostRuns}.`,
    );
  }
  return axes.reduce<string[][][]>(
    (before, { name, values }) => before.flatMap((point) => values.map((value) => [...point, [name, value]])),
    [[]],
  );
}
