// Reverse mode: from y back to xs through the recorded graph, newest node first.
// Broadcasting is undone here and nowhere else.
import { ones, zeros } from "./create";
import type { Node } from "./graph";
import { blend, blendAll } from "./inplace";
import { type Operand, withRecording } from "./op";
import { add } from "./ops/pointwise";
import { clone, reshape } from "./ops/reshape";
import { sum } from "./ops/sum";
import { recording } from "./recording";
import { keep, tidy } from "./scope";
import { type Shape, sameShape, shapeError } from "./shape";
import { among, type Share, type Variable } from "./share";
import { alias, type Tensor } from "./tensor";

/** How `grad` and `backward` go about it. */
export interface GradOptions {
  /** Record the backward pass too, so that the gradients have gradients. */
  createGraph?: boolean;
  /** Keep the graph for another backward pass; follows createGraph where it is not given. */
  retainGraph?: boolean;
  /** The gradient that flows into y, of y's shape; 1 where y has one entry. */
  dy?: Tensor;
}

/**
 * dy/dx for each x of `xs`, of x's shape and in storage of its own. Throws when y does not depend on one of them, or
 * when a part of a gradient would be missing.
 */
export function grad(y: Tensor, xs: readonly Tensor[], options: GradOptions = {}): Tensor[] {
  for (const each of [y, ...xs]) each.checkAlive("grad");
  const unmarked = xs.find((x) => !x.requiresGrad);
  if (unmarked) throw new Error(`grad: each x must be marked by requireGrad(x) before use, got ${unmarked}.`);
  return tidy(() => {
    const found = backwardPass("grad", y, options, xs);
    const given = new Set<Share>();
    return xs.map((x) => {
      const dx = found.get(x.variable)!;
      const own = withRecording(options.createGraph ?? false, () => owned(dx, given.has(dx.share)));
      given.add(own.share);
      return own;
    });
  });
}

/**
 * Adds dy/dx to `x.grad` of every leaf x with requiresGrad that y depends on: in place where there is one, unless it
 * has a graph itself, as PyTorch does.
 */
export function backward(y: Tensor, options: GradOptions = {}): void {
  const { createGraph = false } = options;
  tidy(() => {
    const found = backwardPass("backward", y, options);
    if (found.size === 0)
      throw new Error(
        `backward: y must depend on a tensor with requiresGrad, got ${y}, which doesn't. ${stopOf(y)}`.trim(),
      );
    const leaves = [...found].flatMap(([variable, dx]) => {
      const x = variable.leaf?.deref();
      if (!x) return []; // nobody can ask for the grad of a leaf that is gone
      return [{ x, dx: withRecording(createGraph, () => owned(dx)) }];
    });
    const inPlace = (x: Tensor) => x.grad && !x.grad.requiresGrad && !createGraph;
    for (const { x } of leaves) {
      x.grad?.checkAlive("backward");
      if (inPlace(x) || !recording() || recording()!.anew.has(x.variable)) continue;
      throw new Error(
        `backward: inside of a capture the grad of ${x} must be set, or there must be one to add to in place. ` +
          "Set it to undefined inside of the capture to begin anew, or to zeros before it to add up.",
      );
    }
    for (const { x, dx } of leaves) {
      if (inPlace(x)) {
        if (recording() && !recording()!.anew.has(x.variable)) recording()!.added.set(x.variable, x.grad!);
        blend(x.grad!, dx, 1, 1);
      } else {
        x.grad = keep(withRecording(createGraph, () => (x.grad ? add(x.grad, dx) : dx)));
      }
    }
  });
}

const stopOf = ({ variable: { stoppedBy } }: Tensor) => (stoppedBy ? `${stoppedBy} has no derivative. ` : "");

/** A handle on a gradient whose storage no one else has: what came in as `dy`, or was saved, must not change with it. */
const owned = (dx: Tensor, given = false): Tensor => (given || dx.share.hasOthers ? clone(dx) : alias(dx));

