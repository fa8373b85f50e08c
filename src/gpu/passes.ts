// Encodes recorded commands: dispatches share a compute pass, copies and clears end it.

import type { Command } from "./command";
import type { Timing } from "./observer";
import type { Pipeline } from "./pipelines";

export class Passes {
  private pass: GPUComputePassEncoder | undefined;
  private bound: Pipeline | undefined;

  constructor(
    private readonly encoder: GPUCommandEncoder,
    /** Where there is one, each dispatch gets a pass of its own, to be timed. */
    private readonly timing: Timing | undefined,
  ) {}

  /** Encodes commands whose uniforms lie in the arena of `uniforms`. */
  encode(commands: readonly Command[], uniforms: GPUBindGroup): void {
    for (const command of commands) {
      if (command.kind !== "dispatch") this.end();
      switch (command.kind) {
        case "dispatch": {
          if (this.timing) this.end();
          this.pass ??= this.encoder.beginComputePass(
            this.timing?.passFor(command.pipeline.label, command.call) ?? { label: "monge" },
          );
          if (this.bound !== command.pipeline) this.pass.setPipeline(command.pipeline.ready!);
          this.bound = command.pipeline;
          this.pass.setBindGroup(0, command.group);
          this.pass.setBindGroup(1, uniforms, [command.offset]);
          this.pass.dispatchWorkgroups(...command.call.grid);
          break;
        }
        case "clear":
          this.encoder.clearBuffer(command.to, command.offset, command.bytes);
          break;
        case "copy": {
          const { from, fromOffset, to, toOffset, bytes } = command;
          this.encoder.copyBufferToBuffer(from, fromOffset, to, toOffset, bytes);
        }
      }
    }
  }

  end(): void {
    this.pass?.end();
    this.pass = this.bound = undefined;
  }
}
