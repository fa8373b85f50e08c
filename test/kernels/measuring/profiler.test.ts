// The profiler: what ran, in order, with plausible times, by either clock; the trace that is made of it; and that
// looking changes nothing in the results.
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Gpu } from "../../../src/gpu/gpu";
import { allocate, type Block, release } from "../../../src/kernels/block";
import { matmul } from "../../../src/kernels/matmul";
import {
  type HostSpan,
  oneAfterTheOther,
  Profiler,
  type Timed,
} from "../../../src/kernels/measuring/profiler";
import { byKernel, kernelSpan, kernelTime } from "../../../src/kernels/measuring/summary";
import { block, device, read } from "../../device";
import "../../blend";

const N = 64;

/** Four dispatches, two of them alike, with a copy and a clear in between. */
function record({ stream }: Gpu, x: Block, y: Block): void {
  const [from, to] = [x.storage, y.storage];
  stream.dispatch({
    ...{ shader: "fill", entry: "fill", reads: [], writes: [to] },
    ...{ params: { n: N, p: 2, q: 0 }, grid: [1] },
  });
  stream.clear(from);
  const blend = { shader: "made/blend", entry: "blend", reads: [from], writes: [to], grid: [1, 1] } as const;
  stream.dispatch({ ...blend, params: { n: N, p: 1, q: 1 }, work: 2 * N });
  stream.copy(to, from, 4 * N);
  stream.dispatch({ ...blend, params: { n: N, p: 1, q: 2 }, work: 2 * N });
  stream.dispatch({
    ...{ shader: "unary", entry: "neg", reads: [from], writes: [to] },
    ...{ params: { n4: N / 4, turns: 1, p: 0, q: 0 }, grid: [1] },
  });
}

async function profiled(timestamps: boolean): Promise<{ dispatches: Timed[]; host: HostSpan[] }> {
  const gpu = await device();
  const [x, y] = [block(new Float32Array(N), [N]), block(undefined, [N])];
  await gpu.stream.flush(); // what others recorded would be timed, too
  const profiler = new Profiler(gpu, { timestamps });
  record(gpu, x, y);
  const dispatches = await profiler.stop();
  assert.equal(await read(y), new Float32Array(N).fill(-2));
  for (const { storage } of [x, y]) release(storage);
  return { dispatches, host: profiler.host };
}

for (const timestamps of [true, false]) {
  const clock = timestamps ? "timestamps" : "the wall clock";

  test(`by ${clock}: every dispatch is there, in order, with its work, bytes and grid`, async () => {
    const { dispatches } = await profiled(timestamps);
    assert.equal(
      dispatches.map(({ label, grid, work, bytes }) => ({ label, grid, work, bytes })),
      [
        { label: "fill:fill", grid: [1], work: undefined, bytes: 4 * N },
        { label: "made/blend:blend", grid: [1, 1], work: 2 * N, bytes: 8 * N },
        { label: "made/blend:blend", grid: [1, 1], work: 2 * N, bytes: 8 * N },
        { label: "unary:neg", grid: [1], work: undefined, bytes: 8 * N },
      ],
    );
  });

  test(`by ${clock}: times are positive, follow each other and add up`, async () => {
    const before = performance.now();
    const { dispatches, host } = await profiled(timestamps);
    const after = performance.now();
    // A GPU's clock may be too coarse for so small a kernel; the wall clock never is.
    assert.ok(dispatches.every(({ duration }) => (timestamps ? duration >= 0 : duration > 0)));
    assert.ok(kernelTime(dispatches) > 0);
    for (let i = 1; i < dispatches.length; i++) {
      const last = dispatches[i - 1];
      assert.ok(dispatches[i].start >= last.start + last.duration - 1e-3);
    }
    assert.ok(kernelSpan(dispatches) >= kernelTime(dispatches) - 1e-3);
    assert.ok(kernelSpan(dispatches) <= after - before);
    assert.ok(dispatches[0].start >= before);
    const last = dispatches.at(-1)!;
    assert.ok(last.start + last.duration <= after + 1e-3); // by the clock of `performance.now()`

    const totals = byKernel(dispatches);
    const near = (got: number, expected: number) => assert.ok(Math.abs(got - expected) <= 1e-9 * expected);
    near(
      totals.reduce((sum, { ms }) => sum + ms, 0),
      kernelTime(dispatches),
    );
    near(
      totals.reduce((sum, { fraction }) => sum + fraction, 0),
      1,
    );
    const blend = totals.find(({ name }) => name === "made/blend:blend")!;
    assert.equal([blend.calls, blend.work, blend.bytes], [2, 4 * N, 16 * N]);
    assert.equal(
      totals.map(({ ms }) => ms),
      totals.map(({ ms }) => ms).sort((a, b) => b - a),
    );
    assert.is(host.filter(({ name }) => name.startsWith("record ")).length, 4);
    assert.ok(host.some(({ name }) => /^submit \d+ dispatches$/.test(name)));
  });
}

