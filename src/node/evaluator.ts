// What --evaluate-every measures a run's samples by: the classifier of its data or of the digits that its stacks are
// made of, trained first where none is kept, or the toy that its points are of.
import { InputError } from "../errors";
import type { Gpu } from "../gpu/gpu";
import type { RunConfig } from "../wgan/config";
import { type Evaluator, imageEvaluator, pointEvaluator, stackEvaluator } from "../wgan/evaluating";
import { toyNames } from "../wgan/toys";
import { loadClassifier, requireClassifiable } from "./classifierStore";
import { STACKED } from "./dataPath";
import { judgedImages } from "./judgedImages";
import { judgedStacks, requireAllModes } from "./judgedStacks";
import { createJudgingProgress } from "./progress";
import type { Splits } from "./splits";

/** The evaluator of a run that asks for one; undefined for another. Throws InputError where its samples can't be measured. */
export async function evaluatorFor(
  config: RunConfig,
  gpu: Gpu,
  env: Record<string, string | undefined>,
): Promise<Evaluator | undefined> {
  if (config.evaluateEvery === 0) return undefined;
  const refuse = (why: string) => new InputError(`--evaluate-every ${config.evaluateEvery}: ${why}`);
  const toy = toyNames.find((name) => name === config.data.source);
  if (toy) return pointEvaluator(toy);
  const judgeOf = async (splits: Splits) => {
    requireClassifiable(splits, env);
    const { classifier, right, of } = await loadClassifier(splits, gpu, env);
    const bytes = gpu.device.limits.maxStorageBufferBindingSize;
    return { judge: (pixels: Float32Array) => classifier.judge(pixels, bytes), right: right / of };
  };
  if (config.data.path === STACKED) {
    requireAllModes(config, `--evaluate-every ${config.evaluateEvery}`);
    const { splits, test } = await judgedStacks(config);
    const { judge } = await judgeOf(splits);
    const { hear, done } = createJudgingProgress(process.stdout);
    const evaluator = await stackEvaluator({ judge, test, hear }).finally(done);
    return { ...evaluator, figures: (draw) => evaluator.figures(draw).finally(done) };
  }
  const { splits, present, wanted, test } = await judgedImages(config);
  if (present.length < 2)
    throw refuse("all images are of one class, and the classifier that measures them tells classes apart.");
  return imageEvaluator({ ...(await judgeOf(splits)), test, present, wanted });
}
