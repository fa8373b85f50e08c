// `npm run bench`: the same work on monge and its peers in one process, results compared before anything is timed.
// Prints a table, and writes the same as JSON where it is asked to.

import { InputError } from "../src/errors";
import { runCommand } from "../src/node/command";
import { requireAdapter } from "../src/node/probe";
import { contest, type Failures, reason } from "./contest";
import { adapter, loadDawn, toggles } from "./gpu";
import { measureHosts, runHostChild } from "./hostRows";
import { inputsOf } from "./inputs";
import { help, type Options, parseOptions } from "./options";
import { measureProcesses, runChild } from "./processes";
import {
  differs,
  heading,
  line,
  type Report,
  type ReportRow,
  title,
  writeReadme,
  writeReport,
} from "./report";
import {
  hostRows,
  type KernelRow,
  kernelRows,
  largeRows,
  processRows,
  type TrainingRow,
  trainingRows,
} from "./rows";
import { openSide } from "./sides/open";
import type { Side, SideName, Start } from "./sides/side";
import { SLOW_MS } from "./timing";
import { follow, Iteration, type Outcome, relative } from "./training";
import { throttled, waiting } from "./wait";

/** Put in by the build. */
declare const VERSIONS: Record<string, string>;

async function bench({ only, large, peers, python, json }: Options, adapterName: string): Promise<void> {
  const names: SideName[] = ["monge", ...peers];
  const sides: Side[] = [];
  const missing: Failures = {};
  for (const name of names) {
    try {
      sides.push(await throttled(openSide(name, python)));
    } catch (error) {
      if (name === "monge") throw error;
      missing[name] = reason(error);
    }
  }
  const report: Report = {
    adapter: adapter(),
    versions: { node: process.versions.node, ...VERSIONS, ...given(sides) },
    date: new Date().toISOString(),
    toggles,
    waiting,
    kernels: sides[0].kernels!,
    missing,
    rows: [],
  };
  console.log(`${title(report)}\n\n${heading(peers)}`);
  const done = (row: ReportRow) => {
    report.rows.push(row);
    console.log(line(row, peers));
    if (row.note) console.log(`    ${row.note}`);
    if (json !== undefined) writeReport(json, report); // what is measured is kept, whatever happens next
  };

  for (const row of large ? [...kernelRows, ...largeRows] : kernelRows)
    if (only.test(row.name)) done(await kernel(row, sides, missing));
  const hosts = hostRows.filter(({ name }) => only.test(name)).map(({ name }) => name);
  for (const row of await measureHosts(hosts, names)) done(row);
  const trainings = trainingRows.filter(({ name }) => only.test(name));
  const processes = processRows.filter(({ name }) => only.test(name)).map(({ name }) => name);
  if (trainings.length + processes.length > 0) {
    const { startOf } = await import("./sides/mongeTraining"); // here, so that a peer's child does without it
    for (const row of trainings)
      done(await training(row, await throttled(startOf(row.preset)), sides, missing));
    if (processes.length > 0) {
      const start = await throttled(startOf("tutorial"));
      for (const row of await measureProcesses(processes, names, start, adapterName)) done(row);
    }
  }

  const different = report.rows.filter(differs).map(({ name }) => name);
  if (different.length > 0)
    throw new InputError(`results differ between the sides in: ${different.join(", ")}.`);
}

/** The versions of sides that the bench does not bring along. */
const given = (sides: readonly Side[]): Record<string, string> =>
  Object.fromEntries(sides.flatMap(({ name, version }) => (version === undefined ? [] : [[name, version]])));

async function kernel(row: KernelRow, sides: Side[], missing: Failures): Promise<ReportRow> {
  const inputs = inputsOf(row.work);
  let expected: Float32Array[] | undefined;
  const made = await contest(row, sides, missing, async (side) => {
    const { run, read, dispose } = side.prepare(row.work, inputs);
    const off = async () => {
      const got = await throttled(read());
      expected ??= got;
      if (got.length !== expected.length) throw new Error(`${got.length} results, not ${expected.length}`);
      return Math.max(...expected.map((array, i) => relative(array, got[i])));
    };
    const timed = async () => {
      const begun = performance.now();
      await run();
      await throttled(side.finish());
      return performance.now() - begun;
    };
    let soFarMs = await timed();
    if (soFarMs > SLOW_MS) soFarMs = await timed(); // the first has compiled, too
    const results = await off();
    return {
      run,
      dispose,
      soFarMs,
      off: { results },
      after: async () => ({ "results after the timing": await off() }),
    };
  });
  if (row.flops) made.gflops = row.flops / made.ms! / 1e6;
  if (row.bytes) made.gbs = row.bytes / made.ms! / 1e6;
  return made;
}

async function training(
  row: TrainingRow,
  start: Start,
  sides: Side[],
  missing: Failures,
): Promise<ReportRow> {
  const led: Outcome[] = [];
  return contest(row, sides, missing, async (side) => {
    const iteration = new Iteration(side.train(start), start.preset);
    const updates = iteration.updates(row.runs);
    // The last comes twice, as those of the critic do in an iteration: monge captures an update the first time, and
    // replays it from then on.
    const checked = [...updates, ...updates.slice(-1)];
    const { off, leastMs } = await follow(iteration.training, checked, start, led, () => side.finish());
    return {
      run: async () => iteration.free(await iteration.run(updates)),
      dispose: () => iteration.dispose(),
      off,
      soFarMs: updates.length * leastMs,
    };
  });
}

async function main(): Promise<void> {
  const [command, ...rest] = process.argv.slice(2);
  if (command === "child") return rest[0] === "host" ? runHostChild(rest.slice(1)) : runChild(rest);
  const options = parseOptions(process.argv.slice(2));
  if (options.instead === "help") return console.log(help);
  if (options.instead === "report") return writeReadme();
  if (options.instead === "build") throw new InputError("--build: this is the built file, run it without.");
  const { name } = requireAdapter(options.adapter);
  await loadDawn(name);
  await bench(options, name);
}

await runCommand(main);