test("profiling leaves results as they are, bit by bit", async () => {
  const gpu = await device();
  const [m, n, k] = [33, 20, 300];
  const numbers = (size: number) => Float32Array.from({ length: size }, (_, i) => Math.sin(i) / 3);
  const [a, b] = [block(numbers(m * k), [m, k]), block(numbers(k * n), [k, n])];
  const sides = { transposeA: false, transposeB: false, stepA: 0, stepB: 0 };
  const run = async () => {
    const y: Block = { ...a, storage: allocate(m * n, "test"), shape: [m, n], size: m * n };
    matmul(a, b, y, { batch: 1, m, n, k, ...sides });
    const got = await read(y);
    release(y.storage);
    return got;
  };
  const plain = await run();
  for (const timestamps of [true, false]) {
    const profiler = new Profiler(gpu, { timestamps });
    const got = await run();
    assert.ok((await profiler.stop()).length > 0);
    assert.equal(got, plain);
  }
  assert.equal(await run(), plain);
  for (const { storage } of [a, b]) release(storage);
});

test("more dispatches than a query set holds are all timed", async () => {
  const gpu = await device();
  const y = block(undefined, [N]);
  const profiler = new Profiler(gpu);
  const count = 600;
  for (let i = 0; i < count; i++) {
    gpu.stream.dispatch({
      ...{ shader: "fill", entry: "fill", reads: [], writes: [y.storage] },
      ...{ params: { n: N, p: i, q: 0 }, grid: [1] },
    });
  }
  const dispatches = await profiler.stop();
  assert.is(dispatches.length, count);
  const starts = dispatches.map(({ start }) => start);
  assert.equal(
    starts,
    [...starts].sort((a, b) => a - b),
  );
  assert.ok(new Set(starts).size > 1);
  release(y.storage);
});

test("by the wall clock the host's own time is not counted as a kernel's", async () => {
  const gpu = await device();
  const y = block(undefined, [N]);
  const fill = { shader: "fill", entry: "fill", reads: [], writes: [y.storage], grid: [1] } as const;
  const profiler = new Profiler(gpu, { timestamps: false });
  gpu.stream.dispatch({ ...fill, params: { n: N, p: 1, q: 0 } });
  const busyUntil = performance.now() + 200;
  while (performance.now() < busyUntil);
  const [first] = await profiler.stop();
  assert.ok(first.start >= busyUntil && first.duration < 200, `${first.duration}`);
  release(y.storage);
});

test("a pass whose beginning was stamped while the one before was at work does not count that time", () => {
  const timed = (start: number, duration: number) => ({ start, duration }) as Timed;
  const dispatches = [timed(10, 4), timed(11, 5), timed(17, 1), timed(10, 2)];
  oneAfterTheOther(dispatches);
  assert.equal(dispatches, [timed(10, 4), timed(14, 2), timed(17, 1), timed(18, 0)]);
});

test("one profiler at a time, and none is left behind", async () => {
  const gpu = await device();
  const profiler = new Profiler(gpu);
  assert.throws(() => new Profiler(gpu), /one is attached already/);
  assert.equal(await profiler.stop(), []);
  assert.is(gpu.stream.observer, undefined);
});

test.run();
