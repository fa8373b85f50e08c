// The text of a tuning table: JSON that a person can read, with a section for each adapter, driver and version of monge's
// kernels, and a line for each class of shapes.
import { version } from "../../package.json";
import type { DeviceInfo } from "../gpu/adapter";
import { shaderSource } from "../kernels/shaders";
import { configurations } from "../kernels/tuning/configurations";
import type { TunedLine, Tuning } from "../kernels/tuning/table";

/** Where tuning is kept: a file in Node. What `read` gives is not trusted. */
export interface TuningStore {
  read(): string | undefined;
  write(text: string): void;
}

/** Takes over what a store holds for this adapter; gives one line where it cannot be used, and never throws. */
export function loadTuning({ info, lines }: Tuning, store: TuningStore): string | undefined {
  try {
    const text = store.read();
    if (text === undefined) return undefined;
    const sections = parse(text);
    const own = sections[section(info)];
    if (own === undefined) {
      const others = Object.keys(sections).filter((key) => key.startsWith(`${info.name} | `));
      if (others.length === 0) return undefined;
      const older = others.some((key) => key.startsWith(ours(info)));
      return `tuning: ignored, it was made for ${older ? "kernels that have changed since" : others[0]}. \`npm run tune\` renews it.`;
    }
    const known = new Map(configurations(info).map((each) => [each.name, each]));
    const read = Object.entries(own).map(([name, line]) => {
      const configuration = known.get(line?.kernel);
      const { parts } = line ?? {};
      const whole = parts === undefined || (Number.isInteger(parts) && parts >= 1 && parts <= 4096);
      if (!configuration || !whole) throw new Error(`"${name}" names no kernel of this adapter`);
      return [name, { configuration: { ...configuration, parts }, line }] as const;
    });
    for (const [name, entry] of read) lines.set(name, entry);
    return undefined;
  } catch (error) {
    return `tuning: ignored, its cache can't be used (${(error as Error).message}). \`npm run tune\` renews it.`;
  }
}

/** Writes this adapter's section into the store and leaves the others'. */
export function saveTuning({ info, lines }: Tuning, store: TuningStore): void {
  let sections: Sections = {};
  try {
    sections = parse(store.read() ?? "{}");
  } catch {
    // What cannot be read is replaced.
  }
  for (const key of Object.keys(sections)) if (key.startsWith(ours(info))) delete sections[key];
  const sorted = [...lines].sort(([a], [b]) => (a < b ? -1 : 1));
  sections[section(info)] = Object.fromEntries(sorted.map(([name, { line }]) => [name, line]));
  store.write(format(sections));
}

/** A few words for a run's record: what runs untuned and, where there is more, how many lines and their hash. */
export function describeTuning({ info, lines }: Tuning): string {
  const { subgroupSize, software, portable } = info;
  const bySubgroups = subgroupSize > 0 ? `subgroups of ${subgroupSize}` : "portable";
  const usual = portable ? "portable" : software ? bySubgroups : "tiled";
  if (lines.size === 0) return usual;
  const texts = [...lines].map(([name, { line }]) => `${name}: ${line.kernel}, ${line.parts}`);
  return `${usual}, tuned (${texts.length} shapes, ${hash(texts.sort().join("\n"))})`;
}

/** The name of the section of an adapter and these kernels. */
const section = (info: DeviceInfo): string => `${ours(info)}${kernels(info)}`;

/** How our sections begin, whatever the kernels were. */
const ours = ({ name, driver }: DeviceInfo): string => `${name} | ${driver} | monge ${version}, kernels `;

/** Changes with the kernels of a product and their constants: what was fastest before need not be now. */
function kernels(info: DeviceInfo): string {
  const all = configurations(info);
  const shaders = new Set([...all.map(({ shader }) => shader), "reduce" as const]);
  return hash([JSON.stringify(all), ...[...shaders].map((name) => shaderSource(name))].join("\n"));
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
