// monge's side: its public ops, its tutorial preset and its Trainer.
// Results are freed as soon as they are queued, except for those of the latest run, which may be read.
import {
  add,
  assign,
  batchNorm,
  type Captured,
  capture,
  conv2d,
  conv2dFilterGrad,
  convTranspose2d,
  grad,
  keep,
  leakyRelu,
  matmul,
  mul,
  neg,
  requireGrad,
  settle,
  sum,
  type Tensor,
  tanh,
  tensor,
  tidy,
  zeros,
} from "../../src/autograd";
import { gpu } from "../../src/gpu/gpu";
import { openGpu } from "../../src/kernels/open";
import { tuning } from "../../src/kernels/tuning/table";
import { type HostArray, RMSprop, type StateDict } from "../../src/nn";
import { tuningStore } from "../../src/node/tuningStore";
import { drawnRun } from "../../src/wgan/drawnRun";
import { score } from "../../src/wgan/objectives";
import { drawDigits } from "../../src/wgan/strokes";
import { Trainer } from "../../src/wgan/trainer";
import { benchGpu } from "../gpu";
import type { Case, Side, State, Training, Work } from "./side";

export async function open(): Promise<Side> {
  // The bench itself naps while it waits for any side, so the engine must not nap on top of it.
  const gpu = await openGpu(benchGpu(), {
    wait: (promise) => promise,
    memoryBudget: 16 * 2 ** 30,
    warn: (line) => console.error(line),
  });
  const ignored = tuning(gpu).load(tuningStore(process.env)); // as `npm run train` does
  if (ignored) console.log(ignored);
  return {
    name: "monge",
    device: gpu.device,
    kernels: tuning(gpu).describe(),
    prepare,
    train,
    finish: () => settle(0),
  };
}

function prepare(work: Work, inputs: HostArray[]): Case {
  const held = inputs.map(({ shape, data }) => keep(tensor(data, shape)));
  const op = operation(work, held);
  let latest: Tensor[] = [];
  const forget = () => {
    for (const result of latest) result.dispose();
  };
  return {
    run() {
      forget();
      latest = tidy(op).map(keep);
    },
    read: async () => {
      const read: Float32Array[] = [];
      for (const result of latest) read.push((await result.data()) as Float32Array);
      return read;
    },
    dispose() {
      forget();
      for (const input of held) input.dispose();
    },
  };
}

function operation(work: Work, inputs: Tensor[]): () => Tensor[] {
  const [x, w, dy] = inputs;
  switch (work.kind) {
    case "matmul":
      return () => [matmul(x, w, work)];
    case "conv": {
      const options = { stride: work.stride, padding: "same" } as const;
      const forward = () => conv2d(x, w, options);
      const inputGradient = () =>
        convTranspose2d(dy, w, { ...options, outputSize: [work.x[1], work.x[2]] as const });
      const filterGradient = () => conv2dFilterGrad(x, dy, [work.w[0], work.w[1]], options);
      if (work.pass === "forward") return () => [forward()];
      if (work.pass === "input-gradient") return () => [inputGradient()];
      if (work.pass === "filter-gradient") return () => [filterGradient()];
      return () => [inputGradient(), filterGradient()];
    }
    case "batch-norm": {
      const [, gamma, beta, upstream] = inputs;
      if (work.pass === "forward") return () => batchNorm(x, gamma, beta, 1e-3);
      for (const leaf of [x, gamma, beta]) requireGrad(leaf);
      return () => {
        const [y] = batchNorm(x, gamma, beta, 1e-3);
        return [y, ...grad(y, [x, gamma, beta], { dy: upstream })];
      };
    }
    case "pointwise":
      if (work.op === "add") return () => [add(x, w)];
      if (work.op === "tanh") return () => [tanh(x)];
      return () => [leakyRelu(x, { slope: 0.2 })];
    case "reduce":
      return work.op === "sum" ? () => [sum(x)] : () => [sum(x, { axes: [0] })];
  }
}

function train(start: State): Training<Tensor> {
  const trainer = new Trainer(drawnRun("tutorial", 1, gpu()), drawDigits({ count: 1, seed: 1, digits: [5] }));
  const of = (network: string): StateDict =>
    Object.fromEntries(
      Object.entries(start).flatMap(([name, value]) =>
        name.startsWith(`${network}.`) ? [[name.slice(network.length + 1), value]] : [],
      ),
    );
  if (Object.keys(start).length > 0) {
    trainer.critic.loadStateDict(of("critic"));
    trainer.generator.loadStateDict(of("generator"));
  }
  // As the trainer does: an update is captured once, over tensors that stay, and replayed from then on.
  const captured = new Map<string, Captured<Tensor>>();
  const slots = new Map<string, Tensor>();
  const replayed = (name: string, input: Tensor, update: (input: Tensor) => Tensor): Tensor => {
    let slot = slots.get(name);
    if (!slot) {
      slot = keep(zeros(input.shape));
      slots.set(name, slot);
    }
    assign(slot, input);
    const before = captured.get(name);
    if (before) before.replay();
    const now = before ?? capture(() => update(slot));
    captured.set(name, now);
    return keep(mul(now.result, 1)); // the next replay overwrites the result itself
  };
  let alone: { optimizer: RMSprop; gradients: Tensor[] } | undefined;
  return {
    upload: ({ shape, data }) => keep(tensor(data, shape)),
    critic: (images, label) =>
      replayed(`critic ${label}`, images, (slot) =>
        trainer.trainCritic(() => {
          const value = score(trainer.critic, slot);
          return label === 1 ? value : neg(value);
        }),
      ),
    fakes: (latents) => replayed("fakes", latents, (slot) => trainer.sample(slot)),
    generator: (latents) => replayed("generator", latents, (slot) => trainer.trainGenerator(slot)),
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
    async state() {
      const state: State = {};
      for (const network of ["critic", "generator"] as const)
        for (const [name, value] of Object.entries(await trainer[network].stateDict()))
          state[`${network}.${name}`] = value;
      return state;
    },
    dispose() {
      for (const owned of [...captured.values(), ...slots.values()]) owned.dispose();
      alone?.optimizer.dispose();
      for (const gradient of alone?.gradients ?? []) gradient.dispose();
      trainer.dispose();
    },
  };
}

/** The preset's networks before their first update, as every side gets them. */
export async function tutorialStart(): Promise<State> {
  const training = train({});
  const state = await training.state();
  training.dispose();
  return state;
}
