// GPU memory: buffers by size class, reused as soon as they are released, counted against a budget.
// V8 cannot see this memory, so nothing here waits for a garbage collection.

/** A range of a GPU buffer. `bytes` is a multiple of 16, so that any range can be read as vec4. */
export interface Storage {
  readonly buffer: GPUBuffer;
  readonly offset: number;
  readonly bytes: number;
}

const USAGE = 0x4 | 0x8 | 0x80; // COPY_SRC | COPY_DST | STORAGE; the names are globals that Node lacks

/** Four classes an octave, at least 256 bytes: at most a quarter of a buffer is wasted. */
export function sizeClass(bytes: number): number {
  if (bytes <= 256) return 256;
  const step = 2 ** (Math.ceil(Math.log2(bytes)) - 3);
  return Math.ceil(bytes / step) * step;
}

export class Pool {
  private readonly free = new Map<number, GPUBuffer[]>();
  private readonly used = new Set<GPUBuffer>();
  // A captured step writes its buffers at every replay, so no one else may have them in between. All captured
  // steps share theirs, since replays run one after the other: what lives across steps is never released.
  private readonly capturedFree = new Map<number, GPUBuffer[]>();
  private readonly captured = new Set<GPUBuffer>();
  /** While it is set, ranges come from the buffers of captured steps. */
  capturing = false;
  /** Bytes in use now, the most there ever were, and bytes that wait for reuse. */
  liveBytes = 0;
  peakBytes = 0;
  pooledBytes = 0;

  /** `afterSubmit` runs a function once no recorded work can name a buffer any more. */
  constructor(
    private readonly device: GPUDevice,
    private readonly budget: number,
    private readonly afterSubmit: (action: () => void) => void,
  ) {}

  /** A range of at least `bytes`; its content is whatever was there before. Throws over the budget. */
  allocate(bytes: number, label: string): Storage {
    const bound = Math.ceil(Math.max(bytes, 1) / 16) * 16;
    const limit = this.device.limits.maxStorageBufferBindingSize;
    if (bound > limit) {
      throw new Error(
        `gpu: ${label} needs ${megabytes(bound)}, but this adapter binds ${megabytes(limit)} at most.`,
      );
    }
    const size = Math.min(sizeClass(bytes), limit); // what is close to the limit gets no spare room
    const reused = (this.capturing ? this.capturedFree : this.free).get(size)?.pop();
    if (reused) this.pooledBytes -= size;
    else if (this.liveBytes + this.pooledBytes + size > this.budget) this.trim();
    if (this.liveBytes + size > this.budget) {
      throw new Error(
        `gpu: ${label} needs ${megabytes(size)}, but ${megabytes(this.liveBytes)} of the budget of ` +
          `${megabytes(this.budget)} are in use. A smaller batch needs less.`,
      );
    }
    this.liveBytes += size;
    this.peakBytes = Math.max(this.peakBytes, this.liveBytes);
    const buffer = reused ?? this.device.createBuffer({ size, usage: USAGE, label: `pool ${size}` });
    this.used.add(buffer);
    if (this.capturing) this.captured.add(buffer);
    return { buffer, offset: 0, bytes: bound };
  }

  /**
   * Gives a range back. Work recorded so far still reads it: the queue keeps the order.
   * A buffer of a device that was closed since, which a late garbage collection may bring, is let go.
   */
  release(storage: Storage): void {
    if (!this.used.delete(storage.buffer)) return;
    const { size } = storage.buffer;
    this.liveBytes -= size;
    this.pooledBytes += size;
    const free = this.captured.has(storage.buffer) ? this.capturedFree : this.free;
    const list = free.get(size);
    if (list) list.push(storage.buffer);
    else free.set(size, [storage.buffer]);
  }

  /** Gives the buffers of captured steps to everyone, once the last such step is gone. */
  endCaptures(): void {
    this.captured.clear();
    for (const [size, buffers] of this.capturedFree)
      this.free.set(size, [...(this.free.get(size) ?? []), ...buffers]);
    this.capturedFree.clear();
  }

  /** Destroys the buffers that wait for reuse, but for those of captured steps. */
  trim(): void {
    const gone = [...this.free.values()].flat();
    this.free.clear();
    this.pooledBytes -= gone.reduce((sum, buffer) => sum + buffer.size, 0);
    if (gone.length === 0) return;
    this.afterSubmit(() => {
      for (const buffer of gone) buffer.destroy();
    });
  }
}

const megabytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
