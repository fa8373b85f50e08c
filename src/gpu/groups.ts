// Bind groups, cached by layout and ranges, since a training loop gets the same buffers from the pool again and again.
// They have no destroy(): only garbage collection frees them, so we count those that are alive.
import { GpuError } from "../errors";
import type { Dispatch } from "./command";
import { type Pipeline, UNIFORM_BINDING } from "./pipelines";
import { UNIFORM_BYTES } from "./uniforms";

/** Groups to remember: the dispatches of a few large steps. */
const MOST = 2 ** 14;
/** lavapipe maps memory for each group that is alive; Linux allows 65,530 maps a process, and the next one is a crash. */
const MOST_ALIVE = 48_000;
/** With so many alive it is time to collect garbage. */
const MANY = 2 * MOST;

export class BindGroups {
  private readonly cache = new Map<string, GPUBindGroup>();
  private readonly ids = new WeakMap<GPUBuffer, number>();
  private buffers = 0;
  private alive = 0;
  private readonly collected = new FinalizationRegistry<undefined>(() => void this.alive--);

  constructor(
    private readonly device: GPUDevice,
    /** Starts to collect garbage, where the platform can. */
    private readonly collect: () => void,
  ) {}

  /** The group of a call's ranges in their order and an arena of uniforms. Throws where there are too many to make one. */
  get(pipeline: Pipeline, { reads, writes }: Dispatch, arena: GPUBuffer): GPUBindGroup {
    let key = `${pipeline.signature},${this.id(arena)}`;
    for (const { buffer, offset, bytes } of reads) key += `|${this.id(buffer)}:${offset}:${bytes}`;
    for (const { buffer, offset, bytes } of writes) key += `|${this.id(buffer)}:${offset}:${bytes}`;
    let group = this.cache.get(key);
    if (!group) {
      if (this.alive >= MOST_ALIVE) {
        this.clear();
        this.collect();
        throw new GpuError(
          `gpu: ${pipeline.label}: ${MOST_ALIVE} bind groups are alive, and more could crash the driver. ` +
            "Work in steps: tidy() each, and await settle(0) between them.",
        );
      }
      if (this.cache.size >= MOST) this.cache.delete(this.cache.keys().next().value!);
      group = this.device.createBindGroup({
        label: pipeline.label,
        layout: pipeline.layout,
        entries: [
          ...[...reads, ...writes].map(({ buffer, offset, bytes: size }, binding) => ({
            binding,
            resource: { buffer, offset, size },
          })),
          { binding: UNIFORM_BINDING, resource: { buffer: arena, size: UNIFORM_BYTES } },
        ],
      });
      this.alive++;
      this.collected.register(group, undefined);
      this.cache.set(key, group);
    }
    return group;
  }

  /** Whether so many are alive that garbage should be collected. */
  get areMany(): boolean {
    return this.alive > MANY;
  }

  /** Forgets all groups: they would keep buffers that are about to be destroyed. */
  clear(): void {
    this.cache.clear();
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
