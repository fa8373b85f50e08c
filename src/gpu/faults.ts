// The errors that a device reports, each told once: by the next call that waits for it. Only a device that was lost
// or closed stays unusable.
import { GpuError } from "../errors";

export class Faults {
  private first: string | undefined;
  private ended: string | undefined;
  private readonly pending = new Set<Promise<unknown>>();

  /** Keeps the first error until it is told: what follows it is mostly its echo. */
  report(message: string): void {
    this.first ??= message;
  }

  /** Keeps an error that is told late but came first: an allocation that was refused makes all that uses it invalid. */
  reportCause(message: string): void {
    this.first = message;
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
    if (this.first !== undefined && !this.isOver) await Promise.race([device.lost, soon]);
    this.check();
  }

  get isOver(): boolean {
    return this.ended !== undefined;
  }

  /** Takes an error scope that may still bring an error; `settled` waits for it. */
  expect(scope: Promise<unknown>): void {
    const done = () => this.pending.delete(scope);
    this.pending.add(scope);
    scope.then(done, done);
  }

  get areExpected(): boolean {
    return this.pending.size > 0;
  }

  /** Settles when all errors of what was submitted are known. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.pending);
  }

  /** Throws the first error since the last call; after a loss, always. */
  check(): void {
    const message = this.ended ?? this.first;
    this.first = undefined;
    if (message !== undefined) throw new GpuError(`gpu: ${message}`);
  }
}
