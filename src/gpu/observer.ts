// What a profiler must offer to be told of everything that a stream runs; it plugs in as `stream.observer`.
import type { Dispatch } from "./command";

export interface Observer {
  /** Whether every dispatch is a batch of its own, submitted alone and waited for. */
  readonly alone: boolean;
  /** A dispatch was recorded. */
  recorded(label: string): void;
  /** A batch is about to be encoded; what comes back goes along with it. */
  batch(): Timing;
  /** Settles when the batch that was just submitted is done; asked where `alone` is set. */
  finished(): Promise<void>;
}

/** Told of one batch while it is encoded. */
export interface Timing {
  /** The descriptor of the pass that this dispatch gets for itself. */
  passFor(label: string, call: Dispatch): GPUComputePassDescriptor;
  /** All passes are encoded: the place to resolve queries. */
  resolve(encoder: GPUCommandEncoder): void;
  submitted(): void;
}
