// What a kernel is given for a tensor: where its numbers are and how they are arranged.
import { gpu } from "../gpu/gpu";
import type { Storage } from "../gpu/pool";
import type { Program } from "../gpu/program";
import { type Dispatch, MAX_GROUPS, type Undo } from "../gpu/stream";

export type { Dispatch, Program, Storage, Undo };
export type DType = "f32" | "u32";
/** Whether f32 has the number: neither infinite there nor NaN. */
export const isFloat = (n: number): boolean => Number.isFinite(Math.fround(n));
/** What is read back: of dtype f32 or u32. */
export type Numbers = Float32Array | Uint32Array;

/** Most axes of an array: those whose sizes and strides fit into the uniforms of binary.wgsl and strided.wgsl. */
export const MOST_AXES = 8;

/** A contiguous array of 4-byte numbers, last axis fastest. */
export interface Block {
  readonly storage: Storage;
  readonly shape: readonly number[];
  readonly size: number;
  readonly dtype: DType;
}

/** What a kernel binds of a block. */
type Bound = Pick<Block, "storage">;

/** Storage for `size` numbers; the content is undefined. `label` names it in errors. */
export const allocate = (size: number, label: string): Storage => gpu().pool.allocate(4 * size, label);
/** Storage of so many bytes each side by side, and `whole`, by which a kernel writes all of it. */
export const allocateTogether = (bytes: number[], label: string) => gpu().pool.allocateTogether(bytes, label);
/** Gives storage back; when its device was closed, that is done already. */
export const release = (storage: Storage): void => storage.pool.release(storage);

/** Runs `use` with storage for `size` numbers, and gives it back whatever happens. */
export function temporary<T>(size: number, label: string, use: (storage: Storage) => T): T {
  const storage = allocate(size, label);
  try {
    return use(storage);
  } finally {
    release(storage);
  }
}

/**
 * Records a dispatch on the open device. Two tensors may be ranges of one buffer, and the GPU refuses to read one of them
 * in the dispatch that writes the other: then what is read is copied first.
 */
export function dispatch(call: Dispatch): void {
  const { reads, writes } = call;
  const at = reads.findIndex((read) => writes.some((written) => isBeside(read, written)));
  if (at < 0) gpu().stream.dispatch(call);
  else aside(reads[at], (storage) => dispatch({ ...call, reads: reads.with(at, storage) }));
}

const isBeside = (a: Storage, b: Storage): boolean => a.offset !== b.offset && a.buffer === b.buffer;

/** Runs `use` with a copy of the numbers. */
const aside = (from: Storage, use: (storage: Storage) => void): void =>
  temporary(from.bytes / 4, from.label, (storage) => {
    copy(from, storage);
    use(storage);
  });

/** Records a kernel of so many threads, in workgroups of 256, over whole blocks. */
export function launch(
  shader: string,
  entry: string,
  reads: readonly Bound[],
  writes: readonly Bound[],
  params: Dispatch["params"],
  threads: number,
  work?: number,
): void {
  const storages = (blocks: readonly Bound[]) => blocks.map(({ storage }) => storage);
  const grid = gridOf(threads);
  dispatch({ shader, entry, reads: storages(reads), writes: storages(writes), params, grid, work });
}

/** Copies host data into a block, in order with the work recorded before and after. */
export const upload = (data: Float32Array | Uint32Array | Uint8Array, to: Storage): void =>
  gpu().stream.upload(data, to);

/** Reads a block back, after all recorded work. */
export async function download(from: Storage, size: number, dtype: DType): Promise<Numbers> {
  const bytes = await gpu().stream.download(from, 4 * size);
  return dtype === "f32" ? new Float32Array(bytes) : new Uint32Array(bytes);
}

export function copy(from: Storage, to: Storage): void {
  if (isBeside(from, to)) aside(from, (storage) => copy(storage, to));
  else gpu().stream.copy(from, to, Math.min(from.bytes, to.bytes));
}
export const clear = (to: Storage): void => gpu().stream.clear(to);

/** Records what `fn` records as a program, too. */
export const captureCommands = <T>(fn: () => T): { result: T; program: Program } => gpu().stream.capture(fn);
export const replayProgram = (program: Program): void => program.stream.replay(program);
export const dropProgram = (program: Program): void => program.stream.drop(program);
/** Throws, saying `what`, where a captured step is being recorded. */
export const refuseInCapture = (what: string): void => gpu().stream.refuseInCapture(what);

/** Submits all recorded work and lets at most `most` earlier calls of this function be unfinished. */
export const settle = (most: number): Promise<void> => gpu().stream.settle(most);

/** Bytes in use, at most in use so far, and kept for reuse. */
export function memoryBytes(): { live: number; peak: number; pooled: number } {
  const { liveBytes, peakBytes, pooledBytes } = gpu().pool;
  return { live: liveBytes, peak: peakBytes, pooled: pooledBytes };
}

/** Workgroups of 256 threads for `threads` threads, folded at WebGPU's limit; `flat` in indexing.wgsl undoes it. */
export function gridOf(threads: number): [number, number] {
  const groups = Math.ceil(threads / 256);
  return groups <= MAX_GROUPS ? [groups, 1] : [MAX_GROUPS, Math.ceil(groups / MAX_GROUPS)];
}

/**
 * How many vec4s a thread takes, see shaders/elements.wgsl. A software driver pays for each thread that it starts, and
 * has few cores to keep busy; a GPU wants threads.
 */
export function turnsFor(n4: number): { turns: number; threads: number } {
  const turns = gpu().info.software ? Math.max(1, Math.ceil(n4 / 4096)) : 1;
  return { turns, threads: 8 * Math.ceil(n4 / (8 * turns)) };
}

/** How many numbers a shape holds. */
export const product = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
