// A captured step: its commands over fixed buffers, with an arena of uniforms of its own.
// What changes from replay to replay (random counters, Adam's corrections) are uniform words whose function is
// asked anew each time, in the recorded order; so the host's counters stay the one truth, and no kernel is added.

import { type Command, type DispatchCommand, type Param, uniformWords } from "./command";
import { UNIFORM_BYTES } from "./pipelines";

export class Program {
  readonly commands: Command[] = [];
  private words: ArrayBuffer[] = [];
  private readonly changing = new Map<number, () => readonly Param[]>();
  private arena: GPUBuffer | undefined;
  private group: GPUBindGroup | undefined;

  constructor(
    private readonly device: GPUDevice,
    private readonly uniformLayout: GPUBindGroupLayout,
  ) {}

  /** Takes a dispatch over, with its uniform. */
  dispatch(command: DispatchCommand, words: ArrayBuffer): void {
    const offset = this.words.length * UNIFORM_BYTES;
    this.words.push(words);
    const { params } = command.call;
    if (typeof params === "function") this.changing.set(offset, params);
    this.commands.push({ ...command, offset });
  }

  command(command: Command): void {
    this.commands.push(command);
  }

  /** Makes the arena; nothing is captured after that. */
  finish(): void {
    const size = Math.max(1, this.words.length) * UNIFORM_BYTES;
    const UNIFORM = 0x40;
    const COPY_DST = 0x8;
    this.arena = this.device.createBuffer({
      label: "program",
      size,
      usage: UNIFORM | COPY_DST,
      mappedAtCreation: true,
    });
    const bytes = new Uint8Array(this.arena.getMappedRange());
    this.words.forEach((words, i) => void bytes.set(new Uint8Array(words), i * UNIFORM_BYTES));
    this.arena.unmap();
    this.words = [];
    this.group = this.device.createBindGroup({
      label: "program",
      layout: this.uniformLayout,
      entries: [{ binding: 0, resource: { buffer: this.arena, size: UNIFORM_BYTES } }],
    });
  }

  get uniformGroup(): GPUBindGroup {
    return this.group!;
  }

  /** Asks for the uniforms that change. The order is that of the capture, so counters move as they did there. */
  changedWords(): Map<number, ArrayBuffer> {
    return new Map([...this.changing].map(([offset, params]) => [offset, uniformWords(params)]));
  }

  /** Writes changed uniforms; each replay is a submit of its own, so the queue keeps them apart. */
  write(words: Map<number, ArrayBuffer>): void {
    for (const [offset, bytes] of words) this.device.queue.writeBuffer(this.arena!, offset, bytes);
  }

  dispose(): void {
    this.arena?.destroy();
    this.arena = undefined;
  }
}
