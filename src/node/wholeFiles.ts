// Reads a data set's files whole: plain files at their true size, gzipped IDX files up to the size that their header says.
import { constants as buffers } from "node:buffer";
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { gunzipSync, constants as zlib } from "node:zlib";
import { InputError } from "../errors";
import { describeIdx, type IdxContent, parseIdxHeader, trailing } from "../formats/idx";
import { kindAt, reason, unreadable } from "./files";

/** What lies under a name, links followed; one that leads nowhere, or in a circle, is nothing. */
export function kindOf(path: string): "file" | "folder" | undefined {
  try {
    const kind = kindAt(path);
    return kind === "other" ? "file" : kind; // what reads it says that it is none
  } catch {
    return undefined;
  }
}

/** A file's bytes. Throws InputError if there is none, it is no regular file, or it can't be read. */
export function readWhole(path: string): Uint8Array {
  let file: number | undefined;
  try {
    // Without waiting for the other end, where it is a pipe.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stat = fstatSync(file);
    if (stat.isDirectory()) throw new InputError(`${path}: a folder, expected a file.`);
    if (!stat.isFile()) throw new InputError(`${path}: no regular file.`);
    requireReadable(stat.size, path);
    // In pieces: a read takes at most 2 GiB.
    const bytes = Buffer.allocUnsafe(stat.size);
    let end = 0;
    for (let got = 1; end < bytes.length && got > 0; end += got) {
      got = readSync(file, bytes, end, Math.min(bytes.length - end, 2 ** 30), null);
    }
    return bytes.subarray(0, end);
  } catch (error) {
    throw error instanceof InputError ? error : unreadable(path, error);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** Deflate packs at most 1,032 bytes into one. */
const bestRatio = 1032;

/**
 * An IDX file's bytes, unpacked if they are gzipped: as many as its own header says, no more are made.
 * Throws InputError if they are damaged, more or fewer, or the header says that it is not what is wanted.
 */
export function unpackIdx(bytes: Uint8Array, path: string, content: IdxContent): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  // The start of the file is enough for the header, and unpacks to 4 MB at most.
  const head = gunzip(bytes.subarray(0, 4096), path, { finishFlush: zlib.Z_SYNC_FLUSH });
  const header = parseIdxHeader(head, path, content);
  const what = describeIdx(header);
  if (header.length > bestRatio * bytes.length) {
    throw new InputError(
      `${path}: truncated, the header says ${what}, more than ${bytes.length} gzipped bytes can hold. Fetch it again.`,
    );
  }
  requireReadable(header.length, path);
  return gunzip(bytes, path, { maxOutputLength: header.length }, () => trailing(path, "some", what));
}

function gunzip(
  bytes: Uint8Array,
  path: string,
  options: Parameters<typeof gunzipSync>[1],
  tooLong?: () => InputError,
): Uint8Array {
  try {
    return gunzipSync(bytes, options);
  } catch (error) {
    if (tooLong && reason(error) === "ERR_BUFFER_TOO_LARGE") throw tooLong();
    throw new InputError(`${path}: damaged gzip file (${reason(error)}). Fetch it again.`);
  }
}

function requireReadable(size: number, path: string): void {
  if (size <= buffers.MAX_LENGTH) return;
  throw new InputError(
    `${path}: ${(size / 1e9).toFixed(1)} GB, and one file may have ${(buffers.MAX_LENGTH / 1e9).toFixed(1)} GB.`,
  );
}
