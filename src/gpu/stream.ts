// A command stream for WebGPU with capture and replay. What it promises:
// - Order. Dispatches, copies, clears, uploads, reads and replays take effect in the order of their calls. Calls only
//   record; a batch is submitted when it is full, when its estimated work is enough, or when somebody waits.
// - Short submits. Batches and replays are cut by estimated work, so that no driver's watchdog fires; a single dispatch
//   is never cut.
// - Capture. `capture(fn)` runs `fn` as ever and gives a program that `replay` runs again, over the same buffers and with
//   the uniforms that change asked anew. The numbers are those of running `fn` again, bit by bit.
// - A program owns what it touches. What a capture makes and does not release is its own for as long as it lives; what it
//   reads or writes from outside it keeps alive, even when that is released. Only what is released inside of the capture
//   lies in buffers that programs share.
// - Versions. Every write that is recorded, in a replay too, raises the `version` of its storage.
// - Refusals. What a replay could not repeat throws at the call: uploads, reads, captures, replays and closing inside of a
//   capture. So does what the driver would refuse without a name: a grid out of bounds, a buffer that is read and written,
//   one that was released or came from another device, bind groups beyond what drivers bear.
// - Errors. What the GPU reports later is thrown once, with the label of the dispatch where it can be known, by the calls
//   that wait then, or by the next. Only a device lost or closed stays unusable. A capture that throws leaves nothing behind.
// - It knows no shader, tuner or tensor: WGSL comes by name from who opened the device; a profiler plugs in as `observer`.
import { GpuError } from "../errors";
import { cached } from "./cached";
import { type Command, type Dispatch, paramsOf, workOfCall, writesOf } from "./command";
import type { Gpu } from "./gpu";
import { BindGroups } from "./groups";
import type { Observer } from "./observer";
import { raiseVersion, type Storage } from "./pool";
import { Program } from "./program";
import { Queue } from "./queue";
import { Slots } from "./slots";

export type { Dispatch, Undo } from "./command";

/** Commands of a submit. */
const MAX_COMMANDS = 1024;
/** With more slots in programs a capture leaves their scratch alone: bind groups made anew stay within what drivers bear. */
const MAX_SHARED = 12_000;
/** Bytes of a buffer for uploads: drivers map memory for each, and bear only so many. */
const STAGE = 2 ** 16;
/** WebGPU's limit for a dimension of a grid. */
export const MAX_GROUPS = 65535;
// Estimated work of a submit: about 0.1 s on a slow processor or a slow GPU, so far below any driver's watchdog, and
// far above what a submit costs.
const MAX_WORK = { software: 2e9, hardware: 5e10 };

export class Stream {
  /** Where there is one, it times each dispatch in a pass of its own. */
  observer: Observer | undefined;
  private commands: Command[] = [];
  private after: (() => void)[] = [];
  private work = 0;
  private capturing: Program | undefined;
  readonly queue: Queue;
  /** Slots of programs that are gone, by their number: who takes them over gets their bind groups with them. */
  private readonly idle = new Map<number, Slots[]>();
  /** Slots of programs that are not gone. */
  private lent = 0;
  /** Where the batch's uploads wait. */
  private stage: { buffer: GPUBuffer; room: Uint8Array; used: number } | undefined;
  readonly groups: BindGroups;
  private readonly slots: Slots;
  private readonly marks: Promise<undefined>[] = [];

  constructor(private readonly gpu: Gpu) {
    this.queue = new Queue(gpu);
    this.groups = new BindGroups(gpu.device, () => void gpu.host.collect?.());
    this.slots = new Slots(gpu.device, this.groups, 4 * MAX_COMMANDS);
  }

  /** Forgets bind groups, which keep their buffers alive: to be called before those are destroyed. */
  forgetGroups(): void {
    this.send();
    for (const slots of [this.slots, ...[...this.idle.values()].flat()]) slots.clear();
  }

  /** Throws, in the name of `what`, inside of a capture. */
  refuseInCapture(what: string): void {
    if (this.capturing) throw new Error(`capture: ${what}`);
  }

