// The report of a sweep: a table with a row for each point of the grid, one of all runs for other tools, and a figure.
import { join } from "node:path";
import { meanAndDeviation } from "../../wgan/curves";
import { writeFileAtomic } from "../files";
import { markdownTable } from "../markdownTable";
import { finalMetrics } from "../outputs/metrics";
import { svgToPng } from "../outputs/svgToPng";
import { type Point, sweepPlot } from "../outputs/sweepPlot";
import { counted } from "../progress";
import { type Outcome, outcomeOf } from "./outcome";
import { type PlannedRun, readRuns, readTrials, varying } from "./planned";

/** A planned run, what became of it, and its last numbers as metrics.json has them. */
interface Entry extends PlannedRun, Outcome {
  numbers: Record<string, number>;
}

/** Writes report.md, .csv, .svg and .png into the sweep's folder, and shows the first. Throws InputError. */
export async function report(folder: string): Promise<void> {
  const trials = readTrials(folder);
  // Who lets Optuna choose does not mean to run the grid as well.
  const grid = readRuns(folder).filter((run) => trials.length === 0 || outcomeOf(run).state !== "not begun");
  const runs = [...grid, ...trials];
  const names = varying(runs);
  const entries = runs.map((run): Entry => {
    const outcome = outcomeOf(run);
    return { ...run, ...outcome, numbers: finalMetrics(outcome.rows) };
  });
  const labels = [...new Set(entries.map((run) => labelOf(run, names)))];
  const groups = labels.map((label): [string, Entry[]] => [
    label,
    entries.filter((run) => labelOf(run, names) === label),
  ]);
  const table = tableOf(groups, names) + notDone(entries);
  console.log(table.trimEnd());
  writeFileAtomic(join(folder, "report.csv"), csvOf(entries, names));
  const points = groups.map(([name, of]): Point => ({ name, runs: of.map(({ rows }) => rows) }));
  const svg = await sweepPlot(points);
  writeFileAtomic(join(folder, "report.svg"), svg);
  writeFileAtomic(join(folder, "report.png"), await svgToPng(svg, 1.5));
  writeFileAtomic(join(folder, "report.md"), `${table}\n![the estimate over the steps](report.png)\n`);
  console.log(`\n${join(folder, "report.md")}, .csv, .svg and .png`);
}

/** "learningRate 1e-5, batch 32": a setting's last name says enough in a legend. */
const labelOf = ({ settings }: PlannedRun, names: readonly string[]) =>
  names.map((name) => `${name.split(".").at(-1)} ${shown(settings.get(name) ?? "as usual")}`).join(", ") ||
  "all runs";

/** Of Optuna's numbers, which have all their digits, six. */
const shown = (value: string) =>
  value.length > 10 && Number.isFinite(Number(value)) ? `${Number(Number(value).toPrecision(6))}` : value;

function tableOf(groups: readonly [string, Entry[]][], names: readonly string[]): string {
  const head = [...names, "done", "estimate at the end", "time of a run"];
  const rows = groups.map(([, runs]) => {
    const done = runs.filter(({ state }) => state === "done");
    const mean = (name: string) => meanAndDeviation(done.map(({ numbers }) => numbers[name]));
    const { mean: estimate, deviation } = mean("wasserstein_median");
    const spread = Number.isFinite(deviation) ? ` ± ${deviation.toPrecision(2)}` : "";
    return [
      ...names.map((name) => shown(runs[0].settings.get(name) ?? "")),
      `${done.length} of ${runs.length}`,
      done.length === 0 ? "" : `${estimate.toPrecision(4)}${spread}`,
      done.length === 0 ? "" : `${mean("seconds").mean.toPrecision(3)} s`,
    ];
  });
  return markdownTable(head, rows);
}

/** A line for each run that is not done: which, how far it came, and why it failed. */
function notDone(entries: readonly Entry[]): string {
  const lines = entries
    .filter(({ state }) => state !== "done")
    .map(({ out, state, why, rows }) => {
      const after = rows.length > 0 ? ` after ${counted(rows.at(-1)!.step, "step")}` : "";
      return `- ${out}: ${state}${after}${why && `: ${why}`}\n`;
    });
  return lines.length === 0 ? "" : `\nNot done:\n\n${lines.join("")}`;
}

function csvOf(entries: readonly Entry[], names: readonly string[]): string {
  const head = [...names, "seed", "state", "step", "wasserstein_median", "seconds", "folder", "why"];
  const rows = entries.map(({ settings, seed, state, numbers, out, why }) => [
    ...names.map((name) => settings.get(name) ?? ""),
    ...[seed, state, numbers.step ?? 0, numbers.wasserstein_median ?? "", numbers.seconds ?? "", out, why],
  ]);
  const cell = (value: string | number) =>
    /[",\n]/.test(`${value}`) ? `"${`${value}`.replaceAll('"', '""')}"` : `${value}`;
  return [head, ...rows].map((row) => `${row.map(cell).join(",")}\n`).join("");
}
