// Programs that npm has: Deno and Bun come as a package for each system.
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { filesUnder } from "./buildOnce.mjs";
import { cacheFolder, fail, run } from "./shell.mjs";

/** The file of the program, put into the cache folder where it is not there. Ends the process where npm can't. */
export function npmProgram(name, version) {
  const folder = join(cacheFolder, name);
  const modules = join(folder, "node_modules");
  const find = () =>
    existsSync(modules) &&
    filesUnder([modules]).find((path) => /[\\/]@/.test(path) && basename(path, ".exe") === name);
  if (!find()) {
    const options = ["--no-audit", "--no-fund", "--ignore-scripts"];
    run("npm", ["install", "--prefix", folder, ...options, `${name}@${version}`]);
  }
  return find() || fail(`${name}: npm could not put the package ${name} into ${folder}.`);
}
