// What a page gets that is opened late, or loaded again: the rows so far, the newest picture, the last lines of the log.
// It stays small, however long the run is.
import { envelope } from "../../wgan/curves";
import type { LossRow } from "../lossFile";

export type WatchEvent =
  | { kind: "rows"; rows: readonly LossRow[] }
  /** A grid of samples, a PNG file in base64. */
  | { kind: "picture"; step: number; png: string }
  | { kind: "log"; line: string }
  /** How far the run is; `rate` in steps a second and `left` in seconds, where they are known. */
  | { kind: "progress"; step: number; steps: number; rate?: number; left?: number };

const mostRows = 4000;
const mostLines = 200;
const series = ["criticReal", "criticFake", "generator", "wasserstein"] as const;

export interface History {
  add(event: WatchEvent): void;
  /** The events that tell a new page all that there is to know. */
  events(): WatchEvent[];
}

export function createHistory(): History {
  let rows: LossRow[] = [];
  const lines: string[] = [];
  const newest = new Map<string, WatchEvent>();
  return {
    add(event) {
      if (event.kind === "rows") {
        rows = rows.concat(event.rows);
        // Twice the number, so that the rows are seldom made few again.
        if (rows.length > 2 * mostRows) rows = envelope(rows, series, mostRows);
      } else if (event.kind === "log") {
        lines.push(event.line);
        if (lines.length > mostLines) lines.shift();
      } else newest.set(event.kind, event);
    },
    events: () => [
      { kind: "rows", rows },
      ...lines.map((line) => ({ kind: "log", line }) as const),
      ...newest.values(),
    ],
  };
}
