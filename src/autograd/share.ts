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
  /** Of its storage when the op had made it: a later one has numbers that the graph knows nothing of. */
  version?: number;
  /** The tensor that was marked, which has the `grad`. Weak: a graph must not keep a leaf that nobody holds any more. */
  leaf?: WeakRef<Tensor>;
  /** What the numbers were made from without a record: marked later, a gradient would lack a part in silence. */
  sources?: Sources;
  /** How many tensors are this variable: once there is none, nobody can mark it. */
  handles: number;
  /** When its first tensor was made, and when it was last marked, by `tick`. */
  born?: number;
  markedAt?: number;
}

/** Variables, or, where they are too many to remember, the time: any that were there before may be among them. */
export type Sources = ReadonlySet<Variable> | number;

let time = 0;
/** A clock that makes, marks and forgets can be compared by. */
export const tick = (): number => ++time;

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

/** Beyond so many variables the time alone is remembered. */
const MOST_SOURCES = 64;

/** The variables that an unrecorded op's output is made from, but for those that nobody can mark any more. */
export function sourcesOf(inputs: readonly Variable[]): Sources {
  const all = new Set(inputs);
  for (const { sources } of inputs) {
    if (typeof sources === "number") return tick();
    for (const source of sources ?? []) if (source.handles > 0) all.add(source);
  }
  return all.size <= MOST_SOURCES ? all : tick();
}

/** The sources; where the time alone is known, those of `used` that it leaves open and that were marked since. */
export function namedSources(
  sources: Sources = new Set(),
  used: () => readonly Variable[],
): Iterable<Variable> {
  if (typeof sources !== "number") return sources;
  return used().filter(({ born = 0, markedAt = 0 }) => born < sources && markedAt > sources);
}
