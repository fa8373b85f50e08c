// An op is one record: its shape rule, its kernel, its derivative. `defineOp` turns the record into a function
// that checks its inputs, runs the kernel and, if a gradient may be asked for, records a node.
import { shown } from "../errors";
import type { DType } from "../kernels/block";
import { Node, type Slot } from "./graph";
import { refusePromise } from "./scope";
import { checkShape, type Shape } from "./shape";
import { sourcesOf, type Variable } from "./share";
import { empty, Tensor } from "./tensor";

/** What an op takes: a tensor, or a number where its record says so. */
export type Operand = Tensor | number;

/** What a derivative is written from: inputs, attributes, outputs and the gradients that came back. */
export interface Backward<I, O, A> {
  xs: I;
  y: O;
  /** The gradient of the output; for several outputs an array, with undefined where none came. */
  dy: O extends Tensor ? Tensor : (Tensor | undefined)[];
  attributes: A;
}

/**
 * One thunk an input; only those that are asked for run. undefined: the derivative by that input is 0, or it is an index.
 * An input that may be left out has its thunk last, which nobody asks for then.
 */
export type Thunks = readonly ((() => Tensor) | undefined)[];

type Takes = readonly (DType | "any")[] | "any";

export type Saves = readonly (readonly Slot[])[];

/** An op as one record: inputs of types I, outputs O, attributes A. */
export interface Op<I extends readonly Operand[], O extends Tensor | Tensor[], A> {
  name: string;
  /** The output's shape from those of the inputs (a number counts as []). Throws the shape error. */
  shape(shapes: Shape[], attributes: A): O extends Tensor ? Shape : Shape[];
  /** Runs the kernel: fills y. Absent where y is x's own storage under another shape. */
  forward?(xs: I, y: O, attributes: A): void;
  /** The derivative in public ops, so that it has a derivative itself. Absent: not differentiable. */
  vjp?(context: Backward<I, O, A>): Thunks;
  /**
   * The numbers that the derivative by each input is made from, in the order of `vjp`: ["x1"] the second input's, ["y"]
   * the output's. Others are not kept for it; it sees their shape alone. Where it is not given, all are kept.
   */
  saves?: Saves | ((attributes: A) => Saves);
  /** From which input on they are only moved in place: those are no part of the graph. */
  movesFrom?: number;
  /** A fused derivative for when no second one will be asked for. The tests hold it to `vjp`. */
  fusedVjp?(context: Backward<I, O, A>): Thunks;
  /** What each input's dtype must be, or that of all; f32 where nothing is said. */
  takes?: Takes;
  /** The output's dtype; f32 where nothing is said, "input" for that of the first input. */
  gives?: DType | "input";
}

// biome-ignore lint/suspicious/noExplicitAny: any kind of op; its own record is typed
export type AnyOp = Op<any, any, any>;

/** All ops by name: the tests walk through it, so that no derivative goes unchecked. */
export const ops = new Map<string, AnyOp>();

let recording = true;

/** Runs `fn` with recording on or off. */
export function withRecording<T>(on: boolean, fn: () => T): T {
  const before = recording;
  recording = on;
  try {
    return fn();
  } finally {
    recording = before;
  }
}

/** Runs `fn` without recording: what it makes has no gradient. Throws on an async function. */
export const noGrad = <T>(fn: () => T): T => refusePromise("noGrad", withRecording(false, fn));

/** The function of an op with one output: inputs first, then the attributes if it has any. */
export function defineOp<I extends readonly Operand[], A = void>(
  op: Op<I, Tensor, A>,
): (...args: A extends void ? [...I] : [...I, A]) => Tensor {
  return define(op, ([output]) => output);
}

/** The function of an op with several outputs. */
export function defineMultiOp<I extends readonly Operand[], A = void>(
  op: Op<I, Tensor[], A>,
): (...args: A extends void ? [...I] : [...I, A]) => Tensor[] {
  return define(op, (outputs) => outputs);
}

function define<I extends readonly Operand[], O extends Tensor | Tensor[], A>(
  op: Op<I, O, A>,
  result: (outputs: Tensor[]) => O,
) {
  if (ops.has(op.name)) throw new Error(`defineOp: ${op.name} is defined twice`);
  ops.set(op.name, op);
  return (...args: readonly unknown[]): O => {
    const last = args.at(-1);
    const hasAttributes = !(last instanceof Tensor) && typeof last !== "number";
    const xs = (hasAttributes ? args.slice(0, -1) : args) as Operand[];
    return result(run(op, xs, hasAttributes ? last : undefined));
  };
}

function run(op: AnyOp, xs: readonly Operand[], attributes: unknown): Tensor[] {
  checkInputs(op, xs, attributes);
  const shapes = xs.map((x) => (typeof x === "number" ? [] : x.shape));
  const shape = op.shape(shapes, attributes);
  const many = Array.isArray(shape[0]);
  const inGraph = op.movesFrom === undefined ? xs : xs.slice(0, op.movesFrom);
  const needsGrad =
    recording && op.vjp !== undefined && inGraph.some((x) => typeof x !== "number" && x.requiresGrad);
  let stoppedBy: string | undefined;
  if (recording)
    for (const x of inGraph)
      if (typeof x !== "number")
        stoppedBy ??= x.variable.stoppedBy ?? (op.vjp || !x.requiresGrad ? undefined : op.name);
  const node = needsGrad ? new Node(op, attributes && structuredClone(attributes)) : undefined; // the caller may change its own
  const first = xs[0] as Tensor;
  const dtype = op.gives === "input" ? first.dtype : (op.gives ?? "f32");
  const outputs: Tensor[] = [];
  try {
    for (const shapeOf of (many ? shape : [shape]) as Shape[]) {
      const variable: Variable = { requiresGrad: needsGrad, node, handles: 0, stoppedBy };
      if (recording && op.vjp && !needsGrad) variable.sources = sourcesOf(variablesOf(inGraph));
      if (!op.forward) checkShape(op.name, shapeOf);
      outputs.push(
        op.forward
          ? empty(shapeOf, dtype, op.name, variable)
          : new Tensor(shapeOf, dtype, first.share, variable),
      );
    }
    op.forward?.(xs, many ? outputs : outputs[0], attributes);
  } catch (error) {
    for (const output of outputs) output.dispose();
    throw error;
  }
  if (node) for (const { variable, storage } of outputs) variable.version = storage.version;
  node?.save(inGraph, outputs);
  return outputs;
}

const variablesOf = (xs: readonly Operand[]): Variable[] =>
  xs.filter((x): x is Tensor => typeof x !== "number").map(({ variable }) => variable);

/** Throws unless all inputs are alive and of the dtypes that the op takes. */
export function checkInputs(
  op: { name: string; takes?: Takes },
  xs: readonly Operand[],
  otherwise?: unknown,
): void {
  if (xs.every((x) => typeof x === "number"))
    throw new Error(`${op.name}: one input must be a tensor, got ${xs.join(" and ") || shown(otherwise)}.`);
  xs.forEach((x, i) => {
    const wanted = op.takes === "any" ? "any" : (op.takes?.[i] ?? "f32");
    if (typeof x === "number") return;
    x.checkAlive(op.name);
    if (wanted === "any" || x.dtype === wanted) return;
    throw new Error(`${op.name}: input ${i} must be ${wanted}, got ${x}.`);
  });
}
