// The command `npm run doctor`: shows what this machine offers, computes on the adapter that would be used, and ends
// with "ready" and exit code 0, or with one line on what is wrong and exit code 1.
import { existsSync, readFileSync } from "node:fs";
import { arch, availableParallelism, platform, release, totalmem, type } from "node:os";
import { version } from "../../package.json";
import { cacheFolder } from "../../scripts/cacheFolder.mjs";
import { matmul, tensor } from "../autograd";
import { families } from "../kernels/tuning/configurations";
import { complaint, runCommand } from "./command";
import { adapterHelp, readOptions } from "./commandLine";
import { closeDevice, openDevice } from "./device";
import { requireWritable, writeNamed } from "./files";
import { notEmpty } from "./options";
import { type AdapterSummary, probeAdapters, requireAdapter } from "./probe";

const MiB = 2 ** 20;
/** Rows and columns of the matrices that are tried: no tile's multiple. */
const SIZE = 67;

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

/** One line for each adapter, the one that is used marked. */
function showAdapters(adapters: AdapterSummary[], used: AdapterSummary): void {
  adapters.forEach((adapter, i) => {
    const { name, alike, software } = adapter;
    const notes = [alike > 1 && `the first of ${alike} of that name`, adapter === used && "used here"];
    const cells = [name, software ? "software" : "hardware", ...notes.filter(Boolean)];
    row(i === 0 ? "adapters" : "", cells.join(", "));
  });
}

/** A product on the GPU against sums of the host in float64: the largest error, relative to the largest element. */
async function errorOfProduct(n: number): Promise<number> {
  const draw = (from: number) => Float32Array.from({ length: n * n }, (_, i) => Math.sin(from + i));
  const [a, b] = [draw(1), draw(2)];
  const got = await matmul(tensor(a, [n, n]), tensor(b, [n, n])).data();
  let [largest, error] = [0, 0];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += a[i * n + k] * b[k * n + j];
      largest = Math.max(largest, Math.abs(sum));
      error = Math.max(error, Math.abs(sum - got[i * n + j]));
    }
  }
  return error / largest;
}

/** What doctor found, for programs to read; what comes after something wrong is missing. */
export interface Findings {
  monge: string;
  node: string;
  system: string;
  webgpu: string | null;
  adapters?: AdapterSummary[];
  used?: AdapterSummary;
  memoryBudget?: number;
  /** Of the product that is tried, relative to the largest element. */
  error?: number;
  families?: string[];
  /** What is wrong, with a hint. */
  wrong?: string | null;
}

/** Returns what is wrong, with a hint, or null. */
async function examine(wanted: string | undefined, found: Findings): Promise<string | null> {
  const drivers = process.env.VK_DRIVER_FILES ?? process.env.VK_ICD_FILENAMES;
  row("Node", found.node);
  row("system", found.system);
  row("webgpu", found.webgpu ?? "not installed");
  row("VK_DRIVER_FILES", drivers ?? "not set");
  row("MONGE_DATA", process.env.MONGE_DATA ?? "not set");
  row("cache folder", cacheFolder(process.env));

  const { adapters, broken } = probeAdapters("all");
  found.adapters = adapters;
  if (broken) return `${broken}. Run \`npm run setup\`.`;
  if (adapters.length === 0) {
    row("adapters", "none");
    return drivers
      ? "no WebGPU adapter with the driver that VK_DRIVER_FILES names. Unset it, then run `npm run setup`."
      : "no WebGPU adapter. Run `npm run setup`, which installs a driver or says which one to install.";
  }
  const used = wanted === undefined ? adapters[0] : requireAdapter(wanted);
  found.used = used;
  showAdapters(adapters, used);
  showAdapter(used);
  try {
    const { host, info } = await openDevice({ adapter: wanted });
    found.memoryBudget = host.memoryBudget;
    row("memory budget", `${(host.memoryBudget / 2 ** 30).toFixed(1)} GiB`);
    const error = await errorOfProduct(SIZE);
    found.error = error;
    found.families = families(info);
    row("self-test", `a product of ${SIZE}x${SIZE} matrices, off by ${error.toExponential(0)}`);
    row("kernels", found.families.join(", "));
    closeDevice();
    // Ten times what sums of so many f32 terms are off by; NaN fails, too.
    return error < 1e-5
      ? null
      : "the adapter computes wrongly. Update its driver, or name another with --adapter.";
  } catch (error) {
    row("self-test", "failed");
    return `${complaint(error)}. See docs/setup.md.`;
  }
}

const help = `Shows what this machine offers, opens the GPU and computes something whose answer is known.

usage: npm run doctor -- [options]

  --json FILE          write the same for programs, with all limits and features
${adapterHelp}
  --help               show this text

The last line is "ready", or "not ready:" with what is wrong; then the exit code is 1.
`;

await runCommand(async () => {
  const given = readOptions("doctor", process.argv.slice(2), ["json"]);
  if (given.help) return void process.stdout.write(help);
  const json = given.read("json", notEmpty);
  if (json !== undefined) requireWritable(json);
  const [node, system, webgpu] = [process.version, systemName(), webgpuVersion()];
  const found: Findings = { monge: version, node, system, webgpu };
  const wrong = await examine(given.adapter, found);
  found.wrong = wrong;
  if (json !== undefined) writeNamed(json, `${JSON.stringify(found, null, 1)}\n`);
  console.log(wrong === null ? "ready" : `not ready: ${wrong}`);
  if (wrong !== null) process.exit(1);
});
