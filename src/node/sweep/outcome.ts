// What became of a planned run, by its folder and its log.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../../errors";
import { readConfig } from "../configFile";
import { readText } from "../files";
import { Locked, requireUnlocked } from "../lock";
import { type LossRow, readLosses } from "../lossFile";
import { isWhole } from "../runFolder";
import type { PlannedRun } from "./planned";

export interface Outcome {
  state: "done" | "running" | "failed" | "stopped" | "not begun";
  /** Of a run that failed, in one line. */
  why: string;
  rows: LossRow[];
}

/** The line that --local, sweep.sbatch and optuna.sh put behind what a run says. */
export const endLine = (code: number | string): string => `ended with ${code}\n`;
const endCode = /^ended with (\w+)$/;
/** Exit codes of a run that was only asked to stop. */
const stopCodes = ["0", "129", "130", "143"];

/** Files of the run that are damaged make it one that failed: the others of the sweep have theirs. */
export function outcomeOf(run: Pick<PlannedRun, "path" | "log">): Outcome {
  const file = join(run.path, "losses.csv");
  const rows = readLosses(file);
  const damaged = rows.findIndex(({ step, seconds }, i) => step !== i + 1 || seconds === undefined);
  if (damaged >= 0) {
    const why = `${file}:${damaged + 2}: expected the row of step ${damaged + 1}. Remove the folder, and it is trained again.`;
    return { state: "failed", why, rows: [] };
  }
  try {
    return { ...stateOf(run, rows), rows };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { state: "failed", why: error.message, rows };
  }
}

function stateOf(
  { path, log }: Parameters<typeof outcomeOf>[0],
  rows: readonly LossRow[],
): Omit<Outcome, "rows"> {
  const lines = linesOf(log);
  if (existsSync(path) && isLocked(path)) return { state: "running", why: "" };
  if (isDone(path, rows)) return { state: "done", why: "" };
  const code = lines.at(-1)?.match(endCode)?.[1];
  if (code !== undefined && !stopCodes.includes(code)) return { state: "failed", why: reasonIn(lines, code) };
  return { state: rows.length > 0 || lines.length > 0 ? "stopped" : "not begun", why: "" };
}

function linesOf(log: string): string[] {
  return readText(log)?.trimEnd().split("\n") ?? [];
}

function isDone(path: string, rows: readonly LossRow[]): boolean {
  if (!existsSync(join(path, "report.html"))) return false;
  const config = readConfig(path);
  return (rows.at(-1)?.step ?? 0) >= config.steps && isWhole(path, config);
}

/** The complaint with which the run ended; a warning of one that went on is none. */
function reasonIn(lines: readonly string[], code: string): string {
  const last = lines.slice(0, -1).findLastIndex((line) => endCode.test(line));
  const complaint = lines
    .slice(last + 1)
    .findLast((line) => line.startsWith("monge: ") && !line.endsWith("The run goes on."));
  return complaint?.slice("monge: ".length) ?? `ended with ${code}, and said nothing`;
}

function isLocked(path: string): boolean {
  try {
    requireUnlocked(path);
    return false;
  } catch (error) {
    if (error instanceof Locked) return true;
    throw error;
  }
}
