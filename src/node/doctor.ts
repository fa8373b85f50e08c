// The command `npm run doctor`: shows what this machine offers, opens the device with its numeric self-test,
// and ends with "ready" and exit code 0, or with one line on what is wrong and exit code 1.
import { existsSync, readFileSync } from "node:fs";
import { arch, availableParallelism, platform, release, totalmem, type } from "node:os";
import { families } from "../kernels/tuning/configurations";
import { runCommand } from "./command";
import { readOptions } from "./commandLine";
import { cacheFolder } from "./files";
import { type AdapterSummary, probeAdapter } from "./probe";

const MiB = 2 ** 20;

function row(name: string, value: string): void {
  console.log(`${name.padEnd(18)}${value}`);
}

function systemName(): string {
  const file = "/etc/os-release";
  const pretty = existsSync(file) && readFileSync(file, "utf8").match(/^PRETTY_NAME="?(.*?)"?$/m)?.[1];
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${pretty || `${type()} ${release()}`}, ${platform()}-${arch()}, ${availableParallelism()} cores, ${memory} GiB`;
}

function webgpuVersion(): string | null {
  try {
    const file = new URL(import.meta.resolve("webgpu/package.json"));
    return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
  } catch {
    return null;
  }
}

/** What the kernels can make use of; the others of an adapter's features concern textures and drawing. */
const usedFeatures = ["shader-f16", "subgroups", "subgroup-size-control", "timestamp-query"];

function showAdapter(adapter: AdapterSummary): void {
  const { subgroupMinSize: least, subgroupMaxSize: most, features, limits } = adapter;
  const size = (name: string): string => {
    const bytes = limits[name] ?? 0;
    return bytes < MiB ? `${Math.floor(bytes / 1024)} KiB` : `${Math.floor(bytes / MiB)} MiB`;
  };
  row("adapter", [adapter.vendor, adapter.architecture, adapter.device].filter(Boolean).join(", "));
  row("driver", adapter.description || "not named");
  row("type", adapter.software ? "software (runs on the processor)" : "hardware");
  row("subgroup size", !least ? "not told" : least === most ? `${least}` : `varies, ${least} to ${most}`);
  row("features", usedFeatures.map((name) => `${name} ${features.includes(name) ? "yes" : "no"}`).join(", "));
  row("buffer", `${size("maxBufferSize")}, ${size("maxStorageBufferBindingSize")} a storage binding`);
  row("storage buffers", `${limits.maxStorageBuffersPerShaderStage} a shader`);
  row(
    "workgroup",
    `${limits.maxComputeInvocationsPerWorkgroup} invocations, ${size("maxComputeWorkgroupStorageSize")} of memory`,
  );
  row("grid", `${limits.maxComputeWorkgroupsPerDimension} workgroups a dimension`);
}

/** Returns what is wrong, with a hint, or null. */
async function examine(): Promise<string | null> {
  const version = webgpuVersion();
  row("Node", process.version);
  row("system", systemName());
  row("webgpu", version ?? "not installed");
  row("VK_DRIVER_FILES", process.env.VK_DRIVER_FILES ?? "not set");
  row("MONGE_DATA", process.env.MONGE_DATA ?? "not set");
  row("cache folder", cacheFolder(process.env));
  if (version === null) return "the npm package webgpu is not installed. Run `npm run setup`.";

  const adapter = probeAdapter();
  if (!adapter) {
    row("adapter", "none");
    return process.env.VK_DRIVER_FILES
      ? "no WebGPU adapter with the driver that VK_DRIVER_FILES names. Unset it, then run `npm run setup`."
      : "no WebGPU adapter. Run `npm run setup`, which installs a driver or says which one to install.";
  }
  showAdapter(adapter);
  try {
    // Loaded only here, so that a missing or unloadable webgpu is told above instead of ending the command.
    const { closeDevice, openDevice } = await import("./device");
    const { info } = await openDevice();
    row("kernels", families(info).join(", "));
    closeDevice();
  } catch (error) {
    row("self-test", "failed");
    return `${error instanceof Error ? error.message : error}. See docs/setup.md.`;
  }
  row("self-test", "passed");
  return null;
}

const help = `Shows what this machine offers, opens the GPU and computes something whose answer is known.

usage: npm run doctor

The last line is "ready", or "not ready:" with what is wrong; then the exit code is 1.
`;

await runCommand(async () => {
  if (readOptions("doctor", process.argv.slice(2), []).help) return void process.stdout.write(help);
  const wrong = await examine();
  console.log(wrong === null ? "ready" : `not ready: ${wrong}`);
  if (wrong !== null) process.exit(1);
});
