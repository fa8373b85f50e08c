// Going on with a run: which folder, from which checkpoint, and that nothing but the number of steps has changed.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../errors";
import type { RunConfig } from "../wgan/config";
import type { Checkpoint, Fingerprint } from "./checkpoint";
import { readNewest, setAside } from "./checkpointFiles";
import { requireFolder } from "./files";
import { type Lock, lockFolder } from "./lock";
import { isRun, readConfig } from "./runFolder";

/** A run to go on with; its folder is locked. */
export interface Previous {
  path: string;
  checkpoint: Checkpoint;
  lock: Lock;
}

/**
 * Locks the folder that --resume names, or the one that --out names where --resume-if-there may go on, and reads the
 * newest checkpoint. Undefined where there is nothing to go on from and --resume-if-there lets the run begin anew.
 * Throws InputError.
 */
export function findPrevious(
  options: { resume?: string; resumeIfThere: boolean; out?: string },
  log: (line: string) => void,
): Previous | undefined {
  const { resume, resumeIfThere, out } = options;
  const path = resume ?? (resumeIfThere && isRun(out!) ? out : undefined);
  if (path === undefined) return undefined;
  requireFolder(path, "--resume");
  if (!isRun(path)) throw new InputError(`--resume ${path}: holds no run.`);
  const lock = lockFolder(path);
  const checkpoint = readNewest(path, (file, why) => {
    setAside(file);
    log(`${why} Going on from an older one.`);
  });
  if (checkpoint) {
    if (existsSync(join(path, "config.yaml"))) requireSame(path, checkpoint.config, readConfig(path));
    return { path, checkpoint, lock };
  }
  lock.release();
  // A run that was killed before its first checkpoint has nothing that beginning anew would lose.
  if (resumeIfThere && !existsSync(join(path, "generator.safetensors"))) return undefined;
  throw new InputError(
    `--resume ${path}: no checkpoint there to go on from. Begin anew with --out ${path} --overwrite.`,
  );
}

/** The steps that the run shall have in all. Throws InputError if it has done more already. */
export function stepsInAll({ path, checkpoint }: Previous, steps = checkpoint.config.steps): number {
  if (steps >= checkpoint.step) return steps;
  throw new InputError(`--steps ${steps}: ${path} has done ${checkpoint.step} already.`);
}

/** Throws InputError unless the data are those that the run began with. */
export function requireSameData({ path, checkpoint }: Previous, now: Fingerprint, source: string): void {
  const { count, sha256 } = checkpoint.data;
  if (now.count === count && now.sha256 === sha256) return;
  const before = checkpoint.config.data.source;
  throw new InputError(
    `--resume ${path}: its data were ${count} images from ${before} (sha256 ${sha256.slice(0, 8)}), ` +
      `now ${now.count} from ${source} (${now.sha256.slice(0, 8)}). Name their folder with --data.`,
  );
}

/** Throws InputError if `wanted` differs from the run's configuration in more than what may change. */
export function requireSame(path: string, config: RunConfig, wanted: RunConfig): void {
  const { steps, adapter, monge } = config;
  const data = { ...wanted.data, source: config.data.source };
  const key = firstDifference(config, { ...wanted, steps, adapter, monge, data });
  if (key === undefined) return;
  const [before, now] = [config, wanted].map((each) => JSON.stringify(valueAt(each, key)));
  throw new InputError(
    `${path}: ${key.join(".")} is ${before} in this run and can't become ${now}; only --steps may change.`,
  );
}

/** The keys that lead to the first value that differs. */
function firstDifference(a: unknown, b: unknown, at: string[] = []): string[] | undefined {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) {
    return Object.is(a, b) ? undefined : at;
  }
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const found = firstDifference(valueAt(a, [key]), valueAt(b, [key]), [...at, key]);
    if (found) return found;
  }
  return undefined;
}

const valueAt = (value: unknown, keys: string[]): unknown =>
  keys.reduce((at, key) => (at as Record<string, unknown> | undefined)?.[key], value);
