// monge's side of the training rows: its presets by its Trainer, and where all sides start.
import {
  assign,
  type Captured,
  capture,
  keep,
  mul,
  neg,
  noGrad,
  Random,
  type Tensor,
  tensor,
  zeros,
} from "../../src/autograd";
import { gpu } from "../../src/gpu/gpu";
import { type OptimizerState, RMSprop, type StateDict } from "../../src/nn";
import { drawnRun } from "../../src/wgan/drawnRun";
import { objectives, score } from "../../src/wgan/objectives";
import { drawDigits } from "../../src/wgan/strokes";
import { Trainer } from "../../src/wgan/trainer";
import type { Preset, Start, State, Training } from "./side";

/** Of the data that the iteration before a start sees. */
const IMAGES = 64;

function trainerOf(preset: Preset): Trainer {
  return new Trainer(drawnRun(preset, IMAGES, gpu()), drawDigits({ count: IMAGES, seed: 1, digits: [5] }));
}

/** ε of the gradient penalty as it is given, in place of a random stream. */
class Given extends Random {
  epsilon: Tensor | undefined;

  override uniform(): Tensor {
    return this.epsilon!;
  }
}

export function train(start: Start): Training<Tensor> {
  const trainer = trainerOf(start.preset);
  const { config } = trainer;
  load(trainer, start.weights);
  if (Object.keys(start.slots).length > 0) loadSlots(trainer, start);
  // As the trainer does: an update is captured once, over tensors that stay, and replayed from then on.
  const captured = new Map<string, Captured<Tensor>>();
  const slots = new Map<string, Tensor[]>();
  const replayed = (name: string, inputs: Tensor[], update: (...inputs: Tensor[]) => Tensor): Tensor => {
    const own = slots.get(name) ?? inputs.map(({ shape }) => keep(zeros(shape)));
    slots.set(name, own);
    for (const [i, input] of inputs.entries()) assign(own[i], input);
    const before = captured.get(name);
    if (before) before.replay();
    const now = before ?? capture(() => update(...own));
    captured.set(name, now);
    return keep(mul(now.result, 1)); // the next replay overwrites the result itself
  };
  const random = new Given(0); // here, since a capture refuses a new stream
  const both = (samples: Tensor, latents: Tensor, epsilon?: Tensor): Tensor => {
    let loss: Tensor | undefined;
    random.epsilon = epsilon;
    objectives[config.objective.kind].updateCritic({
      objective: config.objective,
      batch: config.batch,
      draw: () => ({
        samples,
        critic: trainer.critic,
        fakes: () => noGrad(() => trainer.generator.forward(latents)),
      }),
      train: (of) => {
        loss = trainer.trainCritic(of);
        return loss;
      },
      random,
    });
    return loss!;
  };
  let alone: { optimizer: RMSprop; gradients: Tensor[] } | undefined;
  return {
    upload: ({ shape, data }) => keep(tensor(data, shape)),
    critic: (images, label) =>
      replayed(`critic ${label}`, [images], (slot) =>
        trainer.trainCritic(() => {
          const value = score(trainer.critic, slot);
          return label === 1 ? value : neg(value);
        }),
      ),
    fakes: (latents) => replayed("fakes", [latents], (slot) => trainer.sample(slot)),
    both: (...inputs) =>
      replayed(
        "both",
        inputs.filter((input) => input !== undefined),
        both as (...inputs: Tensor[]) => Tensor,
      ),
    generator: (latents) => replayed("generator", [latents], (slot) => trainer.trainGenerator(slot)),
    rmsprop() {
      if (!alone) {
        const parameters = trainer.critic.parameters();
        const clip = ({ shape }: Tensor) => (shape.length === 4 ? ([-0.01, 0.01] as const) : undefined);
        const optimizer = new RMSprop(parameters, { learningRate: 5e-5, form: "keras", clip });
        alone = { optimizer, gradients: parameters.map((parameter) => keep(mul(parameter, 1))) };
      }
      alone.optimizer.step(alone.gradients);
    },
    free: (value) => value.dispose(),
    scalar: (value) => value.item(),
    state: () => weightsOf(trainer),
    load: (state) => load(trainer, state),
    dispose() {
      for (const owned of [...captured.values(), ...[...slots.values()].flat()]) owned.dispose();
      alone?.optimizer.dispose();
      for (const gradient of alone?.gradients ?? []) gradient.dispose();
      trainer.dispose();
    },
  };
}

