// GPU memory: buffers of few sizes, reused as soon as they are released, counted against a budget.
// V8 cannot see this memory, so nothing here waits for a garbage collection.
import { GpuError } from "../errors";
import { cached } from "./cached";
import { Scratch } from "./scratch";

/** A range of a GPU buffer. */
export interface Storage {
  readonly buffer: GPUBuffer;
  readonly offset: number;
  readonly bytes: number;
  /** Who asked for it, for errors. */
  readonly label: string;
  readonly pool: Pool;
  /** Rises with each write that is recorded, a replayed one too: who saved an older one must not use the numbers. */
  version: number;
  /** What it was divided into; by itself it is no more than a way to write them all. */
  ranges?: readonly Storage[];
}

/** Notes that a storage is written, and with it what it was divided into. */
export function raiseVersion(storage: Storage): void {
  storage.version++;
  if (storage.ranges) for (const range of storage.ranges) range.version++;
}

/** What the pool knows of a buffer that is in use. */
interface Held {
  readonly label: string;
  /** The ranges of it that were not released. */
  ranges: Set<Storage>;
  /** Programs that read or write it: they keep it, even after it was released. */
  leases: number;
  /** Whether it was made inside of the capture that is going on. */
  captured: boolean;
}

const USAGE = 0x4 | 0x8 | 0x80; // COPY_SRC | COPY_DST | STORAGE; the names are globals that Node lacks

/** Four sizes an octave, at least 256 bytes: at most a quarter of a buffer is wasted. */
export function roundedSize(bytes: number): number {
  if (bytes <= 256) return 256;
  const step = 2 ** (Math.ceil(Math.log2(bytes)) - 3);
  return Math.ceil(bytes / step) * step;
}

/** Bytes that are bound of a range: any can be read as vec4. */
const bound = (bytes: number): number => 16 * Math.ceil(Math.max(bytes, 1) / 16);

/** What the pool needs of the device around it. */
export interface PoolHost {
  /** Runs `action` once no recorded work can name a buffer any more. */
  afterSubmit(action: () => void): void;
  /** Told of a promise that may bring an error, and of the error. */
  expect(scope: Promise<unknown>): void;
  report(message: string): void;
}

export class Pool {
  private readonly free = new Map<number, GPUBuffer[]>();
  private readonly used = new Map<GPUBuffer, Held>();
  /** Buffers that the GPU refused to fill with memory; they are not used again. */
  private readonly refused = new WeakSet<GPUBuffer>();
  private readonly scratch = new Scratch((buffer) => this.giveBack(buffer));
  private capturing = false;
  private freeBytes = 0;
  /** After that nothing is given back any more: the device and its memory are gone. */
  closed = false;
  /** Bytes in use now, and the most there ever were. */
  liveBytes = 0;
  peakBytes = 0;

  constructor(
    private readonly device: GPUDevice,
    private readonly budget: number,
    private readonly host: PoolHost,
  ) {}

  /** Bytes that wait for reuse: by anyone, or by the next replay. */
  get pooledBytes(): number {
    return this.freeBytes + this.scratch.bytes;
  }

  /** A range of at least `bytes`; its content is whatever was there before. Throws over the budget. */
  allocate(bytes: number, label: string): Storage {
    const limit = this.device.limits.maxStorageBufferBindingSize;
    if (bound(bytes) > limit)
      throw new GpuError(
        `gpu: ${label} needs ${megabytes(bound(bytes))}, but this adapter binds ${megabytes(limit)} at most.`,
      );
    const size = Math.min(roundedSize(bytes), limit); // what is close to the limit gets no spare room
    const buffer = (this.capturing ? this.scratch.take(size) : undefined) ?? this.take(size, label);
    const storage: Storage = { buffer, offset: 0, bytes: bound(bytes), label, pool: this, version: 0 };
    this.used.set(buffer, { label, ranges: new Set([storage]), leases: 0, captured: this.capturing });
    this.liveBytes += size;
    this.peakBytes = Math.max(this.peakBytes, this.liveBytes);
    return storage;
  }

  /** Ranges side by side in one buffer, each released by itself, and `whole`, by which a kernel writes them all. */
  allocateTogether(sizes: readonly number[], label: string): { whole: Storage; ranges: readonly Storage[] } {
    let end = 0;
    const places = sizes.map((bytes) => {
      const offset = end;
      end += 256 * Math.ceil(Math.max(bytes, 1) / 256); // WebGPU binds at multiples of that
      return { offset, bytes: bound(bytes) };
    });
    const whole = this.allocate(end, label);
    whole.ranges = places.map((place) => ({ ...whole, ...place }));
    this.used.get(whole.buffer)!.ranges = new Set(whole.ranges);
    return { whole, ranges: whole.ranges };
  }

  /**
   * Gives a range back. Work recorded so far still reads it: the queue keeps the order. What a program reads or
   * writes stays where it is until the program goes.
   */
  release(storage: Storage): void {
    const held = this.used.get(storage.buffer);
    if (this.closed || !held?.ranges.delete(storage)) return;
    this.letGo(storage.buffer, held);
  }

