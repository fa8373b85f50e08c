// What the model says of an action before the engine does it: whether it must be refused, and what it changes.
import type { Action, Of } from "./actions";
import { numbers, Refused, type Shape, sizeOf } from "./arrays";
import { apply, Cell, gradients, Plain, tape, type Variable, wayOf } from "./model";
import { redo } from "./redo";
import { begin, drawn, kindOf, update } from "./rules";
import type { Done, Optimizer, Step, World } from "./world";

/** Thrown where an action names what there is not (any more): it is skipped. */
export class Missing extends Error {}

export interface Plan {
  /** Why the engine must refuse. */
  refuse?: string;
  /** Why it may refuse. */
  may?: string;
  /** Changes the model, once the engine has done it. */
  commit?(real: unknown): void;
  /** What a failure may leave behind. */
  failed?(): void;
}

const found = <T>(map: ReadonlyMap<string, T>, name: string): T => {
  const value = map.get(name);
  if (!value) throw new Missing(name);
  return value;
};
/** An optimiser; a captured step keeps one that was dropped. */
function optimizerOf(world: World, name: string): Optimizer {
  const { model, real } = found(world.optimizers, name);
  if (!real && !world.again) throw new Missing(name);
  return model;
}
/** May a variable's tensor have been collected? An optimiser keeps its parameters. */
const isGone = (world: World, variable: Variable): boolean =>
  variable.dropped === true &&
  ![...world.optimizers.values()].some(
    ({ model, real }) => real && model.parameters.some((each) => each.variable === variable),
  );
const sameShape = (a: Shape, b: Shape) => a.join() === b.join() && a.length === b.length;
const isLeaf = (variable: Variable) => variable.marked && !variable.node?.live;
/** A capture that goes on, and is not only done again. */
const capturing = (world: World): Step | undefined => (world.again ? undefined : world.step);

/** Must a change in place be refused? */
function changing(world: World, target: Plain, source?: Plain): string | undefined {
  if (world.isDead(target) || (source && world.isDead(source))) return "a tensor was freed";
  if (source && source.dtype !== target.dtype) return "dtypes differ";
  if (source && !sameShape(source.shape, target.shape)) return "shapes differ";
  if (source?.cell === target.cell) return "storage is shared";
  return undefined;
}

function planOp(world: World, { to, op, xs, attributes }: Of<"op">): Plan {
  const inputs = xs.map((x) => (typeof x === "number" ? x : world.plain(x)));
  if (inputs.some((x) => typeof x !== "number" && world.isDead(x))) return { refuse: "a tensor was freed" };
  try {
    const made = apply(op, inputs, attributes);
    return { commit: (real) => world.put(to, made, real) };
  } catch (error) {
    if (error instanceof Refused) return { refuse: error.message };
    throw error;
  }
}

/** The grad of a leaf, as an action finds it. What a capture used from before it must still be there at a replay. */
function gradOf(world: World, { variable }: Plain): Plain {
  const { grad } = variable;
  if (!grad) throw new Missing("grad");
  const step = capturing(world);
  if (step && !step.anew.has(variable)) step.used.set(variable, grad);
  return grad;
}

function setGrad(world: World, variable: Variable, grad: Plain | undefined): void {
  if (variable.grad && variable.grad !== grad) variable.grad.disposed = true;
  variable.grad = grad;
  capturing(world)?.anew.set(variable, grad);
}

function planGradients(world: World, a: Of<"grad"> | Of<"backward">) {
  const y = world.plain(a.y);
  const xs = a.do === "grad" ? a.xs.map((x) => world.plain(x)) : [];
  const { createGraph = false, retainGraph = createGraph, dy: name } = a.options;
  const dy = name === undefined ? undefined : world.plain(name);
  if ([y, ...xs, ...(dy ? [dy] : [])].some((each) => world.isDead(each)))
    return { refuse: "a tensor was freed" };
  if (xs.some((x) => !x.variable.marked)) return { refuse: "an x is not marked" };
  if (dy ? !sameShape(dy.shape, y.shape) || dy.dtype !== "f32" : y.size !== 1)
    return { refuse: "dy does not fit" };
  const targets = new Set(xs.map((x) => x.variable));
  const way = wayOf(y, a.do === "grad" ? (variable) => targets.has(variable) : isLeaf);
  if (way.late) return { refuse: "a part of a gradient has no record" };
  if (way.reached.size === 0 || [...targets].some((each) => !way.reached.has(each)))
    return { refuse: "y does not depend on it" };
  if (world.step && way.nodes.some((node) => node.capture !== world.step))
    return { refuse: "the graph was recorded outside of the capture" };
  const one = dy ?? new Plain(y.shape, "f32", new Cell({ values: Float64Array.of(1), slack: 0 }));
  const spend = () => {
    if (!retainGraph) for (const node of way.nodes) node.spent = true;
  };
  return {
    may: way.gone ? "numbers were changed or freed" : undefined,
    failed: spend,
    spend,
    createGraph,
    dxs: gradients(y, way, { dy: one, createGraph }),
    xs,
  };
}

