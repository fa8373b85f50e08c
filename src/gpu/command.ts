// What a stream records: a dispatch as a kernel asks for it, and the commands it becomes.
import type { Pipeline, PipelineKey } from "./pipelines";
import type { Storage } from "./pool";

/** A float among a dispatch's parameters; plain numbers there are u32. */
export const float = (value: number) => ({ float: value });
export type Param = number | { float: number };

export interface Dispatch extends Omit<PipelineKey, "reads" | "writes"> {
  /** Storage buffers in the order of their bindings: those only read, then those written (or both). */
  reads: readonly Storage[];
  writes: readonly Storage[];
  /** The uniform's words, laid out as the shader's struct; a function where they change from step to step. */
  params?: readonly Param[] | (() => readonly Param[]);
  /** Workgroups in x, y and z. Nothing is recorded when one of them is 0. */
  grid: readonly [number, number?, number?];
  /** Estimated work in floating-point operations; bytes bound, where it is not given. */
  work?: number;
}

/** One dispatch as it is encoded; its uniform lies at `offset` of the batch's or the program's arena. */
export interface DispatchCommand {
  kind: "dispatch";
  pipeline: Pipeline;
  group: GPUBindGroup;
  offset: number;
  call: Dispatch;
}

export type Command =
  | DispatchCommand
  | { kind: "copy"; from: GPUBuffer; fromOffset: number; to: GPUBuffer; toOffset: number; bytes: number }
  | { kind: "clear"; to: GPUBuffer; offset: number; bytes: number };

/** One dispatch's uniform, as bytes. */
export function uniformWords(params: Dispatch["params"] = []): ArrayBuffer {
  const values = typeof params === "function" ? params() : params;
  const words = new DataView(new ArrayBuffer(4 * values.length));
  values.forEach((param, i) => {
    if (typeof param === "number") words.setUint32(4 * i, param, true);
    else words.setFloat32(4 * i, param.float, true);
  });
  return words.buffer;
}
