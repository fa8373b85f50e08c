// What the bench found, as JSON, as a table on the screen, and as bench/results/README.md, which is made of the JSON
// files beside it.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../src/errors";
import { reason, unreadable, writeFileAtomic } from "../src/node/files";
import { most } from "./bounds";
import type { Adapter } from "./gpu";
import { limitsOf } from "./rows";
import { peerNames, type SideName } from "./sides/side";

/** A peer's figure in a row, or why it has none. `ratio` is its time (or memory) over monge's. */
export interface PeerFigure {
  ms?: number;
  minMs?: number;
  warmMs?: number;
  mib?: number;
  ratio?: number;
  /** What went wrong. */
  error?: string;
  /** Why it has no such row, by what it is. */
  lacks?: string;
}

export interface ReportRow {
  name: string;
  family: string;
  /** Median and minimum of monge's rounds, ms for one repeat. */
  ms?: number;
  minMs?: number;
  /** The start with a warm shader cache. */
  warmMs?: number;
  mib?: number;
  gflops?: number;
  gbs?: number;
  peers: Partial<Record<SideName, PeerFigure>>;
  /** Whether the results of all sides in the row agreed; none where nothing is computed. */
  checked?: boolean;
  /** Results were out of bounds, a side's or monge's own after the timing, or a device reported errors. The note says which. */
  broken?: boolean;
  note?: string;
}

export interface Report {
  adapter: Adapter;
  versions: Record<string, string>;
  date: string;
  /** Dawn's toggles, the same for all. */
  toggles: string[];
  waiting: string;
  /** Which of its kernels monge used: the defaults, or those that `npm run tune` found. */
  kernels: string;
  /** The sides that did not open, and why. */
  missing: Partial<Record<SideName, string>>;
  rows: ReportRow[];
}

export function title(report: Report): string {
  const { adapter, versions, toggles } = report;
  const list = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    `adapter: ${adapter.name}; driver: ${adapter.driver}`,
    `versions: ${list.join(", ")}`,
    `toggles: ${toggles.join(", ") || "none"}; features for all: ${adapter.features.join(", ")}; date: ${report.date}`,
    `waiting, for all: ${report.waiting}`,
    `monge's kernels: ${report.kernels}; the peers run with their default flags`,
    "ms: median over rounds in turn (one round may do for a side that takes over 10 s), the minimum in brackets",
    "rate: monge's, by the median; memory: most bytes of GPU buffers at any time",
    "ratio: the peer's figure over monge's, so above 1 monge is faster or smaller",
    "results: equal if all sides agreed, before the timing and (kernels) after it; alone if there was no other side; " +
      "none where nothing is computed",
  ].join("\n");
}

/** Whether sides disagreed, or monge with itself; a row that monge has to itself was not compared. */
export const differs = (row: ReportRow): boolean =>
  row.broken === true ||
  (row.checked === false && Object.values(row.peers).some(({ ratio }) => ratio !== undefined));

/** Why a peer has no figure in a row. */
const reasonOf = (found: PeerFigure | undefined): string | undefined => found?.error ?? found?.lacks;

const figure = (value: number) => value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);

/** A figure with its minimum; the host's are microseconds. */
function shown({ family }: ReportRow, { mib, ms, minMs }: PeerFigure): string {
  if (mib !== undefined) return `${figure(mib)} MiB`;
  const [by, unit] = family === "host" ? [1000, " µs"] : [1, ""];
  const least = minMs === undefined ? "" : ` (${figure(by * minMs)})`;
  return `${figure(by * ms!)}${unit}${least}`;
}

function cells(row: ReportRow, peers: readonly SideName[]): string[] {
  const rate = row.gflops ? `${figure(row.gflops)} GFLOP/s` : row.gbs ? `${figure(row.gbs)} GB/s` : "";
  return [
    row.name,
    shown(row, row),
    rate,
    ...peers.flatMap((peer) => {
      const found = row.peers[peer];
      if (found?.ratio === undefined) return ["—", "—"];
      return [shown(row, found), `${figure(found.ratio)}x`];
    }),
    row.checked === undefined ? "none" : row.checked ? "equal" : differs(row) ? "DIFFERENT" : "alone",
  ];
}

const columns = (peers: readonly SideName[]) => [
  "row",
  "monge, ms",
  "monge's rate",
  ...peers.flatMap((peer) => [`${peer}, ms`, "ratio"]),
  "results",
];
const widths = (peers: readonly SideName[]) => [28, 18, 14, ...peers.flatMap(() => [20, 7]), 0];
const padded = (texts: string[], peers: readonly SideName[]) => {
  const all = widths(peers);
  return texts
    .map((text, i) => text.padEnd(all[i]))
    .join("  ")
    .trimEnd();
};

export const heading = (peers: readonly SideName[]): string => padded(columns(peers), peers);