  /** Records one dispatch. Throws on what the driver would refuse later, in a message without the label. */
  dispatch(call: Dispatch): void {
    if (call.grid.includes(0)) return;
    this.checkCall(call);
    const pipeline = this.gpu.pipelines.get(call);
    if (typeof call.params === "function") this.groups.check(pipeline.label); // before it moves a counter
    const uniform = pipeline.uniform.pack(paramsOf(call));
    this.makeRoom(workOfCall(call));
    const { group, at } = this.slots.take(pipeline, call, uniform);
    this.record({ kind: "dispatch", pipeline, group, at, call }, this.capturing && uniform.slice());
    this.observer?.recorded(pipeline.label);
    if (this.observer?.alone) this.send();
  }

  /** Records a copy of `bytes` (a multiple of 4) between two ranges. */
  copy(from: Storage, to: Storage, bytes: number): void {
    if (bytes === 0) return;
    this.makeRoom(bytes);
    this.record({ kind: "copy", from, to, bytes });
  }

  /** Records the zeroing of a range. */
  clear(to: Storage): void {
    this.makeRoom(to.bytes);
    this.record({ kind: "clear", to });
  }

  /** Records what `fn` records a second time, as a program that `replay` runs again. */
  capture<T>(fn: () => T): { result: T; program: Program } {
    this.refuseInCapture("another one must not be made inside of it.");
    const program = new Program(this, this.gpu.pool);
    this.capturing = program;
    this.gpu.pool.beginCapture(this.lent <= MAX_SHARED);
    try {
      const result = fn();
      program.finish(this.mostWork);
      return { result, program };
    } catch (error) {
      program.abandon();
      this.afterSubmit(() => program.leaveSlots());
      throw error;
    } finally {
      this.capturing = undefined;
    }
  }

  /** Records a program's commands, behind what was recorded before. */
  replay(program: Program): void {
    this.refuseInCapture("a captured step must not be replayed inside of it.");
    if (this.gpu.pool.closed) throw new GpuError("replay: the device of the captured step was closed.");
    this.send();
    const writeUniforms = program.changed();
    const [first, ...rest] = program.submits.map((commands) => ({ commands, after: [] }));
    if (first) this.queue.push({ ...first, writeUniforms }, ...rest);
    program.raiseVersions();
  }

  /** Lets a program go; its commands that are recorded still run. */
  drop(program: Program): void {
    if (program.disposed) return;
    program.dispose();
    this.afterSubmit(() => program.leaveSlots());
  }

  /** Slots for so many dispatches; the next program may have them once the last submit with them is done. */
  takeSlots(dispatches: number): Slots {
    const count = 2 ** Math.ceil(Math.log2(Math.max(dispatches, 1)));
    this.lent += count;
    return cached(this.idle, count, () => []).pop() ?? new Slots(this.gpu.device, this.groups, count);
  }

  giveSlots(slots: Slots): void {
    this.lent -= slots.count;
    this.idle.get(slots.count)!.push(slots);
  }

  /** Copies host data to the GPU, in order with the recorded work (queue.writeBuffer would overtake it). */
  upload(data: Float32Array | Uint32Array | Uint8Array, to: Storage): void {
    if (data.byteLength === 0) return;
    this.refuseInCapture("host data must not be uploaded inside of it. Upload before it.");
    const COPY_SRC = 0x4;
    const { device } = this.gpu;
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const size = Math.ceil(bytes.length / 4) * 4;
    this.makeRoom(size);
    if (!this.stage || this.stage.used + size > this.stage.room.length) {
      this.endStage();
      const buffer = device.createBuffer({
        label: "upload",
        size: Math.max(size, STAGE),
        usage: COPY_SRC,
        mappedAtCreation: true,
      });
      try {
        this.stage = { buffer, room: new Uint8Array(buffer.getMappedRange()), used: 0 };
      } catch {
        return buffer.destroy(); // wgpu gives no range where the device is lost or full; the next read tells which
      }
    }
    const { buffer, room, used: offset } = this.stage;
    room.set(bytes, offset);
    this.stage.used += size;
    this.record({ kind: "copy", from: { ...to, buffer, offset, bytes: size }, to, bytes: size });
  }

