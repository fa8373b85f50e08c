// The environment of a GPU day's programs: a cache of the day's own; MNIST from beside the programs, if no folder is named;
// and absolute paths, since each program runs in the folder of its part.
import { existsSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { cacheFolder } from "../../../scripts/cacheFolder.mjs";

/** From `env`, for the programs in `folder`, with the results in `out`. */
export function environment(env: NodeJS.ProcessEnv, folder: string, out: string): NodeJS.ProcessEnv {
  const mnist = [join(folder, "mnist"), join(cacheFolder(env), "mnist")].find((path) => existsSync(path));
  const made: NodeJS.ProcessEnv = { ...env, XDG_CACHE_HOME: join(out, "cache") };
  made.MONGE_DATA = env.MONGE_DATA ? whole(env.MONGE_DATA) : mnist;
  for (const name of ["VK_DRIVER_FILES", "VK_ICD_FILENAMES"]) // lists
    if (env[name]) made[name] = env[name].split(delimiter).map(whole).join(delimiter);
  return made;
}

/** What is no path, such as a toy's name, stays as it is. */
const whole = (path: string): string => (path !== "" && existsSync(path) ? resolve(path) : path);
