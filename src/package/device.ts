// The device as a program sees it that imports the package: what computes, not how.
import { options, text } from "../face/kinds";
import type { Gpu } from "../gpu/gpu";
import { gpu } from "../gpu/gpu";

/** What the device that was opened is. */
export interface Device {
  /** Name for people, e.g. "llvmpipe (LLVM 15.0.6, 256 bits)". */
  readonly name: string;
  /** Driver and its version, as far as the adapter tells. */
  readonly driver: string;
  /** Whether it computes on the CPU. */
  readonly software: boolean;
  /** Bytes of GPU memory that tensors may hold at once; in a browser Infinity, since the browser bounds them. */
  readonly memoryBudget: number;
}

/** Which device to open. */
export interface DeviceOptions {
  /** A part of the adapter's name or its driver's, in capitals or not; without it the fastest. In Node and Bun alone. */
  adapter?: string;
}

/** How a device is opened, on any platform. */
export type OpenDevice = (options?: DeviceOptions) => Promise<Device>;

/** What `openDevice` takes, for its check. */
export const given = { options: options({ adapter: text }) };

/** Of the device that was opened, what a program may know. */
export function faceOf({ info, host }: Gpu): Device {
  const { name, driver, software } = info;
  return Object.freeze({ name, driver, software, memoryBudget: host.memoryBudget });
}

/** Closes the device: its memory is freed, and Node can end. Tensors that are left can't be used. Throws when none is open. */
export function closeDevice(): void {
  gpu().close();
}
