// Opens the GPU in Node through Dawn, with a throttled wait and a memory budget.
import { totalmem } from "node:os";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { whyBroken } from "../../scripts/adapters.mjs";
import { GpuError, InputError } from "../errors";
import type { Gpu } from "../gpu/gpu";
import { gpu } from "../gpu/gpu";
import { openGpu } from "../kernels/open";
import { requireAdapter } from "./probe";

// Dawn crashes when the object that create() returned is collected, and a second one is unreliable:
// one a process, reachable for ever.
let dawn: { gpu: Promise<GPU>; adapter: string } | undefined;

/**
 * What a browser has as `navigator.gpu`. It gives the adapter of that name, in full as Dawn tells it, or without one
 * Dawn's default. The first call decides for the process. Throws GpuError when Dawn can't be loaded, InputError when
 * a later call names another adapter.
 */
export async function nodeGpu(adapter = ""): Promise<GPU> {
  dawn ??= { gpu: loadDawn(adapter), adapter };
  if (adapter !== "" && adapter !== dawn.adapter) {
    const before = dawn.adapter || "the default one";
    throw new InputError(`adapter "${adapter}": this process uses ${before} already, and can't change.`);
  }
  return dawn.gpu;
}

async function loadDawn(adapter: string): Promise<GPU> {
  process.env.XDG_RUNTIME_DIR ??= "/tmp"; // Mesa prints warnings without it
  // Only now, since a binding that can't be loaded would end a program that imports it with a stack trace.
  const { create, globals } = await import("webgpu").catch((error) => {
    throw new GpuError(`gpu: ${whyBroken(error)}. Run \`npm run setup\`.`);
  });
  Object.assign(globalThis, globals);
  // Timestamps come in steps of 65 µs otherwise, against spying pages; here it is the user's own program.
  return create(["disable-dawn-features=timestamp_quantization", `adapter=${adapter}`]);
}

/** Mesa keeps what it compiled, for other settings too. */
const badCache = "Its driver may have kept shaders that it compiled for another setting: see docs/setup.md";

/**
 * Opens the device for this process: the adapter with the text `adapter` in its name or its driver's, in capitals or
 * not, else the one that Dawn takes for the fastest. Throws InputError when the text picks none or more than one, and
 * lists those there are; GpuError when there is none that computes.
 */
export async function openDevice({ adapter }: { adapter?: string } = {}): Promise<Gpu> {
  const api = await nodeGpu(adapter && requireAdapter(adapter).name);
  return openGpu(api, {
    wait: throttled,
    collect,
    warn: (line) => console.error(`monge: ${line} ${badCache}`),
    memoryBudget: memoryBudget(totalmem(), process.constrainedMemory()),
  });
}

/**
 * Bytes of GPU memory to hold at most: three quarters of the machine's, or of what a container may use of it.
 * `constrained` is no limit where it is 0, undefined, or more than there is.
 */
export function memoryBudget(total: number, constrained: number | undefined): number {
  return 0.75 * Math.min(total, constrained || total);
}

/** Closes the device; without that, Dawn keeps the process alive. */
export function closeDevice(): void {
  gpu().close();
}

/** Collects garbage, and gives the binding a turn to free what went with it. */
async function collect(): Promise<void> {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  await new Promise(setImmediate);
}

const cell = new Int32Array(new SharedArrayBuffer(4));

/**
 * Waits for a promise of the GPU. While one is pending, Dawn's binding polls without pause, which takes a core
 * from a software driver: after 0.3 ms we sleep between polls for a tenth of the time waited, 3 ms at most. Each poll
 * stops a thread of the driver for a moment; longer naps would end too late.
 */
export async function throttled<T>(promise: Promise<T>): Promise<T> {
  let pending = true;
  const settled = () => {
    pending = false;
  };
  promise.then(settled, settled);
  const start = performance.now();
  while (pending) {
    await new Promise(setImmediate);
    const waited = performance.now() - start;
    if (pending && waited > 0.3) Atomics.wait(cell, 0, 0, Math.min(3, waited / 10));
  }
  return promise;
}
