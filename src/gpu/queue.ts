// Batches on their way to the GPU: in order, each as one submit, once its pipelines are compiled.
import { type Command, labelOf } from "./command";
import type { Gpu } from "./gpu";
import type { Timing } from "./observer";
import { Passes } from "./passes";

/** What goes to the GPU as one submit. */
export interface Batch {
  readonly commands: readonly Command[];
  /** Writes the uniforms that the commands read. */
  writeUniforms?(): void;
  /** Runs when the batch was submitted, or never will be. */
  readonly after: (() => void)[];
}

export class Queue {
  private readonly waiting: Batch[] = [];
  private pumping: Promise<void> | undefined;

  constructor(private readonly gpu: Gpu) {}

  /** Submits batches at once where their pipelines are compiled. */
  push(...batches: Batch[]): void {
    this.waiting.push(...batches);
    if (this.pumping) return;
    // By the wall clock the first dispatch must not seem to last until the host has recorded the others.
    if (this.gpu.stream.observer?.alone) this.pumping = Promise.resolve().then(() => this.pump());
    else this.pump();
  }

  /** Runs `action` when nothing is left unsubmitted. */
  afterAll(action: () => void): void {
    const last = this.waiting.at(-1);
    if (last) last.after.push(action);
    else action();
  }

  /** Settles when the driver has everything. */
  async drained(): Promise<void> {
    while (this.pumping) await this.gpu.host.wait(this.pumping);
  }

  /** Drops what waits, since it can never run. */
  abandon(): void {
    for (const { after } of this.waiting.splice(0)) for (const action of after) action();
  }

  private pump(): void {
    const { observer } = this.gpu.stream;
    while (this.waiting.length > 0) {
      const uncompiled = new Set<Promise<void>>();
      for (const command of this.waiting[0].commands) {
        if (command.kind !== "dispatch" || command.pipeline.ready || command.pipeline.failure) continue;
        uncompiled.add(command.pipeline.compiled);
      }
      if (uncompiled.size > 0) {
        this.pumping = Promise.all(uncompiled).then(() => this.pump());
        return;
      }
      this.submit(this.waiting.shift()!);
      if (observer?.alone) {
        this.pumping = observer.finished().then(() => this.pump());
        return;
      }
    }
    this.pumping = undefined;
  }

  private submit(batch: Batch): void {
    const { device, faults, stream } = this.gpu;
    if (!faults.ended) {
      device.pushErrorScope("validation");
      batch.writeUniforms?.();
      const timing = stream.observer?.batch();
      const encoder = this.encode(batch, timing, (message) => faults.report(message));
      timing?.resolve(encoder);
      device.queue.submit([encoder.finish()]);
      timing?.submitted();
      faults.expect(device.popErrorScope().then((error) => error && this.blame(batch, error.message)));
    }
    for (const action of batch.after) action();
  }

  private encode({ commands }: Batch, timing?: Timing, report = (_: string) => {}) {
    const encoder = this.gpu.device.createCommandEncoder({ label: "monge" });
    const passes = new Passes(encoder, timing, report);
    passes.encode(commands);
    passes.end();
    return encoder;
  }

  /** Reports an error of validation by the label of its command: each is encoded again by itself, and none is run. */
  private async blame(batch: Batch, message: string): Promise<void> {
    const { device, faults } = this.gpu;
    const { commands } = batch;
    for (const command of commands) {
      device.pushErrorScope("validation");
      this.encode({ ...batch, commands: [command] }).finish();
      if (await device.popErrorScope()) return faults.report(`${labelOf(command)}: ${message}`);
    }
    const [first, last] = [commands[0], commands.at(-1)!].map(labelOf);
    faults.report(`a submit of ${commands.length}, from ${first} to ${last}: ${message}`);
  }
}