type Gradients = Map<Variable, Tensor>;
type IsTarget = (variable: Variable) => boolean;

/** The gradients by xs, or by all marked leaves. */
function backwardPass(by: string, y: Tensor, options: GradOptions, xs?: readonly Tensor[]): Gradients {
  const targets = new Set(xs?.map((x) => x.variable));
  const isTarget: IsTarget = (x) => (xs ? targets.has(x) : !x.node && x.requiresGrad);
  const { createGraph = false, retainGraph = createGraph } = options;
  y.checkAlive(by);
  if (!options.dy && y.size !== 1) throw shapeError(by, "y must have one entry, or dy be given", [y.shape]);
  const dy = options.dy ?? ones(y.shape);
  dy.checkAlive(by);
  if (dy.dtype !== "f32") throw new Error(`${by}: dy must be f32, got ${dy}.`);
  if (!sameShape(dy.shape, y.shape)) throw shapeError(by, "dy must have y's shape", [dy.shape, y.shape]);
  const nodes = nodesTowards(by, y.variable, isTarget);
  if (y.isChanged) checkUnchanged(by, y.variable, new Set(nodes));
  const reached = new Set([y.variable, ...used(nodes)]);
  const missed = xs?.find((x) => !reached.has(x.variable)); // found out now: the pass spends the graph
  if (missed)
    throw new Error(
      `grad: y must depend on every x, got ${missed}, which it does not. ` +
        `${stopOf(y)}Was requireGrad(x) called before, and is there a detach, a noGrad or a grad without createGraph between?`,
    );
  const gradients: Gradients = new Map([[y.variable, alias(dy)]]);
  const waiting: Gradients = new Map();
  for (const node of nodes) node.retain(); // spending one must not free those still to come
  try {
    withRecording(createGraph, () => {
      const leads = leadsTo(isTarget, new Set(nodes));
      for (const node of nodes.toReversed()) {
        step(node, gradients, createGraph ? undefined : waiting, isTarget, leads);
        if (!retainGraph) node.spend(); // what it saved is memory for those still to come
      }
      addUp(gradients, waiting);
    });
  } finally {
    for (const node of nodes) node.drop();
  }
  for (const variable of gradients.keys()) if (!isTarget(variable)) gradients.delete(variable);
  // Where every way to a target has a derivative of 0.
  for (const x of nodes.flatMap(({ inputs }) => inputs))
    if (typeof x !== "number" && isTarget(x.variable) && !gradients.has(x.variable))
      gradients.set(x.variable, zeros(x.shape));
  return gradients;
}

// Where nothing is recorded, a leaf's second term waits for those of others, until its third one comes.
/** Runs one node's derivative and adds the results to those of its inputs. */
function step(
  node: Node,
  gradients: Gradients,
  waiting: Gradients | undefined,
  isTarget: IsTarget,
  leads: ReturnType<typeof leadsTo>,
): void {
  const dys = node.outputs.map((output) => gradients.get(output.variable));
  if (dys.every((dy) => !dy)) return;
  const results = tidy(() => {
    const { xs, ys } = node.restore();
    const rule = (waiting && node.op.fusedVjp) || node.op.vjp!;
    const many = node.outputs.length > 1;
    const thunks = rule({ xs, y: many ? ys : ys[0], dy: many ? dys : dys[0]!, attributes: node.attributes });
    return xs.map((x: Operand, i: number) => {
      const thunk = leads(node.inputs[i]) ? thunks[i] : undefined;
      return thunk && alias(unbroadcast(thunk(), (x as Tensor).shape));
    });
  });
  node.inputs.forEach((x, i) => {
    const dx = results[i];
    if (typeof x === "number" || !dx) return;
    const before = gradients.get(x.variable);
    const waits = before && waiting && !x.variable.node;
    if (waits && waiting.has(x.variable)) addUp(gradients, waiting);
    (waits ? waiting : gradients).set(x.variable, before && !waits ? add(before, dx) : dx);
    if (before && !waits) for (const term of [before, dx]) term.dispose();
  });
  node.outputs.forEach((output, i) => {
    if (isTarget(output.variable)) return;
    dys[i]?.dispose();
    gradients.delete(output.variable);
  });
}

