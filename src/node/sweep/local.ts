// The runs of a sweep on this machine, some at once, for people without a cluster. Finished runs are left alone. The others
// begin or go on: `--resume-if-there` in their lines decides which.
import { type ChildProcess, spawn } from "node:child_process";
import { appendFileSync, closeSync, fstatSync, openSync, readSync } from "node:fs";
import { dirname, join } from "node:path";
import { InputError } from "../../errors";
import { readChanges } from "../configFile";
import { makeFolders, reason } from "../files";
import { lockFolder } from "../lock";
import { lossHeader } from "../lossFile";
import { parseTrainOptions } from "../options";
import { counted, createProgress, duration, plainPause } from "../progress";
import { chooseSettings, namedPreset } from "../settings";
import { endLine, outcomeOf } from "./outcome";
import { environmentInFull } from "./paths";
import { type PlannedRun, readRuns } from "./planned";

const stopCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
/** Milliseconds between two looks at how far the runs are. */
const pause = 500;

/**
 * Runs the lines of the folder's runs.txt, `atOnce` at a time; gives the exit code. Throws InputError before any starts,
 * also where another process does the same: each would take the other's runs for failures.
 */
export async function runHere(folder: string, atOnce: number): Promise<number> {
  const runs = readRuns(folder);
  const lock = lockFolder(folder, "another process starts the runs of this folder");
  try {
    return await runAll(folder, runs, atOnce);
  } finally {
    lock.release();
  }
}

async function runAll(folder: string, runs: readonly PlannedRun[], atOnce: number): Promise<number> {
  const steps = new Map(runs.map((run) => [run, stepsOf(run)]));
  const total = () => [...steps.values()].reduce((sum, each) => sum + each, 0);
  const waiting = runs.filter((run) => outcomeOf(run).state !== "done");
  const pace = { lookBack: Number.POSITIVE_INFINITY, between: plainPause };
  const showProgress = () => createProgress(total(), process.stdout, undefined, pace);
  let progress = showProgress();
  progress.log(`${folder}: ${counted(runs.length, "run")}, ${runs.length - waiting.length} of them done`);

  const children = new Map<PlannedRun, ChildProcess>();
  let stop: keyof typeof stopCodes | undefined;
  const pass = (signal: keyof typeof stopCodes) => {
    const name = signal === "SIGINT" ? "Ctrl-C" : signal;
    if (!stop) progress.log(`${name}: the runs stop after their step, and go on from there next time`);
    stop ??= signal;
    for (const child of children.values()) child.kill(signal);
  };
  for (const signal in stopCodes) process.on(signal, pass);
  const ended = new Set(runs.filter((run) => !waiting.includes(run)));
  const stepsDone = () =>
    runs.reduce((sum, run) => sum + (ended.has(run) ? steps.get(run)! : lastStep(run.path)), 0);
  const [start, before] = [performance.now(), stepsDone()];
  const look = setInterval(() => progress.update(stepsDone()), pause);
  let failed = 0;

  const work = async () => {
    for (let run = waiting.shift(); run && !stop; run = waiting.shift()) {
      const code = await runOne(folder, run, (child) => children.set(run!, child));
      children.delete(run);
      if (stop) return;
      ended.add(run);
      const { state, why } = outcomeOf(run);
      if (state !== "done") {
        failed++;
        steps.set(run, lastStep(run.path)); // the others of its steps will not be done
        progress.done();
        progress = showProgress();
      }
      const done = stepsDone();
      const seconds = (performance.now() - start) / 1000;
      const left = (seconds * (total() - done)) / (done - before);
      const more =
        ended.size < runs.length && left >= 1 && left < 1e9 ? `, about ${duration(left)} left` : "";
      const ending = typeof code === "number" ? `exit code ${code}` : code;
      const said = state === "done" ? state : `${state}, ${(why || ending).replace(/\.$/, "")}`;
      progress.log(`${ended.size} of ${runs.length}  ${run.out}: ${said}${more}`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  clearInterval(look);
  progress.done();
  for (const signal in stopCodes) process.off(signal, pass); // what follows is ended as any program is
  if (stop) return stopCodes[stop];
  console.log(
    `${folder}: ${counted(runs.length - failed, "run")} done${failed > 0 ? `, ${failed} not` : ""}`,
  );
  return failed > 0 ? 1 : 0;
}

/** A run as a process, from its start to its end; what it says goes to its log. Gives its exit code, or why it has none. */
async function runOne(
  folder: string,
  { words, log }: PlannedRun,
  started: (child: ChildProcess) => void,
): Promise<number | string> {
  let file: number;
  try {
    makeFolders(dirname(log));
    file = openSync(log, "a");
  } catch (error) {
    return error instanceof InputError ? error.message : `${log}: can't be written (${reason(error)})`;
  }
  // In a group of its own, so that a key press in the terminal reaches it once, through us.
  const child = spawn(words[0], words.slice(1), {
    cwd: folder,
    env: environmentInFull(process.env),
    stdio: ["ignore", file, file],
    detached: true,
  });
  closeSync(file);
  started(child);
  return new Promise((resolve) => {
    const end = (code: number | string) => {
      try {
        appendFileSync(log, endLine(code));
      } catch {
        // A full disk: the run's end is told here, and its folder says what is done.
      }
      resolve(code);
    };
    child.on("error", (error) => end(reason(error)));
    child.on("exit", (code, signal) => end(signal ?? code ?? "?"));
  });
}

/** How many steps a run takes, of all that its line and its file say. */
function stepsOf({ words }: PlannedRun): number {
  const options = parseTrainOptions(words.slice(words.findIndex((word) => word.startsWith("--"))));
  const changes = [...(options.config === undefined ? [] : readChanges(options.config)), ...options.changes];
  const preset = namedPreset(changes);
  if (!preset) throw new InputError(`${options.out}: its line in runs.txt names no --preset.`);
  return chooseSettings(preset, changes).settings.steps;
}

/** The last step in losses.csv, whose last line alone is read; 0 where there is none. */
function lastStep(path: string): number {
  try {
    const file = openSync(join(path, "losses.csv"), "r");
    const tail = Buffer.alloc(512);
    const { size } = fstatSync(file);
    const length = readSync(file, tail, 0, tail.length, Math.max(0, size - tail.length));
    closeSync(file);
    const line = tail.toString("latin1", 0, length).split("\n").at(-2);
    return line === undefined || `${line}\n` === lossHeader ? 0 : Number.parseInt(line, 10);
  } catch {
    return 0;
  }
}
