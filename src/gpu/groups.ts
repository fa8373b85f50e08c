// Bind groups. They have no destroy(): only garbage collection frees them, so we count those that are alive, and slots.ts
// keeps them for the next time. Reads that wait are counted with them.
import { GpuError } from "../errors";
import type { Dispatch } from "./command";
import { type Pipeline, UNIFORM_BINDING } from "./pipelines";
import { UNIFORM_BYTES } from "./uniforms";

/**
 * lavapipe maps memory for each group that is alive and each read that waits; Linux allows 65,530 maps a process, and the
 * next one is a crash.
 */
const MOST_ALIVE = 48_000;
/** With so many alive it is time to collect garbage. */
const MANY = 32_768;

export class BindGroups {
  private readonly ids = new WeakMap<GPUBuffer, number>();
  private buffers = 0;
  private alive = 0;
  private readonly collected = new FinalizationRegistry<undefined>(() => void this.alive--);

  constructor(
    private readonly device: GPUDevice,
    /** Starts to collect garbage, where the platform can. */
    private readonly collect: () => void,
  ) {}

  /** What tells a call's ranges from all others. */
  keyOf({ signature: key }: Pipeline, { reads, writes }: Dispatch): string {
    for (const { buffer, offset, bytes } of reads) key += `|${this.id(buffer)}:${offset}:${bytes}`;
    for (const { buffer, offset, bytes } of writes) key += `|${this.id(buffer)}:${offset}:${bytes}`;
    return key;
  }

  /** Throws where there are too many to make one more. */
  check(label: string): void {
    if (this.alive < MOST_ALIVE) return;
    this.collect();
    throw new GpuError(
      `gpu: ${label}: ${MOST_ALIVE} bind groups and reads are alive, and more could crash the driver. ` +
        "Work in steps, tidy() and await settle(0) in between, or capture less.",
    );
  }

  /** The group of a call's ranges in their order and a uniform `at` bytes in an arena. */
  make({ label, layout }: Pipeline, { reads, writes }: Dispatch, arena: GPUBuffer, at: number): GPUBindGroup {
    const group = this.device.createBindGroup({
      label,
      layout,
      entries: [
        ...[...reads, ...writes].map(({ buffer, offset, bytes: size }, binding) => ({
          binding,
          resource: { buffer, offset, size },
        })),
        { binding: UNIFORM_BINDING, resource: { buffer: arena, offset: at, size: UNIFORM_BYTES } },
      ],
    });
    this.alive++;
    this.collected.register(group, undefined);
    return group;
  }

  /** Counts a read, until what is given back is called. */
  hold(label: string): () => void {
    this.check(label);
    this.alive++;
    return () => void this.alive--;
  }

  /** Whether so many are alive that garbage should be collected. */
  get areMany(): boolean {
    return this.alive > MANY;
  }

  private id(buffer: GPUBuffer): number {
    let id = this.ids.get(buffer);
    if (id === undefined) {
      id = this.buffers++;
      this.ids.set(buffer, id);
    }
    return id;
  }
}
