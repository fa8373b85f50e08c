// What the engine promises of tensors and gradients, as a plain model: storage as cells with a version, tensors as
// handles on cells, a graph of everything that was ever computed. It knows no GPU, no pool and no buffers.
import {
  type Arr,
  type Attributes,
  type Numbers,
  numbers,
  Refused,
  rules,
  type Shape,
  sizeOf,
} from "./arrays";

export class Cell {
  values: Float64Array;
  slack: number;
  /** Rises with each change in place. */
  version = 0;
  /** The cell that a view of older numbers belongs to. */
  root: Cell = this;

  constructor(
    { values, slack }: Numbers,
    /** The number of the device that it is on. */
    readonly device = tape.device,
  ) {
    this.values = values;
    this.slack = slack;
    tape.made?.add(this);
  }

  write({ values, slack }: Numbers): void {
    this.values = values;
    this.slack = slack;
    this.version++;
    tape.made?.add(this);
  }
}

/** What a gradient is taken by. */
export interface Variable {
  /** Whether it is a marked leaf, or made from one by a recorded op. */
  marked: boolean;
  node?: Node;
  grad?: Plain;
  /** Its tensor may have been collected. */
  dropped?: boolean;
}

/** A tensor of the model: one handle. */
export class Plain {
  disposed = false;

  constructor(
    readonly shape: Shape,
    readonly dtype: "f32" | "u32",
    readonly cell: Cell,
    readonly variable: Variable = { marked: false },
  ) {}

  get size(): number {
    return sizeOf(this.shape);
  }
}

export type Input = Plain | number;

interface Saved {
  readonly shape: Shape;
  readonly dtype: "f32" | "u32";
  readonly variable: Variable;
  readonly numbers: Numbers;
  readonly cell: Cell;
  readonly version: number;
  /** Whether it was marked when the op took it. */
  readonly marked: boolean;
  /** What had made it then. */
  readonly node: Node | undefined;
}

export interface Node {
  readonly id: number;
  readonly op: string;
  readonly attributes: Attributes;
  readonly inputs: readonly (Saved | number)[];
  readonly output: Saved;
  /** Whether the engine records it: an input was marked. The model keeps the others too, to know what is missing. */
  readonly live: boolean;
  /** The capture that it ran in. */
  readonly capture: unknown;
  /** Whether a backward pass may have freed it. */
  spent: boolean;
}

/** What is going on: whether ops are recorded, in which capture, on which device, and what cells that made or wrote. */
export const tape = {
  on: true,
  capture: undefined as unknown,
  device: 0,
  made: undefined as Set<Cell> | undefined,
};

let created = 0;

const save = ({ shape, dtype, variable, cell }: Plain): Saved => {
  const { values, slack, root, version } = cell;
  const { marked, node } = variable;
  return { shape, dtype, variable, numbers: { values, slack }, cell: root, version, marked, node };
};

/** A saved tensor as it was then. */
function view({ shape, dtype, variable, numbers, cell, version }: Saved): Plain {
  const then = new Cell(numbers, cell.device);
  then.root = cell;
  then.version = version;
  return new Plain(shape, dtype, then, variable);
}

const arrayOf = (x: Input): Arr => {
  if (typeof x === "number") return { shape: [], values: Float64Array.of(x), slack: 0 };
  const { values, slack } = x.cell;
  return { shape: x.shape, values, slack };
};

/** The result of an op; throws Refused where the engine must refuse. */
export function apply(op: string, xs: readonly Input[], attributes: Attributes = {}): Plain {
  const rule = rules[op];
  const tensors = xs.filter((x) => typeof x !== "number");
  const [first] = tensors;
  if (!rule.any && tensors.some(({ dtype }) => dtype !== "f32")) throw new Refused("u32");
  if (tensors.some(({ dtype }) => dtype !== first.dtype)) throw new Refused("dtypes differ");
  const arrays = xs.map(arrayOf);
  const shape = rule.shape(
    arrays.map((each) => each.shape),
    attributes,
  );
  const { values, slack } = rule.forward(arrays, shape, attributes);
  const cell = rule.shares
    ? first.cell
    : new Cell(first.dtype === "u32" ? { values, slack } : numbers(values, slack));
  const live = tape.on && tensors.some(({ variable }) => variable.marked);
  const variable: Variable = { marked: live };
  const y = new Plain(shape, first.dtype, cell, variable);
  if (tape.on) {
    const inputs = xs.map((x) => (typeof x === "number" ? x : save(x)));
    const { capture } = tape;
    variable.node = { id: created++, op, attributes, inputs, output: save(y), live, capture, spent: false };
  }
  return y;
}

/** The derivatives, by each input, in ops: so they have derivatives themselves. */
const vjps: Record<
  string,
  (at: { xs: Input[]; y: Plain; dy: Plain; attributes: Attributes }) => (() => Plain)[]
