// Where the uniforms of dispatches lie: each bind group has a slot of its own in an arena, and the host knows what it holds.
// So a dispatch that comes again with the same uniform writes nothing, and none needs a dynamic offset, which would take a
// fifth of its time. The stream has one arena, each captured step another.
import { cached } from "./cached";
import type { Dispatch } from "./command";
import type { BindGroups } from "./groups";
import type { Pipeline } from "./pipelines";
import { UNIFORM_BYTES } from "./uniforms";

interface Slot {
  readonly group: GPUBindGroup;
  /** Bytes from the beginning of the arena. */
  readonly at: number;
}

/** The slots for the same ranges: a batch takes one for each uniform that comes with them. */
interface Row {
  batch: number;
  taken: number;
  readonly slots: Slot[];
}

export class Slots {
  readonly arena: GPUBuffer;
  private readonly rows = new Map<string, Row>();
  private readonly free: number[];
  private batch = 1;
  /** What the arena holds when the batch is submitted. */
  private readonly words: Uint32Array;
  /** The part of it that the batch has changed. */
  private from = Number.POSITIVE_INFINITY;
  private to = 0;

  constructor(
    private readonly device: GPUDevice,
    private readonly groups: BindGroups,
    readonly count: number,
  ) {
    const [UNIFORM, COPY_DST] = [0x40, 0x8];
    const size = count * UNIFORM_BYTES;
    this.arena = device.createBuffer({ label: "uniforms", size, usage: UNIFORM | COPY_DST });
    this.words = new Uint32Array(size / 4);
    this.free = Array.from({ length: count }, (_, i) => size - (i + 1) * UNIFORM_BYTES);
  }

  /** A slot with this uniform; `alone`: that no other dispatch has. A batch must not take more than there are. */
  take(pipeline: Pipeline, call: Dispatch, uniform: Uint32Array, alone = false): Slot {
    const key = this.groups.keyOf(pipeline, call);
    const row = cached(this.rows, key, (): Row => ({ batch: 0, taken: 0, slots: [] }));
    if (row.batch !== this.batch) [row.batch, row.taken] = [this.batch, 0];
    const last = row.slots[row.taken - 1];
    if (last && !alone && this.holds(last.at, uniform)) return last;
    if (row.taken === row.slots.length) row.slots.push(this.make(pipeline, call));
    const slot = row.slots[row.taken++];
    this.write(slot.at, uniform);
    return slot;
  }

  /** Changes the uniform at `at`. */
  write(at: number, uniform: Uint32Array): void {
    if (this.holds(at, uniform)) return;
    const first = at / 4;
    this.words.set(uniform, first);
    this.from = Math.min(this.from, first);
    this.to = Math.max(this.to, first + uniform.length);
  }

  /** Ends a batch; gives what writes its uniforms before it is submitted. */
  endBatch(): () => void {
    const { device, arena, from, to } = this;
    this.batch++;
    this.from = Number.POSITIVE_INFINITY;
    this.to = 0;
    if (to === 0) return () => {}; // Deno ends on an empty write
    const changed = this.words.slice(from, to);
    return () => device.queue.writeBuffer(arena, 4 * from, changed);
  }

  /** Forgets bind groups that the batch does not use, until so many slots are free. */
  clear(least = this.count): void {
    for (const [key, row] of this.rows) {
      if (this.free.length >= least) return;
      if (row.batch !== this.batch) {
        row.taken = 0;
        this.rows.delete(key);
      }
      for (const { at } of row.slots.splice(row.taken)) this.free.push(at);
    }
  }

  private holds(at: number, uniform: Uint32Array): boolean {
    const { words } = this;
    for (let i = 0; i < uniform.length; i++) if (words[at / 4 + i] !== uniform[i]) return false;
    return true;
  }

  private make(pipeline: Pipeline, call: Dispatch): Slot {
    this.groups.check(pipeline.label);
    if (this.free.length === 0) this.clear(this.count / 4); // not one by one, since it passes by all that are used
    const at = this.free.at(-1)!;
    const group = this.groups.make(pipeline, call, this.arena, at);
    this.free.pop();
    return { group, at };
  }
}
