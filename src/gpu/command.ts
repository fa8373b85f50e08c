// What a stream records: dispatches, copies and clears.
import type { Pipeline, PipelineKey } from "./pipelines";
import type { Storage } from "./pool";
import type { Params } from "./uniforms";

export interface Dispatch extends PipelineKey {
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

/** One dispatch as it is encoded: `group` binds its ranges and its uniform, `at` bytes from the beginning of an arena. */
export interface DispatchCommand {
  kind: "dispatch";
  pipeline: Pipeline;
  group: GPUBindGroup;
  at: number;
  call: Dispatch;
}

export type Command =
  | DispatchCommand
  | { kind: "copy"; from: Storage; to: Storage; bytes: number }
  | { kind: "clear"; to: Storage };

/** What a command reads and writes, and what it writes. */
export function storagesOf(command: Command): readonly Storage[] {
  if (command.kind === "dispatch") return [...command.call.reads, ...command.call.writes];
  return command.kind === "copy" ? [command.from, command.to] : [command.to];
}
export const writesOf = (command: Command): readonly Storage[] =>
  command.kind === "dispatch" ? command.call.writes : [command.to];

/** What a command is called in errors. */
export const labelOf = (command: Command): string =>
  command.kind === "dispatch" ? command.pipeline.label : `${command.kind} to ${command.to.label}`;

/** Estimated work of a command, in floating-point operations or bytes: both are about as long. */
export function workOf(command: Command): number {
  if (command.kind !== "dispatch") return command.kind === "copy" ? command.bytes : command.to.bytes;
  return workOfCall(command.call);
}
export const workOfCall = ({ work, reads, writes }: Dispatch): number =>
  work ?? [...reads, ...writes].reduce((sum, { bytes }) => sum + bytes, 0);

/** The fields of a dispatch's uniform; asks for them where they change. */
export const paramsOf = ({ params = {} }: Dispatch, undo: Undo = () => {}): Params =>
  typeof params === "function" ? params(undo) : params;
