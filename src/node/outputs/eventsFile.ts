// The run folder's events.out.tfevents.*: made once, appended to, and cut where a resumed run goes back to.
import { appendFileSync, readdirSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { eventFileName, keepEvents, versionRecord } from "../../formats/tfevents";
import { writeFileAtomic } from "../files";

export interface EventsFile {
  path: string;
  /** Appends records; throws the system's error if the disk takes no more. */
  append(...records: Uint8Array[]): void;
}

/**
 * Opens the folder's event file to go on after `step`: what stands there of later steps goes, and so does the half of
 * a record that a killed run left. Where there is no file one is made. Throws InputError if it can't be written.
 */
export function openEvents(folder: string, step: number, now = Date.now): EventsFile {
  const names = readdirSync(folder).filter((name) => name.startsWith("events.out.tfevents."));
  const path = join(folder, names.sort()[0] ?? eventFileName(now() / 1000, hostname()));
  const kept = names.length > 0 ? keepEvents(readFileSync(path), step) : new Uint8Array();
  writeFileAtomic(path, kept.length > 0 ? kept : versionRecord(now() / 1000));
  return { path, append: (...records) => appendFileSync(path, Buffer.concat(records)) };
}
