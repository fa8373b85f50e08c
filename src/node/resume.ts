// Going on with a run: which folder, from which checkpoint, and that nothing but the number of steps has changed.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../errors";
import type { PresetName } from "../wgan/presets";
import type { Checkpoint, Fingerprint } from "./checkpoint";
import { readBest, readNewest, setAside } from "./checkpointFiles";
import { configText, readChanges, readConfig } from "./configFile";
import { requireFolder, writeFileAtomic } from "./files";
import { type Lock, lockFolder } from "./lock";
import { isRun } from "./runFolder";
import { type Change, isKeys, isRecorded, valueAt } from "./settingNames";
import { chooseSettings } from "./settings";

/** A run to go on with; its folder is locked. */
export interface Previous {
  path: string;
  checkpoint: Checkpoint;
  /** In all, as config.yaml has them: more than in the checkpoint, where a longer run was killed before its first one. */
  steps: number;
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
    const file = join(path, "config.yaml");
    if (!existsSync(file)) writeFileAtomic(file, configText(checkpoint.config));
    const config = readConfig(path);
    requireEqual(path, checkpoint.config, config); // a person may have edited it
    return { path, checkpoint, steps: config.steps, lock };
  }
  lock.release();
  // A run that was killed before its first checkpoint has nothing that beginning anew would lose.
  if (resumeIfThere && !existsSync(join(path, "generator.safetensors"))) return undefined;
  throw new InputError(
    `--resume ${path}: no checkpoint there to go on from. Begin anew with --out ${path} --overwrite.`,
  );
}

/** The steps that the run shall have in all. Throws InputError if it has done more, or what it did hung on their number. */
export function stepsInAll({ path, checkpoint, steps: recorded }: Previous, asked?: number): number {
  const { optimizer, steps: planned } = checkpoint.config;
  const steps = asked ?? recorded;
  const named = asked === undefined ? `${join(path, "config.yaml")}: steps ${steps}` : `--steps ${steps}`;
  if (steps < checkpoint.step) throw new InputError(`${named}: ${path} has done ${checkpoint.step} already.`);
  // A best checkpoint of a later step, of a run that was killed behind its newest one, would not be that of a shorter run.
  const best = readBest(path, () => {})?.step ?? 0;
  if (steps < best)
    throw new InputError(
      `${named}: the best checkpoint of ${path} is of step ${best}, expected ${best} or more.`,
    );
  if (steps === planned || optimizer.schedule === "constant") return steps;
  throw new InputError(
    `${named}: the learning rate of ${path} falls over its ${planned} steps (optimizer.schedule: ` +
      `${optimizer.schedule}), so it must be ${planned}. Begin another run for more.`,
  );
}

/** Throws InputError unless the data are those that the run began with. */
export function requireSameData({ path, checkpoint }: Previous, now: Fingerprint, source: string): void {
  const { count, sha256 } = checkpoint.data;
  if (now.count === count && now.sha256 === sha256) return;
  const before = checkpoint.config.data.source;
  throw new InputError(
    `--resume ${path}: its data were ${count} samples from ${before} (sha256 ${sha256.slice(0, 8)}), ` +
      `now ${now.count} from ${source} (${now.sha256.slice(0, 8)}). Where they lie elsewhere now, name that with --data.`,
  );
}

/**
 * What makes the settings of a run that goes on: all of its own, and of `asked` the number of steps and where the data
 * lie now.
 */
export function changesOf({ path }: Previous, asked: readonly Change[]): Change[] {
  const own = readChanges(join(path, "config.yaml"));
  const key = ({ path }: Change) => path.join(".");
  // Where an option names the data, those are judged by their sum, and not by what the file says of them.
  return [...own, ...asked.filter((change) => !change.file && ["steps", "data.path"].includes(key(change)))];
}

/**
 * Throws InputError if what a command line asks for is not the run that is there, but for the number of steps and the
 * place of the data.
 */
export function requireSame(
  previous: Previous,
  asked: readonly Change[],
  named: PresetName | undefined,
): void {
  const { path, checkpoint } = previous;
  const { config } = checkpoint;
  const blame = (key: string, message: string) => new InputError(`${path}: ${key}: ${message}.`);
  const isAsked = (key: string) => asked.some((change) => change.path.join(".") === key);
  // The seed is drawn, and the classes are the data's, where nobody chose them.
  const usual = ["seed", "data.classes"];
  if (config.objective.warmUp === null) usual.push("objective.warmUp"); // of a run that was short at first
  const own = ["steps", ...usual.filter((key) => !isAsked(key))].map((key): Change => {
    const keys = key.split(".");
    return { path: keys, value: valueAt(config, keys), blame };
  });
  const changes = [...asked, ...own];
  const { settings } = chooseSettings(named ?? (config.preset as PresetName), changes);
  requireEqual(path, config, { ...settings, preset: named ?? config.preset });
}

/** What may differ between two starts of a run, beside what the machine and the data bring. */
const free = [["steps"], ["data", "path"]];

/** Throws InputError at the first setting of the run that is another in `now`. */
export function requireEqual(path: string, run: unknown, now: unknown, at: string[] = []): void {
  const keys = valueAt(run, at);
  if (isKeys(keys)) {
    for (const key of Object.keys({ ...keys, ...(valueAt(now, at) as object) })) {
      requireEqual(path, run, now, [...at, key]);
    }
    return;
  }
  if (isRecorded({ path: at } as unknown as Change) || free.some((each) => each.join() === at.join())) return;
  const [before, after] = [run, now].map((each) => JSON.stringify(valueAt(each, at)));
  if (before === after) return;
  throw new InputError(
    `${path}: ${at.join(".")} is ${before} in this run and can't become ${after}; only --steps may change.`,
  );
}
