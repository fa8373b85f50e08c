// The command stream: kernels append dispatches, `flush` encodes them in one pass and submits them.
// Eager to the reader, batched to the GPU; uniforms of a batch lie in one arena, written once before its submit.

import { type Command, type Dispatch, uniformWords } from "./command";
import type { Gpu } from "./gpu";
import { BindGroups } from "./groups";
import type { Observer } from "./observer";
import { Passes } from "./passes";
import { UNIFORM_BYTES } from "./pipelines";
import type { Storage } from "./pool";
import { Program } from "./program";

export { type Dispatch, float, type Param } from "./command";

interface Batch {
  commands: Command[];
  uniforms: ArrayBuffer;
  uniformBytes: number;
  /** A captured program that runs after the commands, with the uniform words that changed. */
  replay?: { program: Program; words: Map<number, ArrayBuffer> };
  after: (() => void)[];
}

const MAX_DISPATCHES = 1024;
const MAX_GROUPS = 65535; // WebGPU's limit for a dimension of a grid
// Estimated work of a submit: about 0.1 s on a slow processor or a slow GPU, so far below any driver's watchdog, and
// far above what a submit costs.
const MAX_WORK = { software: 2e9, hardware: 5e10 };

export class Stream {
  /** Where there is one, it times each dispatch in a pass of its own. */
  observer: Observer | undefined;
  private batch = newBatch();
  private capturing: Program | undefined;
  private programs = 0;
  private work = 0;
  private readonly waiting: Batch[] = [];
  private pumping: Promise<void> | undefined;
  private readonly arena: GPUBuffer;
  private readonly uniformGroup: GPUBindGroup;
  /** Bind groups, kept for the next time; to be forgotten before their buffers are destroyed. */
  readonly groups: BindGroups;
  private readonly marks: Promise<undefined>[] = [];

  constructor(private readonly gpu: Gpu) {
    const { device, pipelines } = gpu;
    this.groups = new BindGroups(device);
    const UNIFORM = 0x40;
    const COPY_DST = 0x8;
    this.arena = device.createBuffer({
      label: "uniforms",
      size: MAX_DISPATCHES * UNIFORM_BYTES,
      usage: UNIFORM | COPY_DST,
    });
    this.uniformGroup = device.createBindGroup({
      label: "uniforms",
      layout: pipelines.uniformLayout,
      entries: [{ binding: 0, resource: { buffer: this.arena, size: UNIFORM_BYTES } }],
    });
  }

  /** Records one dispatch. Throws on what the driver would refuse later, in a message without the label. */
  dispatch(call: Dispatch): void {
    if (call.grid.some((count) => count === 0)) return;
    if (call.grid.some((count) => count! > MAX_GROUPS)) {
      const rule = `a grid must have ${MAX_GROUPS} workgroups at most a dimension`;
      throw new Error(`gpu: ${call.shader}:${call.entry}: ${rule}, got [${call.grid}].`);
    }
    if (call.reads.some(({ buffer }) => call.writes.some((written) => written.buffer === buffer))) {
      throw new Error(`gpu: ${call.shader}:${call.entry}: a dispatch must not read a buffer that it writes.`);
    }
    const pipeline = this.gpu.pipelines.get({
      shader: call.shader,
      entry: call.entry,
      constants: call.constants,
      reads: call.reads.length,
      writes: call.writes.length,
    });
    const bound = [...call.reads, ...call.writes];
    const words = uniformWords(call.params);
    const offset = this.uniform(words);
    const command = {
      kind: "dispatch",
      pipeline,
      group: this.groups.get(pipeline, bound),
      offset,
      call,
    } as const;
    this.batch.commands.push(command);
    this.capturing?.dispatch(command, words);
    this.observer?.recorded(pipeline.label);
    this.work += call.work ?? bound.reduce((sum, storage) => sum + storage.bytes, 0);
    if (this.work > MAX_WORK[this.gpu.info.software ? "software" : "hardware"] || this.observer?.alone)
      this.send();
  }

