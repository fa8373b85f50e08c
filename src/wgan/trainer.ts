// Training: a step is some updates of the critic and one of the generator. It knows no files and no terminal,
// so it runs in a browser as it does in Node.
import {
  assign,
  blendAll,
  type Captured,
  capture,
  concat,
  grad,
  keep,
  mul,
  noGrad,
  ones,
  Random,
  type RandomState,
  reshape,
  type Tensor,
  tidy,
  zeros,
} from "../autograd";
import {
  Adam,
  constant,
  linearDecay,
  type Module,
  MovingAverage,
  type OptimizerState,
  RMSprop,
  type Schedule,
  type StateDict,
} from "../nn";
import { Batches, withLabels } from "./batches";
import type { RunConfig } from "./config";
import type { Dataset } from "./dataset";
import type { Evaluator } from "./evaluating";
import { makeCritic, makeGenerator } from "./models";
import { type Critic, type Objective, objectives } from "./objectives";
import { inferred, sampleImages, sampleLatents } from "./sampling";

/** Losses of one step, as the tutorial signs them: c1 = −E f(real), c2 = E f(fake), g = −E f(G(z)); of gan cross-entropies. */
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
  /** The generator's moving average, where the run keeps one. */
  average?: StateDict;
  criticOptimizer: OptimizerState;
  generatorOptimizer: OptimizerState;
  random: Record<Stream, RandomState>;
}

/** Independent streams of random numbers under one seed, so that a change of one leaves the others as they were. */
const streams = { weights: 0, batches: 1, latents: 2, penalty: 3, samples: 4, average: 5, evaluation: 6 };
type Stream = "weights" | "batches" | "latents" | "penalty";
const streamOf = ({ seed }: RunConfig, stream: number) => new Random(seed + stream * 2 ** 32);

/** A critic and a generator in training, step by step, on one dataset. */
export class Trainer {
  readonly critic: Module;
  readonly generator: Module;
  private readonly average: MovingAverage | undefined;
  private readonly batches: Batches;
  private readonly objective: Objective;
  private readonly schedule: Schedule;
  private readonly random: Record<Stream, Random>;
  private readonly criticOptimizer: Optimizer;
  private readonly generatorOptimizer: Optimizer;
  /** Sums of c1 and c2 over a step's critic updates, and g, () each; captured updates write them in place. */
  private readonly scores: readonly Tensor[];
  private readonly generatorLoss: Tensor;
  /** What the gradient of a loss begins with: 1, made once and not once an update. */
  private readonly one: Tensor;
  private readonly captured = new Map<string, Captured<void>>();
  private stepsDone = 0;

  constructor(
    readonly config: RunConfig,
    dataset: Dataset,
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
    this.objective = objectives[config.objective.kind];
    this.schedule = config.optimizer.schedule === "linear" ? linearDecay(config.steps) : constant;
    this.critic = makeCritic(config, this.random.weights);
    this.generator = makeGenerator(config, this.random.weights);
    if (config.ema > 0) {
      const copy = makeGenerator(config, random(streams.average));
      this.average = new MovingAverage(copy, this.generator, config.ema);
    }
    this.batches = new Batches(config, dataset, this.random);
    this.scores = [keep(zeros([])), keep(zeros([]))];
    this.generatorLoss = keep(zeros([]));
    this.one = keep(ones([]));
    const clipped = new Set(this.objective.clipped(this.critic));
    this.criticOptimizer = makeOptimizer(config, this.critic.parameters(), clipped);
    this.generatorOptimizer = makeOptimizer(config, this.generatorTrains(), new Set());
  }

  /** The generator that samples are drawn by: the moving average, where the run keeps one. */
  get sampler(): Module {
    return this.average?.average ?? this.generator;
  }