function planGrad(world: World, a: Of<"grad">): Plan {
  const plan = planGradients(world, a);
  if (!plan.dxs) return plan;
  const { may, failed, spend, createGraph, dxs, xs } = plan;
  const taken = new Set<Variable>();
  const made = xs.map(({ variable }) => {
    const dx = dxs.get(variable)!;
    if (!taken.has(variable)) return taken.add(variable) && dx;
    const on = tape.on;
    tape.on = createGraph;
    try {
      return apply("clone", [dx]);
    } finally {
      tape.on = on;
    }
  });
  const commit = (real: unknown) => {
    spend();
    for (const [i, dx] of made.entries()) world.put(a.to[i], dx, (real as unknown[] | undefined)?.[i]);
  };
  return { may, failed, commit };
}

function planBackward(world: World, a: Of<"backward">): Plan {
  const plan = planGradients(world, a);
  if (!plan.dxs) return plan;
  const { may, failed, spend, createGraph, dxs } = plan;
  const step = capturing(world);
  const leaves = [...dxs].filter(([variable]) => !isGone(world, variable));
  const dropped = leaves.length < dxs.size;
  const isInPlace = ({ grad }: Variable) => grad && !grad.variable.marked && !createGraph;
  if (leaves.some(([{ grad }]) => grad && world.isDead(grad))) return { refuse: "a grad was freed", failed };
  if (step && leaves.some(([variable]) => !isInPlace(variable) && !step.anew.has(variable)))
    return { refuse: "in a capture a grad must be set, or added to in place", failed };
  const on = tape.on;
  tape.on = createGraph;
  const sums = leaves.map(([{ grad }, dx]) => (grad ? apply("add", [grad, dx]) : dx));
  tape.on = on;
  const commit = () => {
    spend();
    leaves.forEach(([variable], i) => {
      if (isInPlace(variable)) {
        if (step && !step.anew.has(variable))
          for (const grads of [step.used, step.added]) grads.set(variable, variable.grad!);
        variable.grad!.cell.write(sums[i].cell);
      } else setGrad(world, variable, sums[i]);
    });
  };
  return { may: may ?? (step && dropped ? "a leaf may be gone" : undefined), failed, commit };
}

function planStep(world: World, a: Of<"step">): Plan {
  const model = optimizerOf(world, a.optimizer);
  const { parameters, slots } = model;
  const gone = !world.again && (model.disposed || model.device !== tape.device);
  const gradients =
    a.gradients === "own"
      ? parameters.map((each) => gradOf(world, each))
      : a.gradients.map((name) => world.plain(name));
  if (gradients.length !== parameters.length) return { refuse: "counts differ" };
  if (gone || [...parameters, ...gradients].some((each) => world.isDead(each)))
    return { refuse: "a tensor was freed" };
  if (parameters.some((each, i) => each.dtype !== "f32" || !sameShape(each.shape, gradients[i].shape)))
    return { refuse: "shapes differ" };
  if (gradients.some(({ dtype }) => dtype !== "f32")) return { refuse: "u32" };
  const cells = parameters.map(({ cell }) => cell);
  if (new Set(cells).size < cells.length || gradients.some(({ cell }) => cells.includes(cell)))
    return { refuse: "storage is shared" };
  // Without a number to change there is no step to count.
  const counted = model.rule === "adam" && parameters.some(({ size }) => size > 0);
  const next = { ...model, steps: model.steps + (counted ? 1 : 0) };
  const after = parameters.map(({ cell }, i) => update(next, cell, gradients[i].cell, slots[i]));
  return {
    commit() {
      model.steps = next.steps;
      after.forEach((each, i) => {
        cells[i].write(each.weight);
        slots[i] = each.slots;
      });
    },
  };
}