> = {
  add: ({ dy }) => [() => dy, () => dy],
  sub: ({ dy }) => [() => dy, () => apply("neg", [dy])],
  mul: ({ xs: [a, b], dy }) => [() => apply("mul", [dy, b]), () => apply("mul", [dy, a])],
  neg: ({ dy }) => [() => apply("neg", [dy])],
  square: ({ xs: [x], dy }) => [() => apply("mul", [dy, apply("mul", [2, x])])],
  tanh: ({ y, dy }) => [() => apply("mul", [dy, apply("sub", [1, apply("square", [y])])])],
  sum: ({ xs: [x], dy, attributes: { axes } }) => [
    () => {
      const { shape } = x as Plain;
      const kept = shape.map((n, d) => (axes!.includes(d) ? 1 : n));
      return apply("broadcastTo", [apply("reshape", [dy], { shape: kept })], { shape: [...shape] });
    },
  ],
  broadcastTo: ({ dy }) => [() => dy], // summed back by `unbroadcast`
  reshape: ({ xs: [x], dy }) => [() => apply("reshape", [dy], { shape: [...(x as Plain).shape] })],
  clone: ({ dy }) => [() => dy],
  transpose: ({ dy }) => [() => apply("transpose", [dy])],
  concat: ({ xs, dy }) =>
    xs.map((x, i) => () => {
      const { shape } = x as Plain;
      const row = xs.slice(0, i).reduce((rows: number, each) => rows + (each as Plain).shape[0], 0);
      return apply("slice", [dy], { starts: shape.map((_, d) => (d === 0 ? row : 0)), shape: [...shape] });
    }),
  slice: ({ xs: [x], dy, attributes: { starts, shape } }) => [
    () => {
      const after = (x as Plain).shape.map((n, d) => n - starts![d] - shape![d]);
      return apply("pad", [dy], { starts, after });
    },
  ],
  pad: ({ xs: [x], dy, attributes: { starts } }) => [
    () => apply("slice", [dy], { starts, shape: [...(x as Plain).shape] }),
  ],
};

function unbroadcast(dx: Plain, shape: Shape): Plain {
  const extra = dx.shape.length - shape.length;
  const axes = [...dx.shape.keys()].filter((d) => d < extra || (shape[d - extra] === 1 && dx.shape[d] !== 1));
  if (axes.length === 0) return dx;
  return apply("reshape", [apply("sum", [dx], { axes })], { shape: [...shape] });
}

/** What lies between y and the targets. */
export interface Way {
  /** The recorded nodes, oldest first. */
  nodes: Node[];
  reached: Set<Variable>;
  /** Whether a part of a gradient has no record, since it was computed before its tensor was marked. */
  late: boolean;
  /** Whether the engine may refuse, since numbers have changed or were freed. */
  gone: boolean;
}

export function wayOf(y: Plain, isTarget: (variable: Variable) => boolean): Way {
  const seen = new Map<Node, { reaches: boolean; late: boolean; live: boolean }>();
  const open = y.variable.node ? [y.variable.node] : [];
  const all = new Set(open);
  for (let node = open.pop(); node; node = open.pop())
    for (const x of node.inputs) {
      const next = typeof x === "number" ? undefined : x.node;
      if (!next || all.has(next)) continue;
      open.push(next);
      all.add(next);
    }
  const reached = new Set<Variable>();
  const nodes: Node[] = [];
  for (const node of [...all].sort((a, b) => a.id - b.id)) {
    const found = { reaches: false, late: false, live: false };
    for (const x of node.inputs) {
      if (typeof x === "number") continue;
      const before = x.node && seen.get(x.node);
      const reaches = isTarget(x.variable) || !!before?.reaches;
      if (reaches) found.reaches = true;
      if (x.marked ? before?.late : reaches) found.late = true;
      if (x.marked && (isTarget(x.variable) || before?.live)) found.live = true;
    }
    found.live &&= node.live;
    if (found.live) nodes.push(node);
    seen.set(node, found);
  }
  const last = y.variable.node && seen.get(y.variable.node);
  if (isTarget(y.variable)) reached.add(y.variable);
  if (last?.live)
    for (const x of nodes.flatMap((node) => node.inputs))
      if (typeof x !== "number" && x.marked && isTarget(x.variable)) reached.add(x.variable);
  const changed = (saved: Saved | number) =>
    typeof saved !== "number" && saved.cell.version !== saved.version;
  // The result of an op that was changed in place before the next one took it: the change has no derivative.
  const later = (node: Node | undefined, version: number) => node?.live && node.output.version !== version;
  const gone =
    nodes.some((node) => node.spent || changed(node.output) || node.inputs.some(changed)) ||
    nodes.some(({ inputs }) => inputs.some((x) => typeof x !== "number" && later(x.node, x.version))) ||
    !!later(y.variable.node, y.cell.version);
  return { nodes: last?.live ? nodes : [], reached, late: !!last?.late, gone };
}

/** Gradients of Σ dy · y by the targets, each in a cell of its own, with the numbers that were there when ops ran. */
export function gradients(
  y: Plain,
  { nodes, reached }: Way,
  { dy, createGraph }: { dy: Plain; createGraph: boolean },
): Map<Variable, Plain> {
  const before = tape.on;
  tape.on = createGraph;
  try {
    const found = new Map([[y.variable, dy]]);
    const relevant = new Set(nodes);
    for (const node of nodes.toReversed()) {
      const dy = found.get(node.output.variable);
      if (!dy) continue;
      const xs = node.inputs.map((x) => (typeof x === "number" ? x : view(x)));
      const thunks = vjps[node.op]({ xs, y: view(node.output), dy, attributes: node.attributes });
      xs.forEach((x, i) => {
        if (typeof x === "number") return;
        const { variable } = x;
        if (!reached.has(variable) && !(variable.node && relevant.has(variable.node))) return;
        const dx = unbroadcast(thunks[i](), x.shape);
        const sum = found.get(variable);
        found.set(variable, sum ? apply("add", [sum, dx]) : dx);
      });
    }
    return new Map([...reached].map((variable) => [variable, apply("clone", [found.get(variable)!])]));
  } finally {
    tape.on = before;
  }
}
