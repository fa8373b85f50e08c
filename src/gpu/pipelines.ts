// Compute pipelines, compiled once for each shader, entry point and constants, without blocking.
// A shader binds one group: its storage buffers, reads first, and a uniform.

import { cached } from "./cached";
import { Uniform } from "./uniforms";

const COMPUTE = 0x4; // GPUShaderStage.COMPUTE; the name is a global that Node lacks
/** Behind the most storage buffers that a shader has. */
export const UNIFORM_BINDING = 16;

export interface PipelineKey {
  /** Its name in the table that the device was opened with. */
  shader: string;
  entry: string;
  constants?: Record<string, number>;
  /** Storage buffers in the order of their bindings: those only read, then those written (or both). */
  reads: { readonly length: number };
  writes: { readonly length: number };
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
  private readonly layouts = new Map<string, { group: GPUBindGroupLayout; pipeline: GPUPipelineLayout }>();

  constructor(
    private readonly device: GPUDevice,
    /** WGSL by name. */
    private readonly sourceOf: (shader: string) => string,
  ) {}

  get(key: PipelineKey): Pipeline {
    const { shader, entry, constants, reads, writes } = key;
    let name = `${shader}:${entry} ${reads.length},${writes.length}`;
    for (const constant in constants) name += ` ${constant} ${constants[constant]}`; // JSON.stringify takes its time
    return cached(this.cache, name, () => this.compile(key));
  }

  private compile({ shader, entry, constants = {}, reads, writes }: PipelineKey): Pipeline {
    const label = `${shader}:${entry}${Object.keys(constants).length ? ` ${JSON.stringify(constants)}` : ""}`;
    const { group, pipeline: layout } = this.layout(reads.length, writes.length);
    const { module, uniform } = this.module(shader);
    const compiled = this.device.createComputePipelineAsync({
      label,
      layout,
      compute: { module, entryPoint: entry, constants },
    });
    const made: Pipeline = {
      label,
      signature: `${reads.length},${writes.length}`,
      layout: group,
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
    return made;
  }

  private module(name: string) {
    return cached(this.modules, name, () => {
      const code = this.sourceOf(name);
      const uniform = new Uniform(code, name); // which may be refused
      return { module: this.device.createShaderModule({ label: name, code }), uniform };
    });
  }

  private layout(reads: number, writes: number) {
    return cached(this.layouts, `${reads},${writes}`, () => {
      const group = this.device.createBindGroupLayout({
        label: `${reads} read, ${writes} written`,
        entries: [
          ...Array.from({ length: reads }, (_, i) => bindingOf(i, "read-only-storage")),
          ...Array.from({ length: writes }, (_, i) => bindingOf(reads + i, "storage")),
          bindingOf(UNIFORM_BINDING, "uniform"),
        ],
      });
      return { group, pipeline: this.device.createPipelineLayout({ bindGroupLayouts: [group] }) };
    });
  }
}

const bindingOf = (binding: number, type: GPUBufferBindingType) => {
  return { binding, visibility: COMPUTE, buffer: { type } };
};

async function explain(module: GPUShaderModule, error: Error): Promise<string> {
  const { messages } = await module.getCompilationInfo().catch(() => ({ messages: [] }));
  const errors = messages.filter((message) => message.type === "error");
  if (errors.length === 0) return error.message;
  return errors.map((m) => `line ${m.lineNum}, column ${m.linePos}: ${m.message}`).join("; ");
}
