// One part of a GPU day: its steps one after the other, each within its own time limit and the rest of the part's. A step
// that fails stops nothing. After each step the part's page and JSON are written anew, so that they are there if the
// machine goes away.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { version } from "../../../package.json";
import { complaint } from "../command";
import { writeFileAtomic } from "../files";
import type { Picture } from "../outputs/html";
import { type Ran, runChild } from "./child";
import { partPage } from "./page";

export interface Table {
  title: string;
  head: string[];
  rows: string[][];
}

/** What a step's program has found, read from the files that it left and from what it said. */
export interface Found {
  /** The gist, in one line. */
  line?: string;
  tables?: Table[];
  pictures?: Picture[];
  /** Goes into the JSON as it is. */
  data?: unknown;
  /** What failed, a line each: a test, a row of the bench. */
  failed?: string[];
  /** What was left out since it is not there, a line each. */
  absent?: string[];
}

export interface Step {
  name: string;
  /** The program, a path in the day's folder, and its arguments; it runs in the part's own folder of results. */
  program: string;
  args: string[];
  /** Its time limit. */
  seconds: number;
  /** Reads what it has left; it may have been ended half-way, or have left nothing. */
  read(folder: string, output: string): Found;
}

export interface Part {
  title: string;
  steps: Step[];
}

export interface Result extends Omit<Ran, "wrong">, Found {
  name: string;
  command: string;
  limit: number;
  failed: string[];
  absent: string[];
}

export interface PartReport {
  monge: string;
  part: number;
  title: string;
  date: string;
  /** A dry run: its figures say nothing. */
  quick: boolean;
  seconds: number;
  /** Steps that had not begun when this was written. */
  toCome: string[];
  steps: Result[];
}

/** A part ends within nine minutes: the seconds for its steps, and for writing down what they found. */
export const [PART_SECONDS, WRITING_SECONDS] = [540, 10];
/** Less is too little to start a program in. */
const LEAST_SECONDS = 10;

export interface Day {
  /** The folder with the programs. */
  folder: string;
  /** Where the results go. */
  out: string;
  quick: boolean;
  env: NodeJS.ProcessEnv;
  /** Ends the day: the step that runs is ended, and no other begins. */
  stop: AbortSignal;
  log(line: string): void;
}

/** Runs a part and writes out/part-N.html and out/part-N.json. Throws only where these can't be written. */
export async function runPart(number: number, { title, steps }: Part, day: Day): Promise<PartReport> {
  const { out, quick, log } = day;
  const work = join(out, `part-${number}`);
  mkdirSync(work, { recursive: true });
  const start = performance.now();
  const report: PartReport = {
    ...{ monge: version, part: number, title, date: new Date().toISOString(), quick, seconds: 0 },
    ...{ toCome: steps.map(({ name }) => name), steps: [] },
  };
  const write = () => {
    report.seconds = (performance.now() - start) / 1000;
    const base = join(out, `part-${number}`);
    writeFileAtomic(`${base}.html`, partPage(report));
    // The pictures are files of the part's folder, and in the page.
    const text = JSON.stringify({ ...report, steps: report.steps.map(({ pictures, ...rest }) => rest) });
    writeFileAtomic(`${base}.json`, `${text}\n`);
  };
  write();
  for (const step of steps) {
    const left = PART_SECONDS - WRITING_SECONDS - (performance.now() - start) / 1000;
    const result = await runStep(step, work, left, day);
    report.steps.push(result);
    report.toCome.shift();
    const { failed, line, seconds } = result;
    log(
      `${step.name}: ${failed.length > 0 ? `FAILED, ${failed[0]}` : (line ?? "done")} (${seconds.toFixed(1)} s)`,
    );
    write();
  }
  return report;
}

async function runStep(step: Step, work: string, left: number, { folder, env, stop }: Day): Promise<Result> {
  const { name, program, args } = step;
  const seconds = Math.floor(Math.min(step.seconds, left));
  const about = { name, command: ["node", program, ...args].join(" "), limit: seconds };
  const without = (why: string) => ({ ...about, seconds: 0, output: "", failed: [why], absent: [] });
  if (stop.aborted) return without("not begun: the day was stopped");
  if (seconds < LEAST_SECONDS && step.seconds > seconds)
    return without("not begun: the part's nine minutes are over");
  const { wrong, ...ran } = await runChild(join(folder, program), args, { seconds, cwd: work, env, stop });
  const found = readSafely(step, work, ran.output);
  const failed = [...(found.failed ?? [])];
  const said = wrong === "stopped" ? "" : tellingLine(ran.output);
  // A program that tells by its exit code what is told here one by one has said enough.
  if (wrong !== undefined && !(wrong.startsWith("exit code") && failed.length > 0))
    failed.unshift(said ? `${wrong}; it said: ${said}` : wrong);
  return { ...about, ...ran, ...found, failed, absent: found.absent ?? [] };
}

/** A program that was ended or is broken may leave files that are not what they should be. */
function readSafely(step: Step, work: string, output: string): Found {
  try {
    return step.read(work, output);
  } catch (error) {
    return { failed: [`what it left can't be read: ${complaint(error).split("\n")[0]}`] };
  }
}

/** The line that tells most: the last that names an error, since Node ends a stack with its version, else the last. */
function tellingLine(text: string): string {
  // Dawn warns of limits wherever it opens a device.
  const lines = text.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("Warning: "));
  const line = lines.findLast((each) => /^(monge|\w*Error)\b.*: ./.test(each)) ?? lines.at(-1);
  return line?.trim().slice(0, 300) ?? "";
}

/**
 * What failed and what was not there in all parts, a line each, and the exit code: 1 where something failed. Where one
 * `insisted` on the peers, one that is not there is a failure.
 */
export function conclude(
  reports: readonly PartReport[],
  insisted: boolean,
): { lines: string[]; code: number } {
  const named = (title: string, kind: "failed" | "absent") => {
    const lines = reports.flatMap(({ part, steps }) =>
      steps.flatMap((step) => step[kind].map((line) => `  part ${part}, ${step.name}: ${line}`)),
    );
    return lines.length > 0 ? [`${title}:`, ...lines] : [];
  };
  const [absent, failed] = [named("not there", "absent"), named("failed", "failed")];
  const bad = failed.length > 0 || (insisted && absent.length > 0);
  const all = absent.length === 0 ? "all of it was measured" : "all else was measured";
  return { lines: [...absent, ...failed, ...(bad ? [] : [all])], code: bad ? 1 : 0 };
}