/** How many blocks the draws of a step take, by random stream. */
function blocks(log: readonly Done[], counts = new Map<string, number>()): Map<string, number> {
  for (const { action, body } of log) {
    if (body) blocks(body, counts);
    if (action.do !== "draw") continue;
    counts.set(action.random, (counts.get(action.random) ?? 0) + Math.ceil(sizeOf(action.shape) / 2));
  }
  return counts;
}

function planReplay(world: World, a: Of<"replay">): Plan {
  const { model } = found(world.steps, a.step);
  if (model.disposed || model.device !== tape.device) return { refuse: "the step was disposed of" };
  if (world.step) return { refuse: "a capture goes on" };
  for (const [name, count] of blocks(model.log))
    if (!Number.isSafeInteger(world.randoms.get(name)!.counter + count))
      return { refuse: "a counter is at its end" };
  const isSame = ([variable, grad]: [Variable, Plain]) =>
    variable.grad?.cell === grad.cell && !variable.grad.disposed;
  if (![...model.added].every((each) => isGone(world, each[0]) || isSame(each)))
    return { refuse: "a grad that it added to was set since" };
  const may = [...model.used].every(isSame) ? undefined : "a grad that it used was set since";
  return { may, commit: () => redo(world, model) };
}

function planMake(world: World, { to, how, shape, values }: Of<"make">): Plan {
  if (how === "tensor" && world.step && values.length > 0) return { refuse: "a capture goes on" };
  const filled = Float64Array.from({ length: sizeOf(shape) }, (_, i) =>
    how === "zeros" ? 0 : values[how === "full" ? 0 : i],
  );
  return {
    commit: (real) => world.put(to, new Plain(shape, "f32", new Cell({ values: filled, slack: 0 })), real),
  };
}

function planDraw(world: World, a: Of<"draw">): Plan {
  const random = found(world.randoms, a.random);
  const { seed, counter } = random;
  const size = sizeOf(a.shape);
  const end = counter + Math.ceil(size / 2);
  if (!Number.isSafeInteger(end)) return { refuse: "the counter is at its end" };
  const cell = new Cell(drawn(a.dist, seed, counter, size));
  const commit = (real: unknown) => {
    random.counter = end;
    world.put(a.to, new Plain(a.shape, a.dist === "integer" ? "u32" : "f32", cell), real);
  };
  return { commit };
}

