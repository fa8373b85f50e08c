// Training: a step is some updates of the critic and one of the generator. It knows no files and no terminal,
// so it runs in a browser as it does in Node.
import {
  add,
  assign,
  blend,
  type Captured,
  capture,
  concat,
  grad,
  keep,
  mul,
  neg,
  noGrad,
  Random,
  type RandomState,
  reshape,
  type Tensor,
  tidy,
  zeros,
} from "../autograd";
import { Adam, BatchNorm2d, type Module, type OptimizerState, RMSprop, type StateDict } from "../nn";
import type { RunConfig } from "./config";
import type { ByteDataset } from "./dataset";
import { ImageStore } from "./images";
import { makeCritic, makeGenerator } from "./models";
import { gradientPenalty, score } from "./objectives";

/** Losses of one step, as the tutorial signs them: c1 = −E f(real), c2 = E f(fake), g = −E f(G(z)). */
export interface Losses {
  criticReal: number;
  criticFake: number;
  generator: number;
}

/** All that a run has become: a trainer of the same configuration and data that loads it goes on bit by bit. */
export interface TrainerState {
  steps: number;
  critic: StateDict;
  generator: StateDict;
  criticOptimizer: OptimizerState;
  generatorOptimizer: OptimizerState;
  random: Record<Stream, RandomState>;
}

/** Independent streams of random numbers under one seed, so that a change of one leaves the others as they were. */
const streams = { weights: 0, batches: 1, latents: 2, penalty: 3, samples: 4 };
type Stream = "weights" | "batches" | "latents" | "penalty";
const streamOf = ({ seed }: RunConfig, stream: number) => new Random(seed + stream * 2 ** 32);

export class Trainer {
  readonly critic: Module;
  readonly generator: Module;
  private readonly data: ImageStore;
  private readonly random: Record<Stream, Random>;
  private readonly criticOptimizer: Optimizer;
  private readonly generatorOptimizer: Optimizer;
  /** Sums of c1 and c2 over a step's critic updates (2), and g (); captured updates write them in place. */
  private readonly scores: Tensor;
  private readonly generatorLoss: Tensor;
  private readonly captured = new Map<string, Captured<void>>();
  private stepsDone = 0;

  constructor(
    readonly config: RunConfig,
    private readonly dataset: ByteDataset,
    /** Whether updates are captured and replayed; the numbers are the same bit by bit. */
    private readonly replays = true,
  ) {
    const random = (stream: number) => streamOf(config, stream);
    this.random = {
      weights: random(streams.weights),
      batches: random(streams.batches),
      latents: random(streams.latents),
      penalty: random(streams.penalty),
    };
    this.critic = makeCritic(config.network, this.random.weights);
    this.generator = makeGenerator(config.network, this.random.weights);
    this.data = new ImageStore(dataset);
    this.scores = keep(zeros([2]));
    this.generatorLoss = keep(zeros([]));
    this.criticOptimizer = makeOptimizer(config, this.critic.parameters(), clipped(config, this.critic));
    this.generatorOptimizer = makeOptimizer(config, this.generatorTrains(), new Set());
  }

  /** Runs one step; the result holds the three losses (3), to be read whenever it suits. The caller frees it. */
  step(): Tensor {
    const count = this.criticSteps();
    this.stepsDone++;
    for (let i = 0; i < count; i++) this.run("critic", () => blend(this.scores, this.updateCritic(), 1, 1));
    this.run("generator", () =>
      assign(this.generatorLoss, this.trainGenerator(this.latents(this.config.batch))),
    );
    return tidy(() => {
      const losses = joined([mul(this.scores, 1 / count), this.generatorLoss]);
      assign(this.scores, zeros([2]));
      return losses;
    });
  }

  /** Captures an update the first time, and replays it from then on. */
  private run(name: string, update: () => void): void {
    if (!this.replays) return tidy(update);
    const captured = this.captured.get(name);
    if (captured) captured.replay();
    else this.captured.set(name, capture(update));
  }

  /** Reads the losses of steps back, oldest first, and frees them. */
  static async read(steps: readonly Tensor[]): Promise<Losses[]> {
    const all = concat(steps);
    for (const step of steps) step.dispose();
    const numbers = await all.data();
    all.dispose();
    return steps.map((_, i) => {
      const [criticReal, criticFake, generator] = numbers.slice(3 * i, 3 * i + 3);
      return { criticReal, criticFake, generator };
    });
  }

  /** Reads back all that a later trainer needs to go on from here. */
  async state(): Promise<TrainerState> {
    const { critic, generator, criticOptimizer, generatorOptimizer, random } = this;
    const streams = Object.entries(random).map(([name, each]) => [name, each.state()]);
    return {
      steps: this.stepsDone,
      critic: await critic.stateDict(),
      generator: await generator.stateDict(),
      criticOptimizer: await criticOptimizer.state(),
      generatorOptimizer: await generatorOptimizer.state(),
      random: Object.fromEntries(streams),
    };
  }

  /** Goes on from a state, that of a trainer of the same configuration and data. Throws when it does not fit. */
  loadState(state: TrainerState): void {
    this.critic.loadStateDict(state.critic);
    this.generator.loadStateDict(state.generator);
    this.criticOptimizer.loadState(state.criticOptimizer);
    this.generatorOptimizer.loadState(state.generatorOptimizer);
    for (const [name, each] of Object.entries(this.random)) each.loadState(state.random[name as Stream]);
    this.stepsDone = state.steps;
  }

