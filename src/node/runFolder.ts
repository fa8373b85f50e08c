// The folder of one training run: config.yaml, losses.csv and samples/. A run never writes into another's.
// config.yaml is for people as well, so it is read back with care and complaints name the line.
import {
  accessSync,
  appendFileSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { InputError } from "../errors";
import type { RunConfig } from "../wgan/config";
import { configText } from "./configFile";
import { reason, unreadable, writeFileAtomic } from "./files";

/** One line of losses.csv. The losses are means over the batch; seconds count from the run's start. */
export interface LossRow {
  step: number;
  criticReal: number;
  criticFake: number;
  generator: number;
  wasserstein: number;
  seconds: number;
}

export interface RunFolder {
  path: string;
  writeConfig(config: RunConfig): void;
  /** Appends one line to losses.csv. */
  appendLoss(row: LossRow): void;
  /** Writes a PNG file's bytes as samples/step-000100.png and returns its path. */
  writeSample(step: number, png: Uint8Array): string;
  /** Writes a network's weights as NAME.safetensors. */
  writeWeights(name: string, safetensors: Uint8Array): void;
}

const lossHeader = "step,critic_real,critic_fake,generator,wasserstein,seconds\n";

/**
 * Makes the folder `out`, or without it runs/<preset>-<digits>-<time>, and what is in it.
 * Throws InputError if `out` is a file, holds a run or anything else, or can't be made.
 */
export function createRunFolder(options: {
  out?: string;
  preset: string;
  digits: RunConfig["data"]["classes"];
  now?: Date;
}): RunFolder {
  const path = options.out ?? makeFresh(options.preset, options.digits, options.now ?? new Date());
  requireUnused(path);
  const losses = join(path, "losses.csv");
  onDisk(path, () => mkdirSync(path, { recursive: true }));
  try {
    // Of runs that start at once only one makes this file, and has the folder.
    writeFileSync(losses, lossHeader, { flag: "wx" });
  } catch (error) {
    if (reason(error) === "EEXIST") throw heldByRun(path);
    throw new InputError(`${path}: can't be written (${reason(error)}).`);
  }
  onDisk(path, () => mkdirSync(join(path, "samples"), { recursive: true }));
  return {
    path,
    writeConfig: (config) => writeFileAtomic(join(path, "config.yaml"), configText(config)),
    appendLoss: (row) => onDisk(losses, () => appendFileSync(losses, lossLine(row))),
    writeSample(step, png) {
      const file = join(path, "samples", `step-${String(step).padStart(6, "0")}.png`);
      writeFileAtomic(file, png);
      return file;
    },
    writeWeights: (name, safetensors) => writeFileAtomic(join(path, `${name}.safetensors`), safetensors),
  };
}

/** Makes the folder runs/<preset>-<digits>-<time>, numbered where another run has that name. */
function makeFresh(preset: string, digits: RunConfig["data"]["classes"], now: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`;
  const time = `${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`;
  const base = join("runs", `${preset}-${digits === "all" ? "all" : digits.join("")}-${day}-${time}`);
  return onDisk("runs", () => {
    mkdirSync("runs", { recursive: true });
    for (let i = 1; ; i++) {
      const name = i === 1 ? base : `${base}-${i}`;
      if (!existsSync(name) && mkdirSync(name, { recursive: true })) return name; // undefined where it is there by now
    }
  });
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

/** Throws InputError if the folder for a new run is a file, holds a run or anything else, or couldn't be made. */
export function requireUnused(path: string): void {
  requireMakeable(path);
  const held = onDisk(path, () => (existsSync(path) ? readdirSync(path) : []));
  if (held.includes("config.yaml")) {
    throw heldByRun(path);
  }
  if (held.length > 0) throw new InputError(`--out ${path}: isn't empty. Name a new or an empty folder.`);
}

const heldByRun = (path: string) => new InputError(`--out ${path}: holds a run already. Name a new folder.`);

function lossLine(row: LossRow): string {
  const losses = [row.criticReal, row.criticFake, row.generator, row.wasserstein];
  // Nine significant digits give an f32 back exactly.
  return `${[row.step, ...losses.map((loss) => Number(loss.toPrecision(9))), row.seconds.toFixed(3)].join(",")}\n`;
}

/** Turns the disk's complaints about a folder that a person chose into one line. */
function onDisk<T>(path: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    const code = reason(error);
    if (code === "ENOTDIR" || code === "EEXIST") throw new InputError(`${path}: a file, expected a folder.`);
    if (code === "ENOENT") throw unreadable(dirname(path), error);
    throw new InputError(`${path}: can't be written (${code}).`);
  }
}
