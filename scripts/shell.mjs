// What the set-up scripts share: run a command and show it, stop with one clear line, ask for the adapter.
// Plain Node without packages, since setup.mjs runs before `npm ci`.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { askForAdapters } from "./adapters.mjs";
import { cacheFolder as cacheFolderOf } from "./cacheFolder.mjs";

export const root = fileURLToPath(new URL("..", import.meta.url));

/** Where what the scripts fetch is kept. */
export const cacheFolder = cacheFolderOf(process.env);

/** Runs a command in the user's terminal, after printing it; true where it exited with 0. */
export function run(command, args, options = {}) {
  console.log(`$ ${[command, ...args].join(" ")}`);
  return spawnSync(command, args, { stdio: "inherit", ...options }).status === 0;
}

/** Ends the process with exit code 1 and one line on stderr. */
export function fail(line) {
  console.error(line);
  process.exit(1);
}

/** The adapter that Dawn finds, as scripts/probe.mjs describes it, or none; or why Dawn can't be loaded. */
export function probe(env = process.env) {
  const { adapters, broken } = askForAdapters([`${root}scripts/probe.mjs`], { env });
  return { adapter: adapters[0], broken };
}