  /** Images (N, 28, 28, 1) in [−1, 1] from latent vectors, by the generator's running averages. */
  sample(latents: Tensor): Tensor {
    return sampleImages(this.generator, latents);
  }

  dispose(): void {
    const { critic, generator, criticOptimizer, generatorOptimizer, data, scores, generatorLoss } = this;
    const networks = [critic, generator, criticOptimizer, generatorOptimizer];
    for (const owned of [...this.captured.values(), ...networks, data, scores, generatorLoss])
      owned.dispose();
  }

  /** One critic update; the result holds c1 and c2 (2). */
  private updateCritic(): Tensor {
    const { batch, objective } = this.config;
    if (objective.kind === "tutorial") {
      // Two updates on half a batch each, first real and then fake; the generator uses its running averages.
      const half = batch / 2;
      const c1 = this.trainCritic(() => neg(score(this.critic, this.realBatch(half))));
      const fake = this.sample(this.latents(half));
      const c2 = this.trainCritic(() => score(this.critic, fake));
      return joined([c1, c2]);
    }
    const real = this.realBatch(batch);
    const fake = noGrad(() => this.generator.forward(this.latents(batch)));
    // Two passes and not one over both: batch norm must not mix their statistics.
    let parts: [Tensor, Tensor] | undefined;
    this.trainCritic(() => {
      parts = [neg(score(this.critic, real)), score(this.critic, fake)];
      const distance = add(...parts);
      if (objective.gradientPenalty === null) return distance;
      const penalty = gradientPenalty(this.critic, real, fake, this.random.penalty);
      return add(distance, mul(penalty, objective.gradientPenalty));
    });
    return joined(parts!);
  }

  /** One update of the critic that lowers `loss`; gives the loss before it. */
  trainCritic(loss: () => Tensor): Tensor {
    const value = loss();
    this.criticOptimizer.step(grad(value, this.critic.parameters()));
    return value;
  }

  /** One update of the generator from latent vectors (N, latent); gives g = −E f(G(z)) before it. */
  trainGenerator(latents: Tensor): Tensor {
    const images = this.generator.forward(latents);
    const loss = neg(score(this.critic, images));
    this.generatorOptimizer.step(grad(loss, this.generatorTrains()));
    return loss;
  }

  /** What the generator's update trains. On Keras 2, as the tutorial freezes, that includes the critic's batch norms. */
  private generatorTrains(): Tensor[] {
    const own = this.generator.parameters();
    if (this.config.objective.kind !== "tutorial") return own;
    const norms = this.critic.modules().filter((module) => module instanceof BatchNorm2d);
    return [...own, ...norms.flatMap((norm) => norm.parameters())];
  }

  /** 100 critic updates at first and now and then, where the run asks for them, so that the critic is near its best. */
  private criticSteps(): number {
    const { warmUp, criticSteps } = this.config.objective;
    return warmUp && (this.stepsDone < 25 || this.stepsDone % 500 === 0) ? 100 : criticSteps;
  }

  private realBatch(count: number): Tensor {
    const index = this.random.batches.integer([count], this.dataset.count);
    return this.data.take(index, { scale: 1 / 127.5, shift: -1 });
  }

  private latents(count: number): Tensor {
    return this.random.latents.normal([count, this.config.network.latent]);
  }
}

/** The numbers of some tensors as one list. */
const joined = (parts: readonly Tensor[]): Tensor => concat(parts.map((part) => reshape(part, [part.size])));

/** Latent vectors (count, latent) for pictures, always the same ones for a seed. */
export const fixedLatents = (config: RunConfig, count: number): Tensor =>
  streamOf(config, streams.samples).normal([count, config.network.latent]);

/** Images (N, 28, 28, 1) in [−1, 1] from latent vectors (N, latent), by the generator's running averages. */
export function sampleImages(generator: Module, latents: Tensor): Tensor {
  generator.train(false);
  try {
    return noGrad(() => generator.forward(latents));
  } finally {
    generator.train(true);
  }
}

type Optimizer = RMSprop | Adam;

function makeOptimizer(
  { optimizer, objective }: RunConfig,
  parameters: Tensor[],
  clipped: Set<Tensor>,
): Optimizer {
  const { learningRate } = optimizer;
  const bound = objective.clip ?? 0;
  const clip = (parameter: Tensor) => (clipped.has(parameter) ? ([-bound, bound] as const) : undefined);
  if (optimizer.kind === "rmsprop")
    return new RMSprop(parameters, { learningRate, clip, form: optimizer.form });
  return new Adam(parameters, { learningRate, clip, beta1: optimizer.beta1, beta2: optimizer.beta2 });
}

/** Which of the critic's parameters are held to ±clip: the tutorial's constraint sits on its two kernels alone. */
function clipped({ objective }: RunConfig, critic: Module): Set<Tensor> {
  if (objective.clip === null) return new Set();
  if (objective.kind !== "tutorial") return new Set(critic.parameters());
  return new Set(critic.parameters().filter(({ shape }) => shape.length === 4));
}
