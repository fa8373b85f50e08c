// The run folder's events.out.tfevents.*: made once, appended to, and cut where a resumed run goes back to.
import { readdirSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { endsInPicture, eventFileName, keepEvents, versionRecord } from "../../formats/tfevents";
import { appendWhole, writeFileAtomic } from "../files";

export interface EventsFile {
  path: string;
  /** Whether a picture was the last record when it was opened. */
  endsInPicture: boolean;
  /** Appends records, all or none; throws the system's error if the disk takes no more. */
  append(records: readonly Uint8Array[]): void;
}

/**
 * Opens the folder's event file to go on after `step`: what stands there of later steps goes, and so do pictures of
 * steps at which the run had only ended, and the half of a record that a killed run left. Where there is no file one is
 * made. Throws InputError if it can't be written.
 */
export function openEvents(folder: string, step: number, sampleEvery = 1, now = Date.now): EventsFile {
  const names = readdirSync(folder).filter((name) => name.startsWith("events.out.tfevents."));
  const path = join(folder, names.sort()[0] ?? eventFileName(now() / 1000, hostname()));
  const kept = names.length > 0 ? keepEvents(readFileSync(path), step, sampleEvery) : new Uint8Array();
  const start = kept.length > 0 ? kept : versionRecord(now() / 1000);
  writeFileAtomic(path, start);
  return {
    path,
    endsInPicture: endsInPicture(start.subarray(0, -4)), // without the last record's checksum
    append(records) {
      appendWhole(path, Buffer.concat(records)); // behind a part of a record no reader would find the next ones
    },
  };
}
