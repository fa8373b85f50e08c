// The command `npm run train`: checks everything first, then trains and fills a run folder, or goes on with one.

import "./signals"; // before all else, so that a signal finds its listener
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { tuning } from "../kernels/tuning/table";
import { loadTuning } from "../tuning/text";
import {
  type ByteDataset,
  type ClassChoice,
  nameAll,
  presentClasses,
  selectClasses,
  usualClasses,
} from "../wgan/dataset";
import type { PresetName } from "../wgan/presets";
import { Trainer } from "../wgan/trainer";
import { type Checkpoint, fingerprint } from "./checkpoint";
import { readBest, setAside } from "./checkpointFiles";
import { runCommand } from "./command";
import { readChanges, settingsText } from "./configFile";
import { loadData } from "./data";
import { STACKED } from "./dataPath";
import { openDevice } from "./device";
import { evaluatorFor } from "./evaluator";
import { parseTrainOptions, trainHelp } from "./options";
import { requireAdapter } from "./probe";
import { counted, createProgress, duration } from "./progress";
import { changesOf, findPrevious, requireSame, requireSameData, stepsInAll } from "./resume";
import { createRunFolder, isWhole, reopenRunFolder, requireMakeable, requireUnused } from "./runFolder";
import { type Chosen, chooseSettings, complete, differences, namedPreset, usualPreset } from "./settings";
import { startShowing } from "./showing";
import { signals } from "./signals";
import { trainLoop } from "./trainLoop";
import { tuningStore } from "./tuningStore";

await runCommand(async () => {
  const options = parseTrainOptions(process.argv.slice(2));
  if (options.help) return void process.stdout.write(trainHelp);
  const { out } = options;
  const asked = [...(options.config === undefined ? [] : readChanges(options.config)), ...options.changes];
  const named = namedPreset(asked);
  if (named) chooseSettings(named, asked);
  if (options.printConfig) {
    const chosen = chooseSettings(named ?? usualPreset(asked, options.adapter).name, asked);
    return void process.stdout.write(settingsText(chosen));
  }
  const previous = findPrevious(options, console.log);
  const from = previous?.checkpoint;
  const replace = options.overwrite || options.resumeIfThere;
  if (previous) {
    // The line that began the run may be given again, with all that it sets.
    if (options.resumeIfThere) requireSame(previous, asked, named);
    const steps = stepsInAll(previous, options.steps);
    // The report is the last that a run writes.
    const { step, config } = previous.checkpoint;
    if (step === steps && isWhole(previous.path, { ...config, steps })) {
      const { schedule } = config.optimizer;
      const more = schedule === "constant" ? "; --steps N goes on to more" : "";
      return void console.log(`${previous.path}: the run is done, after ${counted(steps, "step")}${more}`);
    }
  } else if (out === undefined) requireMakeable("runs");
  else requireUnused(out, replace);

  requireAdapter(options.adapter);
  let chosen: Chosen;
  if (previous) {
    chosen = chooseSettings(previous.checkpoint.config.preset as PresetName, changesOf(previous, asked));
  } else {
    const usual = named ? undefined : usualPreset(asked, options.adapter);
    if (usual) console.log(`preset: ${usual.name}, since ${usual.why}; name another with --preset`);
    chosen = chooseSettings(named ?? usual!.name, asked);
  }
  const { path, size, transposed } = chosen.settings.data;
  const inFile = chosen.changes.findLast((change) => change.path.join(".") === "data.path")?.file;
  const namedBy = inFile === undefined ? "--data" : `${inFile}: data.path`;
  const wanted = { dataDir: path ?? undefined, namedBy, size: size ?? undefined, transposed };
  const all = await loadData({ ...wanted, env: process.env, log: console.log });
  // In full, so that it is found from wherever the run goes on.
  if (path !== null && path !== STACKED && all.kind === "images" && existsSync(path))
    chosen.settings.data.path = resolve(path);
  if (all.kind === "images" && !chosen.changes.some((change) => change.path.join(".") === "data.classes")) {
    const { settings } = chosen;
    settings.data.classes = settings.conditional ? "all" : usualClasses(all, settings.data.classes);
    if (settings.data.classes !== "all")
      console.log(
        `classes: ${settings.data.classes.join(", ")}, as preset ${chosen.preset} has it; --classes takes others`,
      );
  }
  const { classes } = chosen.settings.data;
  const data = all.kind === "points" ? all : selectClasses(all, classes);
  const print = fingerprint(data);
  if (previous) requireSameData(previous, print, data.source);
  const gpu = await openDevice({ adapter: options.adapter });
  const ignored = options.noTune ? undefined : loadTuning(tuning(gpu), tuningStore(process.env));
  if (ignored) console.log(ignored);
  const config = complete(chosen, data, gpu, print);
  for (const line of differences(chosen, config)) console.log(line);
  const evaluator = await evaluatorFor(config, gpu, process.env);
  const trainer = new Trainer(config, data);
  if (from) trainer.loadState(from.state);

  const progress = createProgress(config.steps, process.stdout);
  signals.begin(progress.log);
  const folder = previous
    ? reopenRunFolder(previous.path, previous.lock, config, previous.checkpoint)
    : createRunFolder(config, { out, replace });
  const summary =
    `${config.preset} on ${data.count} ${data.kind === "points" ? "points" : `images of ${classesOf(data, classes)}`}, ` +
    `${counted(config.steps, "step")}, seed ${config.seed}, on ${config.adapter.name}`;
  progress.log(`training ${summary}, into ${folder.path}${from ? `, from step ${from.step} on` : ""}`);
  const showing = await startShowing({
    ...{ path: folder.path, steps: config.steps, last: from?.step ?? 0 },
    ...{ logEvery: config.logEvery, sampleEvery: config.sampleEvery, evaluateEvery: config.evaluateEvery },
    ...{ summary, watch: options.watch, log: progress.log, warn: progress.warn },
  });
  const best = previous && evaluator && bestSoFar(previous.path, progress.log);
  const evaluation = evaluator && { evaluator, best };
  const { step, seconds, whole } = await trainLoop({
    ...{ trainer, folder, progress, showing, data: print, evaluation, from },
  });
  // A machine that asks to stop gives little time: the weights are on the disk, and pictures can be made later.
  if (whole || signals.stopCode === 130) await showing.end(trainer, data);
  showing.close();
  progress.done();
  console.log(
    `${whole ? "done" : "stopped"} after ${counted(step, "step")} in ${duration(seconds)}: ${folder.path}`,
  );
  return whole ? 0 : signals.stopCode;
});

/** The best checkpoint of a run that goes on; one that is damaged is set aside. */
function bestSoFar(run: string, log: (line: string) => void): Checkpoint | undefined {
  return readBest(run, (file, why) => {
    setAside(file);
    log(`${why} Another one is kept.`);
  });
}

/** "class 0 and 1", or "all classes (cat, dog)". */
function classesOf(data: ByteDataset, chosen: ClassChoice): string {
  if (chosen !== "all") return `class ${chosen.join(" and ")}`;
  const present = presentClasses(data);
  return present.length > 1 ? `all classes (${nameAll(data, present)})` : "all classes";
}
