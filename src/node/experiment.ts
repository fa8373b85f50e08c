// The command `npm run experiment`: does the trainings of an experiment that are not there yet, and writes what all of them
// tell into its page.
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { InputError } from "../errors";
import { medianFilter } from "../wgan/curves";
import { classifierFile, loadClassifier, requireClassifiable } from "./classifierStore";
import { runCommand } from "./command";
import { readConfig } from "./configFile";
import { closeDevice, openDevice } from "./device";
import type { Done, Experiment, Training } from "./experiments/experiment";
import { readKept, requireOneData, writeKept } from "./experiments/kept";
import { experimentHelp, parseExperimentOptions } from "./experiments/options";
import { makeFolders, readText, writeFileAtomic } from "./files";
import { parseTrainOptions } from "./options";
import { nine, readEvaluations } from "./outputs/metrics";
import { counted } from "./progress";
import { requireEqual } from "./resume";
import { isRun } from "./runFolder";
import { chooseSettings, namedPreset } from "./settings";
import { loadSplits } from "./splits";
import { runHere } from "./sweep/local";
import { outcomeOf } from "./sweep/outcome";
import { lineOf } from "./sweep/plan";
import { readRuns } from "./sweep/planned";

/** The project's folder: this file is dist/<hash>/node/experiment.js. */
const root = resolve(dirname(process.argv[1]), "../../..");

await runCommand(async () => {
  const options = parseExperimentOptions(process.argv.slice(2));
  if (options.kind === "help") return void process.stdout.write(experimentHelp);
  const { name, experiment, quick, data, report } = options;
  const out = options.out ?? join("runs", name);
  const trainings = experiment.trainings(quick);
  for (const training of trainings) requireOurs(out, training, report ? undefined : (data ?? null));
  // What shows nothing, or is of other data, is in no page of docs.
  const folder = quick || data !== undefined ? out : join(root, "docs/science");
  const [page, keptIn] = [join(folder, `${name}.md`), join(folder, `${name}.jsonl`)];
  readPage(page, name, experiment.about);
  const kept = experiment.needsFolders ? [] : readKept(keptIn, trainings, console.log); // both before hours of work
  if (!report) {
    writePlan(out, trainings, data);
    const waits = trainings.some((training) => !doneIn(out, training));
    if (waits && experiment.data !== "toys") await makeClassifier(data);
    const code = await runHere(out, 1);
    if (code !== 0) {
      console.log(`${page}: left as it is; --report writes it from the trainings that are done`);
      return code;
    }
  }
  const here = trainings.flatMap((training) => doneIn(out, training) ?? []);
  const done = trainings.flatMap(
    (training) =>
      here.find((each) => each.name === training.name) ??
      kept.find((each) => each.name === training.name) ??
      [],
  );
  if (done.length === 0) {
    console.log(`${out}: no training is done, so there is nothing to report`);
    return;
  }
  requireOneData(done, keptIn);
  if (!experiment.needsFolders) writeKept(keptIn, done);
  const lacking = trainings
    .map((training) => training.name)
    .filter((training) => !done.some((each) => each.name === training));
  await writePage(page, name, experiment, lacking, done);
  for (const training of lacking) {
    const path = join(out, training);
    if (!isRun(path)) continue;
    const { state, why } = outcomeOf({ path, log: "" });
    console.log(`${training}: left out, ${state}${why && `: ${why}`}`);
  }
  console.log(`${page}: of ${done.length} of ${counted(trainings.length, "training")}`);
});

/** Trains the classifier of the digits where none is kept, here, where it is seen how long that takes. */
async function makeClassifier(data: string | undefined): Promise<void> {
  const path = data === undefined ? null : resolve(data);
  const splits = await loadSplits({ path, size: null, transposed: false });
  requireClassifiable(splits, process.env);
  if (existsSync(classifierFile(splits, process.env))) return;
  await loadClassifier(splits, await openDevice(), process.env);
  closeDevice(); // the trainings have devices of their own
}

/** The words of train for a training, into a folder of its name. */
function wordsOf({ name, options }: Training, data: string | undefined): string[] {
  const own = Object.entries(data === undefined ? options : { ...options, data: resolve(data) });
  return [
    ...own.flatMap(([option, value]) => [`--${option}`, `${value}`]),
    ...["--out", name, "--resume-if-there"],
  ];
}

