// Asks in a child process which WebGPU adapter there is: with no usable driver Dawn writes a native stack
// trace to stderr, or crashes, and neither should reach the user's screen or end the command.
import { spawnSync } from "node:child_process";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
// The text and not the module, so that a bundle carried to another machine has the child's code within it.
import source from "../../scripts/probe.mjs" with { type: "text" };

/** What an adapter says of itself. `limits` holds the few that bound what the engine can run. */
export interface AdapterSummary {
  vendor: string;
  architecture: string;
  device: string;
  description: string;
  software: boolean;
  subgroupMinSize: number;
  subgroupMaxSize: number;
  features: string[];
  limits: Record<string, number>;
}

/** The adapter that Dawn would give this process, or null. A crash, or no answer in 20 s, counts as none. */
export function probeAdapter(): AdapterSummary | null {
  const { status, stdout } = spawnSync(process.execPath, ["--input-type=module", "--eval", source], {
    // Evaluated code resolves packages from its folder: this one makes it find the bundle's own `webgpu`.
    cwd: dirname(fileURLToPath(import.meta.url)),
    encoding: "utf8",
    killSignal: "SIGKILL",
    stdio: ["ignore", "pipe", "ignore"],
    timeout: 20_000,
  });
  try {
    return status === 0 ? (JSON.parse(stdout) as AdapterSummary | null) : null;
  } catch {
    return null;
  }
}
