// The open device: what the adapter is, its memory, its command stream, and the errors it reported.
// A process has one device; every kernel reaches it through `gpu()`.

import type { DeviceInfo } from "./adapter";
import { Pipelines } from "./pipelines";
import { Pool } from "./pool";
import { Stream } from "./stream";

/** What the platform (Node or a browser) lends to the device. */
export interface Host {
  /** Waits for a promise of the GPU; Node naps here, since Dawn's binding polls. */
  wait<T>(promise: Promise<T>): Promise<T>;
  /** Most bytes of GPU memory to hold at once, counted by ourselves. */
  memoryBudget: number;
  /** Tells the user, in one line, of something that works less well than it should. */
  warn(line: string): void;
}

export class Gpu {
  readonly pipelines: Pipelines;
  readonly stream: Stream;
  readonly pool: Pool;
  private failure: string | undefined;
  private closed = false;

  constructor(
    readonly device: GPUDevice,
    readonly info: DeviceInfo,
    readonly host: Host,
    /** The WGSL of a shader by its name. */
    sourceOf: (shader: string) => string,
  ) {
    this.pipelines = new Pipelines(device, sourceOf);
    this.stream = new Stream(this);
    this.pool = new Pool(device, host.memoryBudget, (destroy) => {
      this.stream.groups.clear();
      this.stream.send(); // the room is needed now, not at the end of the batch
      this.stream.afterSubmit(destroy);
    });
    device.addEventListener("uncapturederror", (event) => {
      event.preventDefault();
      this.fail(event.error.message);
    });
    // A lost device stays silent everywhere else, so this is the one place that learns of it. It is the cause of what
    // some report before it.
    void device.lost.then((reason) => {
      if (!this.closed) this.failure = `the device was lost (${reason.reason}): ${reason.message}`;
    });
  }

  /** Keeps the first error: what follows it is mostly its echo. */
  fail(message: string): void {
    this.failure ??= message;
  }

  /** Throws the first error that the GPU reported, if there is one. */
  check(): void {
    if (this.failure) throw new Error(`gpu: ${this.failure}`);
  }

  close(): void {
    this.closed = true;
    this.device.destroy();
    if (current === this) current = undefined;
  }
}

let current: Gpu | undefined;

/** The open device. Throws when none is open. */
export function gpu(): Gpu {
  if (!current) throw new Error("gpu: no device is open. Call `await openDevice()` first");
  return current;
}

/** The open device, or undefined. */
export const openedGpu = (): Gpu | undefined => current;

/** Makes a device the current one; there is one at a time. */
export function setGpu(opened: Gpu): void {
  if (current) throw new Error("gpu: a device is open already; close it first");
  current = opened;
}
