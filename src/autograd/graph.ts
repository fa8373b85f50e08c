// The recorded graph: a node for each op that ran, with what its derivative needs.
// A node counts the tensors and the later nodes that refer to it. When the last of them goes, the node is freed.
import type { DType } from "../kernels/block";
import type { AnyOp, Operand } from "./op";
import { type Recording, recording } from "./recording";
import { type Shape, show } from "./shape";
import type { Share, Variable } from "./share";
import { Tensor } from "./tensor";

/** A tensor as the graph remembers it. */
interface Saved {
  shape: Shape;
  dtype: DType;
  variable: Variable;
  /** Whether the variable was marked, or made by a recorded op, when the op used it. */
  marked: boolean;
  /** Whether it had other numbers by then than the op had made it with. */
  changed: boolean;
  /** Else what it was made from then: the variable forgets that when its last tensor goes. */
  sources?: Variable["sources"];
  name: string | undefined;
  /** The storage and the version that was seen, where the derivative needs the numbers. */
  numbers?: { share: Share; version: number };
}

/** What a derivative may need: the op's inputs, its output, or one of its outputs. */
export type Slot = "y" | `x${number}` | `y${number}`;

let created = 0;

export class Node {
  /** Rises from each node to the next, so sorting by it is a topological order. */
  readonly id = created++;
  inputs: readonly (Saved | number)[] = [];
  outputs: readonly Saved[] = [];
  /** The capture that it was recorded in. */
  readonly recording: Recording | undefined = recording();
  private users = 0;
  private freed = false;

  constructor(
    readonly op: AnyOp,
    readonly attributes: unknown,
  ) {}

  /**
   * Remembers what the op took and made, once it ran: an op that throws must hold on to nothing. Of the numbers it
   * keeps those that the derivatives by marked inputs need. The outputs do not count: a node does not keep itself alive.
   */
  save(operands: readonly Operand[], outputs: readonly Tensor[]): void {
    const { saves } = this.op;
    const perInput = typeof saves === "function" ? saves(this.attributes) : saves;
    const needed = new Set(
      operands.flatMap((x, i) => (typeof x !== "number" && x.requiresGrad ? (perInput?.[i] ?? []) : [])),
    );
    const isNeeded = (slot: Slot) => !perInput || needed.has(slot);
    this.inputs = operands.map((x, i) => (typeof x === "number" ? x : save(x, isNeeded(`x${i}`))));
    this.outputs = outputs.map((y, i) => save(y, isNeeded(`y${i}`) || (i === 0 && isNeeded("y"))));
    for (const node of this.sources) node.retain();
  }

  /** The nodes that made the inputs. */
  get sources(): Node[] {
    return this.inputs.flatMap((x) => (typeof x !== "number" && x.variable.node) || []);
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
    for (const saved of [...this.inputs, ...this.outputs])
      if (typeof saved !== "number") saved.numbers?.share.drop();
    return this.sources;
  }

  /** Frees what was saved before the last user is gone, after a backward pass has used it. */
  spend(): void {
    for (const upstream of this.free()) upstream.drop();
  }

  /** The inputs and outputs as tensors, some with their shape alone. Throws when saved ones are gone or changed. */
  restore(): { xs: Operand[]; ys: Tensor[] } {
    if (this.freed)
      throw new Error(
        `${this.op.name}: its graph was freed by an earlier backward pass. Pass { retainGraph: true } there.`,
      );
    const restore = ({ shape, dtype, variable, name, numbers }: Saved, what: string) => {
      if (numbers && numbers.share.storage.version !== numbers.version)
        throw new Error(
          `${this.op.name}: its ${what} ${name ?? "tensor"} ${dtype}${show(shape)} must be as it was ` +
            `then, got one that was changed in place since. Take gradients before the update.`,
        );
      return new Tensor(shape, dtype, numbers?.share, variable);
    };
    return {
      xs: this.inputs.map((x) => (typeof x === "number" ? x : restore(x, "input"))),
      ys: this.outputs.map((y) => restore(y, "output")),
    };
  }
}

function save(tensor: Tensor, withNumbers: boolean): Saved {
  const { shape, dtype, share, variable, name, requiresGrad: marked, isChanged: changed } = tensor;
  const numbers = withNumbers ? { share: share.retain(), version: share.storage.version } : undefined;
  return { shape, dtype, variable, marked, changed, sources: variable.sources, name, numbers };
}
