// The training loop of a run: steps, losses, checkpoints and pictures. Whatever ends it, the newest state that is known
// to be good is then on the disk. If a picture or a log fails, that is reported once, and the run goes on.
import { join } from "node:path";
import { settle, slice, type Tensor, tidy } from "../autograd";
import { InputError } from "../errors";
import type { Evaluator, Figures } from "../wgan/evaluating";
import { samplePicture } from "../wgan/samplePicture";
import { SAMPLES, sampleGrid } from "../wgan/sampling";
import { evaluationLatents, fixedLatents, type Losses, Trainer } from "../wgan/trainer";
import { allFinite, type Checkpoint, type Fingerprint, isSound } from "./checkpoint";
import { lastFinite } from "./checkpointFiles";
import type { LossRow } from "./lossFile";
import { distanceOf, lacksLook } from "./outputs/metrics";
import { encodePng } from "./png";
import { duration, type Progress } from "./progress";
import type { RunFolder } from "./runFolder";
import type { Showing } from "./showing";
import { signals } from "./signals";

/** Milliseconds between two copies of the state in memory, which an error of the GPU can't take away. */
const KEEP_EVERY = 10_000;
/** Steps whose losses wait on the GPU: each is a buffer of its own. */
const MOST_UNREAD = 1000;

/** A loss or a weight is no longer finite. */
class Diverged extends InputError {}
/** Somebody asked the run to stop while its samples were measured. */
class StoppedLooking extends Error {}
const advice = "training diverged. Try a smaller learning rate or another --seed.";

export interface LoopOptions {
  trainer: Trainer;
  folder: RunFolder;
  progress: Progress;
  showing: Showing;
  data: Fingerprint;
  /** Where the run measures its samples: by what, and the best checkpoint so far. */
  evaluation?: { evaluator: Evaluator; best?: Checkpoint };
  /** Where the run goes on; the trainer has its state already. */
  from?: Checkpoint;
}

/**
 * Trains until the last step or until a signal asks to stop. Gives the steps done, their seconds in all, and whether that is
 * the whole run: all steps, and the look behind the last where one is due.
 */
