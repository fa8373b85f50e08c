// The table that says which configuration runs which class of shapes on this adapter.
// The tuner fills it (src/tuning); a class that it has not measured runs in the default configuration.
import type { DeviceInfo } from "../../gpu/adapter";
import { cached } from "../../gpu/cached";
import { type Gpu, gpu } from "../../gpu/gpu";
import { type Configuration, defaultFor, type Extent } from "./configurations";

/** A line of the table: the winner, its time and the default's, in milliseconds. */
export interface TunedLine {
  kernel: string;
  /** Parts of a split sum, where that is not the usual number. */
  parts?: number;
  ms: number;
  defaultMs: number;
}

const tables = new WeakMap<Gpu, Tuning>();

/** The table of a device; the open one's where none is named. */
export const tuning = (of: Gpu = gpu()): Tuning => cached(tables, of, () => new Tuning(of.info));

export class Tuning {
  /** What was measured, by the class of shapes. */
  readonly lines = new Map<string, { configuration: Configuration; line: TunedLine }>();
  /** Runs every product in one configuration: for the tuner itself and for tests. */
  forced: Configuration | undefined;

  constructor(readonly info: DeviceInfo) {}

  /** What a product of this extent runs in. */
  configure(extent: Extent): Configuration {
    if (this.forced) return this.forced;
    if (this.lines.size === 0) return defaultFor(this.info, extent);
    return this.lines.get(className(extent))?.configuration ?? defaultFor(this.info, extent);
  }

  set(extent: Extent, configuration: Configuration, ms: number, defaultMs: number): void {
    const { name, parts } = configuration;
    const line = { kernel: name, ...(parts === undefined ? {} : { parts }), ms, defaultMs };
    this.lines.set(className(extent), { configuration, line });
  }
}

/** Shapes whose sizes round up to the same powers of two share a line. */
export function className({ kind, rows, columns, sum, copies }: Extent): string {
  const round = (n: number) => 2 ** Math.ceil(Math.log2(Math.max(n, 1)));
  return `${kind}, ${copies > 1 ? `${round(copies)} of ` : ""}${round(rows)} x ${round(columns)} x ${round(sum)}`;
}
