// Draws programs: each action is chosen among those that make sense where the model stands, and some that do not.
import { HostRandom } from "../../src/kernels/threefry";
import type { Action, Options, Rule } from "./actions";
import { type Shape, sizeOf } from "./arrays";
import { type Plain, wayOf } from "./model";
import type { World } from "./world";

const shapes: Shape[] = [[], [3], [3], [3], [2, 3], [2, 3], [1], [0]];
type Weights = Partial<Record<Action["do"] | "train", number>>;

/** How often each action is chosen: anywhere, at the top alone, and inside of bodies alone. */
const anywhere: Weights = {
  ...{ make: 7, draw: 4, op: 26, detach: 2, mark: 5, keep: 1.5, dispose: 6, clearGrad: 1.5, setGrad: 1 },
  ...{ gradOf: 1.5, disposeGrad: 0.2, blend: 5, clip: 1, assign: 2, grad: 6, backward: 6, step: 3, train: 5 },
  ...{ tidy: 4, noGrad: 1, untidied: 1, capture: 4, disposeStep: 1.5, replay: 5, upload: 0.7, read: 1 },
  ...{ loadState: 0.3, disposeOptimizer: 0.4, optimizer: 0.7 },
};
const atTop: Weights = {
  ...{ replay: 15, capture: 6, optimizer: 4, random: 1.5, rate: 2, state: 1.5, loadState: 1.5, drop: 2 },
  ...{ dropStep: 1, dropOptimizer: 0.4, read: 3, flush: 1, collect: 0.4, upload: 2 },
};
const inside: Weights = { throw: 1.5, replay: 0.5, capture: 0.3, optimizer: 0.2, read: 0.3, upload: 0.3 };

/** What a program is about: these are chosen more often. */
const subjects: (keyof Weights)[][] = [
  ["capture", "replay", "disposeStep", "blend"],
  ["capture", "replay", "grad", "backward", "clearGrad"],
  ["optimizer", "train", "step", "replay", "capture"],
  ["grad", "backward", "mark", "gradOf", "setGrad"],
  ["tidy", "throw", "noGrad", "keep"],
  ["op", "blend", "assign", "detach"],
];

export class Chooser {
  private readonly random: HostRandom;
  private readonly waiting: Action[] = [];
  private names = 0;
  private readonly subject: readonly string[];
  /** How often an allocation fails. */
  private readonly failing: number;

  constructor(
    seed: number,
    /** How often programs close their device. */
    private readonly closing = 0,
  ) {
    this.random = new HostRandom(seed);
    this.subject = this.of(subjects);
    this.failing = this.of([0, 0.02, 0.02, 0.15]);
  }

  /** Whole numbers below n. */
  below(n: number): number {
    return this.random.integer(n);
  }

  chance(p: number): boolean {
    return this.random.uniform() < p;
  }

  /** The actions at the top of a program. */
  *program(world: World): Iterable<Action> {
    for (let left = 10 + this.below(50); left > 0; left--)
      yield* this.some(world, { ...anywhere, ...atTop, close: this.closing });
  }

  /** The actions of a body; what it returns is chosen at its end. */
  *body(world: World, action: Action & { body: Action[]; returns: string[] }): Iterable<Action> {
    const before = new Set(world.tensors.keys());
    this.waiting.length = 0;
    for (let left = this.below(9); left > 0; left--) yield* this.some(world, { ...anywhere, ...inside });
    const made = [...world.tensors.keys()].filter((name) => !before.has(name));
    action.returns.push(...made.filter(() => this.chance(0.5)));
    if (this.chance(0.1) && before.size > 0) action.returns.push(this.of([...before]));
  }

  private *some(world: World, weights: Weights): Iterable<Action> {
    const chosen = this.waiting.shift() ?? this.choose(world, weights);
    if (!chosen) return;
    if (this.chance(this.failing)) chosen.failing = 1 + this.below(this.chance(0.5) ? 3 : 10);
    else if (this.chance(this.failing / 3)) chosen.budget = 256 * this.below(4);
    if (this.chance(0.5)) chosen.caught = true;
    yield chosen;
  }

