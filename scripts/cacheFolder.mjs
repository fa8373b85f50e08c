// Where the program keeps what it fetches and finds out, for the commands and the scripts.
import { homedir, tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";

/**
 * $XDG_CACHE_HOME/monge, where that is an absolute path as its specification asks, else in ~/.cache. Without a home, as
 * for a user that the system doesn't know or an empty HOME, in the system's temporary folder, by the user's id.
 */
export function cacheFolder(env, home = homedir) {
  const base = env.XDG_CACHE_HOME;
  if (base && isAbsolute(base)) return join(base, "monge");
  const own = join(tmpdir(), `monge-${process.getuid?.() ?? "cache"}`);
  try {
    return isAbsolute(home()) ? join(home(), ".cache", "monge") : own;
  } catch {
    return own;
  }
}
