// Encodes recorded commands: dispatches share a compute pass, copies and clears end it.
import { type Command, type DispatchCommand, labelOf } from "./command";
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
    if (command.kind === "dispatch") return this.dispatch(command, uniforms);
    this.end();
    const { to } = command;
    if (command.kind === "clear") return this.encoder.clearBuffer(to.buffer, to.offset, to.bytes);
    const { from, bytes } = command;
    this.encoder.copyBufferToBuffer(from.buffer, from.offset, to.buffer, to.offset, bytes);
  }

  private dispatch({ pipeline, call, group, offset }: DispatchCommand, uniforms: GPUBindGroup): void {
    if (!pipeline.ready) return this.report(pipeline.failure!);
    if (this.timing) this.end();
    const descriptor = this.timing?.passFor(pipeline.label, call) ?? { label: "monge" };
    this.pass ??= this.encoder.beginComputePass(descriptor);
    if (this.bound !== pipeline) this.pass.setPipeline(pipeline.ready);
    this.bound = pipeline;
    this.pass.setBindGroup(0, group);
    this.pass.setBindGroup(1, uniforms, [offset]);
    this.pass.dispatchWorkgroups(...call.grid);
  }
}
