// losses.csv: a line a step. Rows that can't be written, as on a full disk, wait for the next try. Half a row is never left.
import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  writeFileSync,
} from "node:fs";
import { InputError } from "../errors";
import { reason, writeFileAtomic } from "./files";

/** One line of losses.csv. The losses are means over the batch; seconds count from the run's start. */
export interface LossRow {
  step: number;
  criticReal: number;
  criticFake: number;
  generator: number;
  wasserstein: number;
  seconds: number;
}

export const lossHeader = "step,critic_real,critic_fake,generator,wasserstein,seconds\n";

export interface LossFile {
  /** Appends rows. Throws InputError when they can't be written; then they go with the next ones. */
  append(rows: readonly LossRow[]): void;
  /** Puts on the disk what was appended. Throws InputError when that can't be done. */
  sync(): void;
}

/**
 * A new file with the header alone, or, to go on with, the one that is there without the rows after step `last`. Each
 * write goes to the file's end as it is then, since a person may have edited or removed it.
 */
export function openLossFile(path: string, last = 0): LossFile {
  writeFileAtomic(path, lossHeader + (last > 0 ? rowsUpTo(path, last) : ""));
  let waiting = "";
  const write = (sync: boolean) => {
    let file: number | undefined;
    try {
      file = openSync(path, "a+");
      const { size } = fstatSync(file);
      const last = Buffer.from("\n");
      if (size > 0) readSync(file, last, 0, 1, size - 1);
      try {
        writeFileSync(file, (size === 0 ? lossHeader : last[0] === 10 ? "" : "\n") + waiting);
        if (sync) fsyncSync(file);
        waiting = "";
      } catch (error) {
        ftruncateSync(file, size);
        throw error;
      }
    } catch (error) {
      throw new InputError(`${path}: can't be written (${reason(error)}).`);
    } finally {
      if (file !== undefined) closeSync(file);
    }
  };
  return {
    append(rows) {
      waiting += rows.map(lossLine).join("");
      write(false);
    },
    sync: () => write(true),
  };
}

/** The rows of a file, in the order of their steps; none where it isn't there. */
export function readLosses(path: string): LossRow[] {
  return wholeLines(path).map((line) => {
    const [step, criticReal, criticFake, generator, wasserstein, seconds] = line.split(",").map(Number);
    return { step, criticReal, criticFake, generator, wasserstein, seconds };
  });
}

function rowsUpTo(path: string, last: number): string {
  const kept = wholeLines(path).filter((line) => Number.parseInt(line, 10) <= last);
  return kept.map((line) => `${line}\n`).join("");
}

/** The lines behind the header, but for a last one that a power cut has left without its end. */
function wholeLines(path: string): string[] {
  let text = "";
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return []; // it was deleted: the run goes on without the old rows
  }
  return text.split("\n").slice(1, -1);
}

function lossLine(row: LossRow): string {
  const losses = [row.criticReal, row.criticFake, row.generator, row.wasserstein];
  // Nine significant digits give an f32 back exactly.
  return `${[row.step, ...losses.map((loss) => Number(loss.toPrecision(9))), row.seconds.toFixed(3)].join(",")}\n`;
}
