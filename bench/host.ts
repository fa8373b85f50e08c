// What a command costs the host: chains of work on small matrices on Dawn's null backend, which computes nothing, timed a
// dispatch. It knows no side, so that hostAlone.ts can build it over another checkout's monge.
import { throttled } from "./wait";

/** Ops in a chain, each on the result of the one before, handed over together: then a submit does not count. */
export const CHAIN = 100;

/** Rows and columns of the matrices: fewer than 1,000 numbers TensorFlow.js adds on the host. */
export const SIDE = 64;
/** The numbers of all of them; nothing is computed. */
export const numbers = (): Float32Array => new Float32Array(SIDE * SIDE);

/** A side's chains. */
export interface HostWork {
  /** The chain of x + y, op by op; the results are freed. */
  eager(): void | Promise<void>;
  /** The chain of tanh(x · w), recorded before, if the side can do that. */
  replay?(): void | Promise<void>;
  /** Hands over what is recorded and not yet encoded; that is the host's work, too. */
  handOver(): void;
  finish(): Promise<unknown>;
}

/** Of one dispatch; of an op, where ops come one by one. */
export interface HostFigure {
  ms: number;
  minMs: number;
  /** Dispatches of a chain. */
  dispatches: number;
}
export type HostFigures = { eager: HostFigure; replay?: HostFigure };

/** Many short ones, so that some are not interrupted on a busy machine. */
const ROUNDS = 75;
const ROUND_MS = 20;

let dawn: GPU | undefined; // Dawn crashes when this is collected

/** Dawn's null backend; a process has it or a real one. */
export async function nullGpu(): Promise<GPU> {
  const { create, globals } = await import("webgpu"); // only now: src/node/device.ts says why
  Object.assign(globalThis, globals);
  dawn ??= create(["backend=null"]);
  return dawn;
}

export async function measureHost(work: HostWork): Promise<HostFigures> {
  const figures: HostFigures = { eager: await figure(work.eager, work, () => CHAIN) };
  if (work.replay) figures.replay = await figure(work.replay, work, (dispatches) => dispatches);
  return figures;
}

async function figure(
  chain: () => void | Promise<void>,
  { handOver, finish }: HostWork,
  share: (dispatches: number) => number,
): Promise<HostFigure> {
  const round = async (repeats: number) => {
    const start = performance.now();
    for (let i = 0; i < repeats; i++) await chain();
    handOver();
    const ms = performance.now() - start; // the wait is for the backend, which is not the host's work
    await throttled(finish());
    return ms / repeats;
  };
  await round(20); // pipelines, and the just-in-time compiler
  const dispatches = await counted(() => round(1));
  const repeats = Math.ceil(ROUND_MS / (await round(20)));
  const all: number[] = [];
  for (let i = 0; i < ROUNDS; i++) all.push((await round(repeats)) / share(dispatches));
  all.sort((a, b) => a - b);
  return { ms: all[ROUNDS >> 1], minMs: all[0], dispatches };
}

/** Dispatches that are made meanwhile. */
async function counted(work: () => Promise<unknown>): Promise<number> {
  const { prototype } = GPUComputePassEncoder;
  const dispatch = prototype.dispatchWorkgroups;
  let count = 0;
  prototype.dispatchWorkgroups = function (...size) {
    count++;
    return dispatch.apply(this, size);
  };
  try {
    await work();
  } finally {
    prototype.dispatchWorkgroups = dispatch;
  }
  return count;
}
