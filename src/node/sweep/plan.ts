// What a sweep is going to run: a line for each point of the grid and each seed, all of them checked as train checks them.
import { InputError } from "../../errors";
import { readChanges } from "../configFile";
import { parseTrainOptions } from "../options";
import { chooseSettings, namedPreset, usualPreset } from "../settings";
import { type Axis, pointsOf } from "./grid";
import type { SweepOptions } from "./options";
import { axisInFull, optionForFile, wordsInFull } from "./paths";
import { optionsIn, quoted } from "./words";

export interface Plan {
  /** The words of all runs before what differs: node, the program, the shared options. */
  begin: string[];
  /** The words of each run, in full. */
  runs: string[][];
  /** The grid, with paths in full. */
  axes: Axis[];
  points: number;
}

/** A folder's name has 255 bytes at most. */
const longestName = 200;

/**
 * The runs of a sweep; `program` are the words that start train, and `log` hears which preset is taken where none is named.
 * Throws InputError at the first run that train would refuse before it reads data.
 */
export function makePlan(
  { axes: typed, seeds, shared, train }: Extract<SweepOptions, { kind: "write" }>,
  program: readonly string[],
  log: (line: string) => void,
): Plan {
  const both = typed.find(({ name }) => optionsIn(shared).has(name));
  if (both) throw new InputError(`--${both.name}: in the grid as well, expected in one of them.`);
  const fromFile = train.config === undefined ? [] : readChanges(train.config);
  const common = wordsInFull(shared);
  const axes = typed.map(axisInFull);
  const namesData = (name: string) => name === "data" || name === "data.path";
  if (![...optionsIn(shared).keys(), ...axes.map(({ name }) => name)].some(namesData))
    common.push(...optionForFile(fromFile));
  const isNamed = namedPreset([...fromFile, ...train.changes]) ?? axes.some(({ name }) => name === "preset");
  if (!isNamed) {
    // Written down, since the machines that run the lines may be of another kind.
    const { name, why } = usualPreset([...fromFile, ...train.changes], train.adapter);
    log(`preset: ${name}, since ${why}; name another with --preset`);
    common.unshift("--preset", name);
  }
  const points = pointsOf(axes, seeds.length);
  const names = pointsOf(typed, seeds.length).map(nameOf);
  const folders = foldersOf(names);
  const alike = new Map<string, number>();
  const runs = points.flatMap((point, i) => {
    const own = point.flatMap(([name, value]) => [`--${name}`, value]);
    const of = (seed: number) => [
      ...[...common, ...own, "--seed", `${seed}`],
      ...["--out", [...folders[i], `seed-${seed}`].join("/"), "--resume-if-there"],
    ];
    const broken = of(seeds[0]).find((word) => word.includes("\n"));
    if (broken !== undefined)
      throw new InputError(
        `${JSON.stringify(broken)}: a line break in it, expected none, since a command has one line.`,
      );
    const changes = [...fromFile, ...parseTrainOptions(of(seeds[0])).changes];
    const { preset, settings } = chooseSettings(namedPreset(changes)!, changes);
    const same = JSON.stringify([preset, settings]);
    const other = alike.get(same);
    if (other !== undefined)
      throw new InputError(`--grid: ${names[other]} and ${names[i]} are the same settings.`);
    alike.set(same, i);
    return seeds.map((seed) => [...program, ...of(seed)]);
  });
  return { begin: [...program, ...common], runs, axes, points: points.length };
}

const nameOf = (point: readonly string[][]) => point.map(([name, value]) => `${name}=${value}`).join(",");

/** Of each point the folders that lead to its runs: runs/batch=32,ema=0.9. */
function foldersOf(points: readonly string[]): string[][] {
  const names = points.map((name) => name.replace(/[^\w.=,@+-]+/g, "-"));
  const fit = new Set(names).size === names.length && names.every((name) => name.length <= longestName);
  return names.map((name, i) => ["runs", fit ? name : `point-${i + 1}`].filter((part) => part !== ""));
}

export const lineOf = (words: readonly string[]): string => words.map(quoted).join(" ");
