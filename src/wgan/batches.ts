// What an update sees: samples of the data by random index, their classes, and latent vectors, each from a random
// stream of its own.
import {
  broadcastTo,
  byteTensor,
  concat,
  equal,
  keep,
  type Random,
  reshape,
  type Shape,
  type Tensor,
  takeBytes,
  tensor,
} from "../autograd";
import type { RunConfig } from "./config";
import type { Dataset } from "./dataset";
import { type ImageStore, makeStore, type PointStore } from "./images";
import { labelsOf } from "./models";

/** Samples (N, …), and where networks are told the class, which each is of: (N, classes), 1 at its own and 0 elsewhere. */
export interface Batch {
  samples: Tensor;
  labels?: Tensor;
}

/** Bytes 0 to 255 as pixels. */
const ranges = { signed: { scale: 1 / 127.5, shift: -1 }, unit: { scale: 1 / 255, shift: 0 } };

export class Batches {
  private readonly data: ImageStore | PointStore;
  /** Where networks are told the class: each sample's, counted among those that occur, and all of them (1, classes). */
  private readonly classes: { ofSamples: Tensor; all: Tensor } | undefined;
  private readonly count: number;

  constructor(
    private readonly config: RunConfig,
    dataset: Dataset,
    private readonly random: { batches: Random; latents: Random },
  ) {
    this.count = dataset.count;
    this.data = makeStore(dataset);
    const labels = labelsOf(config);
    if (labels > 0 && dataset.kind === "images") {
      const ofSamples = keep(byteTensor(ranked(dataset.labels)));
      this.classes = { ofSamples, all: keep(classes(labels)) };
    }
  }

  draw(count: number): Batch {
    const index = this.index(count);
    const samples = this.data.take(index, ranges[this.config.network.range]);
    return { samples, labels: this.labelsAt(index) };
  }

  /** Classes as frequent as in the data, where networks are told them. */
  labels(count: number): Tensor | undefined {
    return this.classes && this.labelsAt(this.index(count));
  }

  /** Latent vectors (count, latent), and behind them the labels. */
  latents(count: number, labels?: Tensor): Tensor {
    return latentVectors(this.config, this.random.latents, count, labels);
  }

  dispose(): void {
    for (const owned of [this.data, this.classes?.ofSamples, this.classes?.all]) owned?.dispose();
  }

  private index(count: number): Tensor {
    return this.random.batches.integer([count], this.count);
  }

  private labelsAt(index: Tensor): Tensor | undefined {
    if (!this.classes) return undefined;
    const { ofSamples, all } = this.classes;
    return equal(takeBytes(ofSamples, index, { sample: [1], scale: 1, shift: 0 }), all);
  }
}

/** 0, 1, 2, … as (1, count). */
const classes = (count: number): Tensor =>
  tensor(
    Array.from({ length: count }, (_, i) => i),
    [1, count],
  );

/** Each label's place among those that occur. */
function ranked(labels: Uint16Array): Uint8Array {
  const present = [...new Set(labels)].sort((a, b) => a - b);
  const places = new Map(present.map((label, place) => [label, place]));
  return Uint8Array.from(labels, (label) => places.get(label)!);
}

/** Labels by number as Batch has them. */
export const oneHot = (numbers: readonly number[], count: number): Tensor =>
  equal(tensor(numbers, [numbers.length, 1]), classes(count));

export function latentVectors(
  { network }: Pick<RunConfig, "network">,
  random: Random,
  count: number,
  labels?: Tensor,
): Tensor {
  const vectors = random.normal([count, network.latent], 0, network.latentDeviation);
  return labels ? concat([vectors, labels], { axis: 1 }) : vectors;
}

/** Samples (N, …, C) with a constant plane a class behind their channels: (N, …, C + classes). */
export function withLabels(samples: Tensor, labels: Tensor): Tensor {
  const [count, ...inner] = samples.shape.slice(0, -1);
  const [, classes] = labels.shape;
  const planes: Shape = [count, ...inner, classes];
  const thin = reshape(labels, [count, ...inner.map(() => 1), classes]);
  return concat([samples, broadcastTo(thin, { shape: planes })], { axis: -1 });
}
