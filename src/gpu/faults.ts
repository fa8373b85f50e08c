// The errors that a device reports. Each is thrown once: by the calls that wait for the GPU when it comes, else by the
// next such call. Only a device that was lost or closed stays unusable.
import { GpuError } from "../errors";

export class Faults {
  private first: string | undefined;
  /** How many were told so far: a moment for `tell` and `check`. A call that waits takes it when it begins. */
  told = 0;
  private last = "";
  /** Why the device is gone for good, once it is. */
  ended: string | undefined;
  private readonly pending = new Set<Promise<unknown>>();

  /** Hears of errors, and of the loss, which shows nowhere else. The device holds on to this alone, not to all of a Gpu. */
  listen(device: GPUDevice): void {
    device.onuncapturederror = (event) => {
      event.preventDefault();
      this.report(event.error.message);
    };
    void device.lost.then(({ reason, message }) => this.end(`the device was lost (${reason}): ${message}`));
  }

  /** Keeps the first error until it is told: what follows is mostly its echo, but for a cause that is told late. */
  report(message: string, isCause = false): void {
    if (isCause) this.first = message;
    else this.first ??= message;
  }

  end(message: string): void {
    this.ended ??= message;
  }

  /**
   * Throws what was reported, or told to others since a moment. Where there is an error, it waits for a loss that may be
   * its cause: wgpu tells of what is lost with a device before it tells of the device.
   */
  async tell(device: GPUDevice, since = this.told): Promise<void> {
    const soon = new Promise((resolve) => setTimeout(resolve, 100));
    if (this.first !== undefined && !this.ended) await Promise.race([device.lost, soon]);
    this.check(since);
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

  /** Throws the first error since a moment; after a loss, always. */
  check(since = this.told): void {
    if (this.first !== undefined) this.told++;
    this.last = this.first ?? this.last;
    this.first = undefined;
    const message = this.ended ?? (this.told > since ? this.last : undefined);
    if (message !== undefined) throw new GpuError(`gpu: ${message.trim().replace(/\s+/g, " ")}`); // drivers tell in lines
  }
}