const networks = ["critic", "generator"] as const;

async function weightsOf(trainer: Trainer): Promise<State> {
  const state: State = {};
  for (const network of networks)
    for (const [name, value] of Object.entries(await trainer[network].stateDict()))
      state[`${network}.${name}`] = value;
  return state;
}

function dictionary(state: State, network: string): StateDict {
  const own = Object.entries(state).filter(([name]) => name.startsWith(`${network}.`));
  return Object.fromEntries(own.map(([name, value]) => [name.slice(network.length + 1), value]));
}

function load(trainer: Trainer, state: State): void {
  for (const network of networks) trainer[network].loadStateDict(dictionary(state, network));
}

/** Names of what an optimiser of the network trains, in its order. */
function trained(trainer: Trainer, network: (typeof networks)[number]): string[] {
  const parameters = new Set(trainer[network].parameters());
  return [...trainer[network].named()].flatMap(([name, each]) =>
    parameters.has(each) ? [`${network}.${name}`] : [],
  );
}

function loadSlots(trainer: Trainer, { weights, slots, steps }: Start): void {
  const { optimizer } = trainer.config;
  const [kind, count] = optimizer.kind === "adam" ? ["Adam", 2] : ["RMSprop", 1];
  const state = (network: (typeof networks)[number]): OptimizerState => {
    const names = trained(trainer, network);
    const of = (which: number) => names.map((name) => slots[`${name}.${which}`].data);
    return { kind, steps: steps[network], slots: Array.from({ length: count }, (_, i) => of(i)).flat() };
  };
  const random = { seed: 0, counter: 0 }; // unused: the batches are given
  trainer.loadState({
    steps: 0,
    critic: dictionary(weights, "critic"),
    generator: dictionary(weights, "generator"),
    criticOptimizer: state("critic"),
    generatorOptimizer: state("generator"),
    random: { weights: random, batches: random, latents: random, penalty: random },
  });
}

/**
 * Where all sides start. The tutorial from its first weights: its epsilon stands inside of the root, so the first step is
 * smooth in the gradient. In the others it is all but the gradient's sign, which the last bit of a small one decides; so
 * they start after one iteration, each mean square at its tensor's mean, which is never near zero.
 */
export async function startOf(preset: Preset): Promise<Start> {
  const trainer = trainerOf(preset);
  const start: Start = { preset, weights: {}, slots: {}, steps: { critic: 0, generator: 0 } };
  if (preset !== "tutorial") {
    trainer.step().dispose();
    const { criticOptimizer, generatorOptimizer } = await trainer.state();
    const optimizers = { critic: criticOptimizer, generator: generatorOptimizer };
    for (const network of networks) {
      const { steps, slots } = optimizers[network];
      const names = trained(trainer, network);
      start.steps[network] = steps;
      for (const [i, slot] of slots.entries()) {
        const name = names[i % names.length];
        const isSquare = i >= slots.length - names.length; // Adam's first moments come before
        const data = isSquare ? new Float32Array(slot.length).fill(mean(slot)) : slot;
        const { shape } = trainer[network].named().get(name.slice(network.length + 1))!;
        start.slots[`${name}.${Math.floor(i / names.length)}`] = { shape, data };
      }
    }
  }
  start.weights = await weightsOf(trainer);
  trainer.dispose();
  return start;
}

const mean = (numbers: Float32Array): number =>
  numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
