// How long work takes on the GPU: by timestamps where the adapter has them, else by the wall clock. The work is recorded
// first and repeated, so that the time is not that of JavaScript, and a coarse clock does not matter.
import type { Gpu } from "../gpu/gpu";
import type { Dispatch } from "../gpu/stream";

/** Milliseconds that one measurement aims at: a timestamp may be off by 0.07 ms, a wait by 0.2. */
const AIM = { software: 30, hardware: 12 };
/** Most dispatches to repeat: all of them must fit into one submit, between the two timestamps. */
const MOST = 800;

export class TunerClock {
  private readonly set: GPUQuerySet | undefined;
  private readonly resolved: GPUBuffer | undefined;
  private readonly readable: GPUBuffer | undefined;

  constructor(private readonly gpu: Gpu) {
    const { device } = gpu;
    if (!device.features.has("timestamp-query")) return;
    const [MAP_READ, COPY_SRC, COPY_DST, QUERY_RESOLVE] = [0x1, 0x4, 0x8, 0x200];
    this.set = device.createQuerySet({ label: "tuner", type: "timestamp", count: 2 });
    this.resolved = device.createBuffer({ label: "tuner", size: 16, usage: QUERY_RESOLVE | COPY_SRC });
    this.readable = device.createBuffer({ label: "tuner", size: 16, usage: MAP_READ | COPY_DST });
  }

  /** Milliseconds of dispatches that ran before, so that they are compiled; `guess` is about how many it will be. */
  async time(dispatches: readonly Dispatch[], guess: number): Promise<number> {
    const { stream, device, host } = this.gpu;
    const aim = this.gpu.info.software ? AIM.software : AIM.hardware;
    const most = Math.floor(MOST / dispatches.length);
    const count = Math.max(1, Math.min(most, Math.round(aim / Math.max(guess, 1e-4))));
    await stream.settle(0);
    for (let i = 0; i < count; i++) {
      for (const dispatch of dispatches) stream.dispatch({ ...dispatch, work: 0 }); // 0: nothing is sent early
    }
    const start = performance.now();
    this.stamp(0);
    stream.send();
    this.stamp(1);
    await host.wait(device.queue.onSubmittedWorkDone());
    const wall = performance.now() - start;
    this.gpu.faults.check();
    const [from, to] = this.readable ? await this.read(this.readable) : [0n, 0n];
    // Some drivers answer with zeros, with what was there before, or too early.
    const stamped = Number(to - from) / 1e6;
    const likely = stamped > 0 && stamped <= 1.5 * wall && wall - stamped <= Math.max(2, wall / 2);
    return (likely ? stamped : wall) / count;
  }

  dispose(): void {
    this.set?.destroy();
    this.resolved?.destroy();
    this.readable?.destroy();
  }

  /** Submits an empty pass that ends with a timestamp, which comes when all before is done; a beginning need not wait. */
  private stamp(index: 0 | 1): void {
    if (!this.set) return;
    const encoder = this.gpu.device.createCommandEncoder({ label: "tuner" });
    const timestampWrites = { querySet: this.set, endOfPassWriteIndex: index };
    encoder.beginComputePass({ label: "tuner", timestampWrites }).end();
    if (index === 1) {
      encoder.resolveQuerySet(this.set, 0, 2, this.resolved!, 0);
      encoder.copyBufferToBuffer(this.resolved!, 0, this.readable!, 0, 16);
    }
    this.gpu.device.queue.submit([encoder.finish()]);
  }

  private async read(buffer: GPUBuffer): Promise<BigUint64Array> {
    await this.gpu.host.wait(buffer.mapAsync(0x1));
    const stamps = new BigUint64Array(buffer.getMappedRange().slice(0));
    buffer.unmap();
    return stamps;
  }
}
