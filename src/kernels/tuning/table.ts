// The table that says which configuration runs which class of shapes on this adapter, and its text: JSON that a person
// can read. It has a section for each adapter, driver and version of monge's kernels, and a line for each class.
import { version } from "../../../package.json";
import type { DeviceInfo } from "../../gpu/adapter";
import { cached } from "../../gpu/cached";
import { type Gpu, gpu } from "../../gpu/gpu";
import { shaderSource } from "../shaders";
import { type Configuration, configurations, defaultFor, type Extent } from "./configurations";

/** Where tuning is kept: a file in Node. What `read` gives is not trusted. */
export interface TuningStore {
  read(): string | undefined;
  write(text: string): void;
}

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
  private readonly table = new Map<string, { configuration: Configuration; line: TunedLine }>();
  /** Runs every product in one configuration: for the tuner itself and for tests. */
  forced: Configuration | undefined;

  constructor(private readonly info: DeviceInfo) {}

  /** What a product of this extent runs in. */
  configure(extent: Extent): Configuration {
    if (this.forced) return this.forced;
    if (this.table.size === 0) return defaultFor(this.info, extent);
    return this.table.get(className(extent))?.configuration ?? defaultFor(this.info, extent);
  }

  set(extent: Extent, configuration: Configuration, ms: number, defaultMs: number): void {
    const { name, parts } = configuration;
    const line = { kernel: name, ...(parts === undefined ? {} : { parts }), ms, defaultMs };
    this.table.set(className(extent), { configuration, line });
  }

  /** Forgets what was measured. */
  clear(): void {
    this.table.clear();
  }

  /** Takes over what a store holds for this adapter; gives one line where it cannot be used, and never throws. */
  load(store: TuningStore): string | undefined {
    try {
      const text = store.read();
      if (text === undefined) return undefined;
      const sections = parse(text);
      const own = sections[this.section()];
      if (own === undefined) {
        const others = Object.keys(sections).filter((key) => key.startsWith(`${this.info.name} | `));
        if (others.length === 0) return undefined;
        const older = others.some((key) => key.startsWith(this.ours()));
        return `tuning: ignored, it was made for ${older ? "kernels that have changed since" : others[0]}. \`npm run tune\` renews it.`;
      }
      const known = new Map(configurations(this.info).map((each) => [each.name, each]));
      const read = Object.entries(own).map(([name, line]) => {
        const configuration = known.get(line?.kernel);
        const { parts } = line ?? {};
        const whole = parts === undefined || (Number.isInteger(parts) && parts >= 1 && parts <= 4096);
        if (!configuration || !whole) throw new Error(`"${name}" names no kernel of this adapter`);
        return [name, { configuration: { ...configuration, parts }, line }] as const;
      });
      for (const [name, entry] of read) this.table.set(name, entry);
      return undefined;
    } catch (error) {
      return `tuning: ignored, its cache can't be used (${(error as Error).message}). \`npm run tune\` renews it.`;
    }
  }

  /** Writes this adapter's section into the store and leaves the others'. */
  save(store: TuningStore): void {
    let sections: Sections = {};
    try {
      sections = parse(store.read() ?? "{}");
    } catch {
      // What cannot be read is replaced.
    }
    for (const key of Object.keys(sections)) if (key.startsWith(this.ours())) delete sections[key];
    const lines = [...this.table].sort(([a], [b]) => (a < b ? -1 : 1));
    sections[this.section()] = Object.fromEntries(lines.map(([name, { line }]) => [name, line]));
    store.write(format(sections));
  }

  /** A few words for a run's record: what runs untuned and, where there is more, how many lines and their hash. */
  describe(): string {
    const { subgroupSize, software, portable } = this.info;
    const bySubgroups = subgroupSize > 0 ? `subgroups of ${subgroupSize}` : "portable";
    const usual = portable ? "portable" : software ? bySubgroups : "tiled";
    if (this.table.size === 0) return usual;
    const lines = [...this.table].map(([name, { line }]) => `${name}: ${line.kernel}, ${line.parts}`);
    return `${usual}, tuned (${lines.length} shapes, ${hash(lines.sort().join("\n"))})`;
  }

  private section(): string {
    return `${this.ours()}${this.kernels()}`;
  }

  /** How our sections begin, whatever the kernels were. */
  private ours(): string {
    return `${this.info.name} | ${this.info.driver} | monge ${version}, kernels `;
  }

  /** Changes with the kernels of a product and their constants: what was fastest before need not be now. */
  private kernels(): string {
    const all = configurations(this.info);
    const shaders = new Set([...all.map(({ shader }) => shader), "sum_parts" as const]);
    return hash([JSON.stringify(all), ...[...shaders].map((name) => shaderSource(name))].join("\n"));
  }
}

/** Shapes whose sizes round up to the same powers of two share a line. */
export function className({ kind, rows, columns, sum, copies }: Extent): string {
  const round = (n: number) => 2 ** Math.ceil(Math.log2(Math.max(n, 1)));
  return `${kind}, ${copies > 1 ? `${round(copies)} of ` : ""}${round(rows)} x ${round(columns)} x ${round(sum)}`;
}

type Sections = Record<string, Record<string, TunedLine>>;

function parse(text: string): Sections {
  const { adapters } = JSON.parse(text) as { adapters?: unknown };
  if (adapters === undefined) return {};
  const isRecord = (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isRecord(adapters) || !Object.values(adapters as object).every(isRecord))
    throw new Error("its adapters are not sections of lines");
  return adapters as Sections;
}

/** JSON with one line a class: what is indented further joins it. */
function format(adapters: Sections): string {
  const about = "Which kernels are fastest here, found by `npm run tune`. It is safe to delete.";
  return `${JSON.stringify({ about, adapters }, null, 2).replace(/\n {8,}|\n {6}(?=})/g, " ")}\n`;
}

/** FNV-1a, 32 bits. */
function hash(text: string): string {
  let value = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value.toString(16).padStart(8, "0");
}
