// The open device: what the adapter is, its memory, its command stream, and the errors it reported.
// A process has one device; every kernel reaches it through `gpu()`.
import { GpuError } from "../errors";
import type { DeviceInfo } from "./adapter";
import { Faults } from "./faults";
import { Pipelines } from "./pipelines";
import { Pool } from "./pool";
import { Stream } from "./stream";

/** What the platform (Node or a browser) lends to the device. */
export interface Host {
  /** Waits for a promise of the GPU; Node naps here, since Dawn's binding polls. */
  wait<T>(promise: Promise<T>): Promise<T>;
  /** Most bytes of GPU memory to hold at once, counted by ourselves. */
  memoryBudget: number;
  /** Collects garbage, where the platform can: handles of the GPU are freed with their objects. */
  collect?(): Promise<void>;
  /** Tells the user, in one line, that the driver computes some kernels wrongly. */
  warn?(line: string): void;
}

export class Gpu {
  readonly pipelines: Pipelines;
  readonly stream: Stream;
  readonly pool: Pool;
  readonly faults = new Faults();

  constructor(
    readonly device: GPUDevice,
    readonly info: DeviceInfo,
    readonly host: Host,
    /** The WGSL of a shader by its name. */
    sourceOf: (shader: string) => string,
  ) {
    this.pipelines = new Pipelines(device, sourceOf);
    this.stream = new Stream(this);
    this.pool = new Pool(device, host.memoryBudget, {
      report: (message) => this.faults.report(message, true),
      expect: (scope) => this.faults.expect(scope),
      afterSubmit: (destroy) => {
        this.stream.forgetGroups(); // and submits: the room is needed now, not at the end of the batch
        this.stream.afterSubmit(destroy);
      },
    });
    this.faults.listen(device);
  }

  /** Destroys the device. Tensors and captured steps that are left may be disposed of as ever; they can't be used. */
  close(): void {
    this.stream.refuseInCapture("the device must not be closed inside of it.");
    this.faults.end("the device was closed");
    this.pool.closed = true;
    this.device.destroy();
    this.stream.send();
    this.stream.queue.abandon();
    if (current === this) current = undefined;
  }
}

let current: Gpu | undefined;

/** The open device. Throws when none is open. */
export function gpu(): Gpu {
  if (!current) throw new GpuError("gpu: no device is open. Call `await openDevice()` first");
  return current;
}

/** Makes a device the current one; there is one at a time. */
export function setGpu(opened: Gpu): void {
  if (current) throw new Error("gpu: a device is open already; close it first");
  current = opened;
}
