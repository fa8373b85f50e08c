// Encodes recorded commands: dispatches share a compute pass, copies and clears end it.

import { type Command, labelOf } from "./command";
import type { Timing } from "./observer";
import type { Pipeline } from "./pipelines";

export class Passes {
  private pass: GPUComputePassEncoder | undefined;
  private bound: Pipeline | undefined;

  constructor(
    private readonly encoder: GPUCommandEncoder,
    /** Where there is one, each dispatch gets a pass of its own, to be timed. */
    private readonly timing: Timing | undefined,
    /** Told of a command that can't be encoded, which is left out. */
    private readonly report: (message: string) => void,
  ) {}

  /** Encodes commands whose uniforms lie in the arena of `uniforms`. */
  encode(commands: readonly Command[], uniforms: GPUBindGroup): void {
    for (const command of commands) {
      try {
        this.one(command, uniforms);
      } catch (error) {
        this.report(`${labelOf(command)}: ${(error as Error).message}`);
      }
    }
  }

  end(): void {
    this.pass?.end();
    this.pass = this.bound = undefined;
  }

  private one(command: Command, uniforms: GPUBindGroup): void {
    if (command.kind !== "dispatch") this.end();
    switch (command.kind) {
      case "dispatch": {
        if (!command.pipeline.ready) return this.report(command.pipeline.failure!);
        if (this.timing) this.end();
        this.pass ??= this.encoder.beginComputePass(
          this.timing?.passFor(command.pipeline.label, command.call) ?? { label: "monge" },
        );
        if (this.bound !== command.pipeline) this.pass.setPipeline(command.pipeline.ready);
        this.bound = command.pipeline;
        this.pass.setBindGroup(0, command.group);
        this.pass.setBindGroup(1, uniforms, [command.offset]);
        this.pass.dispatchWorkgroups(...command.call.grid);
        break;
      }
      case "clear":
        this.encoder.clearBuffer(command.to.buffer, command.to.offset, command.to.bytes);
        break;
      case "copy": {
        const { from, to, bytes } = command;
        this.encoder.copyBufferToBuffer(from.buffer, from.offset, to.buffer, to.offset, bytes);
      }
    }
  }
}
