// Measures what the adapter does at best: bytes copied and f32 multiply-adds a second, by two kernels of their own.
// A kernel's rate says little until one compares it with these.
import ceilings from "../../shaders/ceilings.wgsl";
import type { Gpu } from "../gpu/gpu";
import type { Dispatch } from "../gpu/stream";
import { gridOf, turnsFor } from "../kernels/block";
import { Profiler } from "../kernels/measuring/profiler";
import { addShaders } from "../kernels/shaders";

addShaders({ ceilings }); // who measures nothing needs none of it

export interface Ceilings {
  /** Floating-point operations a second; an fma counts as two. */
  flops: number;
  /** Bytes a second, read and written together. */
  bytes: number;
}

/** Each side of the copy: beyond any cache, and what WebGPU lets every adapter bind. */
const COPIED = 2 ** 27;
/** Workgroups and threads of the multiplying kernel: more than any adapter runs at once. */
const [GROUPS, THREADS] = [16384, 64];
/** Operations of one round of one thread: 64 steps of 8 fma. */
const ROUND = 64 * 8 * 2;
const REPEATS = 20;
/** So long must a run take at least, for its start not to count. */
const LONG_ENOUGH_MS = 5;

export async function measureCeilings(gpu: Gpu, timestamps = true): Promise<Ceilings> {
  const [x, y] = [gpu.pool.allocate(COPIED, "ceilings"), gpu.pool.allocate(COPIED, "ceilings")];
  gpu.stream.clear(x);
  const shared = { shader: "ceilings", reads: [x], writes: [y] } as const;
  const best = async (call: Dispatch, repeats: number): Promise<number> => {
    const profiler = new Profiler(gpu, { timestamps });
    for (let i = 0; i < repeats; i++) gpu.stream.dispatch(call);
    return Math.min(...(await profiler.stop()).map(({ duration }) => duration));
  };
  try {
    const n4 = COPIED / 16;
    const { turns, threads } = turnsFor(n4);
    const params = { n4, turns, rounds: 0, factor: 0, term: 0 };
    const copy: Dispatch = { ...shared, entry: "stream", params, grid: gridOf(threads) };
    await best(copy, 1); // compiles
    const bytes = (2 * COPIED) / (await best(copy, REPEATS));

    let rounds = 1;
    const multiply = (): Dispatch => ({
      ...{ ...shared, entry: "multiply", grid: [GROUPS] },
      params: { n4: 0, turns: 0, rounds, factor: 0.999, term: 0.001 },
      work: GROUPS * THREADS * ROUND * rounds,
    });
    await best(multiply(), 1);
    while ((await best(multiply(), 1)) < LONG_ENOUGH_MS && rounds < 2 ** 16) rounds *= 2;
    const flops = multiply().work! / (await best(multiply(), REPEATS));
    return { flops: 1000 * flops, bytes: 1000 * bytes };
  } finally {
    gpu.pool.release(x);
    gpu.pool.release(y);
    gpu.pool.trim();
  }
}
