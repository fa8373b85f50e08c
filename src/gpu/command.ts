// What a stream records: dispatches, copies and clears, with the uniform of each dispatch as bytes.
import type { Pipeline, PipelineKey } from "./pipelines";
import type { Storage } from "./pool";
import type { Params } from "./uniforms";

export interface Dispatch extends Omit<PipelineKey, "reads" | "writes"> {
  /** Storage buffers in the order of their bindings: those only read, then those written (or both). */
  reads: readonly Storage[];
  writes: readonly Storage[];
  /** The fields of the shader's uniform; a function where they change from step to step. */
  params?: Params | ((undo: Undo) => Params);
  /** Workgroups in x, y and z. Nothing is recorded when one of them is 0. */
  grid: readonly [number, number?, number?];
  /** Estimated work in floating-point operations; bytes bound, where it is not given. */
  work?: number;
}

/** Takes what undoes a change that was made to answer: a replay of many dispatches may be refused at a later one. */
export type Undo = (back: () => void) => void;

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
export const uniformWords = ({ uniform }: Pipeline, params: Dispatch["params"] = {}, undo: Undo = () => {}) =>
  uniform.pack(typeof params === "function" ? params(undo) : params);
