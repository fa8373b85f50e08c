// A module: parameters that are trained, buffers that are not, and modules inside of it, each under a name.
// State dictionaries use these names, so renaming one breaks saved files.
import type { Shape } from "../autograd";
import { assign, keep, refuseInCapture, requireGrad, sameShape, show, Tensor } from "../autograd";
import { isPlain, shown } from "../errors";

/** The numbers of one tensor on the host. */
export interface HostArray {
  shape: Shape;
  data: Float32Array;
}

/** A module's parameters and buffers by their full names, e.g. "0.weight". */
export type StateDict = Record<string, HostArray>;

/** A part of a network: its parameters, buffers and inner modules by name, and what it makes of an input. */
export abstract class Module {
  private readonly ownParameters = new Map<string, Tensor>();
  private readonly ownBuffers = new Map<string, Tensor>();
  private readonly children = new Map<string, Module>();
  /** Whether layers use the batch's statistics, and move their averages. */
  training = true;

  /** What it makes of a batch. A module may take several tensors; those inside of a Sequential take one. */
  abstract forward(...xs: Tensor[]): Tensor;

  /** Registers a tensor that is trained. */
  protected parameter(name: string, tensor: Tensor): Tensor {
    return requireGrad(this.buffer(name, tensor, this.ownParameters));
  }

  /** Registers a tensor that is saved, but not trained. */
  protected buffer(name: string, tensor: Tensor, own = this.ownBuffers): Tensor {
    const what = `a ${this.constructor.name} must be made before the capture: each replay would reset it.`;
    refuseInCapture(what);
    this.refuseOther(name, tensor, tensor instanceof Tensor || "a tensor");
    own.set(name, keep(tensor));
    return tensor;
  }

  /** Registers a module inside of this one. */
  protected child<M extends Module>(name: string, module: M): M {
    this.refuseOther(name, module, module instanceof Module || "a Module");
    this.children.set(name, module);
    return module;
  }

  /** Throws where it is of another type, or a state dictionary could not tell two things apart. */
  private refuseOther(name: string, given: unknown, fits: true | string): void {
    const taken = [this.ownParameters, this.ownBuffers, this.children].some((own) => own.has(name));
    if (typeof name !== "string" || taken || name.includes("."))
      throw new Error(
        `${this.constructor.name}: a name must be text, new and without a dot, got ${shown(name)}.`,
      );
    if (fits !== true)
      throw new Error(`${this.constructor.name}: ${name} must be ${fits}, got ${shown(given)}.`);
  }

  /**
   * Throws where a field, or what lies in a list or an object there, was not registered: it would neither be trained nor
   * saved, in silence. So would what took the place of something registered.
   */
  private refuseUnregistered(): void {
    const own: Map<string, unknown>[] = [this.ownParameters, this.ownBuffers, this.children];
    const known = own.flatMap((each) => [...each.values()]);
    const look = (name: string, field: unknown, depth = 0): void => {
      if (known.includes(field) || own.includes(field as Map<string, unknown>)) return;
      const isTensor = field instanceof Tensor && (field.requiresGrad || this.ownParameters.has(name));
      if (isTensor || field instanceof Module) {
        const kind = isTensor ? "parameter" : "child";
        const call = `this.${name} = this.${kind}("${name}", …)`;
        throw new Error(`${this.constructor.name}: the field ${name} must be registered: ${call}.`);
      }
      const isList = Array.isArray(field) && field.length < 1000; // longer ones are of numbers
      if ((isList || isPlain(field)) && depth < 3)
        for (const key in field) look(`${name}[${key}]`, field[key as never], depth + 1);
    };
    for (const [name, field] of Object.entries(this)) look(name, field);
  }

  /** This module and all inside of it. Throws on a field with a module or a marked tensor that was not registered. */
  modules(): Module[] {
    this.refuseUnregistered();
    return [this, ...[...this.children.values()].flatMap((child) => child.modules())];
  }

  /** All trained tensors, in the order of their registration. */
  parameters(): Tensor[] {
    // A layer may be used twice; its parameters are trained once.
    return [...new Set(this.modules().flatMap((module) => [...module.ownParameters.values()]))];
  }

  /** Names of all parameters and buffers, with the tensors. */
  named(prefix = ""): Map<string, Tensor> {
    this.refuseUnregistered();
    const own = [...this.ownParameters, ...this.ownBuffers].map(([name, t]) => [prefix + name, t] as const);
    const inner = [...this.children].flatMap(([name, child]) => [...child.named(`${prefix}${name}.`)]);
    return new Map([...own, ...inner]);
  }

  /** Number of entries of all parameters and buffers. */
  size(): number {
    return [...new Set(this.named().values())].reduce((sum, tensor) => sum + tensor.size, 0);
  }

  /** Sets training mode (true) or inference mode (false) here and in all modules inside. */
  train(on = true): this {
    if (typeof on !== "boolean") throw new Error(`train: on must be true or false, got ${shown(on)}.`);
    for (const module of this.modules()) module.training = on;
    return this;
  }

  /** Reads all parameters and buffers back, as they are at the call. */
  async stateDict(): Promise<StateDict> {
    const reads = [...this.named()].map(async ([name, tensor]) => {
      return [name, { shape: tensor.shape, data: (await tensor.data()) as Float32Array }] as const;
    });
    return Object.fromEntries(await Promise.all(reads));
  }

  /** Throws when a name or shape does not fit. */
  checkStateDict(state: StateDict): void {
    if (typeof state !== "object" || !state || state instanceof Promise)
      throw new Error(
        `loadStateDict: state must be what stateDict gives after an await, got ${shown(state)}.`,
      );
    const own = this.named();
    const missing = [...own.keys()].filter((name) => !Object.hasOwn(state, name));
    const extra = Object.keys(state).filter((name) => !own.has(name));
    if (missing.length > 0 || extra.length > 0) {
      const list = (names: string[]) => names.join(", ") || "none";
      throw new Error(
        `loadStateDict: names differ, missing are ${list(missing)}; unknown are ${list(extra)}.`,
      );
    }
    for (const [name, tensor] of own) {
      const { shape, data }: Partial<HostArray> = state[name] ?? {};
      if (!Array.isArray(shape) || !sameShape(shape, tensor.shape))
        throw new Error(`loadStateDict: ${name} must be ${show(tensor.shape)}, got [${shape}].`);
      tensor.checkAlive("loadStateDict");
      if (!(data instanceof Float32Array) || data.length !== tensor.size)
        throw new Error(
          `loadStateDict: the data of ${name} must be a Float32Array of ${tensor.size}, got ${shown(data)} of ${data?.length}.`,
        );
    }
  }

  /** Takes all parameters and buffers over. Throws, before it changes any, when a name or shape does not fit. */
  loadStateDict(state: StateDict): void {
    this.checkStateDict(state);
    for (const [name, tensor] of this.named()) assign(tensor, state[name].data);
  }

  /** Frees all parameters and buffers. */
  dispose(): void {
    for (const tensor of this.named().values()) tensor.dispose();
  }
}
