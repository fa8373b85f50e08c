// Times one piece of work on all sides in turn: rounds A B C, C B A, …; in each some repeats are queued, then waited for.
// Warm-up is left out: the check before has run everything once.
import type { Side, SideName } from "./sides/side";
import { throttled } from "./wait";

/** What one side is timed on. */
export interface Subject {
  side: Side;
  run(): void | Promise<void>;
  /** How long a run takes, by those before the timing; the first alone will do where that is less than SLOW_MS. */
  soFarMs: number;
}

export interface Timing {
  /** Median and minimum over the rounds, of the time of one repeat. */
  ms: number;
  minMs: number;
  rounds: number;
  /** Repeats queued before each wait. */
  repeats: number;
}

export interface Budget {
  /** For each side; the least number of rounds goes before it. */
  seconds: number;
  leastRounds: number;
  mostRounds: number;
}

/** A side that took this long is not run once more to plan the rounds, and is timed once at least. */
export const SLOW_MS = 10_000;

/** How long a round of the fastest side should last, so that its one wait does not count. */
const ROUND_MS = 100;
const MOST_REPEATS = 10_000;
/** A round of the slowest side should not last longer, unless one repeat does. */
const LONGEST_ROUND_MS = 1500;

async function round({ side, run }: Subject, repeats: number): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < repeats; i++) await run();
  await throttled(side.finish());
  return (performance.now() - start) / repeats;
}

/** A side that `fail` is told of, and does not throw for, has no timing. */
export async function time(
  subjects: readonly Subject[],
  budget: Budget,
  fail: (side: Side, error: unknown) => void,
): Promise<Map<SideName, Timing>> {
  const failed = new Set<Subject>();
  const going = () => subjects.filter((subject) => !failed.has(subject));
  const timed = async (subject: Subject, repeats: number): Promise<number | undefined> => {
    try {
      return await round(subject, repeats);
    } catch (error) {
      fail(subject.side, error);
      failed.add(subject);
    }
  };

  /** How many repeats a round should have, by rounds of `repeats`. */
  const plan = async (repeats: number): Promise<number> => {
    const all: number[] = [];
    for (const subject of going()) {
      const ms = subject.soFarMs > SLOW_MS ? subject.soFarMs : await timed(subject, repeats);
      if (ms !== undefined) all.push(ms);
    }
    const atMost = Math.max(1, Math.floor(LONGEST_ROUND_MS / Math.max(...all)));
    return Math.min(MOST_REPEATS, atMost, Math.max(3, Math.ceil(ROUND_MS / Math.min(...all))));
  };
  // Planned twice: a round of one repeat is mostly its wait, and would ask for too few.
  const repeats = await plan(await plan(1));

  const samples = new Map(subjects.map((subject) => [subject, [] as number[]]));
  const spent = new Map(subjects.map((subject) => [subject, 0]));
  for (let i = 0; i < budget.mostRounds; i++) {
    let any = false;
    // Back and forth, so that none always comes after the same other one.
    for (const subject of i % 2 ? going().reverse() : going()) {
      // A slow side stops when its time is up; the others go on to theirs.
      const least = subject.soFarMs > SLOW_MS ? 1 : budget.leastRounds;
      if (i >= least && spent.get(subject)! > budget.seconds * 1000) continue;
      const ms = await timed(subject, repeats);
      if (ms === undefined) continue;
      samples.get(subject)!.push(ms);
      spent.set(subject, spent.get(subject)! + ms * repeats);
      any = true;
    }
    if (!any) break;
  }
  return new Map(
    going().map((subject) => {
      const all = samples.get(subject)!;
      return [subject.side.name, { ms: median(all), minMs: Math.min(...all), rounds: all.length, repeats }];
    }),
  );
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
