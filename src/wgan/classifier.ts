// A small convolutional classifier of a data set, trained once, to judge generated images: by its answers and by its
// features. It is made of strided convolutions, as the critics are.
import {
  byteTensor,
  grad,
  mean,
  noGrad,
  type Random,
  type Shape,
  sizeOf,
  softmax,
  softmaxCrossEntropy,
  type Tensor,
  takeBytes,
  tensor,
  tidy,
} from "../autograd";
import { HostRandom } from "../kernels/threefry";
import { type Rows, rowsOf } from "../measures/rows";
import { Adam, glorotUniform, heNormal, Linear, linearDecay, Module } from "../nn";
import { type ByteDataset, presentClasses } from "./dataset";
import { halvings } from "./models";
import { Plan } from "./plan";

const BATCH = 128;
/** Rounds over the images; of few images more, up to so many steps or rounds. */
const ROUNDS = 10;
const FEW_STEPS = 300;
const MOST_ROUNDS = 100;
const LEARNING_RATE = 2e-3;
/** Numbers that the distances of features are taken of. */
const FEATURES = 64;
/** Channels behind each halving, the last for all further ones. */
const WIDTHS = [16, 32, 64];
const NORM = { kind: "batch", batchNorm: { epsilon: 1e-5, momentum: 0.1, scale: true } } as const;
/** An image is moved by up to its size over this, to and fro, anew each time that it is seen. */
const MOVES = 14;

/** Images (N, H, W, C) → features (N, 64). */
function planBody(shape: Shape): Plan {
  const plan = new Plan(shape);
  halvings(plan.size, 4)
    .slice(1)
    .forEach((_, i) => {
      plan.conv(WIDTHS[Math.min(i, WIDTHS.length - 1)], {
        kernel: i === 0 ? 5 : 3,
        stride: 2,
        init: heNormal,
      });
      plan.normAndRelu(NORM, 0.1);
    });
  return plan.flatten().linear(FEATURES, heNormal).relu();
}

/** Images in [−1, 1] → how much speaks for each class (N, classes). */
export class Classifier extends Module {
  private readonly body: Module;
  private readonly head: Module;
  /** The most images that go through it at once, where a buffer is bound with so many bytes. */
  readonly most: (bytes: number) => number;

  constructor(
    readonly shape: Shape,
    classes: number,
    random: Random,
  ) {
    super();
    const plan = planBody(shape);
    const largest = Math.max(...plan.shapes.map(sizeOf));
    this.most = (bytes) => Math.max(1, Math.floor(bytes / 4 / largest));
    this.body = this.child("body", plan.make(random));
    this.head = this.child("head", new Linear(FEATURES, classes, { random, init: glorotUniform }));
  }

  features(images: Tensor): Tensor {
    return this.body.forward(images);
  }

  override forward(images: Tensor): Tensor {
    return tidy(() => this.head.forward(this.features(images)));
  }

  /** What it sees in images in [−1, 1], `pixels` one after the other, and the shares that it gives the classes. */
  async judge(pixels: Float32Array, bytes: number): Promise<{ features: Rows; shares: Rows }> {
    const size = sizeOf(this.shape);
    const count = pixels.length / size;
    const step = Math.min(250, this.most(bytes));
    const parts: [features: Float32Array, shares: Float32Array][] = [];
    this.train(false);
    for (let from = 0; from < count; from += step) {
      const to = Math.min(count, from + step);
      const [features, shares] = noGrad(() =>
        tidy(() => {
          const seen = this.features(
            tensor(pixels.subarray(from * size, to * size), [to - from, ...this.shape]),
          );
          return [seen, softmax(this.head.forward(seen))];
        }),
      );
      parts.push((await Promise.all([features.data(), shares.data()])) as [Float32Array, Float32Array]);
      features.dispose();
      shares.dispose();
    }
    const joined = (which: 0 | 1) => Float64Array.from(parts.flatMap((part) => [...part[which]]));
    const classes = parts[0][1].length / Math.min(count, step);
    return { features: rowsOf(joined(0), FEATURES), shares: rowsOf(joined(1), classes) };
  }
}

/** Steps that a training of so many images takes. */
export function stepsFor(count: number): number {
  const round = Math.ceil(count / Math.min(BATCH, count));
  return Math.max(ROUNDS * round, Math.min(FEW_STEPS, MOST_ROUNDS * round));
}

/** Trains it on the images, class by its place among those that occur; `done` hears of each step. */
export async function trainClassifier(
  classifier: Classifier,
  data: ByteDataset,
  { seed, bytes, done }: { seed: number; bytes: number; done: (step: number) => Promise<void> | void },
): Promise<void> {
  const steps = stepsFor(data.count);
  const present = presentClasses(data);
  const random = new HostRandom(seed);
  const optimizer = new Adam(classifier.parameters(), { learningRate: LEARNING_RATE });
  const schedule = linearDecay(steps);
  const batch = Math.min(BATCH, data.count, classifier.most(bytes));
  const order = new Deck(data.count, random);
  classifier.train(true);
  for (let step = 0; step < steps; step++) {
    const indices = Array.from({ length: batch }, () => order.next());
    optimizer.learningRate = LEARNING_RATE * schedule(step);
    tidy(() => {
      const images = takeBytes(byteTensor(moved(data, indices, random)), indexed(batch), {
        sample: classifier.shape,
        scale: 1 / 127.5,
        shift: -1,
      });
      const labels = tensor(Uint32Array.from(indices, (index) => present.indexOf(data.labels[index])));
      const loss = mean(softmaxCrossEntropy(classifier.forward(images), labels));
      optimizer.step(grad(loss, classifier.parameters()));
    });
    await done(step + 1);
  }
  optimizer.dispose();
}

const indexed = (count: number): Tensor => tensor(Uint32Array.from({ length: count }, (_, i) => i));

/** Numbers from 0 up in a random order, and when all are out, in another. */
class Deck {
  private readonly cards: number[];
  private out: number;

  constructor(
    count: number,
    private readonly random: HostRandom,
  ) {
    this.cards = Array.from({ length: count }, (_, i) => i);
    this.out = count;
  }

  next(): number {
    const { cards } = this;
    if (this.out === cards.length) this.out = 0;
    const taken = this.out + this.random.integer(cards.length - this.out);
    [cards[this.out], cards[taken]] = [cards[taken], cards[this.out]];
    return cards[this.out++];
  }
}

/** Bytes of images, each moved a little; its edge fills what that leaves bare. */
function moved(
  { images, height, width, channels }: ByteDataset,
  indices: number[],
  random: HostRandom,
): Uint8Array {
  const size = height * width * channels;
  const bytes = new Uint8Array(indices.length * size);
  const offset = (length: number) => {
    const most = Math.floor(length / MOVES);
    return random.integer(2 * most + 1) - most;
  };
  const within = (at: number, length: number) => Math.min(length - 1, Math.max(0, at));
  indices.forEach((index, i) => {
    const [down, right] = [offset(height), offset(width)];
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const from = index * size + (within(y - down, height) * width + within(x - right, width)) * channels;
        const to = i * size + (y * width + x) * channels;
        for (let channel = 0; channel < channels; channel++) bytes[to + channel] = images[from + channel];
      }
    }
  });
  return bytes;
}