/** A row on the screen, with what kept a peer out of it. */
export function line(row: ReportRow, peers: readonly SideName[]): string {
  const reasons = peers.flatMap((peer) => {
    const reason = reasonOf(row.peers[peer]);
    return reason === undefined ? [] : [`    ${peer}: ${reason}`];
  });
  return [padded(cells(row, peers), peers), ...reasons].join("\n");
}

export const writeReport = (file: string, report: Report): void =>
  writeFileAtomic(file, `${JSON.stringify(report, undefined, 1)}\n`);

const FOLDER = "bench/results";

/** The names of the JSON files there; from the project's root, where npm runs its scripts. */
async function resultFiles(): Promise<string[]> {
  const names = await readdir(FOLDER).catch((error: unknown) => {
    throw unreadable(FOLDER, error);
  });
  return names.filter((name) => name.endsWith(".json")).sort();
}

async function readReport(name: string): Promise<Report> {
  const path = join(FOLDER, name);
  const text = await readFile(path, "utf8");
  try {
    const report = JSON.parse(text) as Report;
    if (report.adapter && Array.isArray(report.rows)) return report;
  } catch (error) {
    throw new InputError(`${path}: not JSON (${reason(error)}).`);
  }
  throw new InputError(`${path}: not a result of npm run bench -- --json FILE.`);
}

/** Makes bench/results/README.md of the JSON files there. */
export async function writeReadme(): Promise<void> {
  const parts: string[] = [];
  const families = new Set<string>();
  for (const name of await resultFiles()) {
    const report = await readReport(name);
    for (const row of report.rows) families.add(row.family);
    parts.push(section(name, report));
  }
  const limits = Object.entries(limitsOf).filter(([family]) => families.has(family));
  const text = [
    "# Bench results",
    "monge against TensorFlow.js (tfjs-backend-webgpu) and jax-js, all on WebGPU through Dawn, in one process. " +
      "peak-memory and cold-start run each side in a process of its own, and compare only the losses. This file is " +
      "generated from the JSON files beside it (`npm run bench -- --report`).",
    "PyTorch, where it was asked for, is a process of its own, with CUDA where it finds that (TF32 off, cuDNN's search for " +
      "the fastest kernel on), else on the CPU with a thread a core. It is told what to do through a pipe and computes in " +
      "f32, images as NCHW.",
    "lavapipe is a driver that lets the processor play a GPU. monge has kernels for it, the peers have not: on a GPU " +
      "expect other ratios.",
    "## How to repeat it",
    "`npm run bench -- --json bench/results/NAME.json`, then `npm run bench -- --report`. Every row first compares the " +
      "results of all sides with monge's, then times them in turn, and looks at a kernel's results once more after that. " +
      `A kernel may be off by ${most.results} of the largest entry, a loss by ${most.losses} of the largest loss, and what ` +
      `one update changed in a tensor by ${most.changes} in the root mean square (bench/bounds.ts derives that). After each ` +
      "update of the comparison a side takes over monge's weights, since training amplifies the last bits, above " +
      "all at the kinks of the relus. Biases whose true gradient is 0 are left out, since what is computed for them is rounding: those in front of batch norm, and the " +
      "critic's last one where an update sees real and fake images.",
    "The tutorial starts from its first weights. wgan and wgan-gp start after one iteration, with the mean squares of " +
      "the optimisers at each tensor's mean: from zeros, the first step would be little more than the gradient's sign.",
    "All sides get the same adapter, features, limits and wait. One repeat frees the results of the one before; batch " +
      "norm's backward row holds the forward pass too, which TensorFlow.js cannot leave out.",
    ...parts,
    "## What limits each row",
    ...limits.map(([family, limit]) => `- **${family}**: ${limit}`),
  ];
  writeFileAtomic(join(FOLDER, "README.md"), `${text.join("\n\n").replaceAll("\n\n- ", "\n- ")}\n`);
}

function section(name: string, report: Report): string {
  const peers = peerNames.filter((peer) => report.rows.some((row) => row.peers[peer]));
  const table = [
    columns(peers),
    columns(peers).map(() => "---"),
    ...report.rows.map((row) => cells(row, peers)),
  ];
  const notes = report.rows.flatMap((row) => [
    ...(row.note ? [`- ${row.name}: ${row.note}`] : []),
    ...peers.flatMap((peer) => {
      const reason = reasonOf(row.peers[peer]);
      return reason === undefined ? [] : [`- ${row.name}, ${peer}: ${reason}`];
    }),
  ]);
  return [
    `## ${report.adapter.name} (${name})`,
    title(report)
      .split("\n")
      .map((each) => `- ${each}`)
      .join("\n"),
    table.map((row) => `| ${row.join(" | ")} |`).join("\n"),
    ...(notes.length > 0 ? [notes.join("\n")] : []),
  ].join("\n\n");
}
