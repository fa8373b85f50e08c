// How the engine does an action.

import type { Tensor } from "../../src/autograd";
import * as engine from "../../src/autograd";
import { Adam, RMSprop, SGD } from "../../src/nn";
import type { Action, Of } from "./actions";
import type { Plain } from "./model";
import { tape } from "./model";
import { unrecorded } from "./redo";
import { BOUND } from "./rules";
import { type Done, Step, type World } from "./world";

const optimizers = {
  sgd: (parameters: Tensor[], common: object) => new SGD(parameters, common as never),
  momentum: (parameters: Tensor[], common: object) =>
    new SGD(parameters, { ...common, momentum: 0.5 } as never),
  rmsprop: (parameters: Tensor[], common: object) =>
    new RMSprop(parameters, { ...common, form: "torch" } as never),
  adam: (parameters: Tensor[], common: object) => new Adam(parameters, common as never),
};

export function run(world: World, a: Action): unknown {
  const real = (name: string) => world.reals.get(name)!;
  switch (a.do) {
    case "make":
      if (a.how === "tensor") return engine.tensor(Float32Array.from(a.values), a.shape);
      return a.how === "full" ? engine.full(a.shape, a.values[0]) : engine.zeros(a.shape);
    case "random": {
      const { seed, counter } = a;
      return void world.randoms.set(a.to, { seed, counter, real: new engine.Random(seed, counter) });
    }
    case "draw": {
      const random = world.randoms.get(a.random)!.real;
      return a.dist === "integer" ? random.integer(a.shape, BOUND) : random[a.dist](a.shape);
    }
    case "op":
      return op(a, (x) => (typeof x === "number" ? x : real(x)));
    case "detach":
      return engine.detach(real(a.x));
    case "gradOf":
      return engine.detach(real(a.x).grad!);
    case "mark":
      return void engine.requireGrad(real(a.x));
    case "keep":
      return void engine.keep(real(a.x));
    case "dispose":
      return real(a.x).dispose();
    case "read":
      return world.read(a.x, world.plain(a.x), real(a.x));
    case "clearGrad":
      real(a.x).grad = undefined;
      return;
    case "setGrad":
      return giveGrad(real(a.x), engine.keep(engine.clone(real(a.from))));
    case "disposeGrad":
      return real(a.x).grad!.dispose();
    case "blend":
      return engine.blend(real(a.x), real(a.from), a.keep, a.take);
    case "clip":
      return engine.clip(real(a.x), { low: a.low, high: a.high });
    case "assign":
      return engine.assign(real(a.x), real(a.from));
    case "upload":
      return engine.assign(real(a.x), Float32Array.from(a.values));
    case "grad":
      return engine.grad(real(a.y), a.xs.map(real), options(world, a));
    case "backward":
      return engine.backward(real(a.y), options(world, a));
    case "optimizer": {
      const clip = a.clip ? () => [-2, 2] as const : undefined;
      return optimizers[a.rule](a.parameters.map(real), { learningRate: a.rate, clip });
    }
    case "step": {
      const optimizer = world.optimizers.get(a.optimizer)!.real!;
      const own = () => optimizer.parameters.map(({ grad }) => grad!);
      return optimizer.step(a.gradients === "own" ? own() : a.gradients.map(real));
    }
    case "rate":
      world.optimizers.get(a.optimizer)!.real!.learningRate = a.value;
      return;
    case "loadState":
      return world.optimizers.get(a.optimizer)!.real!.loadState(world.states.get(a.from)!.real);
    case "disposeOptimizer":
      return world.optimizers.get(a.optimizer)!.real!.dispose();
    case "replay":
      return world.steps.get(a.step)!.real.replay();
    case "disposeStep":
      return world.steps.get(a.step)!.real.dispose();
    case "throw":
      throw new Error("fuzz: thrown by the program");
    case "capture":
      return capture(world, a);
    case "tidy":
    case "noGrad":
    case "untidied":
      return around(world, a);
    default:
      return undefined; // what is awaited is done by the loop around
  }
}

function giveGrad(x: Tensor, grad: Tensor): void {
  try {
    x.grad = grad;
  } catch (error) {
    grad.dispose();
    throw error;
  }
}

function options(
  world: World,
  { options: { dy, ...rest } }: Of<"grad"> | Of<"backward">,
): engine.GradOptions {
  return dy === undefined ? rest : { ...rest, dy: world.reals.get(dy) };
}

function op({ op, xs, attributes }: Of<"op">, real: (x: string | number) => Tensor | number): Tensor {
  const inputs = xs.map(real) as [Tensor, Tensor];
  const { axes, shape, starts, after } = attributes;
  switch (op) {
    case "sum":
      return engine.sum(inputs[0], { axes });
    case "broadcastTo":
      return engine.broadcastTo(inputs[0], { shape: shape! });
    case "reshape":
      return engine.reshape(inputs[0], shape!);
    case "slice":
      return engine.slice(inputs[0], { starts: starts!, sizes: shape! });
    case "pad":
      return engine.pad(inputs[0], { before: starts!, after: after! });
    case "concat":
      return engine.concat(inputs);
    case "transpose":
      return engine.transpose(inputs[0]);
    default: {
      const known = engine as unknown as Record<string, (...xs: (Tensor | number)[]) => Tensor>;
      return known[op](...inputs);
    }
  }
}

const returned = (world: World, names: readonly string[]) =>
  names.flatMap((name) => world.reals.get(name) ?? []);

/** tidy, noGrad or untidied around a body. */
function around(world: World, a: Of<"tidy" | "noGrad" | "untidied">): void {
  const log: Done[] = [];
  world.log?.push({ action: a, body: log });
  const body = () => {
    world.body(a, log);
    return returned(world, a.returns);
  };
  if (a.do === "noGrad") return void unrecorded(() => engine.noGrad(body));
  if (a.do === "tidy") {
    const made = world.scoped(() => {
      engine.tidy(body);
      return a.returns;
    });
    for (const each of made) world.scopes.at(-1)?.add(each);
    return;
  }
  world.scopes.push(undefined);
  try {
    engine.untidied(body);
  } finally {
    world.scopes.pop();
  }
}

function capture(world: World, a: Of<"capture">): void {
  const step = new Step(world.tensors);
  const outer = [world.step, tape.capture, tape.made] as const;
  let real: engine.Captured<unknown> | undefined;
  let made: Plain[];
  try {
    made = world.scoped(() => {
      real = engine.capture(() => {
        world.step = tape.capture = step;
        tape.made = step.cells;
        world.body(a, step.log);
        return returned(world, a.returns);
      });
      return a.returns;
    });
  } finally {
    [world.step, tape.capture, tape.made] = outer;
  }
  step.made = made;
  for (const variable of step.anew.keys()) {
    step.anew.set(variable, variable.grad);
    if (variable.grad?.disposed) step.freed.add(variable.grad);
  }
  world.steps.set(a.to, { model: step, real: real! });
}
