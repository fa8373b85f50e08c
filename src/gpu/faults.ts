// The errors that a device reports, each told once: by the next call that waits for it. Only a device that was lost
// or closed stays unusable.
import { GpuError } from "../errors";

export class Faults {
  private first: string | undefined;
  /** Why the device is gone for good, once it is. */
  ended: string | undefined;
  private readonly pending = new Set<Promise<unknown>>();

  /** Keeps the first error until it is told: what follows is mostly its echo, but for a cause that is told late. */
  report(message: string, isCause = false): void {
    if (isCause) this.first = message;
    else this.first ??= message;
  }

  /** The device is gone for good. */
  end(message: string): void {
    this.ended ??= message;
  }

  /**
   * Throws what was reported. Where there is an error, it waits for a loss that may be its cause: wgpu tells of what
   * is lost with a device before it tells of the device.
   */
  async tell(device: GPUDevice): Promise<void> {
    const soon = new Promise((resolve) => setTimeout(resolve, 100));
    if (this.first !== undefined && !this.ended) await Promise.race([device.lost, soon]);
    this.check();
  }

  /** Takes an error scope that may still bring an error; `settled` waits for it. */
  expect(scope: Promise<unknown>): void {
    const done = () => this.pending.delete(scope);
    this.pending.add(scope);
    scope.then(done, done);
  }

  /** Settles when all errors of what was submitted are known; nothing, where they are. */
  settled(): Promise<unknown> | undefined {
    return this.pending.size > 0 ? Promise.allSettled(this.pending) : undefined;
  }

  /** Throws the first error since the last call; after a loss, always. */
  check(): void {
    const message = this.ended ?? this.first;
    this.first = undefined;
    if (message !== undefined) throw new GpuError(`gpu: ${message.trim().replace(/\s+/g, " ")}`); // drivers tell in lines
  }
}
