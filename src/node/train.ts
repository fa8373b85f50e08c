// The command `npm run train`: checks everything first, then trains and fills a run folder, or goes on with one.

import "./signals"; // before all else, so that a signal finds its listener
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { version } from "../../package.json";
import { InputError } from "../errors";
import type { Gpu } from "../gpu/gpu";
import { tuning } from "../kernels/tuning/table";
import type { RunConfig } from "../wgan/config";
import { type ByteDataset, selectDigits } from "../wgan/dataset";
import { type PresetName, presets } from "../wgan/presets";
import { Trainer } from "../wgan/trainer";
import { fingerprint } from "./checkpoint";
import { runCommand } from "./command";
import { loadMnist } from "./data";
import { openDevice } from "./device";
import { parseTrainOptions, type TrainOptions, trainHelp } from "./options";
import { requireAdapter } from "./probe";
import { createProgress, duration } from "./progress";
import { findPrevious, type Previous, requireSame, requireSameData, stepsInAll } from "./resume";
import { createRunFolder, reopenRunFolder, requireMakeable, requireUnused } from "./runFolder";
import { signals } from "./signals"; // before all else: see there
import { trainLoop } from "./trainLoop";
import { tuningStore } from "./tuningStore";

function checkBatch(batch: number, preset: PresetName, data: ByteDataset): void {
  if (batch > data.count) {
    throw new InputError(
      `--batch ${batch}: larger than the data, which has ${data.count} images of these digits.`,
    );
  }
  if (presets[preset].objective.kind === "tutorial" && batch % 2 === 1) {
    throw new InputError(
      `--batch ${batch}: must be even, since preset tutorial trains its critic on half batches.`,
    );
  }
}

/** All that determines the run: the preset, what the options change of it, the data and the machine. */
function configure(options: TrainOptions, name: PresetName, data: ByteDataset, gpu: Gpu): RunConfig {
  const { digits, ...preset } = presets[name];
  const steps = options.steps ?? preset.steps;
  return {
    monge: version,
    preset: name,
    data: { source: fromAnywhere(data.source), digits: options.digits ?? digits, count: data.count },
    network: preset.network,
    // Hundreds of extra critic updates pay only over a long run.
    objective: { ...preset.objective, warmUp: preset.objective.warmUp && steps >= 1000 },
    optimizer: preset.optimizer,
    steps,
    batch: options.batch ?? preset.batch,
    seed: options.seed ?? Math.floor(Math.random() * 2 ** 32),
    sampleEvery: options.sampleEvery ?? preset.sampleEvery,
    logEvery: options.logEvery ?? 10,
    checkpointEvery: options.checkpointEvery ?? 100,
    adapter: {
      name: gpu.info.name,
      driver: gpu.info.driver,
      kernels: tuning(gpu).describe(),
    },
  };
}

/** The source with its folder in full, so that it is found from wherever the run goes on. */
const fromAnywhere = (source: string) =>
  source.replace(/^mnist: (.+)$/, (_, folder) => `mnist: ${resolve(folder)}`);

/** Where to look for the data: what --data says, else for a run that goes on where it found them before. */
function dataFolder(options: TrainOptions, previous: Previous | undefined): string | undefined {
  const before = previous?.checkpoint.config.data.source.match(/^mnist: (.*)$/)?.[1];
  return options.data ?? (before && existsSync(before) ? before : undefined);
}

await runCommand(async () => {
  const options = parseTrainOptions(process.argv.slice(2));
  if (options.help) return void process.stdout.write(trainHelp);
  const { out, resumeIfThere } = options;
  const previous = findPrevious(options, console.log);
  const replace = options.overwrite || resumeIfThere;
  if (previous) {
    const steps = stepsInAll(previous, options.steps);
    if (previous.checkpoint.step === steps) {
      return void console.log(`${previous.path}: all ${steps} steps are done; --steps N goes on to more`);
    }
  } else if (out === undefined) requireMakeable("runs");
  else requireUnused(out, replace);

  const from = previous?.checkpoint;
  const before = from?.config;
  const adapter = requireAdapter(options.adapter);
  const all = await loadMnist({ dataDir: dataFolder(options, previous), env: process.env, log: console.log });
  const name = options.preset ?? (before?.preset as PresetName) ?? (adapter.software ? "small" : "tutorial");
  if (options.preset === undefined && !previous) {
    const why = adapter.software ? "the adapter computes on the CPU" : "the adapter is a GPU";
    console.log(`preset: ${name}, since ${why}; name another with --preset`);
  }
  const digits = options.digits ?? before?.data.digits ?? presets[name].digits;
  const data = selectDigits(all, digits);
  const print = fingerprint(data);
  if (previous) requireSameData(previous, print, data.source);
  checkBatch(options.batch ?? before?.batch ?? presets[name].batch, name, data);
  const gpu = await openDevice({ adapter: options.adapter });
  const ignored = options.noTune ? undefined : tuning(gpu).load(tuningStore(process.env));
  if (ignored) console.log(ignored);

  const config = previous
    ? goOn(previous, options, name, data, gpu)
    : configure({ ...options, digits }, name, data, gpu);
  const trainer = new Trainer(config, data);
  if (from) trainer.loadState(from.state);

  const progress = createProgress(config.steps, process.stdout);
  signals.begin(progress.log);
  const folder = previous
    ? reopenRunFolder(previous.path, previous.lock, config, previous.checkpoint.step)
    : createRunFolder(config, { out, replace });
  progress.log(
    `training ${config.preset} on ${config.data.count} images of ${digits === "all" ? "all digits" : `digit ${digits.join(" and ")}`}, ` +
      `${config.steps} steps, seed ${config.seed}, on ${config.adapter.name}, into ${folder.path}` +
      `${from ? `, from step ${from.step} on` : ""}`,
  );
  const { step, seconds } = await trainLoop({ trainer, folder, progress, data: print, from });
  progress.done();
  const whole = step === config.steps;
  console.log(`${whole ? "done" : "stopped"} after ${step} steps in ${duration(seconds)}: ${folder.path}`);
  return whole ? 0 : signals.stopCode;
});

/** The configuration of a run that goes on: its own, on the machine of now and to the steps that are asked for. */
function goOn(
  previous: Previous,
  options: TrainOptions,
  name: PresetName,
  data: ByteDataset,
  gpu: Gpu,
): RunConfig {
  const { path, checkpoint } = previous;
  const before = checkpoint.config;
  const { seed, steps } = before;
  const now = configure(
    { ...options, steps, seed: options.seed ?? seed, digits: options.digits ?? before.data.digits },
    name,
    data,
    gpu,
  );
  // The line that began the run may be given again, with all that it sets.
  if (options.resumeIfThere) requireSame(path, before, now);
  const { monge, adapter, data: dataNow } = now;
  if (JSON.stringify(adapter) !== JSON.stringify(before.adapter)) {
    console.log(
      "another adapter, driver or choice of kernels than before: the numbers may differ from here on",
    );
  }
  return { ...before, monge, adapter, data: dataNow, steps: stepsInAll(previous, options.steps) };
}
