// `npm run bench`: the same work on monge and its peers in one process, results compared before anything is timed.
// Prints a table, and writes the same as JSON where it is asked to.
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { runCommand } from "../src/node/command";
import { readOptions } from "../src/node/commandLine";
import { InputError } from "../src/wgan/errors";
import { adapter, errorsOf } from "./gpu";
import { inputsOf } from "./inputs";
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
import { type KernelRow, kernelRows, processRows, rowNames, trainingRows } from "./rows";
import { tutorialStart } from "./sides/monge";
import { openSide } from "./sides/open";
import type { Side, SideName, State } from "./sides/side";
import { type Budget, type Subject, time } from "./timing";
import { distance, type Outcome, relative, TutorialRun } from "./training";
import { throttled, waiting } from "./wait";

/** Put in by the build. */
declare const VERSIONS: Record<string, string>;

const help = `Times monge and its peers on the same work.

usage: npm run bench -- [options]

  --only REGEX    rows whose names match, e.g. "matmul nn|conv64"
  --peers NAMES   tfjs, jax, both (tfjs,jax: the default) or none
  --json FILE     write the results there as JSON
  --report        only make bench/results/README.md anew from the JSON files beside it
  --help          this text

rows: ${rowNames.join(", ")}`;

/** How far results may be apart; training.ts says what the last two mean. */
const most = { results: 1e-4, losses: 1e-3, changes: 2e-2 };
const kernelBudget: Budget = { seconds: 3, leastRounds: 3, mostRounds: 30 };

interface Options {
  only: RegExp;
  peers: SideName[];
  json: string | undefined;
}

function parse(args: string[]): Options | "help" | "report" {
  if (args.length === 1 && args[0] === "--report") return "report";
  const options = readOptions("bench", args, ["only", "peers", "json"]);
  if (options.help) return "help";
  const only = options.read("only", (text) => {
    try {
      return new RegExp(text);
    } catch {
      throw new InputError(`--only "${text}": expected a regular expression.`);
    }
  });
  const peers = options.read("peers", (text): SideName[] => {
    if (text === "none") return [];
    const names = text.split(",");
    const bad = names.find((name) => name !== "tfjs" && name !== "jax");
    if (bad !== undefined) throw new InputError(`--peers "${text}": expected tfjs, jax, tfjs,jax or none.`);
    return ["tfjs", "jax"].filter((name) => names.includes(name)) as SideName[];
  });
  if (only && !rowNames.some((name) => only.test(name)))
    throw new InputError(`--only "${only.source}": no row has such a name. See npm run bench -- --help.`);
  const json = options.read("json", (text) => text);
  return { only: only ?? /./, peers: peers ?? ["tfjs", "jax"], json };
}

async function bench({ only, peers, json }: Options): Promise<void> {
  if (json) mkdirSync(dirname(json), { recursive: true }); // now, not after a quarter of an hour
  const names: SideName[] = ["monge", ...peers];
  const sides: Side[] = [];
  const missing: Failures = {};
  for (const name of names) {
    try {
      sides.push(await throttled(openSide(name)));
    } catch (error) {
      if (name === "monge") throw error;
      missing[name] = reason(error);
    }
  }
  const report: Report = {
    adapter: adapter(),
    versions: { node: process.versions.node, ...VERSIONS },
    date: new Date().toISOString(),
    toggles: [],
    waiting,
    rows: [],
  };
  console.log(`${title(report)}\n\n${heading(peers)}`);
  const done = (row: ReportRow) => {
    report.rows.push(row);
    console.log(line(row, peers));
    if (row.note) console.log(`    ${row.note}`);
  };

  for (const row of kernelRows) if (only.test(row.name)) done(await kernel(row, sides, missing));
  const start = await throttled(tutorialStart());
  for (const row of trainingRows) if (only.test(row.name)) done(await training(row, start, sides, missing));
  const wanted = processRows.filter(({ name }) => only.test(name)).map(({ name }) => name);
  for (const row of await measureProcesses(wanted, names, start)) done(row);

  if (json) writeReport(json, report);
  const different = report.rows.filter(differs).map(({ name }) => name);
  if (different.length > 0)
    throw new InputError(`results differ between the sides in: ${different.join(", ")}.`);
}

/** Why a side has no figure in a row. */
type Failures = Partial<Record<SideName, string>>;

