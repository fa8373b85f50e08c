// What several tensors may share: storage with a count of its users, and a variable, their place in the graph.
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
  /** An op without a derivative that lies between it and something marked. */
  stoppedBy?: string;
  /** How many tensors are this variable: once there is none, nobody can mark it. */
  handles: number;
  /** When its first tensor was made, and when it was last marked, by `tick`. */
  born?: number;
  markedAt?: number;
}

/** Variables, and times when they were too many to remember: any that were there then may be among them. */
export type Sources = ReadonlySet<Variable | number>;

let time = 0;
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

/** Beyond so many variables the time alone is remembered, and those that are marked already. */
const MOST_SOURCES = 200;

/** The variables that an unrecorded op's output is made from, but for those that nobody can mark any more. */
export function sourcesOf(inputs: readonly Variable[]): Sources {
  const all = new Set<Variable | number>(inputs);
  for (const { sources } of inputs)
    for (const source of sources ?? [])
      if (typeof source === "number" || source.handles > 0 || source.requiresGrad) all.add(source);
  if (all.size <= MOST_SOURCES) return all;
  const kept = [...all].filter((source) => typeof source === "number" || source.requiresGrad);
  return all.size - kept.length <= MOST_SOURCES ? all : new Set([...kept, tick()]);
}

/** The sources; for a time, those of `used` that were there then, and were marked later. */
export const among = (sources: Sources = new Set(), used: () => Variable[]): Variable[] =>
  [...sources].flatMap((at) =>
    typeof at === "number" ? used().filter(({ born = 0, markedAt = 0 }) => born < at && markedAt > at) : [at],
  );
