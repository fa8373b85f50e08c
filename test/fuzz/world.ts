// The engine and the model side by side: an action runs on both, and both must refuse it or do it.
import type { Captured, Random, Tensor } from "../../src/autograd";
import type { Gpu } from "../../src/gpu/gpu";
import type { OptimizerState } from "../../src/nn";
import type { Action } from "./actions";
import { Limit } from "./arrays";
import { type Cell, type Plain, tape, type Variable } from "./model";
import { Missing, type Plan, planOf } from "./plans";
import type { Averages, PlainOptimizer, PlainState } from "./rules";
import { run } from "./runs";
import { type Trouble, troubled } from "./trouble";

/** What the fuzzer looks for: the engine did not do what the model says. */
export class Failure extends Error {}

/** An action that was done, for the model to do again: one with a body with what was done in it. */
export interface Done {
  action: Action;
  body?: Done[];
}

/** A captured step of the model. */
export class Step {
  readonly log: Done[] = [];
  /** All tensors that there were when the capture began, by name, and which variables were marked then. */
  readonly bindings: Map<string, Plain>;
  readonly marks: Set<Variable>;
  readonly recorded = tape.on;
  readonly device = tape.device;
  /** What it made, by name, and all cells that it made or wrote. */
  readonly names = new Map<string, Plain>();
  readonly cells = new Set<Cell>();
  /** What it returned and made. */
  made: Plain[] = [];
  /** Variables whose grad it set, with what it was at the end. */
  readonly anew = new Map<Variable, Plain | undefined>();
  /** Of those grads the ones that it freed as well. */
  readonly freed = new Set<Plain>();
  /** Variables whose grad, made before, it used, and those of them that it added to. */
  readonly used = new Map<Variable, Plain>();
  readonly added = new Map<Variable, Plain>();
  disposed = false;

  constructor(tensors: ReadonlyMap<string, Plain>) {
    this.bindings = new Map(tensors);
    this.marks = new Set(
      [...tensors.values()].map(({ variable }) => variable).filter(({ marked }) => marked),
    );
  }
}

export interface Optimizer extends PlainOptimizer {
  readonly parameters: readonly Plain[];
  readonly slots: Averages[];
  readonly device: number;
  disposed: boolean;
}

interface Read {
  got: Promise<ArrayLike<number>>;
  /** What must come, or undefined where it must be refused. */
  want: { values: ArrayLike<number>; slack: number } | undefined;
  what: string;
}

/** What all optimisers can do. */
interface Real {
  state(): Promise<OptimizerState>;
  loadState(state: OptimizerState): void;
  step(gradients: readonly Tensor[]): void;
  dispose(): void;
  learningRate: number;
  readonly parameters: readonly Tensor[];
}

export class World {
  readonly tensors = new Map<string, Plain>();
  readonly reals = new Map<string, Tensor>();
  readonly steps = new Map<string, { model: Step; real: Captured<unknown> }>();
  readonly optimizers = new Map<string, { model: Optimizer; real: Real | undefined }>();
  readonly randoms = new Map<string, { seed: number; counter: number; real: Random }>();
  readonly states = new Map<string, { model: PlainState; real: OptimizerState }>();
  readonly scopes: (Set<Plain> | undefined)[] = [];
  readonly reads: Read[] = [];
  /** How often each action was done, and how often it was refused. */
  readonly counts = new Map<string, number>();
  /** Errors that were expected. */
  private readonly known = new WeakSet<object>();
  trouble: Trouble;
  step: Step | undefined;
  log: Done[] | undefined;
  /** In how many bodies the action is that goes on. */
  depth = 0;
  /** While the model does a captured step again: its tensors by name. */
  again: Map<string, Plain> | undefined;
  /** The model could not follow: nothing is compared any more. */
  spoiled = false;

  constructor(
    private readonly machine: { gpu: Gpu },
    /** Gives the actions of a body, one after the other. */
    private readonly bodyOf: (world: World, action: Action & { body: Action[] }) => Iterable<Action>,
  ) {
    this.trouble = troubled(machine.gpu);
  }

  /** Another device was opened. */
  opened(): void {
    this.trouble = troubled(this.machine.gpu);
  }

  plain(name: string): Plain {
    const found = (this.again ?? this.tensors).get(name);
    if (!found) throw new Missing(name);
    return found;
  }

  /** Whether a use must be refused. What a step uses it keeps, so that it can be done again. */
  isDead(x: Plain): boolean {
    return !this.again && (x.disposed || x.cell.device !== tape.device);
  }

