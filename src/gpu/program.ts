// A captured step: its commands over fixed buffers, cut into submits, with uniforms of its own.
// It owns what it touches. What was made in the capture and lives on, and all from outside that it reads or writes, it
// keeps until it goes; what died in the capture lies in buffers that programs share. What changes from replay to replay
// (random counters, Adam's corrections) are uniform words whose function is asked anew each time, in the recorded
// order; so the host's counters stay the one truth, and no kernel is added.
import {
  type Command,
  type DispatchCommand,
  paramsOf,
  storagesOf,
  type Undo,
  workOf,
  writesOf,
} from "./command";
import { type Pool, raiseVersion, type ScratchUser, type Storage } from "./pool";
import type { Slots } from "./slots";
import type { Stream } from "./stream";

export class Program implements ScratchUser {
  /** The commands in order, a list a submit. */
  submits: readonly (readonly Command[])[] = [];
  disposed = false;
  private readonly recorded: Command[] = [];
  /** Dispatches whose uniforms change; their slots are taken first: new ones lie together, and one short write brings them. */
  private changing: DispatchCommand[] = [];
  /** Until `finish`: the uniforms, as they are at first. */
  private readonly uniforms = new Map<Command, Uint32Array>();
  private readonly leased = new Set<Storage>();
  private readonly written = new Set<Storage>();
  private slots: Slots | undefined;

  constructor(
    readonly stream: Stream,
    private readonly pool: Pool,
  ) {}

  /** Takes a command over, a dispatch with its uniform. What comes from outside it keeps from now on. */
  record(command: Command, uniform?: Uint32Array): void {
    for (const storage of storagesOf(command)) if (!this.pool.isCaptured(storage)) this.lease(storage);
    if (command.kind !== "dispatch") return void this.recorded.push(command);
    const own = { ...command };
    this.uniforms.set(own, uniform!);
    this.recorded.push(own);
  }

  /** Takes the slots and cuts the commands into submits of `mostWork`; nothing is captured after that. */
  finish(mostWork: number): void {
    const dying = new Set<GPUBuffer>();
    for (const command of this.recorded) {
      for (const storage of storagesOf(command)) {
        if (this.pool.owns(storage)) this.lease(storage);
        else dying.add(storage.buffer);
      }
      for (const storage of writesOf(command)) if (this.pool.owns(storage)) this.written.add(storage);
    }
    this.takeSlots();
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
   * Asks for the uniforms that change, and gives what writes them, before the first submit of a replay. The order is that
   * of the capture, so counters move as they did there; where one throws, all go back to where they were.
   */
  changed(): () => void {
    const backs: (() => void)[] = [];
    const undo: Undo = (back) => void backs.unshift(back);
    try {
      for (const { pipeline, call, at } of this.changing)
        this.slots!.write(at, pipeline.uniform.pack(paramsOf(call, undo)));
    } catch (error) {
      for (const back of backs) back();
      throw error;
    }
    return this.slots!.endBatch();
  }

  /**
   * Submits that are recorded already keep the old buffers: each replay is whole by itself. The bound on bind groups is not
   * asked: there is no way back for who calls, and programs share buffers only where all have few dispatches.
   */
  replaceScratch(by: ReadonlyMap<GPUBuffer, GPUBuffer>): void {
    this.slots!.clear(); // they keep the old groups alive, and nobody takes one while the program lives
    const moved = (storage: Storage) => {
      const buffer = by.get(storage.buffer);
      return buffer ? { ...storage, buffer } : storage;
    };
    this.submits = this.submits.map((commands) =>
      commands.map((command) => {
        if (!storagesOf(command).some(({ buffer }) => by.has(buffer))) return command;
        if (command.kind === "clear") return { ...command, to: moved(command.to) };
        if (command.kind === "copy") return { ...command, from: moved(command.from), to: moved(command.to) };
        const call = {
          ...command.call,
          reads: command.call.reads.map(moved),
          writes: command.call.writes.map(moved),
        };
        const group = this.stream.groups.make(command.pipeline, call, this.slots!.arena, command.at);
        return { ...command, call, group };
      }),
    );
  }

  /** Gives back what it kept; to be called once. Its slots go with `leaveSlots`, when no submit needs them. */
  dispose(): void {
    this.disposed = true;
    if (!this.pool.closed) for (const storage of this.leased) this.pool.unlease(storage);
    this.pool.leaveScratch(this);
    this.submits = [];
    this.changing = [];
    this.leased.clear();
    this.written.clear();
  }

  leaveSlots(): void {
    if (this.slots) this.stream.giveSlots(this.slots);
  }

  private lease(storage: Storage): void {
    if (this.leased.has(storage)) return;
    this.leased.add(storage);
    this.pool.lease(storage);
  }

  private takeSlots(): void {
    const dispatches = this.recorded.filter((command) => command.kind === "dispatch");
    const changes = ({ call }: DispatchCommand) => typeof call.params === "function";
    this.changing = dispatches.filter(changes);
    const slots = this.stream.takeSlots(dispatches.length);
    this.slots = slots;
    try {
      for (const command of [...this.changing, ...dispatches.filter((each) => !changes(each))])
        Object.assign(command, slots.take(command.pipeline, command.call, this.uniforms.get(command)!, true));
    } finally {
      slots.endBatch()(); // also where there were too many bind groups: the next one takes the slots over
    }
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