  /** Runs one step; the result holds the three losses (3), to be read whenever it suits. The caller frees it. */
  step(): Tensor {
    const count = this.criticSteps();
    const rate = this.config.optimizer.learningRate * this.schedule(this.stepsDone);
    for (const optimizer of [this.criticOptimizer, this.generatorOptimizer]) optimizer.learningRate = rate;
    this.stepsDone++;
    for (let i = 0; i < count; i++)
      this.run("critic", () => blendAll(this.scores, this.updateCritic(), 1, 1));
    this.run("generator", () => {
      const labels = this.batches.labels(this.config.batch);
      const latents = this.batches.latents(this.config.batch, labels);
      assign(this.generatorLoss, this.trainGenerator(latents, labels));
    });
    this.average?.update();
    return tidy(() => {
      const losses = joined([mul(joined(this.scores), 1 / count), this.generatorLoss]);
      for (const sum of this.scores) assign(sum, zeros([]));
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

  /** Reads back all that a later trainer needs to go on from here, as it is at the call. */
  async state(): Promise<TrainerState> {
    const { critic, generator, average, criticOptimizer, generatorOptimizer, random } = this;
    const streams = Object.entries(random).map(([name, each]) => [name, each.state()]);
    const { stepsDone: steps } = this;
    // All reads begin before the first is awaited: a step in between would be half in the state.
    const [ofCritic, ofGenerator, ofCriticOptimizer, ofGeneratorOptimizer, ofAverage] = await Promise.all([
      critic.stateDict(),
      generator.stateDict(),
      criticOptimizer.state(),
      generatorOptimizer.state(),
      average?.average.stateDict(),
    ]);
    return {
      steps,
      critic: ofCritic,
      generator: ofGenerator,
      ...(ofAverage && { average: ofAverage }),
      criticOptimizer: ofCriticOptimizer,
      generatorOptimizer: ofGeneratorOptimizer,
      random: Object.fromEntries(streams),
    };
  }

  /** Goes on from a state, that of a trainer of the same configuration and data. Throws when it does not fit. */
  loadState(state: TrainerState): void {
    const { critic, generator, average, criticOptimizer, generatorOptimizer, random } = this;
    const modules = [
      [critic, state.critic],
      [generator, state.generator],
      ...(average ? ([[average.average, state.average ?? {}]] as const) : []),
    ] as const;
    const optimizers = [
      [criticOptimizer, state.criticOptimizer],
      [generatorOptimizer, state.generatorOptimizer],
    ] as const;
    if (!Number.isSafeInteger(state.steps) || state.steps < 0)
      throw new Error(`loadState: the steps must be a whole number from 0 up, got ${state.steps}.`);
    // All is checked before anything changes: half of a state is none.
    for (const [module, part] of modules) module.checkStateDict(part);
    for (const [optimizer, part] of optimizers) optimizer.checkState(part);
    const streams = Object.entries(random).map(([name, stream]) => {
      const part: RandomState | undefined = state.random[name as Stream];
      if (!part) throw new Error(`loadState: the state must have the random stream ${name}, got none.`);
      new Random(part.seed, part.counter); // throws where they are no state
      return [stream, part] as const;
    });
    for (const [module, part] of modules) module.loadStateDict(part);
    for (const [optimizer, part] of optimizers) optimizer.loadState(part);
    for (const [stream, part] of streams) stream.loadState(part);
    this.stepsDone = state.steps;
  }

  /** Images (N, H, W, C) in [−1, 1], or points (N, 2), from latent vectors, by the sampler's running averages. */
  sample(latents: Tensor): Tensor {
    return sampleImages(this.sampler, latents, this.config);
  }

  /** Frees the networks and all else that the trainer holds. */
  dispose(): void {
    const { critic, generator, criticOptimizer, generatorOptimizer, batches } = this;
    const tensors = [...this.scores, this.generatorLoss, this.one];
    const owned = [critic, generator, criticOptimizer, generatorOptimizer, batches, ...tensors];
    for (const each of [...this.captured.values(), ...owned]) each.dispose();
    this.average?.average.dispose();
  }

  /** One critic update; the result holds c1 and c2, () each. */
  private updateCritic(): readonly Tensor[] {
    const { batch, objective } = this.config;
    return this.objective.updateCritic({
      objective,
      batch,
      draw: (count) => {
        const { samples, labels } = this.batches.draw(count);
        const fakes = (by: "batch" | "running") => {
          const latents = this.batches.latents(count, labels);
          if (by === "running") return inferred(this.generator, latents);
          return noGrad(() => this.generator.forward(latents));
        };
        return { samples, critic: this.criticOf(labels), fakes };
      },
      train: (loss) => this.trainCritic(loss),
      random: this.random.penalty,
    });
  }

  /** The critic of samples of these classes, where it is told them. */
  private criticOf(labels: Tensor | undefined): Critic {
    return labels ? { forward: (x) => this.critic.forward(withLabels(x, labels)) } : this.critic;
  }

  /** One update of the critic that lowers `loss`; gives the loss before it. */
  trainCritic(loss: () => Tensor): Tensor {
    const value = loss();
    this.criticOptimizer.step(grad(value, this.critic.parameters(), { dy: this.one }));
    return value;
  }

  /** One update of the generator from latent vectors (N, …) of these classes; gives its loss g before it. */
  trainGenerator(latents: Tensor, labels?: Tensor): Tensor {
    const images = this.generator.forward(latents);
    const loss = this.objective.score(this.criticOf(labels), images, -1);
    this.generatorOptimizer.step(grad(loss, this.generatorTrains(), { dy: this.one }));
    return loss;
  }

  private generatorTrains(): Tensor[] {
    return [...this.generator.parameters(), ...this.objective.generatorTrains(this.critic)];
  }

  /** More critic updates at first and now and then, where the run asks for them, so that the critic is near its best. */
  private criticSteps(): number {
    const { warmUp, criticSteps } = this.config.objective;
    if (!warmUp) return criticSteps;
    const again = warmUp.every > 0 && this.stepsDone % warmUp.every === 0;
    return this.stepsDone < warmUp.first || again ? warmUp.criticSteps : criticSteps;
  }
}

/** The numbers of some tensors as one list. */
const joined = (parts: readonly Tensor[]): Tensor => concat(parts.map((part) => reshape(part, [part.size])));

/** Latent vectors (count, …) for pictures, always the same ones for a seed. */
export const fixedLatents = (config: RunConfig, count: number): Tensor =>
  sampleLatents(config, streamOf(config, streams.samples), count);

/** Latent vectors (count, …) for what is measured during training, always the same ones for a seed. */
export const evaluationLatents = (config: RunConfig, { count, classOf }: Evaluator): Tensor =>
  sampleLatents(config, streamOf(config, streams.evaluation), count, classOf);

type Optimizer = RMSprop | Adam;

function makeOptimizer({ optimizer, objective }: RunConfig, parameters: Tensor[], clipped: Set<Tensor>) {
  const { learningRate } = optimizer;
  const bound = "clip" in objective ? objective.clip : 0;
  const clip = (parameter: Tensor) => (clipped.has(parameter) ? ([-bound, bound] as const) : undefined);
  if (optimizer.kind === "rmsprop")
    return new RMSprop(parameters, { learningRate, clip, form: optimizer.form });
  return new Adam(parameters, { learningRate, clip, beta1: optimizer.beta1, beta2: optimizer.beta2 });
}
