// The command `npm run evaluate`: how good a run's samples are, beside the same figures of real ones.

import { join } from "node:path";
import { mean, noGrad, Random, tensor, tidy } from "../autograd";
import { InputError } from "../errors";
import type { Module } from "../nn";
import type { RunConfig } from "../wgan/config";
import { type ByteDataset, selectClasses } from "../wgan/dataset";
import { judgeImages } from "../wgan/judgeImages";
import { judgePoints } from "../wgan/judgePoints";
import { judgeStacked } from "../wgan/judgeStacked";
import type { Hear, Judgement, Neighbours } from "../wgan/judging";
import { samplePicture } from "../wgan/samplePicture";
import { classesAsIn, SAMPLES, sampleImages, sampleLatents } from "../wgan/sampling";
import { toyNames } from "../wgan/toys";
import { fingerprint } from "./checkpoint";
import { loadClassifier, requireClassifiable } from "./classifierStore";
import { runCommand } from "./command";
import { readConfig } from "./configFile";
import { STACKED } from "./dataPath";
import { openDevice } from "./device";
import { requireWritable, writeFileAtomic, writeNamed } from "./files";
import { judgedImages } from "./judgedImages";
import { judgedStacks, loadStacks, requireAllModes } from "./judgedStacks";
import { type Accuracy, judgementJson, judgementLines } from "./judgementText";
import { encodePng } from "./png";
import { requireAdapter } from "./probe";
import { createJudgingProgress } from "./progress";
import { type EvaluateOptions, evaluateHelp, parseEvaluateOptions } from "./runOptions";
import { drawn, hasNetwork, loadNetwork, readNetwork } from "./savedNetwork";

/** Of the latent vectors: always the same, and none that a run shows. */
const SEED = 2 ** 40;
/** Of their classes. */
const CLASS_SEED = SEED + 1;

await runCommand(async () => {
  const options = parseEvaluateOptions(process.argv.slice(2));
  if (options.help) return void process.stdout.write(evaluateHelp);
  const { run, best, data, json } = options;
  const config = readConfig(run!);
  if (json !== undefined) requireWritable(json);
  const { shape, path } = config.data;
  const judge = shape.length === 1 ? ofPoints : path === STACKED ? ofStacks : ofImages;
  const { hear, done } = createJudgingProgress(process.stdout);
  const { judgement, classifier, step } = await judge(config, options, hear).finally(done);
  if (step !== undefined) console.log(`the generator after step ${step} of ${config.steps}`);
  for (const line of judgementLines(judgement, classifier)) console.log(line);
  const of = { run, best, step: step ?? null, data: data ?? null, classifier };
  if (json !== undefined) writeNamed(json, judgementJson(judgement, of));
  if (judgement.neighbours) writeNeighbours(judgement.neighbours, config, run!);
});

/** A judgement, the classifier that made it where there is one, and the step of the generator where that is known. */
interface Judged {
  judgement: Judgement;
  classifier?: Accuracy;
  step?: number;
}

/** Shows whether the run repeats training images; into the run's folder, which may be another's: then it is left out. */
function writeNeighbours({ pixels, columns }: Neighbours, { data }: RunConfig, run: string): void {
  const file = join(run, "nearest.png");
  try {
    writeFileAtomic(file, encodePng(samplePicture(pixels, data, 4, columns)));
    console.log(
      `\n${file}: samples that lie nearest to a training image, above it; below, real ones and theirs`,
    );
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    console.log(`\nno picture of the nearest training images: ${error.message}`);
  }
}