/** Writes the trainings' command lines. Throws InputError where the folder has those of other runs. */
function writePlan(out: string, trainings: readonly Training[], data: string | undefined): void {
  const file = join(out, "runs.txt");
  const other =
    existsSync(file) && readRuns(out).find((run) => !trainings.some(({ name }) => name === run.out));
  if (other)
    throw new InputError(
      `${file}: lines of other runs, such as ${other.out}. Name another folder with --out.`,
    );
  makeFolders(out);
  const lines = trainings.map((training) =>
    lineOf(["node", join(root, "scripts/run.mjs"), "node/train", ...wordsOf(training, data)]),
  );
  writeFileAtomic(file, lines.map((line) => `${line}\n`).join(""));
}

/**
 * Throws InputError where the training's folder holds a run of other settings or of other data than `data` names (null:
 * those that train finds; undefined: whatever they are), or as train does, where they are off.
 */
function requireOurs(out: string, training: Training, data: string | null | undefined): void {
  const { changes } = parseTrainOptions(wordsOf(training, undefined));
  const preset = namedPreset(changes)!;
  const { settings } = chooseSettings(preset, changes);
  const path = join(out, training.name);
  if (!isRun(path)) return;
  const run = readConfig(path);
  if (run.steps !== settings.steps)
    throw new InputError(
      `${path}: a run of ${counted(run.steps, "step")}, expected ${settings.steps}. Name another folder with --out.`,
    );
  requireEqual(path, run, { ...settings, preset });
  const wanted = typeof data === "string" ? resolve(data) : settings.data.path;
  const there = run.data.path;
  const moved = typeof data === "string" && there !== null && !existsSync(there); // train compares their sums
  if (data !== undefined && there !== wanted && !moved)
    throw new InputError(
      `${path}: a run on ${there ?? "the digits that train finds"}, expected ${wanted ?? "one without --data"}. Name another folder with --out.`,
    );
}

/** Undefined where it isn't done. Throws InputError where it has looked at a step that it has not done. */
function doneIn(out: string, { name, options }: Training): Done | undefined {
  const path = join(out, name);
  if (!isRun(path)) return undefined;
  const { state, rows } = outcomeOf({ path, log: "" });
  if (state !== "done") return undefined;
  const medians = medianFilter(rows.map(({ wasserstein }) => wasserstein));
  const looks = readEvaluations(path).map(({ step, figures }) => {
    const estimate = medians[step - 1];
    if (estimate === undefined)
      throw new InputError(
        `${join(path, "metrics.jsonl")}: a look at step ${step}, of ${rows.length} steps.`,
      );
    return { step, figures: { ...figures, estimate: nine(estimate) } };
  });
  return { name, options, data: readConfig(path).data.sha256, looks, path };
}

/** Writes the results between the page's two marks, and leaves what people wrote around them; a page that is new has no more. */
async function writePage(
  page: string,
  name: string,
  { about, results }: Experiment,
  lacking: readonly string[],
  done: readonly Done[],
): Promise<void> {
  const { text, pictures } = await results(done);
  const notDone = lacking.length > 0 ? `\nNot run yet: ${lacking.join(", ")}.\n` : "";
  const [head, tail] = readPage(page, name, about);
  makeFolders(dirname(page));
  for (const [file, bytes] of Object.entries(pictures)) writeFileAtomic(join(dirname(page), file), bytes);
  writeFileAtomic(page, `${head}\n${text.trim()}\n${notDone}\n${tail}`);
}

/** The page up to its first mark and from its second on. Throws InputError where it lacks one. */
function readPage(page: string, name: string, about: string): [head: string, tail: string] {
  const [begin, end] = [`<!-- npm run experiment -- ${name} -->\n`, "<!-- end -->\n"];
  const text = readText(page) ?? `# ${about}\n\n${begin}${end}`;
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from)
    throw new InputError(`${page}: expected the lines ${begin.trim()} and ${end.trim()} in it.`);
  return [text.slice(0, from + begin.length), text.slice(to)];
}
