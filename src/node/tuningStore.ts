// Where the tuner's table is kept: tuning.json in the cache folder, which a person can read and delete.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { cacheFolder } from "../../scripts/cacheFolder.mjs";
import type { TuningStore } from "../tuning/text";
import { makeFolders, readFileUnpacked, requireWritable, writeFileAtomic } from "./files";

type Environment = Record<string, string | undefined>;

/** $XDG_CACHE_HOME/monge/tuning.json, by default under ~/.cache. */
export function tuningFile(env: Environment): string {
  return join(cacheFolder(env), "tuning.json");
}

/** The store in that file. Reading throws what is wrong with it, which `loadTuning` turns into a line. */
export function tuningStore(env: Environment): TuningStore {
  const file = tuningFile(env);
  return {
    read() {
      if (!existsSync(file)) return undefined;
      return new TextDecoder().decode(readFileUnpacked(file, 4_000_000));
    },
    write(text) {
      requireTuningFile(env);
      writeFileAtomic(file, text);
    },
  };
}

/** Makes the cache folder. Throws InputError unless the file can be written there. */
export function requireTuningFile(env: Environment): void {
  const file = tuningFile(env);
  makeFolders(dirname(file));
  requireWritable(file);
}
