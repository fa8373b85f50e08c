// Reverse mode: from y back to xs through the recorded graph, newest node first.
// Broadcasting is undone here and nowhere else.

import { ones } from "./create";
import type { Node } from "./graph";
import { type Operand, withRecording } from "./op";
import { add } from "./ops/pointwise";
import { reshape } from "./ops/reshape";
import { sum } from "./ops/sum";
import { keep, tidy } from "./scope";
import { type Shape, sameShape, shapeError } from "./shape";
import { Tensor, type Variable } from "./tensor";

export interface GradOptions {
  /** Record the backward pass too, so that the gradients have gradients. */
  createGraph?: boolean;
  /** Keep the graph for another backward pass; follows createGraph where it is not given. */
  retainGraph?: boolean;
  /** The gradient that flows into y, of y's shape; 1 where y has one entry. */
  dy?: Tensor;
}

/** dy/dx for each x of `xs`, of x's shape. Throws when y does not depend on one of them. */
export function grad(y: Tensor, xs: readonly Tensor[], options: GradOptions = {}): Tensor[] {
  const targets = new Set(xs.map((x) => x.variable));
  return tidy(() => {
    const found = backwardPass(y, (variable) => targets.has(variable), options);
    return xs.map((x) => {
      const dx = found.get(x.variable);
      if (!dx) {
        throw new Error(
          `grad: y must depend on every x, got ${x}, which it does not. ` +
            "Was requireGrad(x) called before, and is there a detach or a noGrad between?",
        );
      }
      return alias(dx);
    });
  });
}

/** Adds dy/dx to `x.grad` of every leaf x with requiresGrad that y depends on. */
export function backward(y: Tensor, options: GradOptions = {}): void {
  const { createGraph = false } = options;
  tidy(() => {
    const found = backwardPass(y, (variable) => !variable.node && variable.requiresGrad, options);
    if (found.size === 0) {
      throw new Error(
        `backward: y must depend on a tensor with requiresGrad, got ${y}, which depends on none.`,
      );
    }
    for (const [variable, dx] of found) {
      const before = variable.grad;
      variable.grad = keep(before ? withRecording(createGraph, () => add(before, dx)) : alias(dx));
      before?.dispose();
    }
  });
}

type Gradients = Map<Variable, Tensor>;

function backwardPass(y: Tensor, isTarget: (variable: Variable) => boolean, options: GradOptions): Gradients {
  const { createGraph = false, retainGraph = createGraph } = options;
  y.checkAlive("grad");
  const dy = options.dy ?? seed(y);
  if (dy.dtype !== "f32") throw new Error(`grad: dy must be f32, got ${dy}.`);
  if (!sameShape(dy.shape, y.shape)) throw shapeError("grad", "dy must have y's shape", [dy.shape, y.shape]);
  const nodes = nodesTowards(y.variable, isTarget);
  const gradients: Gradients = new Map([[y.variable, alias(dy)]]);
  for (const node of nodes) node.retain(); // spending one must not free those still to come
  try {
    withRecording(createGraph, () => {
      const relevant = new Set(nodes);
      for (const node of nodes.toReversed()) {
        step(node, relevant, gradients, isTarget, createGraph);
        if (!retainGraph) node.spend(); // what it saved is memory for those still to come
      }
    });
  } finally {
    for (const node of nodes) node.drop();
  }
  for (const variable of gradients.keys()) if (!isTarget(variable)) gradients.delete(variable);
  return gradients;
}

/** Runs one node's derivative and adds the results to those of its inputs. */
function step(
  node: Node,
  relevant: ReadonlySet<Node>,
  gradients: Gradients,
  isTarget: (variable: Variable) => boolean,
  createGraph: boolean,
): void {
  const dys = node.outputs.map((output) => gradients.get(output.variable));
  if (dys.every((dy) => !dy)) return;
  const wanted = node.inputs.map(
    (x) =>
      typeof x !== "number" && (isTarget(x.variable) || (!!x.variable.node && relevant.has(x.variable.node))),
  );
  const results = tidy(() => {
    const { xs, ys } = node.restore();
    const rule = (!createGraph && node.op.fusedVjp) || node.op.vjp!;
    const many = node.outputs.length > 1;
    const thunks = rule({ xs, y: many ? ys : ys[0], dy: many ? dys : dys[0]!, attributes: node.attributes });
    return xs.map((x: Operand, i: number) => {
      const thunk = wanted[i] ? thunks[i] : undefined;
      return thunk && alias(unbroadcast(thunk(), (x as Tensor).shape));
    });
  });
  node.inputs.forEach((x, i) => {
    const dx = results[i];
    if (typeof x === "number" || !dx) return;
    const before = gradients.get(x.variable);
    gradients.set(x.variable, before ? add(before, dx) : dx);
    if (before) for (const part of [before, dx]) part.dispose();
  });
  node.outputs.forEach((output, i) => {
    if (isTarget(output.variable)) return;
    dys[i]?.dispose();
    gradients.delete(output.variable);
  });
}

/** The nodes on a path from y back to a target, oldest first. */
function nodesTowards(from: Variable, isTarget: (variable: Variable) => boolean): Node[] {
  const seen = new Set<Node>();
  const open = from.node ? [from.node] : [];
  for (let node = open.pop(); node; node = open.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    for (const x of node.inputs) if (typeof x !== "number" && x.variable.node) open.push(x.variable.node);
  }
  const relevant = new Set<Node>();
  for (const node of [...seen].sort((a, b) => a.id - b.id)) {
    const leads = node.inputs.some(
      (x) =>
        typeof x !== "number" &&
        (isTarget(x.variable) || (!!x.variable.node && relevant.has(x.variable.node))),
    );
    if (leads) relevant.add(node);
  }
  return [...relevant];
}

function seed(y: Tensor): Tensor {
  if (y.size !== 1) throw shapeError("grad", "y must have one entry, unless dy is given", [y.shape]);
  return ones(y.shape);
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

/** A second handle, so that two owners can free it independently. */
const alias = (x: Tensor) => new Tensor(x.shape, x.dtype, x.share, x.variable);
