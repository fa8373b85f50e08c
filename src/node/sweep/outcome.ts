// What became of a planned run, by its folder and its log.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readConfig } from "../configFile";
import { Locked, requireUnlocked } from "../lock";
import { type LossRow, readLosses } from "../lossFile";
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

export function outcomeOf({ path, log }: Pick<PlannedRun, "path" | "log">): Outcome {
  const rows = readLosses(join(path, "losses.csv"));
  const lines = existsSync(log) ? readFileSync(log, "utf8").trimEnd().split("\n") : [];
  const outcome = (state: Outcome["state"], why = ""): Outcome => ({ state, why, rows });
  if (existsSync(path) && isLocked(path)) return outcome("running");
  if (isDone(path, rows)) return outcome("done");
  const code = lines.at(-1)?.match(endCode)?.[1];
  if (code !== undefined && !stopCodes.includes(code)) return outcome("failed", reasonIn(lines, code));
  return outcome(rows.length > 0 || lines.length > 0 ? "stopped" : "not begun");
}

/** Whether all steps are there, and the report, which a run writes last. */
const isDone = (path: string, rows: readonly LossRow[]) =>
  existsSync(join(path, "report.html")) && (rows.at(-1)?.step ?? 0) >= readConfig(path).steps;

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
