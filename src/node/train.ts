// The command `npm run train`: checks everything first, then trains and fills a run folder.

import { version } from "../../package.json";
import { settle, type Tensor } from "../autograd";
import { InputError } from "../errors";
import { encodeSafetensors } from "../formats/safetensors";
import type { Gpu } from "../gpu/gpu";
import { tuning } from "../kernels/tuning/table";
import type { RunConfig } from "../wgan/config";
import { type ByteDataset, type Classes, resolveClasses, selectClasses } from "../wgan/dataset";
import { imageGrid, squareGrid } from "../wgan/grid";
import { type PresetName, presets } from "../wgan/presets";
import { fixedLatents, type Losses, Trainer } from "../wgan/trainer";
import { runCommand } from "./command";
import { loadMnist } from "./data";
import { openDevice } from "./device";
import { parseTrainOptions, type TrainOptions, trainHelp } from "./options";
import { encodePng } from "./png";
import { requireAdapter } from "./probe";
import { createProgress, duration } from "./progress";
import { createRunFolder, type RunFolder, requireMakeable, requireUnused } from "./runFolder";
import { tuningStore } from "./tuningStore";

const SAMPLES = 100;

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
function configure(
  options: TrainOptions,
  name: PresetName,
  data: ByteDataset,
  digits: Classes,
  gpu: Gpu,
): RunConfig {
  const { digits: _, ...preset } = presets[name];
  const steps = options.steps ?? preset.steps;
  return {
    monge: version,
    preset: name,
    data: { source: data.source, digits, count: data.count },
    network: preset.network,
    // Hundreds of extra critic updates pay only over a long run.
    objective: { ...preset.objective, warmUp: preset.objective.warmUp && steps >= 1000 },
    optimizer: preset.optimizer,
    steps,
    batch: options.batch ?? preset.batch,
    seed: options.seed ?? Math.floor(Math.random() * 2 ** 32),
    sampleEvery: options.sampleEvery ?? preset.sampleEvery,
    logEvery: options.logEvery ?? 10,
    adapter: {
      name: gpu.info.name,
      driver: gpu.info.driver,
      kernels: tuning(gpu).describe(),
    },
  };
}

async function train(trainer: Trainer, folder: RunFolder): Promise<void> {
  const { config } = trainer;
  const { digits, count } = config.data;
  const progress = createProgress(config.steps, process.stdout);
  progress.log(
    `training ${config.preset} on ${count} images of ${digits === "all" ? "all digits" : `digit ${digits.join(" and ")}`}, ` +
      `${config.steps} steps, seed ${config.seed}, on ${config.adapter.name}, into ${folder.path}`,
  );
  const stop = onInterrupt(progress.log);
  const latents = fixedLatents(config, SAMPLES);
  const start = performance.now();
  const seconds = () => (performance.now() - start) / 1000;
  const saveSamples = async (step: number) => {
    const images = trainer.sample(latents);
    const { rows, columns } = squareGrid(SAMPLES);
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
    ["generator", trainer.generator],
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
  if (options.out === undefined) requireMakeable("runs");
  else requireUnused(options.out);
  const adapter = requireAdapter(options.adapter);
  const all = await loadMnist({ dataDir: options.data, env: process.env, log: console.log });
  const name = options.preset ?? (adapter.software ? "small" : "tutorial");
  if (options.preset === undefined) {
    const why = adapter.software ? "the adapter computes on the CPU" : "the adapter is a GPU";
    console.log(`preset: ${name}, since ${why}; name another with --preset`);
  }
  const classes = resolveClasses(all, options.digits ?? presets[name].digits);
  const data = selectClasses(all, classes);
  checkBatch(options.batch ?? presets[name].batch, name, data);
  const gpu = await openDevice({ adapter: options.adapter });
  const ignored = options.noTune ? undefined : tuning(gpu).load(tuningStore(process.env));
  if (ignored) console.log(ignored);
  const config = configure(options, name, data, classes, gpu);
  const trainer = new Trainer(config, data);
  const folder = createRunFolder({ out: options.out, preset: name, digits: config.data.digits });
  folder.writeConfig(config);
  await train(trainer, folder);
});
