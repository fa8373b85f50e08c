// The model's replay: what was done in the capture is done again, and what it made then gets the new numbers.
import type { Action } from "./actions";
import { Plain, tape, type Variable } from "./model";
import { planOf } from "./plans";
import { type Done, Failure, type Step, type World } from "./world";

function each(world: World, log: readonly Done[]): void {
  for (const { action, body } of log) {
    if (action.do === "disposeStep") continue; // JavaScript, which a replay does not run
    if (!body) again(world, action);
    else if (action.do === "noGrad") unrecorded(() => each(world, body));
    else each(world, body);
  }
}

function again(world: World, action: Action): void {
  const { refuse, commit } = planOf(world, action);
  if (refuse) throw new Failure(`a replay was not refused, but its ${action.do} would be: ${refuse}`);
  commit?.(undefined);
}

export function unrecorded<T>(fn: () => T): T {
  const { on } = tape;
  tape.on = false;
  try {
    return fn();
  } finally {
    tape.on = on;
  }
}

export function redo(world: World, step: Step): void {
  const { on, capture } = tape;
  const marked = new Map<Variable, boolean>();
  // What JavaScript decided by the marks was decided once.
  for (const { variable } of step.bindings.values()) marked.set(variable, variable.marked);
  for (const variable of marked.keys()) if (!variable.node?.live) variable.marked = step.marks.has(variable);
  // A grad from before is the tensor that it found then, whatever has become of it.
  const present = [...step.used].map(([variable]) => [variable, variable.grad] as const);
  for (const [variable, grad] of step.used) variable.grad = grad;
  const again = new Map(step.bindings);
  Object.assign(tape, { on: step.recorded, capture: step });
  world.again = again;
  world.step = step;
  try {
    each(world, step.log);
  } finally {
    Object.assign(tape, { on, capture });
    world.again = world.step = undefined;
    for (const [variable, was] of marked) variable.marked = was;
    for (const [variable, grad] of present)
      if (!step.anew.has(variable)) variable.grad = grad;
      else if (grad) grad.disposed = true;
  }
  for (const [name, made] of step.names) overwrite(made, again.get(name));
  // What the step made, by what was made of it again.
  const twins = new Map([...step.names].map(([name, { variable }]) => [variable, again.get(name)?.variable]));
  for (const [variable, grad] of step.anew) {
    const { grad: now } = twins.get(variable) ?? variable;
    if (twins.has(variable) && variable.grad && variable.grad !== grad) variable.grad.disposed = true;
    if (twins.has(variable) && !grad) variable.grad = undefined;
    if (grad && step.freed.has(grad)) variable.grad = grad;
    if (!grad || !now || step.freed.has(grad)) continue;
    overwrite(grad, now);
    variable.grad = grad.disposed ? new Plain(grad.shape, grad.dtype, grad.cell, grad.variable) : grad;
  }
  for (const cell of step.cells) cell.version++;
}

function overwrite(made: Plain, by: Plain | undefined): void {
  if (by && by.cell !== made.cell) made.cell.write(by.cell);
}
