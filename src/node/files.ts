// Reads and writes whole files so that a crash or a power cut leaves the old content or the new, never a half.
// A mistake in a path that the user gave becomes one line.
import { randomBytes } from "node:crypto";
import {
  accessSync,
  appendFileSync,
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import { InputError } from "../errors";

const temporaryEnding = ".monge-tmp";

/**
 * Writes the file by way of a temporary one in the same folder, which must exist; a link of that name is replaced.
 * When it returns, the content is on the disk under its name. Throws InputError if it can't be written.
 */
export function writeFileAtomic(path: string, content: Uint8Array | string): void {
  writeTogether([[path, content]]);
}

/** As `writeFileAtomic`, of a file that a person named: where that is a link, what it leads to is written. */
export const writeNamed = (path: string, content: Uint8Array | string): void =>
  writeFileAtomic(linked(path), content);

/** As `writeFileAtomic`, of files that belong together: none takes its name before all are written. */
export function writeTogether(
  files: readonly (readonly [path: string, content: Uint8Array | string])[],
): void {
  const written: [temporary: string, path: string][] = [];
  let at = "";
  try {
    for (const [path, content] of files) {
      at = path;
      const there = kindAt(path);
      if (there === "folder" || there === "other")
        throw new InputError(`${path}: a folder or a device, expected a file.`);
      const name = `.${basename(path)}.${randomBytes(4).toString("hex")}${temporaryEnding}`;
      const temporary = join(dirname(path), name);
      const file = openSync(temporary, "wx");
      written.push([temporary, path]);
      try {
        if (there) fchmodSync(file, statSync(path).mode & 0o7777); // the file is to be as it was
        writeFileSync(file, content);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
    }
    for (const [temporary, path] of written) {
      at = path;
      renameSync(temporary, path);
    }
    for (const folder of new Set(written.map(([, path]) => dirname(path)))) syncFolder(folder);
  } catch (error) {
    for (const [temporary] of written) rmSync(temporary, { force: true });
    throw error instanceof InputError ? error : new InputError(`${at}: can't be written (${reason(error)}).`);
  }
}

/** More links than this, one behind the other, go in a circle. */
const MOST_LINKS = 40;

/** Where a link leads in the end, be something there or not. Any other path stays as it is. Throws InputError. */
function linked(path: string): string {
  try {
    let at = path;
    for (let links = 0; lstatSync(at, { throwIfNoEntry: false })?.isSymbolicLink(); links++) {
      if (links === MOST_LINKS) throw new InputError(`${path}: links that lead in a circle.`);
      at = resolve(realpathSync(dirname(at)), readlinkSync(at));
    }
    return at;
  } catch (error) {
    throw error instanceof InputError ? error : unreadable(path, error);
  }
}

/** What lies under a name, links followed; undefined where nothing does. Throws InputError where that can't be told. */
export function kindAt(path: string): "file" | "folder" | "other" | undefined {
  try {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (!stat) return undefined;
    return stat.isDirectory() ? "folder" : stat.isFile() ? "file" : "other";
  } catch (error) {
    if (reason(error) === "ENOTDIR") return undefined;
    throw unreadable(path, error);
  }
}

/** Appends all of it or nothing. Throws the system's error if the disk takes no more. */
export function appendWhole(path: string, content: Uint8Array | string): void {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  try {
    appendFileSync(path, content);
  } catch (error) {
    if (existsSync(path)) truncateSync(path, size);
    throw error;
  }
}

export const isTemporary = (name: string): boolean => name.endsWith(temporaryEnding);

/** Removes the temporaries that killed processes left in the folder; none takes an hour to write. */
export function sweepTemporaries(folder: string): void {
  for (const name of readdirSync(folder).filter(isTemporary)) {
    const path = join(folder, name);
    const { mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? { mtimeMs: Date.now() };
    if (Date.now() - mtimeMs > 3_600_000) rmSync(path, { force: true });
  }
}

/**
 * A file's bytes, unpacked if they are gzipped, at most `maxBytes` of them.
 * Throws InputError if the file is missing, unreadable, damaged or larger.
 */
export function readFileUnpacked(path: string, maxBytes: number): Uint8Array {
  let bytes: Buffer;
  try {
    if (statSync(path).size > maxBytes) throw tooLarge(path, maxBytes);
    bytes = readFileSync(path);
  } catch (error) {
    throw error instanceof InputError ? error : unreadable(path, error);
  }
  return unpacked(bytes, path, maxBytes);
}

/** `bytes`, unpacked if they are gzipped, at most `maxBytes`; `path` is for the InputError if they are damaged or more. */
export function unpacked(bytes: Uint8Array, path: string, maxBytes: number): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    if (reason(error) === "ERR_BUFFER_TOO_LARGE") throw tooLarge(path, maxBytes);
    throw new InputError(`${path}: damaged gzip file (${reason(error)}). Fetch it again.`);
  }
}

const tooLarge = (path: string, maxBytes: number) =>
  new InputError(`${path}: larger than ${Math.round(maxBytes / 1e6)} MB. Is it the right file?`);

/** A file's text; undefined where there is none. Throws InputError if it can't be read. */
export function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (reason(error) === "ENOENT") return undefined;
    throw unreadable(path, error);
  }
}

