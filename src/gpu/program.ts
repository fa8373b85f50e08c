// A captured step: its commands over fixed buffers, cut into submits, with an arena of uniforms of its own.
// It owns what it touches. What was made in the capture and lives on, and all from outside that it reads or writes, it
// keeps until it goes; what died in the capture lies in buffers that programs share. What changes from replay to replay
// (random counters, Adam's corrections) are uniform words whose function is asked anew each time, in the recorded
// order; so the host's counters stay the one truth, and no kernel is added.
import {
  type Command,
  type DispatchCommand,
  packUniform,
  storagesOf,
  type Undo,
  workOf,
  writesOf,
} from "./command";
import type { Gpu } from "./gpu";
import { type Pool, raiseVersion, type ScratchUser, type Storage } from "./pool";
import type { Stream } from "./stream";
import { UNIFORM_BYTES } from "./uniforms";

export class Program implements ScratchUser {
  /** The commands in order, a list a submit. */
  submits: readonly (readonly Command[])[] = [];
  disposed = false;
  private readonly recorded: Command[] = [];
  /** Dispatches whose uniforms change lie first in the arena: one write brings them all. */
  private changing: DispatchCommand[] = [];
  /** Until `finish`: the uniforms, as they are at first. */
  private readonly uniforms = new Map<Command, ArrayBuffer>();
  private readonly leased = new Set<Storage>();
  private readonly written = new Set<Storage>();
  private readonly pool: Pool;
  private arena: GPUBuffer | undefined;

  constructor(
    readonly stream: Stream,
    private readonly gpu: Gpu,
  ) {
    this.pool = gpu.pool;
  }

  /** Takes a command over, a dispatch with its uniform. What comes from outside it keeps from now on. */
  record(command: Command, uniform?: ArrayBuffer): void {
    for (const storage of storagesOf(command)) if (!this.pool.isCaptured(storage)) this.lease(storage);
    if (command.kind !== "dispatch") return void this.recorded.push(command);
    const own = { ...command };
    this.uniforms.set(own, uniform!);
    this.recorded.push(own);
  }

  /** Makes the arena and cuts the commands into submits of `mostWork`; nothing is captured after that. */
  finish(mostWork: number): void {
    const dying = new Set<GPUBuffer>();
    for (const command of this.recorded) {
      for (const storage of storagesOf(command)) {
        if (this.pool.owns(storage)) this.lease(storage);
        else dying.add(storage.buffer);
      }
      for (const storage of writesOf(command)) if (this.pool.owns(storage)) this.written.add(storage);
    }
    this.makeArena();
    this.submits = inSubmits(this.recorded, mostWork);
    this.recorded.length = 0;
    this.pool.endCapture(this, dying);
  }

  /** Lets go of all that a capture that failed has touched. */
  abandon(): void {
    this.pool.endCapture();
    this.dispose();
  }

  /** A replay was recorded: what it writes is newer than what was read or saved before. */
  raiseVersions(): void {
    for (const storage of this.written) raiseVersion(storage);
  }

  /**
   * Asks for the uniforms that change. The order is that of the capture, so counters move as they did there; where one
   * throws, all go back to where they were.
   */
  changed(): ArrayBuffer {
    const uniforms = new DataView(new ArrayBuffer(this.changing.length * UNIFORM_BYTES));
    const backs: (() => void)[] = [];
    const undo: Undo = (back) => void backs.unshift(back);
    try {
      for (const command of this.changing) packUniform(command, uniforms, undo);
    } catch (error) {
      for (const back of backs) back();
      throw error;
    }
    return uniforms.buffer as ArrayBuffer;
  }

  /** Writes changed uniforms, before the first submit of a replay; the queue keeps replays apart. */
  write(uniforms: ArrayBuffer): void {
    if (uniforms.byteLength > 0) this.gpu.device.queue.writeBuffer(this.arena!, 0, uniforms); // Deno ends on an empty write
  }

  /** Submits that are recorded already keep the old buffer: each replay is whole by itself. */
  replaceScratch(old: GPUBuffer, by: GPUBuffer): void {
    const moved = (storage: Storage) => (storage.buffer === old ? { ...storage, buffer: by } : storage);
    this.submits = this.submits.map((commands) =>
      commands.map((command) => {
        if (!storagesOf(command).some(({ buffer }) => buffer === old)) return command;
        if (command.kind === "clear") return { ...command, to: moved(command.to) };
        if (command.kind === "copy") return { ...command, from: moved(command.from), to: moved(command.to) };
        const call = {
          ...command.call,
          reads: command.call.reads.map(moved),
          writes: command.call.writes.map(moved),
        };
        const group = this.stream.groups.get(command.pipeline, call, this.arena!);
        return { ...command, call, group };
      }),
    );
  }

  /** Gives back what it kept; to be called once. Its arena goes with `leaveArena`, when no submit needs it. */
  dispose(): void {
    this.disposed = true;
    if (!this.pool.closed) for (const storage of this.leased) this.pool.unlease(storage);
    this.pool.leaveScratch(this);
    this.submits = [];
    this.changing = [];
    this.leased.clear();
    this.written.clear();
  }

  leaveArena(): void {
    if (this.arena) this.stream.giveArena(this.arena);
  }

  private lease(storage: Storage): void {
    if (this.leased.has(storage)) return;
    this.leased.add(storage);
    this.pool.lease(storage);
  }

  private makeArena(): void {
    const dispatches = this.recorded.filter((command) => command.kind === "dispatch");
    this.changing = dispatches.filter(({ call }) => typeof call.params === "function");
    const all = [...this.changing, ...dispatches.filter(({ call }) => typeof call.params !== "function")];
    const bytes = new Uint8Array(all.length * UNIFORM_BYTES);
    this.arena = this.stream.takeArena(bytes.length);
    for (const [i, command] of all.entries()) {
      command.offsets = [i * UNIFORM_BYTES];
      command.group = this.stream.groups.get(command.pipeline, command.call, this.arena);
      bytes.set(new Uint8Array(this.uniforms.get(command)!), i * UNIFORM_BYTES);
    }
    this.write(bytes.buffer);
    this.uniforms.clear();
  }
}

function inSubmits(commands: readonly Command[], mostWork: number): Command[][] {
  const submits: Command[][] = [];
  let work = Number.POSITIVE_INFINITY;
  for (const command of commands) {
    work += workOf(command);
    if (work > mostWork) {
      submits.push([]);
      work = workOf(command);
    }
    submits.at(-1)!.push(command);
  }
  return submits;
}
