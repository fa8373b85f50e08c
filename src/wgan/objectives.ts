// The losses, in the words of the papers, and the objectives: what one update of the critic is, what the generator's
// update trains, and what is clipped. All losses are means over the batch; the critic f is a module.
import {
  add,
  detach,
  grad,
  mul,
  ones,
  type Random,
  requireGrad,
  softplus,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
} from "../autograd";
import { BatchNorm2d, type Module } from "../nn";
import type { RunConfig } from "./config";

/** What a loss asks of a critic: its scores of a batch. */
export type Critic = Pick<Module, "forward">;

/** E f(x), times a sign: what a critic thinks of a batch. */
export function score(critic: Critic, x: Tensor, sign: 1 | -1 = 1): Tensor {
  const scores = critic.forward(x);
  return sum(scores, { scale: sign / scores.size });
}

/**
 * The cross-entropy of the critic's answer σ(f(x)), for samples that are real (sign −1) or fake (1): E softplus(± f(x)).
 * The generator's is that of fakes taken for real ones, −E log σ(f), which does not vanish where the critic is sure
 * (Goodfellow et al. 2014, section 3).
 */
export function crossEntropy(critic: Critic, x: Tensor, sign: 1 | -1): Tensor {
  const losses = softplus(mul(critic.forward(x), sign));
  return sum(losses, { scale: 1 / losses.size });
}

/**
 * `weight` times E (‖∇f(x̂)‖₂ − 1)² at points x̂ between real and fake (Gulrajani et al. 2017, algorithm 1): one
 * ε ~ U[0, 1) a sample mixes the two. The gradient is recorded, since the penalty is differentiated by the critic's weights.
 */
export function gradientPenalty(
  critic: Critic,
  real: Tensor,
  fake: Tensor,
  random: Random,
  weight = 1,
): Tensor {
  const epsilon = random.uniform([real.shape[0], ...real.shape.slice(1).map(() => 1)]);
  const between = requireGrad(detach(add(fake, mul(sub(real, fake), epsilon))));
  const scores = critic.forward(between);
  const [slope] = grad(scores, [between], { dy: ones(scores.shape), createGraph: true });
  const axes = slope.shape.map((_, axis) => axis).slice(1);
  // The root has an infinite derivative at 0: the small number keeps a dead critic's gradient finite.
  const norm = sqrt(add(sum(square(slope), { axes }), 1e-12));
  return sum(square(sub(norm, 1)), { scale: weight / norm.size });
}

/** Samples of one update, and the critic that knows their classes, where it is told any. */
export interface Drawn {
  samples: Tensor;
  critic: Critic;
}

/** What a critic's update needs of the trainer. */
export interface Turn {
  objective: RunConfig["objective"];
  batch: number;
  /** Draws samples of the data, and `fakes` of the same classes, made with the batch's statistics or the running ones. */
  draw(count: number): Drawn & { fakes(by: "batch" | "running"): Tensor };
  /** Lowers the loss by one step of the critic; gives the loss before it. */
  train(loss: () => Tensor): Tensor;
  /** For the penalty's ε. */
  random: Random;
}

export interface Objective {
  /** What a batch adds to a loss: of real samples in the critic's and of fakes in the generator's by sign −1, else by 1. */
  score(critic: Critic, x: Tensor, sign: 1 | -1): Tensor;
  /** One update of the critic: the two scores c1, of real samples, and c2, of fakes, before it. */
  updateCritic(turn: Turn): readonly [c1: Tensor, c2: Tensor];
  /** What of the critic the generator's update trains along with the generator. */
  generatorTrains(critic: Module): Tensor[];
  /** The critic's parameters that are held to ±clip. */
  clipped(critic: Module): Tensor[];
  /** Whether a batch is taken in two halves, and must be even. */
  halves: boolean;
}

/** As the papers have it: both means in one loss, and two passes, since batch norm must not mix their statistics. */
function together(
  turn: Turn,
  score: Objective["score"],
  penalty?: (drawn: Drawn, fake: Tensor) => Tensor,
): readonly [Tensor, Tensor] {
  const drawn = turn.draw(turn.batch);
  const fake = drawn.fakes("batch");
  let parts: readonly [Tensor, Tensor] | undefined;
  turn.train(() => {
    parts = [score(drawn.critic, drawn.samples, -1), score(drawn.critic, fake, 1)];
    const distance = add(...parts);
    return penalty ? add(distance, penalty(drawn, fake)) : distance;
  });
  return parts!;
}

export const objectives: Record<RunConfig["objective"]["kind"], Objective> = {
  /** The Keras tutorial's: an update on half a batch of real images, then one on fakes. */
  tutorial: {
    score,
    updateCritic(turn) {
      const { samples, critic, fakes } = turn.draw(turn.batch / 2);
      const c1 = turn.train(() => score(critic, samples, -1));
      const fake = fakes("running");
      return [c1, turn.train(() => score(critic, fake))];
    },
    // On Keras 2, as the tutorial freezes, the critic's batch norms still move.
    generatorTrains: (critic) =>
      critic
        .modules()
        .filter((module) => module instanceof BatchNorm2d)
        .flatMap((norm) => norm.parameters()),
    // The constraint sits on the convolutions' kernels alone; an mlp has none, and there it sits on all kernels.
    clipped(critic) {
      const kernels = critic.parameters().filter(({ shape }) => shape.length > 1);
      const convolutions = kernels.filter(({ shape }) => shape.length === 4);
      return convolutions.length > 0 ? convolutions : kernels;
    },
    halves: true,
  },
  /** Arjovsky, Chintala and Bottou 2017, algorithm 1. */
  wgan: {
    score,
    updateCritic: (turn) => together(turn, score),
    generatorTrains: () => [],
    clipped: (critic) => critic.parameters(),
    halves: false,
  },
  /** Gulrajani et al. 2017, algorithm 1. */
  "wgan-gp": {
    score,
    updateCritic: (turn) =>
      together(turn, score, ({ critic, samples }, fake) => {
        const { objective, random } = turn;
        const weight = objective.kind === "wgan-gp" ? objective.gradientPenalty : 0;
        return gradientPenalty(critic, samples, fake, random, weight);
      }),
    generatorTrains: () => [],
    clipped: () => [],
    halves: false,
  },
  /** Goodfellow et al. 2014: no distance, but whether the critic, there the discriminator, can tell real from fake. */
  gan: {
    score: crossEntropy,
    updateCritic: (turn) => together(turn, crossEntropy),
    generatorTrains: () => [],
    clipped: () => [],
    halves: false,
  },
};
