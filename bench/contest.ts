// One row of all sides: checks that they agree with monge, times them in turn, and looks at the results once more.
import { most } from "./bounds";
import { errorsOf } from "./gpu";
import { lacks } from "./lacks";
import type { ReportRow } from "./report";
import type { Side, SideName } from "./sides/side";
import { type Budget, type Subject, time } from "./timing";

type Off = Partial<typeof most>;

const budget: Budget = { seconds: 3, leastRounds: 3, mostRounds: 30 };

/** Why a side has no figure in a row. */
export type Failures = Partial<Record<SideName, string>>;

export const reason = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split("\n")[0].slice(0, 200);

export interface Contender extends Omit<Subject, "side"> {
  dispose(): void;
  /** How far its results are from monge's, before anything is timed. */
  off: Off;
  /** The same as `off`, after the timing, where all runs give the same. */
  after?(): Promise<Off>;
}

/** `enter` prepares a side and runs it once; monge's comes first. A side that it throws for has no figure in the row. */
export async function contest(
  { name, family }: { name: string; family: string },
  sides: Side[],
  missing: Failures,
  enter: (side: Side) => Promise<Contender>,
): Promise<ReportRow> {
  const failures: Failures = { ...missing };
  const notes: string[] = [];
  const judge = (side: Side, off: Off) => {
    for (const [what, error] of Object.entries(off)) {
      const bound = most[what as keyof typeof most];
      if (error <= bound) continue; // which a NaN is not
      const from = side.name === "monge" ? "its first" : "monge's";
      notes.push(`${side.name}: ${what} are off from ${from} by ${error.toExponential(1)}, over ${bound}`);
    }
  };
  const fail = (side: Side, error: unknown) => {
    if (side.name === "monge") throw error;
    failures[side.name] = reason(error);
  };
  const contenders: (Subject & Contender)[] = [];
  for (const side of sides.filter((each) => lacks(each.name, name) === undefined)) {
    try {
      const contender = await enter(side);
      const said = errorsOf(side.device);
      if (said.length > 0) throw new Error(said[0]);
      judge(side, contender.off);
      contenders.push({ ...contender, side });
    } catch (error) {
      fail(side, error);
    }
  }
  const timings = await time(contenders, budget, fail);
  for (const { side, after, dispose } of contenders) {
    try {
      if (after && timings.has(side.name)) judge(side, await after());
      for (const error of errorsOf(side.device).slice(0, 1))
        notes.push(`${side.name}: while it was timed: ${reason(error)}`);
    } catch (error) {
      fail(side, error);
    } finally {
      dispose();
    }
  }
  const own = timings.get("monge")!;
  const row: ReportRow = {
    name,
    family,
    ms: own.ms,
    minMs: own.minMs,
    peers: {},
    checked:
      notes.length === 0 && [...timings.keys()].some((side) => side !== "monge" && !(side in failures)),
  };
  for (const [side, { ms, minMs }] of timings)
    if (side !== "monge") row.peers[side] = { ms, minMs, ratio: ms / own.ms };
  for (const [side, error] of Object.entries(failures)) row.peers[side as SideName] = { error };
  for (const side of sides) {
    const why = lacks(side.name, name);
    if (why !== undefined) row.peers[side.name] = { lacks: why };
  }
  if (notes.length > 0) Object.assign(row, { broken: true, note: notes.join("; ") });
  return row;
}
