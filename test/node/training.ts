// Trainings as processes of their own, as small as they can be, for tests that stop, kill or starve them.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { imagesFile, labelsFile } from "../formats/idxFiles";
import { temporaryFolder } from "./temporary";

/** The folder that they run in, with twenty images in data/. */
export const base = temporaryFolder();
mkdirSync(join(base, "data"));
writeFileSync(join(base, "data", "train-images-idx3-ubyte"), imagesFile(20));
writeFileSync(join(base, "data", "train-labels-idx1-ubyte"), labelsFile(new Array(20).fill(5)));

/** The folder of the build. */
export const dist = folderWith(join("node", "train.js"), dirname(fileURLToPath(import.meta.url)));

/** The nearest folder from here up that holds `name`: this file may run as a chunk. */
function folderWith(name: string, from: string): string {
  return existsSync(join(from, name)) ? from : folderWith(name, dirname(from));
}

export const script = (command: "train" | "sample" | "evaluate" | "classifier" | "experiment"): string =>
  join(dist, "node", `${command}.js`);

/** Of the caller's environment what npm has put there is left out: these processes are not npm's. */
const withoutNpm = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith("npm_")),
);
export const env: NodeJS.ProcessEnv = {
  ...withoutNpm,
  XDG_CACHE_HOME: join(base, "cache"),
  MONGE_DATA: join(base, "data"),
};

/** A training of steps of some milliseconds, all of whose pictures and checkpoints are written. */
export const tiny = [
  ...["--preset", "small", "--batch", "4", "--seed", "1", "--objective.criticSteps", "1"],
  ...["--network.generatorChannels", "4", "--network.criticChannels", "4", "--network.latent", "4"],
  ...["--log-every", "3", "--sample-every", "4", "--checkpoint-every", "1"],
];

export interface Training {
  child: ChildProcess;
  /** What it has said so far on stdout and stderr. */
  text(): string;
  /** Waits until it has said that. Throws if it ends before. */
  says(text: string): Promise<void>;
  /** Its exit code, or the signal that ended it. */
  ended: Promise<number | NodeJS.Signals>;
}

export function start(
  args: readonly string[],
  { command = process.execPath, first = [script("train")] as readonly string[], cwd = base } = {},
): Training {
  const child = spawn(command, [...first, ...args], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      said += chunk;
    });
  }
  const ended = new Promise<number | NodeJS.Signals>((resolve) =>
    child.on("close", (code, signal) => resolve(signal ?? code ?? -1)),
  );
  return {
    child,
    text: () => said,
    ended,
    async says(text) {
      while (!said.includes(text)) {
        if (child.exitCode !== null || child.signalCode !== null)
          throw new Error(`ended before "${text}": ${said}`);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
  };
}

/** Runs it to its end; `lines` are those on stderr, without Dawn's own. */
export function finish(args: readonly string[], extra: Parameters<typeof spawnSync>[2] = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script("train"), ...args], {
    ...{ cwd: base, env, encoding: "utf8", ...extra },
  });
  const lines = `${stderr}`.split("\n").filter((line) => line !== "" && !/^Warning: max\w+ art/.test(line));
  return { status, stdout: `${stdout}`, lines };
}

/** The events of a file without what each run has of its own: wall times, and so the checksums. */
function timeless(file: Buffer): string {
  const events: string[] = [];
  for (let at = 0; at < file.length; ) {
    const end = at + 12 + Number(file.readBigUInt64LE(at));
    events.push(file.subarray(at + 12 + 9, end).toString("base64")); // the time is the first field, of 9 bytes
    at = end + 4;
  }
  return events.join("\n");
}

/**
 * Everything that a run has left, by file name, but the seconds and the checkpoints before the newest. The report is
 * made of the rest.
 */
export function contents(run: string): Record<string, string> {
  const names = readdirSync(run, { recursive: true, encoding: "utf8" }).filter((name) => /\.\w+$/.test(name));
  const newest = names
    .filter((name) => name.startsWith("checkpoints"))
    .sort()
    .at(-1);
  const kept = names.filter((name) => !/^(checkpoints|report\.html|events|metrics)/.test(name)).sort();
  const events = names.filter((name) => name.startsWith("events"));
  const read = (name: string) => readFileSync(join(run, name));
  const sum = (content: Buffer | string) => createHash("sha256").update(content).digest("hex");
  return {
    newest: `${newest}`,
    ...Object.fromEntries(kept.map((name) => [name, sum(read(name))])),
    "losses.csv": read("losses.csv")
      .toString()
      .replace(/,[^,]*$/gm, ""),
    "metrics.jsonl": read("metrics.jsonl")
      .toString()
      .replace(/,"seconds":[\d.]+/g, ""),
    events: events.map((name) => sum(timeless(read(name)))).join("and another file"),
  };
}