/** Adds what waits to the gradients of the leaves, many in a dispatch. */
function addUp(gradients: Gradients, waiting: Gradients): void {
  const sums = [...waiting.keys()].map((leaf) => {
    const dx = gradients.get(leaf)!;
    gradients.set(leaf, owned(dx)); // it is about to change, and others may have it
    dx.dispose();
    return gradients.get(leaf)!;
  });
  blendAll(sums, [...waiting.values()], 1, 1);
  for (const term of waiting.values()) term.dispose();
  waiting.clear();
}

/** Tells whether an input is a target, or was made by one of `nodes`, which are on the way to one. */
const leadsTo = (isTarget: IsTarget, nodes: ReadonlySet<Node>) => (x: Node["inputs"][number]) =>
  typeof x !== "number" && (isTarget(x.variable) || (!!x.variable.node && nodes.has(x.variable.node)));

/** The nodes on a path from y back to a target, oldest first. */
function nodesTowards(by: string, from: Variable, isTarget: IsTarget): Node[] {
  const seen = new Set<Node>();
  const open = from.node ? [from.node] : [];
  for (let node = open.pop(); node; node = open.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    open.push(...node.sources);
  }
  const relevant = new Set<Node>();
  const leads = leadsTo(isTarget, relevant);
  for (const node of [...seen].sort((a, b) => a.id - b.id)) {
    checkWhole(by, node, seen, isTarget);
    if (!node.inputs.some(leads)) continue;
    relevant.add(node);
    for (const x of node.inputs)
      if (typeof x !== "number" && x.changed) checkUnchanged(by, x.variable, relevant);
    if (recording() && node.recording !== recording())
      throw new Error(
        `${by}: inside of a capture the graph must be recorded inside as well, but ${node.op.name} ran before it.`,
      );
  }
  return [...relevant];
}

/** What the ops took. */
const used = (nodes: Iterable<Node>): Variable[] =>
  [...nodes].flatMap(({ inputs }) => inputs.flatMap((x) => (typeof x === "number" ? [] : [x.variable])));

/** Throws where numbers on the way were changed in place after an op had made them: the change has no derivative. */
function checkUnchanged(by: string, { node }: Variable, way: ReadonlySet<Node>): void {
  if (!node || !way.has(node)) return;
  throw new Error(
    `${by}: what lies between y and x must be as ops made it, got the result of ${node.op.name}, which was ` +
      "changed in place, or by a replay, before it was used. Change a copy: detach(clone(x)).",
  );
}

/** Throws where an op used a target, or what was made of it, before the target was marked: that part has no record. */
function checkWhole(by: string, node: Node, seen: ReadonlySet<Node>, isTarget: IsTarget): void {
  for (const x of node.inputs) {
    if (typeof x === "number" || x.marked) continue;
    const late = [x.variable, ...among(x.sources, () => used(seen))].find(isTarget);
    if (!late) continue;
    throw new Error(
      `${by}: the gradient of ${late.leaf?.deref() ?? "a tensor"} would lack what ${node.op.name} got from before ` +
        "requireGrad(). Mark it before its first use, or detach() what should not count.",
    );
  }
}

/** Sums a gradient over the axes that broadcasting stretched. */
function unbroadcast(dx: Tensor, shape: Shape): Tensor {
  if (sameShape(dx.shape, shape)) return dx;
  const extra = dx.shape.length - shape.length;
  const axes = dx.shape.flatMap((size, i) =>
    i < extra || (shape[i - extra] === 1 && size !== 1) ? [i] : [],
  );
  return reshape(sum(dx, { axes }), shape);
}
