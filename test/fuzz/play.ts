// Plays programs: drawn ones, or given ones again. After each, everything is compared and disposed of in some order;
// after a number of them, the device must hold what it held before.
import { memory, settle } from "../../src/autograd";
import type { Gpu } from "../../src/gpu/gpu";
import { HostRandom } from "../../src/kernels/threefry";
import { collectGarbage } from "../garbage";
import { collect } from "../platform";
import type { Action } from "./actions";
import { Limit } from "./arrays";
import { tape } from "./model";
import { Failure, World } from "./world";

export interface Played {
  /** The actions that were played. */
  actions: Action[];
  failure?: Failure;
  counts: ReadonlyMap<string, number>;
}

/** Where actions come from: `top` gives those of the program, `body` those of a body. */
export interface Source {
  top(world: World): Iterable<Action>;
  body(world: World, action: Action & { body: Action[]; returns: string[] }): Iterable<Action>;
}

/** A device that can be opened again. */
export interface Machine {
  gpu: Gpu;
  reopen(): Promise<Gpu>;
}

export const given = (actions: readonly Action[]): Source => ({
  top: () => actions,
  body: (_, { body }) => [...body],
});

/** Plays one program and disposes of all that it made. `seed` fixes the order of that. */
export async function play(machine: Machine, source: Source, seed: number): Promise<Played> {
  const actions: Action[] = [];
  const bodyOf = function* (world: World, action: Action & { body: Action[] }): Iterable<Action> {
    const each = source.body(world, action as never);
    action.body = [];
    for (const inner of each) {
      action.body.push(inner);
      yield inner;
    }
  };
  Object.assign(tape, { on: true, capture: undefined, made: undefined });
  const world = new World(machine, bodyOf);
  let failure: Failure | undefined;
  try {
    for (const action of source.top(world)) {
      actions.push(action);
      if (world.perform(action) === "skipped") actions.pop();
      else await wait(world, action, machine);
    }
    readAll(world);
    await world.flush();
  } catch (error) {
    if (error instanceof Limit) world.spoiled = true;
    else
      failure = error instanceof Failure ? error : new Failure(`the fuzzer broke: ${(error as Error).stack}`);
  }
  try {
    await clear(world, seed);
  } catch (error) {
    failure ??= new Failure(`at the end of the program: ${(error as Error).stack}`);
  }
  return { actions, failure, counts: world.counts };
}

/** The part of an action that must be waited for. */
async function wait(world: World, action: Action, machine: Machine): Promise<void> {
  switch (action.do) {
    case "flush":
      await world.flush();
      return settle(0);
    case "collect":
      return collect();
    case "state": {
      const { model, real } = world.optimizers.get(action.optimizer)!;
      const { steps } = model;
      const slots = model.slots.map((each) => ({ ...each }));
      const dead = model.disposed || model.device !== tape.device;
      const got = await real!.state().catch((error: Error) => {
        if (!dead) throw new Failure(`the state could not be read: ${error.stack}`);
      });
      if (!got) return;
      if (dead) throw new Failure("the state of an optimiser was read that was disposed of");
      const flat = [...slots.map(({ first }) => first), ...slots.flatMap(({ second }) => second ?? [])];
      const wrong = flat.some(({ values, slack }, i) =>
        values.some((value, k) => !(Math.abs(got.slots[i][k] - value) <= 4 * slack)),
      );
      if (got.steps !== steps || wrong)
        throw new Failure(
          `the state is ${JSON.stringify(got)}, and must be ${JSON.stringify({ steps, slots })}`,
        );
      world.states.set(action.to, { model: { kind: got.kind, steps, slots }, real: got });
      return;
    }
    case "close":
      await world.flush();
      machine.gpu.close();
      machine.gpu = await machine.reopen();
      tape.device++;
      world.opened();
  }
}

/** Asks for the numbers of everything that is alive. */
function readAll(world: World): void {
  for (const [name, plain] of world.tensors) {
    const real = world.reals.get(name)!;
    if (!world.isDead(plain)) world.read(name, plain, real);
    const { variable } = plain;
    if (!variable.marked || variable.node?.live) continue;
    const { grad } = real;
    if (!grad !== !variable.grad)
      throw new Failure(`${name}.grad is ${grad}, and must be ${variable.grad ? "there" : "undefined"}`);
    if (!grad || !variable.grad) continue;
    if (grad.isDisposed !== variable.grad.disposed)
      throw new Failure(`${name}.grad is freed: ${grad.isDisposed}`);
    if (!world.isDead(variable.grad)) world.read(`${name}.grad`, variable.grad, grad);
  }
  for (const [name, { counter, real }] of world.randoms)
    if (real.counter !== counter)
      throw new Failure(`${name}.counter is ${real.counter}, and must be ${counter}`);
}

/** Disposes of everything in a random order. */
async function clear(world: World, seed: number): Promise<void> {
  await Promise.allSettled(world.reads.map(({ got }) => got));
  const random = new HostRandom(seed);
  const all = [
    ...[...world.reals.values()].flatMap((each) => [
      () => each.dispose(),
      () => {
        each.grad = undefined;
      },
    ]),
    ...[...world.steps.values()].map(
      ({ real }) =>
        () =>
          real.dispose(),
    ),
    ...[...world.optimizers.values()].map(
      ({ real }) =>
        () =>
          real?.dispose(),
    ),
  ];
  for (let i = all.length; i > 0; i--) {
    const at = random.integer(i);
    [all[i - 1], all[at]] = [all[at], all[i - 1]];
  }
  for (const dispose of all) dispose();
  world.trouble.stop();
}

/** What must be as it was once everything is disposed of. */
export async function held(): Promise<{ tensors: number; bytes: number }> {
  await settle(0);
  await collectGarbage();
  const { tensors, bytes } = memory();
  return { tensors, bytes };
}
