// The trace of a profile, in the format that Perfetto opens.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { traceJson } from "../../src/node/trace";

test("the trace is JSON in Chrome's format, in microseconds from time 0 on, with a track for each side", () => {
  const kernel = { label: "blend:blend VEC=1", grid: [2], work: 3e6, bytes: 4e6, start: 10, duration: 2 };
  const other = { ...kernel, label: "fill:fill", work: undefined, start: 13 };
  const span = { name: "record blend:blend", start: 9.5, duration: 0.25 };
  const { traceEvents } = JSON.parse(traceJson([kernel, other], [span], "an adapter"));
  const names = traceEvents.filter(({ ph }: { ph: string }) => ph === "M");
  assert.equal(
    names.map(({ args }: { args: { name: string } }) => args.name),
    ["monge on an adapter", "GPU kernels", "host"],
  );
  const [blend, fill, record] = traceEvents.filter(({ ph }: { ph: string }) => ph === "X");
  assert.is(traceEvents.length, names.length + 3);
  assert.equal([blend.name, blend.ts, blend.dur, blend.pid, blend.tid], ["blend:blend", 500, 2000, 1, 1]);
  assert.equal([blend.args.work, blend.args.gflops, blend.args.gbs], [3e6, 1.5, 2]);
  assert.equal([fill.name, fill.ts, fill.args.gflops], ["fill:fill", 3500, undefined]);
  assert.equal([record.name, record.ts, record.dur, record.tid], ["record blend:blend", 0, 250, 2]);
});

test.run();
