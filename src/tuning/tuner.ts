// Tuning: for each of some products, times all configurations that could run it, once, and keeps the fastest in the
// adapter's table and in a store. A candidate counts only if it computes what the portable kernel computes.
import type { Gpu } from "../gpu/gpu";
import type { Dispatch } from "../gpu/stream";
import { allocate, dispatch, download, release, type Storage, upload } from "../kernels/block";
import { extentOf, type Gemm, plan, sizeOf, workOf } from "../kernels/gemm";
import { room } from "../kernels/pieces";
import {
  type Configuration,
  candidates,
  defaultFor,
  portable,
  SHORTEST,
} from "../kernels/tuning/configurations";
import { className, tuning } from "../kernels/tuning/table";
import { TunerClock } from "./clock";
import { saveTuning, type TuningStore } from "./text";

export interface Tuned {
  /** The class of shapes, and how many of the calls are of it. */
  name: string;
  calls: number;
  /** Floating-point operations of the one that was timed. */
  work: number;
  /** The default, and its time; where it computed wrongly, that of the fastest of the others. */
  before: { kernel: string; ms: number };
  after: { kernel: string; ms: number };
  /** Candidates that were timed, and those that computed something else than the portable kernel. */
  tried: number;
  wrong: string[];
}

/** A candidate must be this much faster than the default, so that noise does not decide. */
const WORTH = 0.97;
/** Above so many times the best time, a candidate is not timed again. */
const HOPELESS = 1.5;
const ROUNDS = 3;

/**
 * Tunes each class of shapes among the calls, whose storage need not exist any more. `each` is told of every result.
 * Rejects when the GPU reports an error.
 */
export async function tune(
  gpu: Gpu,
  calls: readonly Gemm[],
  store: TuningStore,
  each: (result: Tuned) => void = () => {},
): Promise<Tuned[]> {
  const classes = new Map<string, Gemm[]>();
  for (const call of calls.filter((any) => sizeOf(any) > 0)) {
    const name = className(extentOf(call));
    classes.set(name, [...(classes.get(name) ?? []), call]);
  }
  const clock = new TunerClock(gpu);
  const results: Tuned[] = [];
  try {
    for (const [name, members] of classes) {
      // The heaviest one stands for its class.
      const call = members.reduce((a, b) => (workOf(b) > workOf(a) ? b : a));
      const result = { name, calls: members.length, ...(await tuneOne(gpu, clock, call)) };
      saveTuning(tuning(gpu), store); // at once: what was measured outlives a break
      results.push(result);
      each(result);
    }
  } finally {
    clock.dispose();
  }
  return results;
}

/** The configuration with its parts, for people. */
export const label = ({ name, parts }: Configuration): string =>
  parts === undefined ? name : `${name}, ${parts} ${parts === 1 ? "part" : "parts"}`;

interface Trial {
  configuration: Configuration;
  splits: number;
  ms: number;
}

async function tuneOne(gpu: Gpu, clock: TunerClock, call: Gemm): Promise<Omit<Tuned, "name" | "calls">> {
  const extent = extentOf(call);
  const usual = defaultFor(gpu.info, extent);
  const own: Storage[] = [];
  const filled = (like: Storage, seed: number) => {
    const storage = allocate(like.bytes / 4, "tuner");
    own.push(storage);
    upload(noise(like.bytes / 4, seed), storage);
    return storage;
  };
  const bias = call.bias && { size: call.bias.size, storage: filled(call.bias.storage, 3) };
  const mine = { ...call, a: filled(call.a, 1), b: filled(call.b, 2), c: filled(call.c, 4), bias };
  const wrong: string[] = [];
  const trials: Trial[] = [];

  const resultOf = async (dispatches: readonly Dispatch[]) => {
    upload(noise(call.c.bytes / 4, 4), mine.c); // `add` builds on what is there
    for (const each of dispatches) dispatch(each);
    const all = (await download(mine.c, call.c.bytes / 4, "f32")) as Float32Array;
    const first = call.start?.[2] ?? 0;
    const pitch = call.resultPitch ?? call.columns;
    // What lies between the rows of C is nobody's.
    return all
      .subarray(first, first + (sizeOf(call) / call.columns) * pitch)
      .filter((_, i) => i % pitch < call.columns);
  };

  /** Runs a candidate, and where its result is right, times it. */
  const attempt = async (configuration: Configuration, expected: Float32Array) => {
    const { splits, room, dispatches: over } = plan(mine, configuration);
    const parts = room > 0 ? allocate(room, "tuner") : undefined;
    const dispatches = over(parts);
    try {
      if (!agree(await resultOf(dispatches), expected)) return void wrong.push(label(configuration));
      const once = await clock.time(dispatches, Number.POSITIVE_INFINITY);
      const trial = { configuration, splits, ms: Number.POSITIVE_INFINITY };
      const best = Math.min(...trials.map(({ ms }) => ms));
      trials.push(trial);
      for (let round = 0; round < ROUNDS; round++) {
        trial.ms = Math.min(trial.ms, await clock.time(dispatches, Math.min(once, trial.ms)));
        if (trial.ms > HOPELESS * best) break;
      }
    } finally {
      if (parts) release(parts);
    }
  };

  try {
    // The portable kernel is what all others are held to, the default too.
    const reference = plan(mine, portable);
    const parts = reference.room > 0 ? allocate(reference.room, "tuner") : undefined;
    if (parts) own.push(parts);
    const expected = await resultOf(reference.dispatches(parts));
    await attempt(usual, expected);
    const [right] = trials;
    for (const configuration of candidates(gpu.info)) {
      if (configuration.name !== usual.name) await attempt(configuration, expected);
    }
    const base = right ?? quickest(trials);
    const { configuration: fastest, splits } = quickest(trials);
    const most = Math.min(extent.sum / SHORTEST, room.most / sizeOf(call));
    for (const parts of new Set([1, Math.ceil(splits / 2), 2 * splits, 4 * splits])) {
      if (parts !== splits && (parts === 1 || parts <= most)) await attempt({ ...fastest, parts }, expected);
    }
    const tried = trials.length;
    // Once more, side by side: the machine may have been busier for one than for the other.
    const best = quickest(trials);
    if (best !== base) {
      await attempt(base.configuration, expected);
      await attempt(best.configuration, expected);
      const [again, bestAgain] = trials.slice(-2);
      base.ms = Math.min(base.ms, again.ms);
      best.ms = Math.min(best.ms, bestAgain.ms);
    }
    const winner = best.ms < WORTH * base.ms ? best : base;
    tuning(gpu).set(extent, winner.configuration, rounded(winner.ms), rounded(base.ms));
    const before = { kernel: label(usual), ms: base.ms };
    const after = { kernel: label(winner.configuration), ms: winner.ms };
    return { work: workOf(call), before, after, tried, wrong };
  } finally {
    for (const storage of own) release(storage);
  }
}

const quickest = (trials: readonly Trial[]) => trials.reduce((a, b) => (b.ms < a.ms ? b : a));
const rounded = (ms: number) => Number(ms.toPrecision(4));

/** Numbers in [−1, 1) that look random; the same ones for a seed. */
function noise(size: number, seed: number): Float32Array<ArrayBuffer> {
  let state = seed;
  return new Float32Array(size).map(() => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state / 2 ** 31;
  });
}

/** Equal but for the order of summation. */
function agree(got: Float32Array, expected: Float32Array): boolean {
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return got.every((value, i) => Math.abs(value - expected[i]) <= 1e-4 * largest);
}