  private choose(world: World, weights: Weights): Action | undefined {
    const deep = ["tidy", "capture", "noGrad", "untidied"];
    const all = Object.entries(weights)
      .filter(([what]) => world.depth < 3 || !deep.includes(what))
      .map(([what, weight]) => [what, this.subject.includes(what) ? 3 * weight : weight] as const);
    let at = this.random.uniform() * all.reduce((sum, [, weight]) => sum + weight, 0);
    const [what] =
      all.find(([, weight]) => {
        at -= weight;
        return at < 0;
      }) ?? all[0];
    return this.make(world, what as keyof Weights);
  }

  private of<T>(list: readonly T[]): T {
    return list[this.below(list.length)];
  }

  private fresh(letter: string): string {
    return `${letter}${++this.names}`;
  }

  /** A tensor that fits, newer ones more often, seldom one that was freed; or undefined. */
  private tensor(world: World, fits: (x: Plain) => boolean = () => true): string | undefined {
    const freed = this.chance(0.02);
    const all = [...world.tensors].filter(([, x]) => (freed || !world.isDead(x)) && fits(x));
    if (all.length === 0) return undefined;
    return all[all.length - 1 - Math.min(this.below(all.length), this.below(all.length))][0];
  }

  private number(): number {
    return this.of([-3, -2, -1, -1, 0, 1, 1, 2, 3, 0.5]);
  }

  private numbers(count: number): number[] {
    return Array.from({ length: count }, () => this.below(9) - 4);
  }

