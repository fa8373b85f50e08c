// What the bench asks of an engine: one piece of work at a time, prepared from host arrays, run, and read back.
// Host arrays are in monge's layouts (images NHWC, filters HWIO); a side that prefers others converts in here.
import type { HostArray } from "../../src/nn";

export type SideName = "monge" | PeerName;
export type PeerName = (typeof peerNames)[number];
/** In the order of the report. torch-compile and torch-graphs are PyTorch with torch.compile, and with CUDA graphs. */
export const peerNames = ["tfjs", "jax", "torch", "torch-compile", "torch-graphs"] as const;
export type Shape = readonly number[];

/** A piece of work; its inputs are those of `inputsOf` in inputs.ts, in that order. */
export type Work =
  | { kind: "matmul"; m: number; k: number; n: number; transposeA?: boolean; transposeB?: boolean }
  | { kind: "conv"; pass: ConvPass; x: Shape; w: Shape; stride: number }
  | { kind: "batch-norm"; pass: "forward" | "backward"; x: Shape }
  | { kind: "pointwise"; op: "add" | "leaky-relu" | "tanh"; size: number }
  | { kind: "reduce"; op: "sum" | "column-sums"; rows: number; columns: number };

/** "both" is the input gradient and the filter gradient. The padding is Keras's "same". */
export type ConvPass = "forward" | "input-gradient" | "filter-gradient" | "both";

/** One piece of work with its inputs on the GPU. */
export interface Case {
  /** Queues the work once, and frees the results of the run before. Its promise does not wait for the GPU. */
  run(): void | Promise<void>;
  /** The results of the latest run, as host arrays in monge's layouts. */
  read(): Promise<Float32Array[]>;
  dispose(): void;
}

/** Parameters and running averages of both networks, as "critic.0.weight". */
export type State = Record<string, HostArray>;

/** The programs whose training is timed: those of monge's presets with these names. */
export type Preset = "tutorial" | "wgan" | "wgan-gp";

/** What a training starts from, on all sides. */
export interface Start {
  preset: Preset;
  weights: State;
  /** Of the optimisers, one or two a parameter, as "critic.0.weight.0". Where there are none, they are zeros. */
  slots: State;
  /** Updates that each optimiser has done. */
  steps: { critic: number; generator: number };
}

/**
 * A preset's two networks with their optimisers. Images and latents are named by what `upload` returned.
 * An update is queued when its promise settles, if it gives one; that does not wait for the GPU.
 */
export interface Training<T = unknown> {
  upload(array: HostArray): T;
  /** tutorial: one critic update that lowers label · mean f(images); gives that loss. */
  critic(images: T, label: -1 | 1): T | Promise<T>;
  /** tutorial: images by the generator's running averages. */
  fakes(latents: T): T | Promise<T>;
  /**
   * wgan and wgan-gp: one critic update that lowers mean f(G(latents)) − mean f(images), with the penalty where there is
   * an epsilon for each image to mix the two by; gives that loss.
   */
  both?(images: T, latents: T, epsilon?: T): T | Promise<T>;
  /** One generator update; gives −mean f(G(latents)). */
  generator(latents: T): T | Promise<T>;
  /** One step of the critic's RMSprop alone, with its clip, from gradients that equal the weights at its first call. */
  rmsprop(): void | Promise<void>;
  /** Frees what a call returned. */
  free(value: T): void;
  scalar(value: T): Promise<number>;
  state(): Promise<State>;
  /** Takes over what `state` of another side gave. */
  load(state: State): void;
  dispose(): void;
}

export interface Side {
  readonly name: SideName;
  /** Its device of WebGPU, where it has one. */
  readonly device?: GPUDevice;
  /** What it is, where the bench does not bring it along. */
  readonly version?: string;
  /** Which of its kernels it uses, where it has a choice. */
  readonly kernels?: string;
  prepare(work: Work, inputs: HostArray[]): Case;
  train(start: Start): Training;
  /** Settles when the GPU has done all that was queued. */
  finish(): Promise<void>;
}
