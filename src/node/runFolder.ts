// The folder of one training run. A run never writes into another run's folder. Its files stay whole: a file is replaced
// all at once or not at all, and losses.csv grows by whole lines.
// People may edit config.yaml, so it is checked when it is read back, and complaints name the line.
import {
  accessSync,
  constants,
  existsSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { InputError } from "../errors";
import type { RunConfig } from "../wgan/config";
import type { Checkpoint } from "./checkpoint";
import { writeBest, writeCheckpoint, writeNetworks } from "./checkpointFiles";
import { configHead, configText } from "./configFile";
import { isTemporary, makeFolders, reason, unreadable, writeFileAtomic } from "./files";
import { isLock, type Lock, lockFolder, requireUnlocked } from "./lock";
import { type LossFile, lossHeader, openLossFile } from "./lossFile";
import { lacksLook } from "./outputs/metrics";

export interface RunFolder {
  path: string;
  losses: LossFile;
  /** Writes a PNG file's bytes as samples/step-000100.png and returns its path. */
  writeSample(step: number, png: Uint8Array): string;
  /** Writes a checkpoint and both networks; see writeCheckpoint. Throws InputError if another run has the folder now. */
  writeCheckpoint(checkpoint: Checkpoint, name?: string): void;
  /** Writes a checkpoint as the best one. Throws InputError as writeCheckpoint does. */
  writeBest(checkpoint: Checkpoint): void;
  /** Removes what the run has written, and the folders that were made for it: as if it had not been started. */
  discard(): void;
}

/** What runs write into their folder: these files may be removed with a run, and no others. */
const written = [
  /^config\.yaml$/,
  /^(losses\.(csv|png|svg)|evaluation\.(png|svg))$/,
  /^(generator|critic)\.safetensors$/,
  /^(training\.gif|(latent|critic|nearest)\.png|metrics\.jsonl?|report\.html|events\.out\.tfevents\..+)$/,
  /^samples\/step-\d+\.png$/,
  /^checkpoints\/(step-\d+|last-finite|best)\.safetensors(\.damaged)?$/,
];

/**
 * Makes and locks the folder `out`, or without it runs/<preset>-<classes>-<time>, and what is in it. With `replace` a run
 * that is there is removed. Throws InputError if `out` is a file, holds a run or anything else, or can't be made; then
 * nothing is left of the try.
 */
export function createRunFolder(
  config: RunConfig,
  { out, replace = false, now = new Date() }: { out?: string; replace?: boolean; now?: Date } = {},
): RunFolder {
  if (out !== undefined) requireUnused(out, replace);
  const { path, made } = out === undefined ? makeFresh(config, now) : { path: out, made: makeFolder(out) };
  const undo = (lock?: Lock) => {
    if (lock) removeRun(path);
    lock?.release();
    removeEmpty(path, made);
  };
  let lock: Lock | undefined;
  try {
    lock = lockFolder(path);
    requireRoom(path, replace); // of runs that start at once, one may have come and gone
    removeRun(path);
    return fill(path, lock, config, 0, () => undo(lock));
  } catch (error) {
    undo(lock);
    throw error;
  }
}

/**
 * Brings the folder of a run that goes on back to a checkpoint: rows and pictures of later steps go, and so does the
 * picture of a step at which the run was only stopped. Throws InputError.
 */
export function reopenRunFolder(path: string, lock: Lock, config: RunConfig, from: Checkpoint): RunFolder {
  for (const name of filesIn(path)) {
    const step = Number(name.match(/^samples\/step-(\d+)\.png$/)?.[1]);
    const stays = step <= from.step && step % config.sampleEvery === 0;
    if (isTemporary(name) || (step >= 0 && !stays))
      onDisk(path, () => rmSync(join(path, name), { force: true }));
  }
  writeNetworks(path, from); // a run that was killed behind the checkpoint has older ones
  return fill(path, lock, config, from.step, () => {});
}

/** Writes what a run begins with, or goes on with after step `last`. */
function fill(path: string, lock: Lock, config: RunConfig, last: number, discard: () => void): RunFolder {
  writeFileAtomic(join(path, "config.yaml"), configText(config));
  const losses = openLossFile(join(path, "losses.csv"), last);
  for (const folder of ["samples", "checkpoints"]) makeFolder(join(path, folder));
  return {
    path,
    losses,
    discard,
    writeSample(step, png) {
      const file = join(path, "samples", `step-${String(step).padStart(6, "0")}.png`);
      writeFileAtomic(file, png);
      return file;
    },
    writeCheckpoint(checkpoint, name) {
      lock.check();
      writeCheckpoint(path, checkpoint, name);
    },
    writeBest(checkpoint) {
      lock.check();
      writeBest(path, checkpoint);
    },
  };
}

/** Whether a run that has done all steps lacks nothing: the report, which is written last, and the look behind the last step. */
export function isWhole(
  path: string,
  { steps, evaluateEvery }: Pick<RunConfig, "steps" | "evaluateEvery">,
): boolean {
  if (!["report.html", "generator.safetensors"].every((name) => existsSync(join(path, name)))) return false;
  return evaluateEvery === 0 || steps % evaluateEvery !== 0 || !lacksLook(path, steps);
}

/** Whether the folder holds a run: its config.yaml or losses.csv begins as ours do. */
export function isRun(path: string): boolean {
  const begins = (name: string, head: string) => {
    try {
      return readFileSync(join(path, name), "utf8").startsWith(head);
    } catch {
      return false;
    }
  };
  return begins("config.yaml", configHead.slice(0, 26)) || begins("losses.csv", lossHeader.slice(0, 26));
}

/** Makes the folder runs/<preset>-<classes>-<time>, numbered where another run has that name. */
function makeFresh({ preset, data }: RunConfig, now: Date): { path: string; made?: string } {
  const { classes } = data;
  const base = join("runs", `${preset}-${classes === "all" ? "all" : classes.join("")}-${timeStamp(now)}`);
  for (let i = 1; ; i++) {
    const path = i === 1 ? base : `${base}-${i}`;
    const made = existsSync(path) ? undefined : makeFolder(path);
    if (made) return { path, made }; // undefined where it is there by now
  }
}

/** "20261128-205721", of the local time. */
export function timeStamp(now: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`;
  return `${day}-${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`;
}

const makeFolder = (path: string): string | undefined => onDisk(path, () => makeFolders(path));

/** Removes the folder, if it is empty, and those above it that were made with it, from `made` down. */
function removeEmpty(path: string, made: string | undefined): void {
  if (made === undefined) return;
  try {
    for (let at = resolve(path); at.length >= resolve(made).length; at = dirname(at)) rmdirSync(at);
  } catch {
    // Another run writes to it, or someone has put something there.
  }
}

/** Removes a run from its folder, and leaves what else is there. */
function removeRun(path: string): void {
  for (const name of filesIn(path)) {
    if (isTemporary(name) || written.some((own) => own.test(name))) rmSync(join(path, name), { force: true });
  }
  for (const folder of ["samples", "checkpoints"]) removeEmpty(join(path, folder), join(path, folder));
}

/** The names in a run's folder and in the folders that a run makes there. */
function filesIn(path: string): string[] {
  const names = (folder: string) =>
    onDisk(join(path, folder), () => (existsSync(join(path, folder)) ? readdirSync(join(path, folder)) : []));
  return ["", "samples", "checkpoints"].flatMap((folder) =>
    names(folder).map((name) => (folder === "" ? name : `${folder}/${name}`)),
  );
}

/** Throws InputError if the path is a file, or no folder could be made there. */
export function requireMakeable(path: string): void {
  let above = path;
  while (!existsSync(above)) above = dirname(above);
  if (!statSync(above).isDirectory()) throw new InputError(`--out ${above}: a file, expected a folder.`);
  try {
    accessSync(above, constants.W_OK);
  } catch (error) {
    throw new InputError(`--out ${path}: can't be written (${reason(error)}).`);
  }
}

/** Throws InputError unless the folder is empty, or not there and could be made. */
export function requireEmpty(path: string): void {
  requireMakeable(path);
  if (existsSync(path) && onDisk(path, () => readdirSync(path)).length > 0)
    throw new InputError(`--out ${path}: isn't empty. Name a new or an empty folder.`);
}

/**
 * Throws InputError if the folder for a new run is a file, holds anything, or couldn't be made. With `replace` it may
 * hold a run, but none that goes on.
 */
export function requireUnused(path: string, replace = false): void {
  requireMakeable(path);
  requireRoom(path, replace);
  requireUnlocked(path);
}

function requireRoom(path: string, replace: boolean): void {
  const held = onDisk(path, () => (existsSync(path) ? readdirSync(path) : []));
  if (held.every((name) => isLock(name) || isTemporary(name))) return;
  if (!isRun(path)) {
    const rule = replace ? "holds no run, and nothing else is ever replaced" : "isn't empty";
    throw new InputError(`--out ${path}: ${rule}. Name a new or an empty folder.`);
  }
  if (replace) return;
  throw new InputError(
    `--out ${path}: holds a run already. Go on with it by --resume ${path}, replace it by --overwrite, or name a new folder.`,
  );
}

/** Turns the disk's complaints about a folder that a person chose into one line. */
function onDisk<T>(path: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    const code = reason(error);
    if (error instanceof InputError) throw error;
    if (code === "ENOTDIR" || code === "EEXIST") throw new InputError(`${path}: a file, expected a folder.`);
    if (code === "ENOENT") throw unreadable(dirname(path), error);
    throw new InputError(`${path}: can't be written (${code}).`);
  }
}