const reason = (error: unknown) =>
  (error instanceof Error ? error.message : String(error)).split("\n")[0].slice(0, 200);

interface Contender {
  /** Queues the work once. */
  run(): void;
  dispose(): void;
  /** How far its results are from monge's, by the names of `most`. */
  off: Partial<typeof most>;
}

/** Checks all sides, times those that agree with monge, and makes the row of it. */
async function contest(
  { name, family }: { name: string; family: string },
  sides: Side[],
  missing: Failures,
  enter: (side: Side) => Promise<Contender>,
): Promise<ReportRow> {
  const failures: Failures = { ...missing };
  const notes: string[] = [];
  const subjects: (Subject & { dispose(): void })[] = [];
  let checked = true;
  for (const side of sides) {
    try {
      const start = performance.now();
      const contender = await enter(side);
      const firstMs = performance.now() - start;
      const said = errorsOf(side.device);
      if (said.length > 0) throw new Error(said[0]);
      for (const [what, error] of Object.entries(contender.off)) {
        const bound = most[what as keyof typeof most];
        if (error <= bound) continue; // which a NaN is not
        checked = false;
        notes.push(`${side.name}: ${what} are off by ${error.toExponential(1)}, over ${bound}`);
      }
      subjects.push({ side, run: contender.run, dispose: contender.dispose, firstMs });
    } catch (error) {
      if (side.name === "monge") throw error;
      failures[side.name] = reason(error);
    }
  }
  const timings = await time(subjects, kernelBudget);
  for (const { dispose } of subjects) dispose();
  const own = timings.get("monge")!;
  const row: ReportRow = {
    name,
    family,
    ms: own.ms,
    minMs: own.minMs,
    peers: {},
    checked: checked && subjects.length > 1,
  };
  for (const [side, { ms, minMs }] of timings)
    if (side !== "monge") row.peers[side] = { ms, minMs, ratio: ms / own.ms };
  for (const [side, error] of Object.entries(failures)) row.peers[side as SideName] = { error };
  if (notes.length > 0) row.note = notes.join("; ");
  return row;
}

async function kernel(row: KernelRow, sides: Side[], missing: Failures): Promise<ReportRow> {
  const inputs = inputsOf(row.work);
  let expected: Float32Array[] | undefined;
  const made = await contest(row, sides, missing, async (side) => {
    const { run, read, dispose } = side.prepare(row.work, inputs);
    run();
    const got = await throttled(read());
    await throttled(side.finish());
    expected ??= got;
    const results = Math.max(...expected.map((array, i) => relative(array, got[i])));
    return { run, dispose, off: { results } };
  });
  if (row.flops) made.gflops = row.flops / made.ms! / 1e6;
  if (row.bytes) made.gbs = row.bytes / made.ms! / 1e6;
  return made;
}

type TrainingRow = (typeof trainingRows)[number];

async function training(
  row: TrainingRow,
  start: State,
  sides: Side[],
  missing: Failures,
): Promise<ReportRow> {
  let expected: Outcome | undefined;
  return contest(row, sides, missing, async (side) => {
    const tutorial = new TutorialRun(side.train(start));
    const { training } = tutorial;
    const work: Record<TrainingRow["name"], () => unknown[]> = {
      "rmsprop-clip critic": () => {
        training.rmsprop();
        return [];
      },
      "critic-update": () => tutorial.criticUpdate(),
      "generator-update": () => tutorial.generatorUpdate(),
      "iteration tutorial": () => tutorial.iteration(),
    };
    const losses = work[row.name]();
    await throttled(side.finish());
    const got: Outcome = { losses: [], state: {} };
    for (const loss of losses) got.losses.push(await throttled(training.scalar(loss)));
    got.state = await throttled(training.state());
    tutorial.free(losses);
    await throttled(side.finish());
    expected ??= got;
    return {
      run: () => tutorial.free(work[row.name]()),
      dispose: () => tutorial.dispose(),
      off: distance(start, expected, got),
    };
  });
}

async function main(): Promise<void> {
  const [command, ...rest] = process.argv.slice(2);
  if (command === "child") return runChild(rest);
  const options = parse(process.argv.slice(2));
  if (options === "help") return console.log(help);
  if (options === "report") return writeReadme();
  await bench(options);
}

await runCommand(main);