export async function trainLoop(
  options: LoopOptions,
): Promise<{ step: number; seconds: number; whole: boolean }> {
  const { trainer, folder, progress, showing, data, evaluation, from } = options;
  const { config } = trainer;
  const { rows, columns } = sampleGrid(config, SAMPLES);
  const latents = fixedLatents(config, rows * columns);
  const start = performance.now();
  const seconds = () => (from?.seconds ?? 0) + (performance.now() - start) / 1000;
  const first = (from?.step ?? 0) + 1;
  const attempt = attempts(progress.warn);

  const copy = async (step: number): Promise<Checkpoint> => {
    const made = { step, seconds: seconds(), config, data, state: await trainer.state() };
    if (isSound(made.state)) return made;
    throw new Diverged(`the weights are no longer finite after step ${step}: ${advice}`);
  };
  const saveSamples = async (step: number) => {
    const images = trainer.sample(latents);
    const samples = (await images.data()) as Float32Array;
    const picture = encodePng(samplePicture(samples, config.data, rows, columns));
    images.dispose();
    attempt("samples", () => void folder.writeSample(step, picture));
    showing.picture(step, picture, isDue(step, config.sampleEvery) || step === config.steps);
  };
  const measured = evaluation && evaluationLatents(config, evaluation.evaluator);
  let best = evaluation?.best?.figures;
  let good = from;
  // False where somebody asked to stop, which is heard between draws: who stops has little time, and the look is made when
  // the run goes on.
  const evaluate = async (step: number): Promise<boolean> => {
    if (!evaluation || !measured) return true;
    let drawn = 0;
    const draw = async (count: number) => {
      const starts = [drawn, 0];
      drawn += count;
      const made = tidy(() => trainer.sample(slice(measured, { starts, sizes: [count, measured.shape[1]] })));
      const samples = (await made.data()) as Float32Array;
      made.dispose();
      if (signals.stopCode !== undefined) throw new StoppedLooking();
      if (allFinite(samples)) return samples;
      throw new Diverged(`the samples are no longer finite after step ${step}: ${advice}`);
    };
    const figures = await evaluation.evaluator.figures(draw).catch((error) => {
      if (!(error instanceof StoppedLooking)) throw error;
    });
    if (!figures) return false;
    const nearer = !best || distanceOf(figures) < distanceOf(best);
    if (nearer) {
      good = good?.step === step ? good : await copy(step);
      const checkpoint = { ...good, figures };
      attempt("the best checkpoint", () => {
        folder.writeBest(checkpoint);
        best = figures; // not before: where the disk took none, a worse one of later is better than none
      });
    }
    // Behind the checkpoint: a run that is killed between the two looks again.
    showing.evaluation({ step, seconds: seconds(), figures });
    const text = `step ${String(step).padStart(String(config.steps).length)}  ${figuresText(figures)}${nearer ? "  the best so far" : ""}`;
    progress.log(text);
    showing.line(text);
    return true;
  };
  const evaluates = (step: number) => isDue(step, config.evaluateEvery);
  // One that was stopped or killed between a checkpoint and the look at the same step lacks that.
  const lacks = from && evaluates(from.step) && lacksLook(folder.path, from.step);
  if (lacks && !(await evaluate(from.step))) return { step: from.step, seconds: from.seconds, whole: false };
  // A run that was killed between a checkpoint and the picture of the same step lacks that.
  const ended = from?.step === config.steps;
  if (from && (ended || isDue(from.step, config.sampleEvery))) await saveSamples(from.step);
  if (ended) return { step: from.step, seconds: from.seconds, whole: true };
  let saved = from?.step ?? 0;
  let copied = Number.NEGATIVE_INFINITY;
  let unread: { step: number; losses: Tensor; seconds: number }[] = [];
  let written = from?.step ?? 0;
  let newest: LossRow | undefined;
  let told = 0;
  const readLosses = async (step: number, logs: boolean) => {
    if (unread.length > 0) {
      const read = await Trainer.read(unread.map(({ losses }) => losses));
      const made = read.map((losses, i) => ({
        ...named(losses),
        step: unread[i].step,
        seconds: unread[i].seconds,
      }));
      unread = [];
      attempt("losses.csv", () => folder.losses.append(made));
      showing.rows(made, isDue(step, config.logEvery) || step === config.steps);
      newest = made.at(-1)!;
      written = step;
      checkFinite(made);
    }
    if (!logs || told === step) return;
    told = step;
    const rate = (step - first + 1) / (seconds() - (from?.seconds ?? 0));
    const left = step < config.steps ? `  ${duration((config.steps - step) / rate)} left` : "";
    const text = line(newest!, rate, config.steps) + left;
    progress.log(text);
    showing.line(text);
  };
  const save = async (step: number, last: boolean) => {
    const made: Checkpoint = good?.step === step ? good : await copy(step);
    good = made;
    const write = () => {
      if (last) saved = step; // what it throws ends the run, and is not tried again
      try {
        folder.losses.sync(); // first, so that no power cut leaves a checkpoint with fewer rows than steps
      } finally {
        folder.writeCheckpoint(made);
        saved = step;
      }
    };
    if (last) write();
    else attempt("checkpoints", write);
  };
  try {
    good ??= await copy(0);
    for (let step = first; ; step++) {
      unread.push({ step, losses: trainer.step(), seconds: seconds() });
      await settle(2); // the host records the next steps while the GPU works on two
      await new Promise(setImmediate); // signals are heard between steps, however fast these are
      progress.update(step);
      let last = step === config.steps || signals.stopCode !== undefined;
      const saves = last || isDue(step, config.checkpointEvery) || signals.takeSaveRequest();
      const logs = last || isDue(step, config.logEvery);
      const samples = last || isDue(step, config.sampleEvery);
      const looks = evaluates(step);
      if (logs || saves || samples || looks || unread.length === MOST_UNREAD) await readLosses(step, logs);
      if (saves) await save(step, last);
      else if (logs && performance.now() - copied > KEEP_EVERY) {
        good = await copy(step);
        copied = performance.now();
      }
      const looked = !looks || (signals.stopCode === undefined && (await evaluate(step)));
      if (!last && signals.stopCode !== undefined) {
        last = true; // it was asked for meanwhile
        await readLosses(step, true);
        if (saved < step) await save(step, true);
      }
      if (samples || last) await saveSamples(step);
      if (last) return { step, seconds: seconds(), whole: step === config.steps && looked };
    }
  } catch (error) {
    keep(error);
    throw error;
  }

  /** Puts the newest good state on the disk, where that isn't yet. What fails here is told beside what ended the run. */
  function keep(error: unknown): void {
    const diverged = error instanceof Diverged;
    try {
      if (written === 0 || !good) return folder.discard();
      if (!diverged && good.step <= saved) return;
      folder.writeCheckpoint(good, diverged ? lastFinite : undefined);
      progress.log(
        diverged
          ? `the last finite state, of step ${good.step}, is kept as ${join(folder.path, "checkpoints", lastFinite)}`
          : `the state of step ${good.step} is kept: --resume ${folder.path} goes on from there`,
      );
    } catch (failed) {
      progress.warn((failed as Error).message);
    }
  }
}

const isDue = (step: number, every: number) => every > 0 && step % every === 0;

/** Does what may fail, and tells the first failure of each kind. */
function attempts(warn: (line: string) => void): (kind: string, body: () => void) => void {
  const failed = new Set<string>();
  return (kind, body) => {
    try {
      body();
    } catch (error) {
      if (!failed.has(kind)) warn(`${(error as Error).message} The run goes on.`);
      failed.add(kind);
    }
  };
}

const named = ({ criticReal, criticFake, generator }: Losses) => ({
  ...{ criticReal, criticFake, generator },
  wasserstein: -(criticReal + criticFake),
});

function line(row: LossRow, rate: number, steps: number): string {
  const { step, criticReal, criticFake, generator, wasserstein } = row;
  const number = (value: number) => value.toPrecision(4).padStart(10);
  return (
    `step ${String(step).padStart(String(steps).length)}  critic real${number(criticReal)}  fake${number(criticFake)}  ` +
    `generator${number(generator)}  wasserstein${number(wasserstein)}  ${rate.toPrecision(3)} steps/s`
  );
}

/** "frechet 31.02, class_5 812": all figures, in few digits. */
export const figuresText = (figures: Figures): string =>
  Object.entries(figures)
    .map(([name, value]) => `${name} ${Number(value.toPrecision(4))}`)
    .join(", ");

function checkFinite(rows: readonly LossRow[]): void {
  const bad = rows.find(({ wasserstein, generator }) => !Number.isFinite(wasserstein + generator));
  if (bad) throw new Diverged(`the losses are no longer finite at step ${bad.step}: ${advice}`);
}