  private make(world: World, what: keyof Weights): Action | undefined {
    const f32 = (x: Plain) => x.dtype === "f32";
    const any = () => this.tensor(world);
    const real = () => this.tensor(world, this.chance(0.98) ? f32 : undefined);
    const like = (name: string) => {
      const { shape } = world.tensors.get(name)!;
      return this.tensor(
        world,
        (x) =>
          this.chance(0.03) ||
          (f32(x) &&
            x !== world.tensors.get(name) &&
            x.shape.join() === shape.join() &&
            x.shape.length === shape.length),
      );
    };
    const leaf = () => this.tensor(world, ({ variable }) => variable.marked && !variable.node?.live);
    const withGrad = () => this.tensor(world, ({ variable }) => variable.grad !== undefined);
    const key = (map: ReadonlyMap<string, unknown>) => (map.size > 0 ? this.of([...map.keys()]) : undefined);
    const optimizer = () =>
      key(new Map([...world.optimizers].filter(([, { model }]) => !model.disposed || this.chance(0.05))));
    const step = () =>
      key(new Map([...world.steps].filter(([, { model }]) => !model.disposed || this.chance(0.05))));
    switch (what) {
      case "make": {
        const shape = this.of(shapes);
        const how =
          world.step && this.chance(0.97)
            ? this.of(["full", "zeros"] as const)
            : this.of(["full", "zeros", "tensor", "tensor"] as const);
        return {
          do: "make",
          to: this.fresh("t"),
          how,
          shape,
          values: this.numbers(how === "tensor" ? sizeOf(shape) : 1),
        };
      }
      case "random": {
        const counter = this.chance(0.9) ? this.below(100) : Number.MAX_SAFE_INTEGER - this.below(8);
        return { do: "random", to: this.fresh("r"), seed: this.below(1000), counter };
      }
      case "draw": {
        const random = key(world.randoms);
        const dist = this.of(["uniform", "uniform", "normal", "integer"] as const);
        return random
          ? { do: "draw", to: this.fresh("t"), random, dist, shape: this.of(shapes) }
          : this.make(world, world.depth === 0 ? "random" : "make");
      }
      case "op":
        return this.op(world);
      case "detach":
      case "mark":
      case "keep":
      case "dispose":
      case "drop":
      case "read": {
        const x =
          what === "mark"
            ? this.tensor(
                world,
                ({ variable, dtype }) => this.chance(0.02) || (!variable.marked && dtype === "f32"),
              )
            : any();
        if (!x) return undefined;
        return what === "detach" ? { do: what, to: this.fresh("t"), x } : { do: what, x };
      }
      case "gradOf": {
        const x = withGrad();
        return x ? { do: "gradOf", to: this.fresh("t"), x } : undefined;
      }
      case "clearGrad":
      case "disposeGrad": {
        const x = what === "clearGrad" ? leaf() : withGrad();
        return x ? { do: what, x } : undefined;
      }
      case "setGrad": {
        const x = leaf();
        const from = x && like(x);
        return from ? { do: "setGrad", x, from } : undefined;
      }
      case "blend":
      case "assign": {
        const x = this.chance(0.95) ? real() : any();
        const from = x && like(x);
        if (!from) return undefined;
        const [keep, take] = this.of([
          [1, 1],
          [1, -1],
          [0.5, 0.5],
          [0, 2],
          [1, 0],
        ]);
        return what === "blend" ? { do: what, x, from, keep, take } : { do: what, x, from };
      }
      case "clip": {
        const x = real();
        return x ? { do: "clip", x, low: -this.below(9), high: this.below(9) } : undefined;
      }
      case "upload": {
        const x = real();
        return x
          ? {
              do: "upload",
              x,
              values: this.numbers(world.tensors.get(x)!.size + (this.chance(0.02) ? 1 : 0)),
            }
          : undefined;
      }
      case "grad":
      case "backward":
        return this.gradient(world, what, like);
      case "optimizer": {
        const parameters = [...new Set(Array.from({ length: 1 + this.below(5) }, leaf))].flatMap(
          (x) => x ?? [],
        );
        const rule = this.of<Rule>(["sgd", "momentum", "momentum", "rmsprop", "adam", "adam"]);
        const rate = this.of([0.5, 0.25, 1]);
        return parameters.length === 0
          ? undefined
          : { do: "optimizer", to: this.fresh("o"), rule, parameters, rate, clip: this.chance(0.3) };
      }
      case "step": {
        const name = optimizer();
        if (!name) return undefined;
        const parameters = [...world.optimizers.get(name)!.model.parameters];
        if (this.chance(0.5)) return { do: "step", optimizer: name, gradients: "own" };
        const fits = (p: Plain) =>
          this.tensor(
            world,
            (x) => f32(x) && x.shape.join() === p.shape.join() && x.shape.length === p.shape.length,
          );
        const gradients = parameters.flatMap((p) => fits(p) ?? []);
        return gradients.length < parameters.length ? undefined : { do: "step", optimizer: name, gradients };
      }
      case "train": {
        const name = optimizer();
        return name ? this.train(world, name) : this.make(world, world.depth === 0 ? "optimizer" : "op");
      }
      case "rate":
      case "state":
      case "disposeOptimizer":
      case "dropOptimizer": {
        const name = optimizer();
        if (!name) return undefined;
        if (what === "state") return { do: what, to: this.fresh("q"), optimizer: name };
        return what === "rate"
          ? { do: what, optimizer: name, value: this.of([0, 0.5, 1, 2, -1]) }
          : { do: what, optimizer: name };
      }
      case "loadState": {
        const [name, from] = [optimizer(), key(world.states)];
        return name && from ? { do: "loadState", optimizer: name, from } : undefined;
      }
      case "replay":
      case "disposeStep":
      case "dropStep": {
        const name = step();
        return name ? { do: what, step: name } : undefined;
      }
      case "capture":
        return { do: "capture", to: this.fresh("s"), body: [], returns: [] };
      case "tidy":
      case "noGrad":
      case "untidied":
        return { do: what, body: [], returns: [] };
      default:
        return { do: what };
    }
  }

