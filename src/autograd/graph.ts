// The recorded graph: a node for each op that ran, with what its derivative needs.
// Nodes are counted by the tensors and the later nodes that refer to them; the last one to go frees the rest.

import type { DType } from "../kernels/block";
import type { Op, Operand } from "./op";
import { type Shape, show } from "./shape";
import { type Share, Tensor, type Variable } from "./tensor";

/** A tensor as the graph remembers it: a share of the storage, the variable, and the version that was seen. */
interface Saved {
  shape: Shape;
  dtype: DType;
  share: Share;
  variable: Variable;
  version: number;
  name: string | undefined;
}

let created = 0;

export class Node {
  /** Rises from each node to the next, so sorting by it is a topological order. */
  readonly id = created++;
  inputs: readonly (Saved | number)[] = [];
  outputs: readonly Saved[] = [];
  private users = 0;
  private freed = false;

  constructor(
    // biome-ignore lint/suspicious/noExplicitAny: a node holds any op; the op's own record is typed
    readonly op: Op<any, any, any>,
    readonly attributes: unknown,
  ) {}

  /**
   * Remembers what the op took and made, once it ran: an op that throws must hold on to nothing. The outputs do
   * not count: a node does not keep itself alive.
   */
  save(operands: readonly Operand[], outputs: readonly Tensor[]): void {
    this.inputs = operands.map((operand) => (typeof operand === "number" ? operand : save(operand)));
    this.outputs = outputs.map(save);
    for (const input of this.inputs) if (typeof input !== "number") input.variable.node?.retain();
  }

  retain(): void {
    this.users++;
  }

  drop(): void {
    if (--this.users > 0) return;
    // A loop, since a chain of thousands of nodes may go at once.
    const gone: Node[] = [this];
    for (let node = gone.pop(); node; node = gone.pop()) {
      for (const upstream of node.free()) if (--upstream.users === 0) gone.push(upstream);
    }
  }

  /** Lets go of what was saved; tells the nodes it referred to. */
  private free(): Node[] {
    if (this.freed) return [];
    this.freed = true;
    const upstream: Node[] = [];
    for (const saved of [...this.inputs, ...this.outputs]) if (typeof saved !== "number") saved.share.drop();
    for (const saved of this.inputs)
      if (typeof saved !== "number" && saved.variable.node) upstream.push(saved.variable.node);
    return upstream;
  }

  /** Frees what was saved before the last user is gone, after a backward pass has used it. */
  spend(): void {
    for (const upstream of this.free()) upstream.drop();
  }

  /** The saved inputs and outputs as tensors. Throws when they are gone or were changed since. */
  restore(): { xs: Operand[]; ys: Tensor[] } {
    if (this.freed) {
      throw new Error(
        `${this.op.name}: its graph was freed by an earlier backward pass. Pass { retainGraph: true } there.`,
      );
    }
    const restore = (saved: Saved, what: string) => {
      if (saved.share.version !== saved.version) {
        throw new Error(
          `${this.op.name}: its ${what} ${saved.name ?? "tensor"} ${saved.dtype}${show(saved.shape)} must be as it was ` +
            `then, got one that was changed in place since. Take gradients before the update.`,
        );
      }
      return new Tensor(saved.shape, saved.dtype, saved.share, saved.variable);
    };
    return {
      xs: this.inputs.map((x) => (typeof x === "number" ? x : restore(x, "input"))),
      ys: this.outputs.map((y) => restore(y, "output")),
    };
  }
}

function save(tensor: Tensor): Saved {
  const { shape, dtype, share, variable, name } = tensor;
  return { shape, dtype, share: share.retain(), variable, version: share.version, name };
}
