// Bind groups, cached by layout and ranges: a pool in its steady state hands out the same buffers again and again.
import type { Pipeline } from "./pipelines";
import type { Storage } from "./pool";

const MOST = 4096;

export class BindGroups {
  private readonly cache = new Map<string, GPUBindGroup>();
  private readonly ids = new WeakMap<GPUBuffer, number>();
  private buffers = 0;

  constructor(private readonly device: GPUDevice) {}

  /** The group that binds the ranges in their order. */
  get(pipeline: Pipeline, storages: readonly Storage[]): GPUBindGroup {
    const key = `${pipeline.signature}|${storages.map((s) => `${this.id(s.buffer)}:${s.offset}:${s.bytes}`).join()}`;
    let group = this.cache.get(key);
    if (!group) {
      if (this.cache.size >= MOST) this.cache.clear();
      group = this.device.createBindGroup({
        label: pipeline.label,
        layout: pipeline.layout,
        entries: storages.map((s, binding) => ({
          binding,
          resource: { buffer: s.buffer, offset: s.offset, size: s.bytes },
        })),
      });
      this.cache.set(key, group);
    }
    return group;
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