async function ofImages(
  config: RunConfig,
  { run, best, data, adapter }: EvaluateOptions,
  hear: Hear,
): Promise<Judged> {
  const saved = readNetwork("generator", run!, best);
  requireAdapter(adapter);
  const { splits, present, wanted, train, test, whole } = await judgedImages(config, data);
  noteOtherData(whole, config);
  if (present.length > 1) requireClassifiable(splits, process.env);

  const gpu = await openDevice({ adapter });
  const bytes = gpu.device.limits.maxStorageBufferBindingSize;
  const generator = loadNetwork(saved, config);
  await drawer(generator, config, run!)(SAMPLES); // before long work: what is drawn must be finite
  const kept = present.length > 1 ? await loadClassifier(splits, gpu, process.env) : undefined;
  const judgement = await judgeImages({
    draw: drawer(generator, config, run!, classesAsIn(test.labels, wanted, CLASS_SEED)),
    judge: kept && ((pixels) => kept.classifier.judge(pixels, bytes)),
    ...{ train, test, present, wanted, hear },
  });
  return { judgement, classifier: kept && { right: kept.right, of: kept.of }, step: saved.step };
}

async function ofStacks(
  config: RunConfig,
  { run, best, data, adapter }: EvaluateOptions,
  hear: Hear,
): Promise<Judged> {
  if (data !== undefined)
    throw new InputError(`--data ${data}: the run was trained on stacks of digits, which are made anew.`);
  requireAllModes(config, `--run ${run}`);
  const saved = readNetwork("generator", run!, best);
  requireAdapter(adapter);
  const { splits, test } = await judgedStacks(config);
  noteOtherData(selectClasses(await loadStacks("train"), config.data.classes), config);
  requireClassifiable(splits, process.env);
  const gpu = await openDevice({ adapter });
  const bytes = gpu.device.limits.maxStorageBufferBindingSize;
  const generator = loadNetwork(saved, config);
  await drawer(generator, config, run!)(SAMPLES); // before long work: what is drawn must be finite
  const { classifier, right, of } = await loadClassifier(splits, gpu, process.env);
  const judgement = await judgeStacked({
    draw: drawer(generator, config, run!),
    judge: (pixels) => classifier.judge(pixels, bytes),
    ...{ test, hear },
  });
  return { judgement, classifier: { right, of }, step: saved.step };
}

async function ofPoints(
  config: RunConfig,
  { run, best, data, adapter }: EvaluateOptions,
  hear: Hear,
): Promise<Judged> {
  // An imported run names only the toy that it is to be held to.
  const { source, path } = config.data;
  const toy = [source, path].flatMap((from) => toyNames.filter((name) => name === from)).at(0);
  if (!toy) throw new InputError(`--run ${run}: trained on points of no toy that is known, ${source}.`);
  if (data !== undefined)
    throw new InputError(`--data ${data}: the run was trained on points of ${toy}, which are drawn.`);
  const saved = readNetwork("generator", run!, best);
  const savedCritic = hasNetwork("critic", run!, best) ? readNetwork("critic", run!, best) : undefined;
  requireAdapter(adapter);
  await openDevice({ adapter });
  const generator = loadNetwork(saved, config);
  const critic = savedCritic && loadNetwork(savedCritic, config);
  await drawer(generator, config, run!)(SAMPLES); // before long work: what is drawn must be finite
  const judgement = await judgePoints({
    toy,
    draw: drawer(generator, config, run!),
    criticMean: critic && ((points) => meanOver(critic, points)),
    objective: config.objective.kind,
    hear,
  });
  return { judgement, step: saved.step };
}

async function meanOver(critic: Module, points: Float32Array): Promise<number> {
  const value = noGrad(() => tidy(() => mean(critic.forward(tensor(points, [points.length / 2, 2])))));
  const [number] = await value.data();
  value.dispose();
  return number;
}

function noteOtherData(trainedOn: ByteDataset, { data }: RunConfig): void {
  if (![fingerprint(trainedOn).sha256, "?"].includes(data.sha256))
    console.log("note: these are not the very images that the run was trained on");
}

/**
 * Draws samples, at each call other ones, and always the same ones in all; `classOf` as `sampleLatents` has it. What it
 * gives throws InputError where one is NaN or infinite.
 */
function drawer(
  generator: Module,
  config: RunConfig,
  run: string,
  classOf?: () => number,
): (count: number) => Promise<Float32Array> {
  const random = new Random(SEED);
  return async (count) => {
    const samples = tidy(() =>
      sampleImages(generator, sampleLatents(config, random, count, classOf), config),
    );
    return drawn(samples, run);
  };
}
