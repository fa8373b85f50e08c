// The checkpoints of a run's folder: the newest three, the best, and the networks of the newest as files of their own.
import { existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../errors";
import { encodeSafetensors } from "../formats/safetensors";
import type { StateDict } from "../nn";
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from "./checkpoint";
import { makeFolders, readFileUnpacked, writeFileAtomic } from "./files";

const KEPT = 3;
/** What Node reads at once. */
const MOST_BYTES = 2 ** 31 - 1;
/** The state before a run's losses stopped being finite. It stays, whatever comes after it. */
export const lastFinite = "last-finite.safetensors";

/** The state whose samples came nearest to the data, where that is measured. It stays until one comes nearer. */
export const best = "best.safetensors";

const folderOf = (run: string) => join(run, "checkpoints");

/**
 * Writes the checkpoint as checkpoints/step-000100.safetensors, or under `name` there; then generator.safetensors and
 * critic.safetensors, the networks that samples are drawn with. Each is tried, whatever becomes of the others. Throws
 * InputError at the end if one can't be written.
 */
export function writeCheckpoint(run: string, checkpoint: Checkpoint, name = nameOf(checkpoint.step)): void {
  inTurn(
    () => {
      makeFolders(folderOf(run));
      writeFileAtomic(join(folderOf(run), name), encodeCheckpoint(checkpoint));
      for (const old of stepNames(run).slice(KEPT)) rmSync(join(folderOf(run), old), { force: true });
    },
    () => writeNetworks(run, checkpoint),
  );
}

/** Writes the checkpoint as the best one. Throws InputError if it can't be written. */
export function writeBest(run: string, checkpoint: Checkpoint): void {
  makeFolders(folderOf(run));
  writeFileAtomic(join(folderOf(run), best), encodeCheckpoint(checkpoint));
}

/** Writes the checkpoint's two networks, each whatever becomes of the other. Throws InputError if one can't be written. */
export function writeNetworks(run: string, { step, state }: Checkpoint): void {
  const { critic, generator, average } = state;
  const write = (name: string, network: StateDict) =>
    writeFileAtomic(join(run, `${name}.safetensors`), encodeSafetensors(network, { step: String(step) }));
  inTurn(
    () => write("generator", average ?? generator),
    () => write("critic", critic),
  );
}

/** Does one after the other, also where one throws; then throws the first error. */
function inTurn(first: () => void, second: () => void): void {
  try {
    first();
  } catch (error) {
    try {
      second();
    } catch {
      // the first error says enough: it is the same disk
    }
    throw error;
  }
  second();
}

/**
 * The newest checkpoint that is whole, or undefined where there is none. `damaged` is told of each newer one that isn't.
 * Throws InputError when one can't be read, or belongs to another version.
 */
export function readNewest(
  run: string,
  damaged: (file: string, why: string) => void,
): Checkpoint | undefined {
  return readFirst(run, [...stepNames(run), lastFinite], damaged);
}

/** The best checkpoint, or undefined where there is none that is whole; else as `readNewest`. */
export function readBest(run: string, damaged: (file: string, why: string) => void): Checkpoint | undefined {
  return readFirst(run, [best], damaged);
}

function readFirst(
  run: string,
  names: readonly string[],
  damaged: (file: string, why: string) => void,
): Checkpoint | undefined {
  for (const file of names.map((name) => join(folderOf(run), name))) {
    if (!existsSync(file)) continue;
    const bytes = readFileUnpacked(file, MOST_BYTES);
    try {
      return decodeCheckpoint(bytes, file);
    } catch (error) {
      if (error instanceof InputError) throw error;
      damaged(file, (error as Error).message);
    }
  }
  return undefined;
}

/** Takes a damaged checkpoint out of the row, so that it neither counts as one nor is lost. */
export const setAside = (file: string): void => renameSync(file, `${file}.damaged`);

/** The checkpoints' names, the newest first. */
function stepNames(run: string): string[] {
  if (!existsSync(folderOf(run))) return [];
  const names = readdirSync(folderOf(run)).filter((name) => /^step-\d+\.safetensors$/.test(name));
  return names.sort((a, b) => stepOf(b) - stepOf(a));
}

const nameOf = (step: number) => `step-${String(step).padStart(6, "0")}.safetensors`;
const stepOf = (name: string) => Number.parseInt(name.slice("step-".length), 10);