  private op(world: World): Action | undefined {
    const to = this.fresh("t");
    const one = (fits?: (x: Plain) => boolean) =>
      this.tensor(world, fits ?? (this.chance(0.95) ? (x) => x.dtype === "f32" : undefined));
    const x = one();
    if (!x) return this.make(world, "make");
    const { shape } = world.tensors.get(x)!;
    const made = (op: string, xs: (string | number)[], attributes = {}): Action => ({
      do: "op",
      to,
      op,
      xs,
      attributes,
    });
    switch (this.below(12)) {
      case 0:
      case 1:
      case 2: {
        const fits = (y: Plain) =>
          y.dtype === "f32" && (this.chance(0.05) || y.shape.length === 0 || y.shape.join() === shape.join());
        return made("mul", this.chance(0.3) ? [x, this.number()] : [x, one(fits) ?? 2]);
      }
      case 3:
      case 4:
        return made("add", this.chance(0.2) ? [x, this.number()] : [x, one() ?? 1]);
      case 5:
        return made(this.of(["neg", "square", "tanh"]), [x]);
      case 6:
      case 7:
        return made("sum", [x], {
          axes: this.chance(0.8) ? [...shape.keys()] : [...shape.keys()].filter(() => this.chance(0.5)),
        });
      case 8: {
        const flat = sizeOf(shape);
        return made("reshape", [x], {
          shape: this.of([[flat], flat % 3 === 0 ? [flat / 3, 3] : [1, flat], [flat, 1]]),
        });
      }
      case 9:
        return made(this.of(["clone", "transpose"]), [x]);
      case 10: {
        const other = one(
          (y) =>
            this.chance(0.05) ||
            (y.shape.length === shape.length && y.shape.slice(1).join() === shape.slice(1).join()),
        );
        return other ? made("concat", [x, other]) : undefined;
      }
      default: {
        if (this.chance(0.4)) return made("broadcastTo", [x], { shape: this.of([[2, 3], [3], [4]]) });
        const starts = shape.map((n) => this.below(n + 1));
        return made("slice", [x], { starts, shape: shape.map((n, d) => this.below(n - starts[d] + 1)) });
      }
    }
  }

  private gradient(
    world: World,
    what: "grad" | "backward",
    like: (name: string) => string | undefined,
  ): Action | undefined {
    const isMarked = ({ variable }: Plain) =>
      this.chance(0.05) || (variable.marked && (!world.step || variable.node?.capture === world.step));
    const y = this.tensor(world, (x) => isMarked(x) && (x.size === 1 || this.chance(0.2)));
    if (!y) return undefined;
    const options: Options = {};
    if (this.chance(0.3)) options.createGraph = this.chance(0.9);
    if (this.chance(0.3)) options.retainGraph = this.chance(0.8);
    if (world.tensors.get(y)!.size !== 1 || this.chance(0.1)) options.dy = like(y);
    if (what === "backward") return { do: "backward", y, options };
    const { reached } = wayOf(world.tensors.get(y)!, ({ marked }) => marked);
    const x = () => this.tensor(world, ({ variable }) => reached.has(variable) || this.chance(0.01));
    // Each once: twice with createGraph gives two copies, and which of them the second depends on is nobody's promise.
    const xs = [...new Set(Array.from({ length: 1 + this.below(3) }, x).flatMap((name) => name ?? []))];
    return xs.length === 0 ? undefined : { do: "grad", to: xs.map(() => this.fresh("t")), y, xs, options };
  }

  /** A step of training: a loss of all parameters, its gradients, an update. */
  private train(world: World, optimizer: string): Action | undefined {
    const { parameters } = world.optimizers.get(optimizer)!.model;
    const names = parameters.map((p) => [...world.tensors].find(([, x]) => x === p)?.[0]);
    if (names.some((name) => !name)) return undefined;
    const todo: Action[] = [];
    const op = (op: string, xs: (string | number)[], attributes = {}): string => {
      const to = this.fresh("t");
      todo.push({ do: "op", to, op, xs, attributes });
      return to;
    };
    const own = this.chance(0.5);
    if (own && this.chance(0.8)) for (const x of names) todo.push({ do: "clearGrad", x: x! });
    const parts = names.map((name, i) => {
      const { shape } = parameters[i];
      return op("sum", [op(this.of(["square", "tanh", "neg"]), [name!])], { axes: [...shape.keys()] });
    });
    const y = parts.slice(1).reduce((sum, part) => op("add", [sum, part]), parts[0]);
    const to = names.map(() => this.fresh("t"));
    if (own) todo.push({ do: "backward", y, options: {} }, { do: "step", optimizer, gradients: "own" });
    else
      todo.push(
        { do: "grad", to, y, xs: names as string[], options: {} },
        { do: "step", optimizer, gradients: to },
      );
    this.waiting.push(...todo.slice(1));
    return todo[0];
  }
}
