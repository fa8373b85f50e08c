// What a stream records: dispatches, copies and clears, with the uniform of each dispatch as bytes.
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
  | { kind: "copy"; from: Storage; to: Storage; bytes: number }
  | { kind: "clear"; to: Storage };

/** What a command reads, and what it writes. */
export const readsOf = (command: Command): readonly Storage[] =>
  command.kind === "dispatch" ? command.call.reads : command.kind === "copy" ? [command.from] : [];
export const writesOf = (command: Command): readonly Storage[] =>
  command.kind === "dispatch" ? command.call.writes : [command.to];

/** What a command is called in errors. */
export const labelOf = (command: Command): string =>
  command.kind === "dispatch" ? command.pipeline.label : `${command.kind} to ${command.to.label}`;

/** Estimated work of a command, in floating-point operations or bytes: both are about as long. */
export function workOf(command: Command | Omit<DispatchCommand, "offset">): number {
  if (command.kind !== "dispatch") return command.kind === "copy" ? command.bytes : command.to.bytes;
  const { call } = command;
  return call.work ?? [...call.reads, ...call.writes].reduce((sum, storage) => sum + storage.bytes, 0);
}

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