  /** Records a copy of `bytes` (a multiple of 4) between two ranges. */
  copy(from: Storage, to: Storage, bytes: number): void {
    if (bytes === 0) return;
    const [fromOffset, toOffset] = [from.offset, to.offset];
    this.record({ kind: "copy", from: from.buffer, fromOffset, to: to.buffer, toOffset, bytes });
  }

  /** Records what `fn` records a second time, as a program that `replay` runs again. */
  capture<T>(fn: () => T): { result: T; program: Program } {
    if (this.capturing) throw new Error("capture: a capture must not be made inside of another one.");
    const program = new Program(this.gpu.device, this.gpu.pipelines.uniformLayout);
    this.capturing = program;
    this.gpu.pool.capturing = true;
    try {
      const result = fn();
      program.finish();
      this.programs++;
      return { result, program };
    } catch (error) {
      program.dispose();
      if (this.programs === 0) this.gpu.pool.endCaptures();
      throw error;
    } finally {
      this.capturing = undefined;
      this.gpu.pool.capturing = false;
    }
  }

  /** Frees a program once no recorded work needs it, and the buffers of all of them with the last. */
  drop(program: Program): void {
    this.programs--;
    if (this.programs === 0) this.gpu.pool.endCaptures();
    this.afterSubmit(() => program.dispose());
  }

  /** Records a program's commands, behind what was recorded before: one pass and one submit. */
  replay(program: Program): void {
    if (this.capturing) throw new Error("capture: a captured step must not be replayed inside of a capture.");
    this.batch.replay = { program, words: program.changedWords() };
    this.send();
  }

  /** Records the zeroing of a range. */
  clear(to: Storage): void {
    this.record({ kind: "clear", to: to.buffer, offset: to.offset, bytes: to.bytes });
  }

  /** Copies host data to the GPU, in order with the recorded work (queue.writeBuffer would overtake it). */
  upload(data: Float32Array | Uint32Array | Uint8Array, to: Storage): void {
    if (data.byteLength === 0) return;
    if (this.capturing) {
      throw new Error(
        "capture: host data must not be uploaded inside of a capture, since a replay has no new data. Upload before",
      );
    }
    const COPY_SRC = 0x4;
    const size = Math.ceil(data.byteLength / 4) * 4;
    const from = this.gpu.device.createBuffer({
      label: "upload",
      size,
      usage: COPY_SRC,
      mappedAtCreation: true,
    });
    try {
      new Uint8Array(from.getMappedRange()).set(
        new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
      );
    } catch {
      // wgpu gives no range where the device is lost or out of memory; the next read tells which.
      return;
    }
    from.unmap();
    this.copy({ buffer: from, offset: 0, bytes: size }, to, size);
    this.afterSubmit(() => from.destroy());
  }

  /** Reads a range back once all recorded work is done. Throws when the GPU reported an error. */
  async download(from: Storage, bytes: number): Promise<ArrayBuffer> {
    const MAP_READ_COPY_DST = 0x1 | 0x8;
    const size = Math.max(4, Math.ceil(bytes / 4) * 4);
    const to = this.gpu.device.createBuffer({ label: "download", size, usage: MAP_READ_COPY_DST });
    try {
      this.copy(from, { buffer: to, offset: 0, bytes: size }, size);
      await this.flush();
      await this.gpu.host.wait(to.mapAsync(0x1)).catch((error: Error) => this.gpu.fail(error.message));
      await this.check();
      return to.getMappedRange().slice(0, bytes);
    } finally {
      to.destroy();
    }
  }

  /** Runs `action` when nothing recorded so far is left unsubmitted: then a buffer may be destroyed. */
  afterSubmit(action: () => void): void {
    const last = this.batch.commands.length > 0 ? this.batch : this.waiting.at(-1);
    if (last) last.after.push(action);
    else action();
  }

