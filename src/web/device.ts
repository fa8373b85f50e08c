// Opens the GPU in a browser. The page's own event loop waits for it, and the browser bounds its memory.
import { GpuError } from "../errors";
import type { Gpu } from "../gpu/gpu";
import { openGpu } from "../kernels/open";

/** Opens the device for this page. Throws one clear line when the browser has none. */
export async function openDevice(): Promise<Gpu> {
  const { gpu } = navigator as unknown as { gpu?: GPU };
  if (!gpu)
    throw new GpuError("gpu: this browser has no WebGPU. Try a current Chrome, Edge, Firefox or Safari");
  const wait = <T>(promise: Promise<T>) => promise;
  return openGpu(gpu, { wait, memoryBudget: Number.POSITIVE_INFINITY, warn: (line) => console.warn(line) });
}