  /** Reads a range back once all recorded work is done. Throws when the GPU reported an error. */
  async download(from: Storage, bytes: number): Promise<ArrayBuffer> {
    this.refuseInCapture("numbers must not be read inside of it, since a replay reads none. Read after it.");
    const [MAP_READ, COPY_DST] = [0x1, 0x8];
    const { device, host, faults } = this.gpu;
    const since = faults.told;
    const size = Math.max(4, Math.ceil(bytes / 4) * 4);
    const release = this.groups.hold("read");
    const buffer = device.createBuffer({ label: "download", size, usage: MAP_READ | COPY_DST });
    try {
      this.copy(from, { ...from, buffer, offset: 0, bytes: size }, size);
      await this.flush();
      const unread = (error: Error) => faults.report(`the numbers could not be read: ${error.message}`);
      await host.wait(buffer.mapAsync(MAP_READ)).catch(unread);
      await faults.tell(device, since);
      return buffer.getMappedRange().slice(0, bytes);
    } finally {
      buffer.destroy();
      release();
    }
  }

  /** Runs `action` when nothing recorded so far is left unsubmitted: then a buffer may be destroyed. */
  afterSubmit(action: () => void): void {
    if (this.commands.length > 0) this.after.push(action);
    else this.queue.afterAll(action);
  }

  /** Submits all recorded work; settles when the driver has it, and its errors are known. */
  async flush(): Promise<void> {
    const { host, faults } = this.gpu;
    const since = faults.told;
    this.send();
    await this.queue.drained();
    const settled = faults.settled();
    if (settled) await host.wait(settled);
    await faults.tell(this.gpu.device, since);
    if (this.groups.areMany) {
      this.forgetGroups();
      await host.collect?.();
    }
  }

  /** Flushes and waits until all but the newest `most` settled points are done, so that the host cannot run away. */
  async settle(most: number): Promise<void> {
    const since = this.gpu.faults.told;
    await this.flush();
    this.marks.push(this.gpu.device.queue.onSubmittedWorkDone());
    while (this.marks.length > most) await this.gpu.host.wait(this.marks.shift()!);
    await this.gpu.faults.tell(this.gpu.device, since);
  }

  /** Hands the recorded batch on; it is submitted at once if its pipelines are compiled. */
  send(): void {
    if (this.commands.length === 0) return;
    this.endStage();
    const { commands, after } = this;
    this.commands = [];
    this.after = [];
    this.work = 0;
    this.queue.push({ commands, writeUniforms: this.slots.endBatch(), after });
  }

  private get mostWork(): number {
    return MAX_WORK[this.gpu.info.software ? "software" : "hardware"];
  }

  private checkCall({ shader, entry, grid, reads, writes }: Dispatch): void {
    const refuse = (rule: string) => new Error(`gpu: ${shader}:${entry}: ${rule}`);
    const fits = (count?: number) => Number.isInteger(count) && count! > 0 && count! <= MAX_GROUPS;
    if (!grid.every(fits))
      throw refuse(`a grid must have from 1 to ${MAX_GROUPS} workgroups a dimension, got [${grid}].`);
    if (reads.some(({ buffer }) => writes.some((written) => written.buffer === buffer)))
      throw refuse("a dispatch must not read a buffer that it writes.");
    const isGone = (storage: Storage) => !this.gpu.pool.owns(storage);
    const gone = reads.find(isGone) ?? writes.find(isGone);
    if (gone) throw refuse(`the storage of ${gone.label} was released, or is another device's.`);
  }

  private endStage(): void {
    const { stage } = this;
    if (!stage) return;
    this.stage = undefined;
    stage.buffer.unmap();
    this.after.push(() => stage.buffer.destroy());
  }

  private makeRoom(work: number): void {
    if (this.commands.length >= MAX_COMMANDS || this.work + work > this.mostWork) this.send();
    this.work += work;
  }

  private record(command: Command, uniform?: Uint32Array): void {
    this.capturing?.record(command, uniform);
    this.commands.push(command);
    for (const storage of writesOf(command)) raiseVersion(storage);
  }
}