  put(name: string, made: Plain, real: unknown): void {
    if (this.again) return void this.again.set(name, made);
    this.tensors.set(name, made);
    this.reals.set(name, real as Tensor);
    this.step?.names.set(name, made);
    this.scopes.at(-1)?.add(made);
  }

  dispose(x: Plain): void {
    x.disposed = true;
    this.unscope(x);
  }

  unscope(x: Plain): void {
    for (const scope of this.scopes) scope?.delete(x);
  }

  /** Runs `body` in a scope; gives the tensors made inside that the names in `returned` stand for. */
  scoped(body: () => readonly string[]): Plain[] {
    const scope = new Set<Plain>();
    const depth = this.scopes.push(scope);
    let made: Plain[] = [];
    try {
      made = body().flatMap((name) => this.tensors.get(name) ?? []);
      made = [...new Set(made)].filter((each) => scope.delete(each));
      return made;
    } finally {
      this.scopes.length = depth - 1;
      for (const each of scope) each.disposed = true;
    }
  }

  /** Does an action on both sides. Inside of a body an error goes on, unless the action is `caught`. */
  perform(action: Action): "done" | "refused" | "skipped" {
    let plan: Plan;
    try {
      plan = planOf(this, action);
    } catch (error) {
      if (!(error instanceof Missing || error instanceof Limit)) throw error;
      this.count(`${action.do} ${error instanceof Limit ? "too large" : "missing"}`);
      return "skipped";
    }
    let real: unknown;
    try {
      real = this.trouble.during(action, () => run(this, action));
    } catch (error) {
      return this.threw(action, plan, error as Error);
    }
    if (plan.refuse) throw new Failure(`${action.do} was not refused, but ${plan.refuse}`);
    if (!("body" in action)) this.log?.push({ action });
    try {
      plan.commit?.(real);
    } catch (error) {
      if (!(error instanceof Limit)) throw error;
      this.spoiled = true;
      throw error;
    }
    this.count(action.do);
    return "done";
  }

  private threw(action: Action, plan: Plan, error: Error): "refused" {
    if (error instanceof Failure || error instanceof Limit) throw error;
    if (!this.known.has(error)) {
      const injected = this.trouble.isCause(error);
      if (!injected && !plan.refuse && !plan.may)
        throw new Failure(`${action.do} threw, and nothing is wrong with it: ${error.stack}`);
      if (!/^[\w. :]+: [^\n]+$/.test(error.message) || !/^(Gpu)?Error$/.test(error.name))
        throw new Failure(
          `${action.do} (${plan.refuse ?? plan.may ?? "injected"}) threw a riddle: ${error.stack}`,
        );
      this.count(`${action.do} ${injected ? "failed" : "refused"}`);
      this.known.add(error);
      plan.failed?.();
    }
    if (this.depth > 0 && !action.caught) throw error;
    return "refused";
  }

  private count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }

  /** Performs the actions of a body; what was done goes to `log`. */
  body(action: Action & { body: Action[] }, log: Done[]): void {
    const outer = this.log;
    this.log = log;
    this.depth++;
    try {
      for (const each of this.bodyOf(this, action)) this.perform(each);
    } finally {
      this.log = outer;
      this.depth--;
    }
  }

  /** Asks for a tensor's numbers, to be compared at the next flush. */
  read(what: string, x: Plain, real: Tensor): void {
    const { values, slack } = x.cell;
    const dead = this.isDead(x);
    const got = real.data();
    got.catch(() => {}); // looked at later
    this.reads.push({ got, want: dead ? undefined : { values, slack }, what });
  }

  /** Compares all that was asked for. */
  async flush(): Promise<void> {
    const reads = this.reads.splice(0);
    const all = await Promise.allSettled(reads.map(({ got }) => got));
    if (this.spoiled) return;
    reads.forEach(({ want, what }, i) => {
      const each = all[i];
      if (each.status === "rejected") {
        if (want) throw new Failure(`${what} could not be read: ${each.reason}`);
        return;
      }
      if (!want) throw new Failure(`${what} was read after it was freed`);
      const got = each.value;
      const wrong = Array.from(want.values).some((value, k) => !(Math.abs(got[k] - value) <= 4 * want.slack));
      if (!wrong && got.length === want.values.length) return;
      throw new Failure(`${what} is [${Array.from(got)}], and must be [${Array.from(want.values)}]`);
    });
  }
}