  /** Whether a range is in use, which one that was released or came from another device is not. */
  owns({ buffer }: Storage): boolean {
    return !this.closed && this.used.has(buffer);
  }

  /** Keeps a range for a program. */
  lease({ buffer }: Storage): void {
    this.used.get(buffer)!.leases++;
  }

  unlease({ buffer }: Storage): void {
    const held = this.used.get(buffer)!;
    held.leases--;
    this.letGo(buffer, held);
  }

  /**
   * From here on, what dies may be shared by all captured programs: a replay writes it before it reads it. `share`: what
   * died in earlier ones is used, too.
   */
  beginCapture(share: boolean): void {
    this.capturing = true;
    this.scratch.open(share);
  }

  /** Whether a range was made inside of the capture that is going on. */
  isCaptured({ buffer }: Storage): boolean {
    return this.used.get(buffer)?.captured === true;
  }

  /**
   * Ends a capture. What lives on is its own: where it lies in a buffer that other programs use as scratch, those get
   * another one. `program` uses the buffers `dying` as scratch from now on.
   */
  endCapture(program?: ScratchUser, dying: Iterable<GPUBuffer> = []): void {
    this.capturing = false;
    const living = [...this.used].filter(([, held]) => held.captured);
    for (const [, held] of living) held.captured = false;
    this.scratch.cede(
      living.map(([buffer]) => buffer),
      // The budget is not asked: a step that fitted must not fail at its end.
      (size) => this.reuse(size) ?? this.create(size, "a captured step"),
    );
    if (program) this.scratch.join(program, dying);
    this.scratch.close();
  }

  /** Frees what a program used as scratch and no other one does. */
  leaveScratch(program: ScratchUser): void {
    if (!this.closed) this.scratch.leave(program);
  }

  /** Destroys the buffers that wait for reuse, but for those of captured steps. */
  trim(): void {
    const gone = [...this.free.values()].flat();
    this.free.clear();
    this.freeBytes = 0;
    if (gone.length === 0) return;
    this.host.afterSubmit(() => {
      for (const buffer of gone) buffer.destroy();
    });
  }

  /** Lets a buffer go that neither a tensor nor a program has. */
  private letGo(buffer: GPUBuffer, { ranges, leases, captured }: Held): void {
    if (ranges.size > 0 || leases > 0) return;
    this.used.delete(buffer);
    this.liveBytes -= buffer.size;
    if (captured) this.scratch.put(buffer);
    else this.giveBack(buffer);
  }

  private giveBack(buffer: GPUBuffer): void {
    if (this.refused.has(buffer)) return buffer.destroy();
    cached(this.free, buffer.size, () => []).push(buffer);
    this.freeBytes += buffer.size;
  }

  private take(size: number, label: string): GPUBuffer {
    const reused = this.reuse(size);
    if (reused) return reused;
    const { budget, scratch } = this;
    if (this.liveBytes + scratch.bytes + this.freeBytes + size > budget) this.trim();
    const inUse = this.liveBytes + scratch.bytes;
    if (inUse + size > budget)
      throw new GpuError(
        `gpu: ${label} needs ${megabytes(size)}, but ${megabytes(inUse)} of the budget of ${megabytes(budget)} are ` +
          `in use (${this.holders()}). A smaller batch needs less.`,
      );
    return this.create(size, label);
  }

  private reuse(size: number): GPUBuffer | undefined {
    const buffer = this.free.get(size)?.pop();
    if (buffer) this.freeBytes -= size;
    return buffer;
  }

  /** A new buffer. That there was no memory for it WebGPU tells later, and what was written there is lost. */
  private create(size: number, label: string): GPUBuffer {
    const { device } = this;
    device.pushErrorScope("out-of-memory");
    const buffer = device.createBuffer({ size, usage: USAGE, label: `pool ${size}` });
    const scope = device.popErrorScope().then((error) => {
      if (!error) return;
      this.refused.add(buffer);
      this.host.report(
        `${label} needs ${megabytes(size)}, which the GPU did not have; ${megabytes(this.liveBytes)} are in use (${this.holders()}). ` +
          `A smaller batch needs less. The driver says: ${error.message}`,
      );
    });
    this.host.expect(scope);
    return buffer;
  }

  /** Who holds the most, for errors: "conv2d 96.0 MiB, moments 3.0 MiB, …". */
  private holders(): string {
    const totals = new Map<string, number>();
    for (const [{ size }, { label }] of this.used) totals.set(label, (totals.get(label) ?? 0) + size);
    if (this.scratch.bytes > 0) totals.set("captured steps between replays", this.scratch.bytes);
    const sorted = [...totals].sort(([, a], [, b]) => b - a);
    const shown = sorted.slice(0, 3).map(([label, bytes]) => `${label} ${megabytes(bytes)}`);
    return shown.length === 0 ? "none" : `${shown.join(", ")}${sorted.length > 3 ? ", …" : ""}`;
  }
}

/** Who may be given another scratch buffer for one of its own: a captured program. */
export interface ScratchUser {
  replaceScratch(by: ReadonlyMap<GPUBuffer, GPUBuffer>): void;
}

const megabytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