  /** Submits all recorded work; settles when the driver has it. */
  async flush(): Promise<void> {
    this.send();
    while (this.pumping) await this.gpu.host.wait(this.pumping);
    await this.check();
  }

  /** Flushes and waits until all but the newest `most` settled points are done, so that the host cannot run away. */
  async settle(most: number): Promise<void> {
    await this.flush();
    this.marks.push(this.gpu.device.queue.onSubmittedWorkDone());
    while (this.marks.length > most) await this.gpu.host.wait(this.marks.shift()!);
    await this.check();
  }

  /** Throws what the GPU reported. wgpu tells of what is lost with a device before it tells of the device. */
  private async check(): Promise<void> {
    try {
      this.gpu.check();
    } catch {
      await Promise.race([this.gpu.device.lost, new Promise((done) => setTimeout(done, 100))]);
      this.gpu.check();
    }
  }

  private record(command: Command): void {
    this.batch.commands.push(command);
    this.capturing?.command(command);
  }

  private uniform(words: ArrayBuffer): number {
    if (this.batch.uniformBytes === this.batch.uniforms.byteLength) this.send();
    const offset = this.batch.uniformBytes;
    this.batch.uniformBytes += UNIFORM_BYTES;
    new Uint8Array(this.batch.uniforms, offset).set(new Uint8Array(words));
    return offset;
  }

  /** Hands the recorded batch on; it is submitted at once if its pipelines are compiled. */
  send(): void {
    if (this.batch.commands.length === 0 && !this.batch.replay) return;
    this.waiting.push(this.batch);
    this.batch = newBatch();
    this.work = 0;
    if (this.pumping) return;
    // By the wall clock the first dispatch must not seem to last until the host has recorded the others.
    if (this.observer?.alone) this.pumping = Promise.resolve().then(() => this.pump());
    else this.pump();
  }

  private pump(): void {
    while (this.waiting.length > 0) {
      const { commands, replay } = this.waiting[0];
      const all = replay ? [...commands, ...replay.program.commands] : commands;
      const pipelines = all.flatMap((c) => (c.kind === "dispatch" ? [c.pipeline] : []));
      const uncompiled = pipelines.filter((pipeline) => !pipeline.ready);
      if (uncompiled.length > 0) {
        this.pumping = Promise.all(uncompiled.map((pipeline) => pipeline.compiled))
          .then(() => this.pump())
          .catch((error: Error) => this.abandon(error));
        return;
      }
      this.submit(this.waiting.shift()!);
      if (this.observer?.alone) {
        this.pumping = this.observer.finished().then(() => this.pump());
        return;
      }
    }
    this.pumping = undefined;
  }

  /** After an error nothing that waits can run: what was to be freed after it is freed now. */
  private abandon(error: Error): void {
    this.gpu.fail(error.message.replace(/^gpu: /, ""));
    this.pumping = undefined;
    for (const batch of this.waiting.splice(0)) for (const action of batch.after) action();
  }

  private submit(batch: Batch): void {
    const { device } = this.gpu;
    if (batch.uniformBytes > 0)
      device.queue.writeBuffer(this.arena, 0, batch.uniforms, 0, batch.uniformBytes);
    const timing = this.observer?.batch();
    const encoder = device.createCommandEncoder({ label: "monge" });
    const passes = new Passes(encoder, timing);
    passes.encode(batch.commands, this.uniformGroup);
    if (batch.replay) {
      const { program, words } = batch.replay;
      program.write(words);
      passes.encode(program.commands, program.uniformGroup);
    }
    passes.end();
    timing?.resolve(encoder);
    device.queue.submit([encoder.finish()]);
    timing?.submitted();
    for (const action of batch.after) action();
  }
}

const newBatch = (): Batch => ({
  commands: [],
  uniforms: new ArrayBuffer(MAX_DISPATCHES * UNIFORM_BYTES),
  uniformBytes: 0,
  after: [],
});
