// Times every dispatch of a stream. With the GPU's timestamps each dispatch gets a pass of its own. Where the adapter has
// no timestamps, each is submitted alone and waited for, by the wall clock.
import type { Gpu } from "../../gpu/gpu";
import type { Observer, Timing } from "../../gpu/observer";

/** One dispatch that ran. Times in milliseconds; all starts share one origin, that of `performance.now()`. */
export interface Timed {
  /** shader:entry and the constants. */
  label: string;
  grid: readonly number[];
  /** Floating-point operations, where the kernel says. */
  work: number | undefined;
  /** Bytes bound, which is what a kernel touches at most. */
  bytes: number;
  start: number;
  duration: number;
}

/** What the host did: recorded a dispatch (with all JavaScript since the last one), or encoded and submitted a batch. */
export interface HostSpan {
  name: string;
  start: number;
  duration: number;
}

/** Dispatches of one query set: a dispatch takes two queries, and WebGPU allows 4096. */
const CHUNK = 256;

interface Chunk {
  set: GPUQuerySet;
  /** Dispatches in the set, and their first one's place in the batch. */
  count: number;
  first: number;
  /** Where the GPU writes the times, and where we read them. */
  buffers: { resolve: GPUBuffer; read: GPUBuffer };
}

/** Attach with `new Profiler(gpu)`, run something, `await stop()`. One at a time. */
export class Profiler implements Observer {
  /** Whether every dispatch is a batch of its own: so it is without timestamps. */
  readonly alone: boolean;
  readonly host: HostSpan[] = [];
  private readonly batches: { dispatches: Timed[]; chunks: Chunk[]; submitted: number }[] = [];
  private clock = performance.now();

  /** `timestamps: false` uses the wall clock even where the adapter has timestamps. */
  constructor(
    private readonly gpu: Gpu,
    { timestamps = true } = {},
  ) {
    if (gpu.stream.observer) throw new Error("profiler: one is attached already; stop it first");
    this.alone = !timestamps || !gpu.device.features.has("timestamp-query");
    gpu.stream.observer = this;
  }

  /** Detaches, waits for the GPU and gives what ran since the profiler was attached, in order. */
  async stop(): Promise<Timed[]> {
    await this.gpu.stream.flush();
    this.gpu.stream.observer = undefined;
    await this.finishedQueue();
    for (const batch of this.batches) {
      for (const chunk of batch.chunks) await this.read(batch.dispatches, chunk);
    }
    if (!this.alone) {
      for (const { dispatches } of this.batches) oneAfterTheOther(dispatches);
      this.align();
    }
    return this.batches.flatMap(({ dispatches }) => dispatches);
  }

  recorded(label: string): void {
    this.span(`record ${label}`);
  }

  batch(): Timing {
    const batch = { dispatches: [] as Timed[], chunks: [] as Chunk[], submitted: 0 };
    this.batches.push(batch);
    this.clock = performance.now();
    return {
      passFor: (label, call) => {
        const bytes = [...call.reads, ...call.writes].reduce((sum, storage) => sum + storage.bytes, 0);
        const grid = call.grid.map((count) => count ?? 1);
        batch.dispatches.push({ label, grid, work: call.work, bytes, start: 0, duration: 0 });
        return { label, timestampWrites: this.alone ? undefined : this.query(batch) };
      },
      resolve: (encoder) => {
        for (const { set, count, buffers } of batch.chunks) {
          encoder.resolveQuerySet(set, 0, 2 * count, buffers.resolve, 0);
          encoder.copyBufferToBuffer(buffers.resolve, 0, buffers.read, 0, 16 * count);
        }
        batch.submitted = performance.now();
      },
      submitted: () => this.span(`submit ${batch.dispatches.length} dispatches`),
    };
  }

  /**
   * Settles when the batch that was just submitted is done; its one dispatch took as long as that. The dispatches of a
   * replayed program are submitted together: they share the time evenly, so profile the eager form by the wall clock.
   */
  async finished(): Promise<void> {
    const { dispatches, submitted } = this.batches.at(-1)!;
    await this.finishedQueue();
    const each = (performance.now() - submitted) / dispatches.length;
    dispatches.forEach((dispatch, i) => {
      dispatch.start = submitted + i * each;
      dispatch.duration = each;
    });
  }

  private finishedQueue(): Promise<undefined> {
    return this.gpu.host.wait(this.gpu.device.queue.onSubmittedWorkDone());
  }

  private span(name: string): void {
    const now = performance.now();
    this.host.push({ name, start: this.clock, duration: now - this.clock });
    this.clock = now;
  }

  private query(batch: { dispatches: Timed[]; chunks: Chunk[] }): GPUComputePassTimestampWrites {
    let chunk = batch.chunks.at(-1);
    if (!chunk || chunk.count === CHUNK) {
      chunk = this.chunk(batch.dispatches.length - 1);
      batch.chunks.push(chunk);
    }
    const first = 2 * chunk.count++;
    return { querySet: chunk.set, beginningOfPassWriteIndex: first, endOfPassWriteIndex: first + 1 };
  }

  private chunk(first: number): Chunk {
    const { device } = this.gpu;
    const [MAP_READ, COPY_SRC, COPY_DST, QUERY_RESOLVE] = [0x1, 0x4, 0x8, 0x200];
    const buffer = (usage: number) => device.createBuffer({ label: "profiler", size: 16 * CHUNK, usage });
    return {
      set: device.createQuerySet({ label: "profiler", type: "timestamp", count: 2 * CHUNK }),
      count: 0,
      first,
      buffers: { resolve: buffer(QUERY_RESOLVE | COPY_SRC), read: buffer(MAP_READ | COPY_DST) },
    };
  }

  private async read(dispatches: Timed[], { set, buffers, count, first }: Chunk): Promise<void> {
    await this.gpu.host.wait(buffers.read.mapAsync(0x1));
    const times = new BigInt64Array(buffers.read.getMappedRange().slice(0));
    for (let i = 0; i < count; i++) {
      const [start, end] = [times[2 * i], times[2 * i + 1]];
      dispatches[first + i].start = Number(start) / 1e6;
      dispatches[first + i].duration = Math.max(0, Number(end - start) / 1e6); // a clock may be reset
    }
    for (const owned of [set, buffers.resolve, buffers.read]) owned.destroy();
  }

  /**
   * The GPU's clock has an origin of its own. No batch starts before it is submitted: the one that started
   * soonest after that tells how the two clocks lie.
   */
  private align(): void {
    const ran = this.batches.filter(({ dispatches }) => dispatches.length > 0);
    const shift = Math.max(...ran.map(({ submitted, dispatches }) => submitted - dispatches[0].start));
    for (const { dispatches } of ran) for (const dispatch of dispatches) dispatch.start += shift;
  }
}

/**
 * A GPU may stamp the beginning of a pass while the pass before is still at work. The dispatches of a batch run in
 * order, so each begins when the one before ends at the earliest.
 */
export function oneAfterTheOther(dispatches: Timed[]): void {
  let free = Number.NEGATIVE_INFINITY;
  for (const dispatch of dispatches) {
    const end = dispatch.start + dispatch.duration;
    dispatch.start = Math.max(dispatch.start, free);
    dispatch.duration = Math.max(0, end - dispatch.start);
    free = dispatch.start + dispatch.duration;
  }
}