/** Throws InputError unless the path is a folder; `what` says who named it, e.g. "--data". */
export function requireFolder(path: string, what: string): void {
  try {
    if (statSync(path).isDirectory()) return;
  } catch (error) {
    throw unreadable(`${what} ${path}`, error);
  }
  throw new InputError(`${what} ${path}: a file, expected a folder.`);
}

/** Throws InputError unless a file can be written under that name: its folder is there, and it is no folder itself. */
export function requireWritable(path: string): void {
  const folder = dirname(path);
  requireFolder(folder, `${path}: its folder`);
  const target = linked(path);
  const there = kindAt(target);
  if (there === "folder") throw new InputError(`${path}: a folder, expected the name of a file.`);
  if (there === "other") throw new InputError(`${path}: a device or a pipe, expected the name of a file.`);
  try {
    accessSync(dirname(target), constants.W_OK);
    if (there) accessSync(target, constants.W_OK);
  } catch (error) {
    throw new InputError(`${path}: can't be written (${reason(error)}).`);
  }
}

/** A system error's code, such as ENOENT, else its message. */
export function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message ?? String(error);
}

/** The one line for a path that can't be read. */
export function unreadable(path: string, error: unknown): InputError {
  const code = reason(error);
  if (code === "ENOENT" || code === "ENOTDIR") return new InputError(`${path}: no such file or folder.`);
  if (code === "EISDIR") return new InputError(`${path}: a folder, expected a file.`);
  return new InputError(`${path}: can't be read (${code}).`);
}

/** A rename survives a power cut only once its folder is synced; Windows can't and needn't, nor can who may not list it. */
function syncFolder(path: string): void {
  if (process.platform === "win32") return;
  let folder: number;
  try {
    folder = openSync(path, "r");
  } catch {
    return; // all is in its place by now
  }
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/**
 * Makes a folder and those above it; gives the uppermost that was not there. Throws InputError. One by one, since Node 20's own way to make
 * them all never ends where a folder takes no new one, as /proc does.
 */
export function makeFolders(path: string): string | undefined {
  const missing: string[] = [];
  for (let at = path; !existsSync(at); at = dirname(at)) missing.unshift(at);
  return missing.filter(makeOne)[0];
}

/** Whether the folder was made; not, where another program did it just now. */
function makeOne(path: string): boolean {
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    if (kindAt(path) === "folder") return false;
    const code = reason(error);
    if (code === "ENOENT")
      throw new InputError(`${path}: can't be made, ${dirname(path)} takes no new folders.`);
    if (code === "ENOTDIR") throw new InputError(`${dirname(path)}: a file, expected a folder.`);
    if (code === "EEXIST")
      throw new InputError(`${path}: a file, or a link that leads nowhere; expected a folder.`);
    throw new InputError(`${path}: can't be made (${code}).`);
  }
}
