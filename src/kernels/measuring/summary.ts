// Adds up what a profiler saw: by kernel, and how much of the time no kernel ran.
import type { Timed } from "./profiler";

export interface KernelTotal {
  /** shader:entry */
  name: string;
  calls: number;
  /** Milliseconds of all calls. */
  ms: number;
  /** Of the time of all kernels, 0 to 1. */
  fraction: number;
  /** Floating-point operations of all calls, where the kernel says. */
  work: number | undefined;
  bytes: number;
}

/** A label without its constants. */
export const kernelName = (label: string): string => label.split(" ")[0];

/** One total a kernel, the longest first. */
export function byKernel(dispatches: readonly Timed[]): KernelTotal[] {
  const all = kernelTime(dispatches);
  const totals = new Map<string, KernelTotal>();
  for (const { label, duration, work, bytes } of dispatches) {
    const name = kernelName(label);
    const total = totals.get(name) ?? { name, calls: 0, ms: 0, fraction: 0, work: undefined, bytes: 0 };
    total.calls++;
    total.ms += duration;
    if (work !== undefined) total.work = (total.work ?? 0) + work;
    total.bytes += bytes;
    totals.set(name, total);
  }
  for (const total of totals.values()) total.fraction = all > 0 ? total.ms / all : 0;
  return [...totals.values()].sort((a, b) => b.ms - a.ms);
}

/** Milliseconds in which kernels ran. */
export const kernelTime = (dispatches: readonly Timed[]): number =>
  dispatches.reduce((sum, { duration }) => sum + duration, 0);

/** Milliseconds from the first kernel's start to the last one's end. */
export function kernelSpan(dispatches: readonly Timed[]): number {
  if (dispatches.length === 0) return 0;
  const ends = dispatches.map(({ start, duration }) => start + duration);
  return Math.max(...ends) - Math.min(...dispatches.map(({ start }) => start));
}
