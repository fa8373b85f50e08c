// The buffers of what is freed inside of captured steps. All programs share them: replays run one after the other, and
// each writes such a buffer before it reads it. No one else may use them, since any replay overwrites them.
import { cached } from "./cached";
import type { ScratchUser } from "./pool";

export class Scratch {
  /** All scratch buffers, with the programs that use each. */
  private readonly users = new Map<GPUBuffer, Set<ScratchUser>>();
  /** During a capture: those that nothing in it uses at the moment, by size. */
  private idle: Map<number, GPUBuffer[]> | undefined;
  /** Bytes of the scratch buffers, those in use by a capture left out. */
  bytes = 0;

  /** `giveBack` is told of a buffer that no program uses any more. */
  constructor(private readonly giveBack: (buffer: GPUBuffer) => void) {}

  /** A capture begins; `share`: it may use all of them. */
  open(share: boolean): void {
    this.idle = new Map();
    if (share) for (const buffer of this.users.keys()) this.stack(buffer);
  }

  take(size: number): GPUBuffer | undefined {
    const buffer = this.idle!.get(size)?.pop();
    if (buffer) this.bytes -= size;
    return buffer;
  }

  /** Takes what died in the capture that is going on. */
  put(buffer: GPUBuffer): void {
    cached(this.users, buffer, () => new Set());
    this.stack(buffer);
    this.bytes += buffer.size;
  }

  /** What lives on lies in `buffers`: the programs that used one get another. */
  cede(buffers: Iterable<GPUBuffer>, another: (size: number) => GPUBuffer): void {
    const others = new Map<GPUBuffer, GPUBuffer>();
    const moved = new Set<ScratchUser>();
    for (const buffer of buffers) {
      const users = this.users.get(buffer);
      this.users.delete(buffer);
      if (!users?.size) continue;
      const other = another(buffer.size);
      others.set(buffer, other);
      this.users.set(other, users);
      this.bytes += other.size;
      for (const user of users) moved.add(user);
    }
    for (const user of moved) user.replaceScratch(others);
  }

  join(user: ScratchUser, buffers: Iterable<GPUBuffer>): void {
    for (const buffer of buffers) this.users.get(buffer)!.add(user);
  }

  leave(user: ScratchUser): void {
    for (const users of this.users.values()) users.delete(user);
    if (!this.idle) this.sweep();
  }

  /** The capture is over: what no program uses is for everyone. */
  close(): void {
    this.idle = undefined;
    this.sweep();
  }

  private sweep(): void {
    for (const [buffer, users] of this.users) {
      if (users.size > 0) continue;
      this.users.delete(buffer);
      this.bytes -= buffer.size;
      this.giveBack(buffer);
    }
  }

  private stack(buffer: GPUBuffer): void {
    cached(this.idle!, buffer.size, () => []).push(buffer);
  }
}
