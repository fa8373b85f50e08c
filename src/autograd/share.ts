// What tensors have in common: storage that is counted, and the variable that a tensor is in the graph.
import { release, type Storage } from "../kernels/block";
import type { Node } from "./graph";
import type { Tensor } from "./tensor";

/** Storage with the number of tensors and graph nodes that use it. */
export class Share {
  private users = 0;
  static live = 0;

  constructor(readonly storage: Storage) {
    Share.live++;
  }

  get hasOthers(): boolean {
    return this.users > 1;
  }

  retain(): this {
    this.users++;
    return this;
  }

  drop(): void {
    if (--this.users === 0) {
      Share.live--;
      release(this.storage);
    }
  }
}

/** What a gradient is taken with respect to: a leaf, or an output of a recorded op. */
export interface Variable {
  requiresGrad: boolean;
  readonly node?: Node;
  /** The tensor that was marked, which has the `grad`. Weak: a graph must not keep a leaf that nobody holds any more. */
  leaf?: WeakRef<Tensor>;
  /** What the numbers were made from without a record. Were one of them marked later, a gradient through here would
   * lack a part in silence; see `sourcesOf`. */
  sources?: ReadonlySet<Variable>;
  /** How many tensors are this variable: once there is none, nobody can mark it. */
  handles: number;
}

/** What a tensor holds of shared things; kept apart, so that a finaliser can drop it after the tensor is gone. */
export interface Handle {
  readonly share: Share;
  readonly variable: Variable;
}

export function releaseHandle({ share, variable }: Handle): void {
  share.drop();
  variable.node?.drop();
  // Without this each variable would hold all before it.
  if (--variable.handles === 0) variable.sources = undefined;
}

/** Beyond so many variables they are no longer remembered. */
const MOST_SOURCES = 64;

/** The variables that an unrecorded op's output is made from, but for those that nobody can mark any more. */
export function sourcesOf(inputs: readonly Variable[]): ReadonlySet<Variable> | undefined {
  const all = new Set(inputs);
  for (const { sources } of inputs)
    for (const source of sources ?? []) if (source.handles > 0) all.add(source);
  return all.size <= MOST_SOURCES ? all : undefined;
}
