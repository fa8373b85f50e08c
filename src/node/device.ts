// Opens the GPU in Node through Dawn, with a throttled wait and a memory budget.
import { totalmem } from "node:os";
import { create, globals } from "webgpu";
import type { Gpu } from "../gpu/gpu";
import { gpu } from "../gpu/gpu";
import { openGpu } from "../kernels/open";

// Dawn crashes when the object that create() returned is collected, and a second one is unreliable:
// one a process, reachable for ever.
let dawn: GPU | undefined;

/** What a browser has as `navigator.gpu`. */
export function nodeGpu(): GPU {
  process.env.XDG_RUNTIME_DIR ??= "/tmp"; // Mesa prints warnings without it
  if (!dawn) {
    Object.assign(globalThis, globals);
    // Timestamps come in steps of 65 µs otherwise, against spying pages; here it is the user's own program.
    dawn = create(["disable-dawn-features=timestamp_quantization"]);
  }
  return dawn;
}

/** Opens the device for this process. Throws one clear line when there is none that computes. */
export async function openDevice(): Promise<Gpu> {
  const warn = (line: string) => console.error(`monge: ${line}`);
  return openGpu(nodeGpu(), { wait: throttled, memoryBudget: totalmem() * 0.75, warn });
}

/** Closes the device; without that, Dawn keeps the process alive. */
export function closeDevice(): void {
  gpu().close();
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