/** What an action must do. Throws Missing where it names what is not there. */
export function planOf(world: World, a: Action): Plan {
  switch (a.do) {
    case "make":
      return planMake(world, a);
    case "draw":
      return planDraw(world, a);
    case "op":
      return planOp(world, a);
    case "detach":
    case "gradOf": {
      const x = world.plain(a.x);
      const from = a.do === "detach" ? x : gradOf(world, x);
      if (world.isDead(from)) return { refuse: "the tensor was freed" };
      return { commit: (real) => world.put(a.to, new Plain(from.shape, from.dtype, from.cell), real) };
    }
    case "mark": {
      const { variable, dtype } = world.plain(a.x);
      if (variable.node?.live || dtype === "u32") return { refuse: "it is no leaf" };
      const commit = () => {
        variable.marked = true;
        variable.node = undefined; // what it was made from is no longer its business
      };
      return { commit };
    }
    case "keep": {
      const x = world.plain(a.x);
      return world.isDead(x) ? { refuse: "the tensor was freed" } : { commit: () => world.unscope(x) };
    }
    case "dispose": {
      const x = world.plain(a.x);
      return { commit: () => world.dispose(x) };
    }
    case "drop": {
      const x = world.plain(a.x);
      const commit = () => {
        x.variable.dropped = true;
        world.tensors.delete(a.x);
        world.reals.delete(a.x);
      };
      return { commit };
    }
    case "read":
      world.plain(a.x);
      return { refuse: world.step && "a capture goes on" };
    case "clearGrad":
    case "setGrad": {
      const { variable } = world.plain(a.x);
      if (a.do !== "setGrad") return { commit: () => setGrad(world, variable, undefined) };
      const from = world.plain(a.from);
      if (world.isDead(from)) return { refuse: "the tensor was freed" };
      if (from.dtype !== "f32" || !sameShape(from.shape, world.plain(a.x).shape))
        return { refuse: "a grad is f32 and has the leaf's shape" };
      return { commit: () => setGrad(world, variable, apply("clone", [from])) };
    }
    case "disposeGrad": {
      const grad = gradOf(world, world.plain(a.x));
      return { commit: () => world.dispose(grad) };
    }
    case "blend":
    case "assign": {
      const [target, source] = [world.plain(a.x), world.plain(a.from)];
      const refuse =
        changing(world, target, source) ?? (a.do === "blend" && target.dtype === "u32" ? "u32" : undefined);
      if (refuse) return { refuse };
      const [keep, take] = a.do === "blend" ? [a.keep, a.take] : [0, 1];
      const values = target.cell.values.map((value, i) => keep * value + take * source.cell.values[i]);
      const slack = Math.abs(keep) * target.cell.slack + Math.abs(take) * source.cell.slack;
      const next = a.do === "blend" ? numbers(values, slack) : { values, slack };
      return { commit: () => target.cell.write(next) };
    }
    case "clip": {
      const target = world.plain(a.x);
      const refuse = changing(world, target) ?? (target.dtype === "u32" ? "u32" : undefined);
      const { values, slack } = target.cell;
      const held = values.map((value) => Math.min(a.high, Math.max(a.low, value)));
      return refuse ? { refuse } : { commit: () => target.cell.write({ values: held, slack }) };
    }
    case "upload": {
      const target = world.plain(a.x);
      const values = Float64Array.from(a.values);
      const refuse =
        changing(world, target) ??
        (target.dtype === "u32" ? "u32" : undefined) ??
        (values.length !== target.size ? "counts differ" : undefined) ??
        (world.step && values.length > 0 ? "a capture goes on" : undefined);
      return refuse ? { refuse } : { commit: () => target.cell.write({ values, slack: 0 }) };
    }
    case "grad":
      return planGrad(world, a);
    case "backward":
      return planBackward(world, a);
    case "step":
      return planStep(world, a);
    case "replay":
      return planReplay(world, a);
    case "optimizer": {
      const parameters = a.parameters.map((name) => world.plain(name));
      if (world.step) return { refuse: "a capture goes on" };
      const slots = parameters.map(({ size }) => begin(a.rule, size));
      const { rule, clip, rate } = a;
      const model = { rule, clip, rate, steps: 0, parameters, slots, device: tape.device, disposed: false };
      return { commit: (real) => void world.optimizers.set(a.to, { model, real: real as never }) };
    }
    case "rate": {
      const model = optimizerOf(world, a.optimizer);
      if (a.value < 0) return { refuse: "it is below 0" };
      return { commit: () => void Object.assign(model, { rate: a.value }) };
    }
    case "loadState": {
      const model = optimizerOf(world, a.optimizer);
      const { model: state, real } = found(world.states, a.from);
      const sizes = (slots: typeof state.slots) =>
        slots.map(({ first, second }) => [first, second].map((each) => each?.values.length)).join();
      const hasSlots = model.rule !== "sgd"; // without momentum there are none
      if (hasSlots !== real.slots.length > 0 || (hasSlots && sizes(state.slots) !== sizes(model.slots)))
        return { refuse: "it belongs to other parameters" };
      if (state.kind !== kindOf(model.rule)) return { refuse: "it belongs to another kind of optimiser" };
      if (model.disposed || model.device !== tape.device) return { refuse: "the optimiser was disposed of" };
      if (world.step && hasSlots && model.parameters.some(({ size }) => size > 0))
        return { refuse: "a capture goes on" };
      return {
        commit() {
          model.steps = state.steps;
          for (const [i, each] of state.slots.entries()) model.slots[i] = each;
        },
      };
    }
    case "disposeOptimizer": {
      const model = optimizerOf(world, a.optimizer);
      const commit = () => {
        model.disposed = true;
      };
      return { commit };
    }
    case "dropOptimizer": {
      optimizerOf(world, a.optimizer);
      const commit = () => {
        world.optimizers.get(a.optimizer)!.real = undefined;
      };
      return { commit };
    }
    case "disposeStep": {
      const { model } = found(world.steps, a.step);
      const commit = () => {
        if (!model.disposed) for (const each of model.made) world.dispose(each);
        model.disposed = true;
      };
      return { commit };
    }
    case "dropStep":
      found(world.steps, a.step);
      return { commit: () => void world.steps.delete(a.step) };
    case "capture":
      return { refuse: world.step && "a capture goes on" };
    case "throw":
      return { refuse: "the program says so" };
    case "state":
      optimizerOf(world, a.optimizer);
      return {};
    default:
      return {};
  }
}
