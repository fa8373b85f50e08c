// The command `npm run train`: checks everything first, then trains and fills a run folder.

import { settle, type Tensor } from "../autograd";
import { InputError } from "../errors";
import { encodeSafetensors } from "../formats/safetensors";
import { tuning } from "../kernels/tuning/table";
import { selectDigits } from "../wgan/dataset";
import { imageGrid } from "../wgan/grid";
import type { PresetName } from "../wgan/presets";
import { sampleGrid } from "../wgan/sampling";
import { fixedLatents, type Losses, Trainer } from "../wgan/trainer";
import { runCommand } from "./command";
import { readChanges, settingsText } from "./configFile";
import { loadMnist } from "./data";
import { openDevice } from "./device";
import { parseTrainOptions, trainHelp } from "./options";
import { encodePng } from "./png";
import { type AdapterSummary, requireAdapter } from "./probe";
import { createProgress, duration } from "./progress";
import { createRunFolder, type RunFolder, requireMakeable, requireUnused } from "./runFolder";
import { chooseSettings, complete, differences, namedPreset } from "./settings";
import { tuningStore } from "./tuningStore";

const SAMPLES = 100;

async function train(trainer: Trainer, folder: RunFolder): Promise<void> {
  const { config } = trainer;
  const { classes, count } = config.data;
  const progress = createProgress(config.steps, process.stdout);
  progress.log(
    `training ${config.preset} on ${count} images of ${classes === "all" ? "all classes" : `class ${classes.join(" and ")}`}, ` +
      `${config.steps} steps, seed ${config.seed}, on ${config.adapter.name}, into ${folder.path}`,
  );
  const stop = onInterrupt(progress.log);
  const { rows, columns } = sampleGrid(config, SAMPLES);
  const latents = fixedLatents(config, rows * columns);
  const start = performance.now();
  const seconds = () => (performance.now() - start) / 1000;
  const saveSamples = async (step: number) => {
    const images = trainer.sample(latents);
    folder.writeSample(step, encodePng(imageGrid((await images.data()) as Float32Array, rows, columns)));
    images.dispose();
  };

  let unread: { step: number; losses: Tensor; seconds: number }[] = [];
  let step = 0;
  let last = false;
  while (!last) {
    step++;
    unread.push({ step, losses: trainer.step(), seconds: seconds() });
    await settle(2); // the host records the next steps while the GPU works on two
    progress.update(step);
    last = step === config.steps || stop.asked;
    if (step % config.logEvery === 0 || last) {
      const read = await Trainer.read(unread.map(({ losses }) => losses));
      read.forEach(
        (losses, i) =>
          void folder.appendLoss({ ...row(losses), step: unread[i].step, seconds: unread[i].seconds }),
      );
      checkFinite(read, unread[0].step);
      unread = [];
      progress.log(line(step, read.at(-1)!, step / seconds(), config.steps));
    }
    if (last || (config.sampleEvery > 0 && step % config.sampleEvery === 0)) await saveSamples(step);
  }
  for (const [name, network] of [
    ["critic", trainer.critic],
    ["generator", trainer.sampler],
  ] as const) {
    folder.writeWeights(name, encodeSafetensors(await network.stateDict()));
  }
  progress.done();
  console.log(
    `${stop.asked ? "stopped" : "done"} after ${step} steps in ${duration(seconds())}: ${folder.path}`,
  );
}

/** Ctrl-C ends the run after the current step, with everything written; a second one ends it at once. */
function onInterrupt(log: (line: string) => void): { asked: boolean } {
  const stop = { asked: false };
  process.once("SIGINT", () => {
    stop.asked = true;
    log("stopping after this step; Ctrl-C again to stop at once");
  });
  return stop;
}

const row = ({ criticReal, criticFake, generator }: Losses) => ({
  ...{ criticReal, criticFake, generator },
  wasserstein: -(criticReal + criticFake),
});

function line(step: number, losses: Losses, rate: number, steps: number): string {
  const { criticReal, criticFake, generator, wasserstein } = row(losses);
  const number = (value: number) => value.toPrecision(4).padStart(10);
  return (
    `step ${String(step).padStart(String(steps).length)}  critic real${number(criticReal)}  fake${number(criticFake)}  ` +
    `generator${number(generator)}  wasserstein${number(wasserstein)}  ${rate.toPrecision(3)} steps/s`
  );
}

function checkFinite(read: readonly Losses[], first: number): void {
  const bad = read.findIndex(
    ({ criticReal, criticFake, generator }) => !Number.isFinite(criticReal + criticFake + generator),
  );
  if (bad < 0) return;
  throw new InputError(
    `the losses are no longer finite at step ${first + bad}: training diverged. Try another --seed.`,
  );
}

await runCommand(async () => {
  const options = parseTrainOptions(process.argv.slice(2));
  if (options.help) return void process.stdout.write(trainHelp);
  const changes = [...(options.config === undefined ? [] : readChanges(options.config)), ...options.changes];
  const named = namedPreset(changes);
  if (named) chooseSettings(named, changes);
  if (options.printConfig) {
    const chosen = chooseSettings(named ?? usualPreset(requireAdapter(options.adapter)), changes);
    return void process.stdout.write(settingsText(chosen));
  }
  if (options.out === undefined) requireMakeable("runs");
  else requireUnused(options.out);
  const adapter = requireAdapter(options.adapter);
  const name = named ?? usualPreset(adapter);
  if (named === undefined) {
    const why = adapter.software ? "the adapter computes on the CPU" : "the adapter is a GPU";
    console.log(`preset: ${name}, since ${why}; name another with --preset`);
  }
  const chosen = chooseSettings(name, changes);
  const { path, classes } = chosen.settings.data;
  const all = await loadMnist({ dataDir: path ?? undefined, env: process.env, log: console.log });
  const data = selectDigits(all, classes);
  const found = {
    source: data.source,
    count: data.count,
    shape: [data.height, data.width, 1],
    classCount: new Set(data.labels).size,
  };
  const gpu = await openDevice({ adapter: options.adapter });
  const ignored = options.noTune ? undefined : tuning(gpu).load(tuningStore(process.env));
  if (ignored) console.log(ignored);
  const config = complete(chosen, found, gpu);
  for (const line of differences(chosen, config)) console.log(line);
  const trainer = new Trainer(config, data);
  const folder = createRunFolder({ out: options.out, preset: name, digits: config.data.classes });
  folder.writeConfig(config);
  await train(trainer, folder);
});

/** Where none is named. */
function usualPreset(adapter: AdapterSummary): PresetName {
  return adapter.software ? "small" : "tutorial";
}
