// Builds into a folder named by the hash of its sources, once: such a folder is whole, and nobody writes into it again.
// So commands may start, build and load their chunks late side by side, and a kill leaves nothing that looks whole.
import { createHash, randomUUID } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

/** Builds that stay although no process runs them: the last ones used. */
const KEPT = 2;
/** How a folder is called that isn't whole: a build that is being written, or removed. */
const PARTIAL = ".partial-";
/** In a build's folder: an empty file for each process that uses it, with its id. */
const USER = ".used-by-";
const HOUR = 3_600_000;

/**
 * The folder under `parent` that holds the build of `sources` (files, and folders of them; what is missing counts for
 * nothing). Where there is none yet, `make` gets an empty folder to fill, and gives the files that it read: each must
 * be a source, or a change of it would go unseen. Throws an Error of one line.
 */
export async function buildOnce(parent, sources, make) {
  for (;;) {
    const hash = hashOf(sources);
    const folder = join(parent, hash);
    if (use(folder)) return folder;
    const work = emptyFolder(parent);
    try {
      const known = new Set(filesUnder(sources));
      const unknown = (await make(work)).find((file) => !known.has(file));
      if (unknown) throw new Error(`${unknown}: read by the build, but not among the sources that it lists.`);
      use(work);
      // The name is true only if nobody wrote to a source meanwhile; else we start over.
      if (hashOf(sources) === hash) place(work, folder);
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
    prune(parent);
  }
}

function hashOf(sources) {
  const hash = createHash("sha256");
  for (const file of filesUnder(sources)) {
    const content = readFileSync(file);
    hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex").slice(0, 16);
}

/** The files at and under the paths, sorted. */
export function filesUnder(paths) {
  const stat = (path) => statSync(path, { throwIfNoEntry: false });
  const under = (path) =>
    stat(path)?.isDirectory()
      ? readdirSync(path, { recursive: true }).map((name) => join(path, name))
      : [path];
  return paths
    .flatMap(under)
    .filter((path) => stat(path)?.isFile())
    .sort();
}

/** Notes that this process uses the build, which also dates its last use; false where there is no such build. */
function use(folder) {
  const mark = join(folder, `${USER}${process.pid}`);
  try {
    writeFileSync(mark, "");
    process.once("exit", () => rmSync(mark, { force: true }));
    return true;
  } catch {
    return existsSync(folder); // a build that can't be written to is as good
  }
}

function emptyFolder(parent) {
  try {
    const folder = join(parent, `${PARTIAL}${randomUUID()}`);
    mkdirSync(folder, { recursive: true });
    return folder;
  } catch (error) {
    throw new Error(`${parent}: can't be written (${error.code}).`);
  }
}

/** Gives a finished build its name. Where another process was first, its build is as good. */
function place(work, folder) {
  try {
    renameSync(work, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  }
}

/** Removes the builds that no process runs, but for the last ones used, and what killed builds have left. */
function prune(parent) {
  const age = (name) => Date.now() - (statSync(join(parent, name), { throwIfNoEntry: false })?.mtimeMs ?? 0);
  const names = readdirSync(parent);
  for (const name of names.filter((name) => name.startsWith(PARTIAL) && age(name) > HOUR))
    remove(parent, name);
  const builds = names.filter((name) => /^[0-9a-f]{16}$/.test(name)).sort((a, b) => age(a) - age(b));
  for (const name of builds.slice(KEPT)) if (!isUsed(join(parent, name))) remove(parent, name);
}

/** Removes a folder by way of a name that isn't a build's, so that a kill leaves no half of one. */
function remove(parent, name) {
  const doomed = join(parent, `${PARTIAL}${name.replace(PARTIAL, "")}`);
  try {
    renameSync(join(parent, name), doomed);
    if (isUsed(doomed))
      renameSync(doomed, join(parent, name)); // someone came in between
    else rmSync(doomed, { recursive: true, force: true });
  } catch {
    // Another process removes it, or the system holds it; the next build tries again.
  }
}

function isUsed(folder) {
  const isAlive = (pid) => {
    try {
      return process.kill(pid, 0);
    } catch (error) {
      return error.code === "EPERM";
    }
  };
  return readdirSync(folder).some(
    (name) => name.startsWith(USER) && isAlive(Number(name.slice(USER.length))),
  );
}
