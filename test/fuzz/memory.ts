// Runs many programs and looks at memory after every few: what is left then, each of them is run again for.

import type { Action } from "./actions";
import { code } from "./actions";
import { Chooser } from "./choose";
import { given, held, type Machine, type Played, play, type Source } from "./play";
import { shrink } from "./shrink";

const BATCH = 25;

/** Closes its device: one program in so many, since opening one takes its time. */
const CLOSING = 0.02;

const drawn = (seed: number, closing: number): Source => {
  const chooser = new Chooser(seed, closing);
  return { top: (world) => chooser.program(world), body: (world, action) => chooser.body(world, action) };
};

const closingOf = (seed: number) => (seed % 100 === 50 ? 100 * CLOSING : 0);

/** Plays a program alone; gives why it failed, memory that is left included. */
async function alone(machine: Machine, source: Source, seed: number): Promise<Played & { why?: string }> {
  const before = await held();
  const { gpu } = machine;
  const played = await play(machine, source, seed);
  const after = await held();
  const bytes = machine.gpu === gpu ? before.bytes : 0;
  const left =
    after.tensors !== before.tensors || after.bytes !== bytes
      ? `${after.tensors - before.tensors} tensors and ${after.bytes - bytes} bytes are left at its end`
      : undefined;
  return { ...played, why: played.failure?.message ?? left };
}

/** What makes two failures the same for the one who makes a program smaller. */
const kind = (why: string) =>
  why
    .split("\n")[0]
    .replace(/-?\d+(\.\d+)?/g, "N")
    .replace(/\[.*?\]/g, "[]")
    .slice(0, 60);

export async function fuzzMemory(
  machine: Machine,
  { runs, seed, report }: { runs: number; seed: number; report(line: string): void },
): Promise<{ failed: number; counts: Map<string, number> }> {
  const counts = new Map<string, number>();
  let failed = 0;
  const tell = async (at: number) => {
    const first = await alone(machine, drawn(at, closingOf(at)), at);
    if (!first.why) return false;
    failed++;
    report(`\nprogram ${at} fails: ${first.why}`);
    const wanted = kind(first.why);
    let last = first.why;
    const fails = async (actions: Action[]) => {
      const { why } = await alone(machine, given(actions), at);
      if (why !== undefined && kind(why) === wanted) last = why;
      return why !== undefined && kind(why) === wanted;
    };
    const small = await shrink(first.actions, fails);
    report(`${code(small)}\n// ${last}\n`);
    return true;
  };
  let before = await held();
  let { gpu } = machine;
  for (let from = seed; from < seed + runs; from += BATCH) {
    const bad: number[] = [];
    const to = Math.min(seed + runs, from + BATCH);
    for (let at = from; at < to; at++) {
      const { failure, counts: own } = await play(machine, drawn(at, closingOf(at)), at);
      for (const [what, count] of own) counts.set(what, (counts.get(what) ?? 0) + count);
      if (failure) bad.push(at);
    }
    const after = await held();
    const bytes = machine.gpu === gpu ? before.bytes : 0;
    if (bad.length === 0 && (after.tensors !== before.tensors || after.bytes !== bytes))
      for (let at = from; at < to; at++) bad.push(at);
    let told = false;
    for (const at of bad) told = (await tell(at)) || told;
    if (bad.length > 0 && !told) {
      failed++;
      report(
        `programs ${from} to ${to - 1} leave ${after.tensors - before.tensors} tensors, and none of them does alone`,
      );
    }
    before = await held();
    gpu = machine.gpu;
    if (failed >= 10) break;
  }
  return { failed, counts };
}
