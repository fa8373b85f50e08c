// Compute pipelines, compiled once a (shader, entry point, constants) and without blocking.
// Group 0 holds the storage buffers, reads first; group 1 holds one uniform at a dynamic offset.

const COMPUTE = 0x4; // GPUShaderStage.COMPUTE; the name is a global that Node lacks

import { UNIFORM_BYTES, Uniform } from "./uniforms";

export interface PipelineKey {
  /** Its name in the table that the device was opened with. */
  shader: string;
  entry: string;
  constants?: Record<string, number>;
  /** How many storage buffers are read, and how many written: their order in group 0. */
  reads: number;
  writes: number;
}

export interface Pipeline {
  readonly label: string;
  /** Equal for pipelines whose bind groups are interchangeable. */
  readonly signature: string;
  readonly layout: GPUBindGroupLayout;
  readonly uniform: Uniform;
  /** Settles when `ready` or `failure` is set. */
  readonly compiled: Promise<void>;
  ready: GPUComputePipeline | undefined;
  /** What the compiler said. */
  failure: string | undefined;
}

export class Pipelines {
  private readonly cache = new Map<string, Pipeline>();
  private readonly modules = new Map<string, { module: GPUShaderModule; uniform: Uniform }>();
  private readonly layouts = new Map<string, { storage: GPUBindGroupLayout; pipeline: GPUPipelineLayout }>();
  private readonly uniformLayout: GPUBindGroupLayout;

  constructor(
    private readonly device: GPUDevice,
    /** WGSL by name. */
    private readonly sourceOf: (shader: string) => string,
  ) {
    this.uniformLayout = device.createBindGroupLayout({
      label: "uniform",
      entries: [{ binding: 0, visibility: COMPUTE, buffer: { type: "uniform", hasDynamicOffset: true } }],
    });
  }

  /** The group of an arena of uniforms, each at a dynamic offset. */
  uniformGroup(arena: GPUBuffer): GPUBindGroup {
    return this.device.createBindGroup({
      label: arena.label,
      layout: this.uniformLayout,
      entries: [{ binding: 0, resource: { buffer: arena, size: UNIFORM_BYTES } }],
    });
  }

  get(key: PipelineKey): Pipeline {
    const constants = key.constants ?? {};
    const label = `${key.shader}:${key.entry}${Object.keys(constants).length ? ` ${JSON.stringify(constants)}` : ""}`;
    const signature = `${key.reads},${key.writes}`;
    const known = this.cache.get(`${label} ${signature}`);
    if (known) return known;
    const { storage, pipeline: layout } = this.layout(key.reads, key.writes);
    const { module, uniform } = this.module(key.shader);
    const compiled = this.device.createComputePipelineAsync({
      label,
      layout,
      compute: { module, entryPoint: key.entry, constants },
    });
    const made: Pipeline = {
      label,
      signature,
      layout: storage,
      uniform,
      ready: undefined,
      failure: undefined,
      compiled: compiled.then(
        (pipeline) => {
          made.ready = pipeline;
        },
        async (error: Error) => {
          made.failure = `shader ${label} did not compile: ${await explain(module, error)}`;
        },
      ),
    };
    this.cache.set(`${label} ${signature}`, made);
    return made;
  }

  private module(name: string) {
    let made = this.modules.get(name);
    if (!made) {
      const code = this.sourceOf(name);
      const module = this.device.createShaderModule({ label: name, code });
      made = { module, uniform: new Uniform(code, name) };
      this.modules.set(name, made);
    }
    return made;
  }

  private layout(reads: number, writes: number) {
    const key = `${reads},${writes}`;
    let layout = this.layouts.get(key);
    if (!layout) {
      const storage = this.device.createBindGroupLayout({
        label: `${reads} read, ${writes} written`,
        entries: Array.from({ length: reads + writes }, (_, binding) => ({
          binding,
          visibility: COMPUTE,
          buffer: { type: binding < reads ? ("read-only-storage" as const) : ("storage" as const) },
        })),
      });
      const pipeline = this.device.createPipelineLayout({ bindGroupLayouts: [storage, this.uniformLayout] });
      layout = { storage, pipeline };
      this.layouts.set(key, layout);
    }
    return layout;
  }
}

async function explain(module: GPUShaderModule, error: Error): Promise<string> {
  const { messages } = await module.getCompilationInfo().catch(() => ({ messages: [] }));
  const errors = messages.filter((message) => message.type === "error");
  if (errors.length === 0) return error.message;
  return errors.map((m) => `line ${m.lineNum}, column ${m.linePos}: ${m.message}`).join("; ");
}
