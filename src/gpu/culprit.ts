// Which of the commands that were encoded together is not valid: WebGPU reports an error of the whole.
import type { Command } from "./command";
import { Passes } from "./passes";

/** Encodes each command by itself, and runs none; gives the first one that is refused. */
export async function culprit(
  device: GPUDevice,
  commands: readonly Command[],
  uniforms: GPUBindGroup,
): Promise<Command | undefined> {
  for (const command of commands) {
    device.pushErrorScope("validation");
    const encoder = device.createCommandEncoder({ label: "monge" });
    const passes = new Passes(encoder, undefined, () => {});
    passes.encode([command], uniforms);
    passes.end();
    encoder.finish();
    if (await device.popErrorScope()) return command;
  }
  return undefined;
}
