// The planned runs of a sweep's folder: the lines of runs.txt, and those of trials.txt, which optuna.sh writes.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../../errors";
import { readText, requireFolder } from "../files";
import { parseTrainOptions } from "../options";
import { optionsIn, wordsOf } from "./words";

export interface PlannedRun {
  /** The words of its command, to be run in the sweep's folder. */
  words: string[];
  /** Its folder as the line names it, and in full. */
  out: string;
  path: string;
  /** The file that takes what it says, in full. */
  log: string;
  seed: string;
  /** What train is told by options, by their names, as texts; without the seed and the folder. */
  settings: Map<string, string>;
}

/** The planned runs of the folder's runs.txt. Throws InputError. */
export function readRuns(folder: string): PlannedRun[] {
  requireFolder(folder, "sweep");
  const file = join(folder, "runs.txt");
  if (!existsSync(file))
    throw new InputError(`${folder}: no runs.txt there, expected the folder of npm run sweep.`);
  return linesOf(file).map(({ line, number }) =>
    readLine(folder, line, `${file}:${number}`, join("logs", `${number}.log`)),
  );
}

/** Those that Optuna chose; none where optuna.sh was not started. Throws InputError. */
export function readTrials(folder: string): PlannedRun[] {
  const file = join(folder, "trials.txt");
  return linesOf(file).map(({ line, number }) => readLine(folder, line, `${file}:${number}`));
}

const linesOf = (file: string) =>
  (readText(file) ?? "")
    .split("\n")
    .map((line, i) => ({ line, number: i + 1 }))
    .filter(({ line }) => line.trim() !== "");

function readLine(folder: string, line: string, place: string, log?: string): PlannedRun {
  const words = wordsOf(line, place);
  const options = words.slice(words.findIndex((word) => word.startsWith("--")));
  const settings = optionsIn(options);
  try {
    parseTrainOptions(options);
  } catch (error) {
    throw error instanceof InputError ? new InputError(`${place}: ${error.message}`) : error;
  }
  const [out, seed] = [settings.get("out"), settings.get("seed")];
  if (out === undefined || seed === undefined)
    throw new InputError(`${place}: no --out or no --seed in it, expected a line as npm run sweep wrote it.`);
  for (const name of ["out", "seed", "resume-if-there"]) settings.delete(name);
  return { words, out, path: join(folder, out), log: join(folder, log ?? `${out}.log`), seed, settings };
}

/** The settings in which the runs differ. */
export function varying(runs: readonly PlannedRun[]): string[] {
  const names = [...new Set(runs.flatMap(({ settings }) => [...settings.keys()]))];
  return names.filter((name) => new Set(runs.map(({ settings }) => settings.get(name))).size > 1);
}
