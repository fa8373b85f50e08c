// The command `npm run train`: checks everything first, then trains and fills a run folder.

import { settle, type Tensor } from "../autograd";
import { InputError } from "../errors";
import { encodeSafetensors } from "../formats/safetensors";
import { tuning } from "../kernels/tuning/table";
import { selectClasses } from "../wgan/dataset";
import { imageGrid } from "../wgan/grid";
import { sampleGrid } from "../wgan/sampling";
import { fixedLatents, type Losses, Trainer } from "../wgan/trainer";
import { runCommand } from "./command";
import { readChanges, settingsText } from "./configFile";
import { loadData } from "./data";
import { openDevice } from "./device";
import { parseTrainOptions, trainHelp } from "./options";
import { encodePng } from "./png";
import { requireAdapter } from "./probe";
import { createProgress, duration } from "./progress";
import { createRunFolder, type RunFolder, requireMakeable, requireUnused } from "./runFolder";
import { chooseSettings, complete, differences, namedPreset, usualPreset } from "./settings";
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
  if (named) chooseSettings(named, changes); // what is wrong there needs no adapter
  if (!options.printConfig) {
    if (options.out === undefined) requireMakeable("runs");
    else requireUnused(options.out);
  }
  const usual = named ? undefined : usualPreset(changes, options.adapter);
  const chosen = chooseSettings(named ?? usual!.name, changes);
  if (options.printConfig) return void process.stdout.write(settingsText(chosen));
  requireAdapter(options.adapter);
  if (usual) console.log(`preset: ${usual.name}, since ${usual.why}; name another with --preset`);

  const { path, size, transposed } = chosen.settings.data;
  const wanted = { dataDir: path ?? undefined, size: size ?? undefined, transposed };
  const all = await loadData({ ...wanted, env: process.env, log: console.log });
  const data = all.kind === "points" ? all : selectClasses(all, chosen.settings.data.classes);
  const gpu = await openDevice({ adapter: options.adapter });
  const ignored = options.noTune ? undefined : tuning(gpu).load(tuningStore(process.env));
  if (ignored) console.log(ignored);
  const config = complete(chosen, data, gpu);
  for (const line of differences(chosen, config)) console.log(line);
  const trainer = new Trainer(config, data);
  const folder = createRunFolder({ out: options.out, preset: config.preset, digits: config.data.classes });
  folder.writeConfig(config);
  await train(trainer, folder);
});
