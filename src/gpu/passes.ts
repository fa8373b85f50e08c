// Encodes recorded commands: dispatches share a compute pass, copies and clears end it.
// A replay spends its time here. So encoding a dispatch makes no object, and sets only what has changed.
import { type Command, type DispatchCommand, labelOf } from "./command";
import type { Timing } from "./observer";
import type { Pipeline } from "./pipelines";

const PASS: GPUComputePassDescriptor = { label: "monge" };

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

  encode(commands: readonly Command[]): void {
    for (const command of commands) {
      try {
        if (command.kind === "dispatch") this.dispatch(command);
        else this.move(command);
      } catch (error) {
        this.report(`${labelOf(command)}: ${(error as Error).message}`);
      }
    }
  }

  end(): void {
    this.pass?.end();
    this.pass = this.bound = undefined;
  }

  private move(command: Exclude<Command, DispatchCommand>): void {
    this.end();
    const { to } = command;
    if (command.kind === "clear") return this.encoder.clearBuffer(to.buffer, to.offset, to.bytes);
    const { from, bytes } = command;
    this.encoder.copyBufferToBuffer(from.buffer, from.offset, to.buffer, to.offset, bytes);
  }

  private dispatch({ pipeline, call, group }: DispatchCommand): void {
    if (!pipeline.ready) return this.report(pipeline.failure!);
    if (this.timing) this.end();
    this.pass ??= this.encoder.beginComputePass(this.timing?.passFor(pipeline.label, call) ?? PASS);
    if (this.bound !== pipeline) this.pass.setPipeline(pipeline.ready);
    this.bound = pipeline;
    this.pass.setBindGroup(0, group);
    const { grid } = call;
    const [y, z] = [grid[1] ?? 1, grid[2] ?? 1];
    // Each argument takes its time on the way to the driver, and most grids have one dimension.
    if (y * z === 1) this.pass.dispatchWorkgroups(grid[0]);
    else this.pass.dispatchWorkgroups(grid[0], y, z);
  }
}
