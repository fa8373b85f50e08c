// A tensor: shape, dtype, a counted share of GPU storage, and the variable that it is in the graph.
// Several tensors may share storage (reshape, detach) and a variable (the copies that a graph saves).
import type { Block, DType, Numbers, Storage } from "../kernels/block";
import { allocate, allocateTogether, download, upload } from "../kernels/block";
import { recording } from "./recording";
import { adopt, forget } from "./scope";
import { checkShape, type Shape, sameShape, show, sizeOf } from "./shape";
import { releaseHandle, Share, tick, type Variable } from "./share";

/** Numbers on the GPU, f32 or u32, of a shape: what ops take and make, and what gradients are taken by. */
export class Tensor implements Block {
  readonly shape: Shape;
  readonly size: number;
  /** For errors and state dictionaries, e.g. "critic.0.weight". */
  name: string | undefined;
  private disposed = false;
  private ownGrad: Tensor | undefined;

  /**
   * Ops make tensors; users call `tensor`, `zeros`, `Random`, … Without a share it stands for an input that a graph did
   * not save: only its shape can be used.
   */
  constructor(
    shape: Shape,
    readonly dtype: DType,
    private readonly held: Share | undefined,
    readonly variable: Variable = { requiresGrad: false, handles: 0 },
  ) {
    this.shape = [...shape]; // the caller may change its own
    this.size = sizeOf(shape);
    if (!held) return;
    held.retain();
    variable.node?.retain();
    variable.handles++;
    variable.born ??= tick();
    adopt(this);
  }

  /** The storage and who else uses it. Throws after `dispose`. */
  get share(): Share {
    this.checkAlive("tensor");
    return this.held!;
  }

  /** Throws, in the name of the op `by`, after `dispose`, and where the numbers are out of reach. */
  checkAlive(by: string): void {
    if (this.disposed)
      throw new Error(
        `${by}: a tensor must not be used after it was freed, got ${this}. Return it from tidy, or keep() it.`,
      );
    if (!this.held)
      throw new Error(`${by}: the numbers of ${this} were not saved. Name it in its op's \`saves\`.`);
    if (this.held.storage.pool.closed)
      throw new Error(`${by}: the device of ${this} was closed. Make the tensor anew on the open device.`);
  }

  /** The range of GPU memory. Throws after `dispose`. */
  get storage(): Storage {
    return this.share.storage;
  }

  /** Whether a recorded op made other numbers than it has now. */
  get isChanged(): boolean {
    return this.size > 0 && !!this.variable.node && this.variable.version !== this.storage.version;
  }

  get isDisposed(): boolean {
    return this.disposed;
  }

  get requiresGrad(): boolean {
    return this.variable.requiresGrad;
  }

  /** What `backward()` has summed up for this leaf, f32 of its shape; set it to undefined to begin anew. */
  get grad(): Tensor | undefined {
    return this.marked.ownGrad;
  }

  set grad(value: Tensor | undefined) {
    const { marked } = this;
    if (value !== undefined && (value?.dtype !== "f32" || !sameShape(value.shape, this.shape)))
      throw new Error(`grad: the grad of ${this} must be f32 and have its shape, got ${value}.`);
    if (value !== marked.ownGrad) marked.ownGrad?.dispose();
    marked.ownGrad = value;
    recording()?.anew.add(this.variable);
  }

  /** Marks a leaf as one that gradients are taken with respect to. */
  set requiresGrad(value: boolean) {
    if (this.dtype !== "f32") throw new Error(`requiresGrad: x must be f32, got ${this}.`);
    if (this.variable.node)
      throw new Error(`requiresGrad: x must be a leaf, got ${this}, which an op made. Use detach(x).`);
    if (value && !this.requiresGrad) this.variable.markedAt = tick();
    this.variable.requiresGrad = value;
    this.variable.leaf ??= new WeakRef(this);
  }

  /** Several tensors may be one variable; one of them has its gradient. */
  private get marked(): Tensor {
    return this.variable.leaf?.deref() ?? this;
  }

  /** Frees the storage, unless another tensor or a graph still uses it. Safe to call twice. */
  dispose(): void {
    if (this.disposed || !this.held) return;
    this.disposed = true;
    forget(this);
    releaseHandle({ share: this.held!, variable: this.variable });
  }

  /** Reads the numbers back, after all work recorded so far. Throws at once inside of a capture. */
  data(): Promise<Numbers> {
    return reading(async () => {
      this.checkAlive("data");
      return download(this.storage, this.size, this.dtype);
    });
  }

  /** Reads the one number of a tensor of size 1. */
  item(): Promise<number> {
    return reading(async () => {
      if (this.size !== 1) throw new Error(`item: the tensor must have one entry, got ${show(this.shape)}.`);
      return (await this.data())[0];
    });
  }

  toString(): string {
    return `${this.name ?? "tensor"} ${this.dtype}${show(this.shape)}`;
  }
}

function reading<T>(read: () => Promise<T>): Promise<T> {
  if (!recording()) return read();
  throw new Error(
    "capture: numbers must not be read inside of it, since a replay reads none. Read after it.",
  );
}

/** A new tensor with storage of its own, content undefined. */
export function empty(shape: Shape, dtype: DType, label: string, variable?: Variable): Tensor {
  checkShape(label, shape);
  return new Tensor(shape, dtype, new Share(allocate(sizeOf(shape), label)), variable);
}

/** New f32 tensors side by side in one storage, `whole`, by which a kernel writes them all. */
export function emptyTogether(shapes: readonly Shape[], label: string) {
  const bytes = shapes.map((shape) => 4 * sizeOf(shape));
  const { whole, ranges } = allocateTogether(bytes, label);
  return { whole, made: shapes.map((shape, i) => new Tensor(shape, "f32", new Share(ranges[i]))) };
}

/** A number, a list of numbers, or a list for each index of the first axis. */
export type Nested = number | readonly Nested[];
const nestedShape = (data: Nested): number[] =>
  typeof data === "number" ? [] : [data.length, ...(data.length > 0 ? nestedShape(data[0]) : [])];
const hasShape = (data: Nested, shape: Shape, axis = 0): boolean =>
  typeof data === "number"
    ? axis === shape.length
    : data.length === shape[axis] && data.every((d) => hasShape(d, shape, axis + 1));

/** Numbers of any typed array. */
type Typed = ArrayLike<number> & ArrayBufferView;

/** A tensor of the given numbers, last axis fastest; lists in lists give its axes. u32 for a Uint32Array, else f32. */
export function tensor(data: Typed | Nested, wanted?: Shape): Tensor {
  const isNested = typeof data === "number" || Array.isArray(data);
  const flat = (isNested ? [data].flat(Infinity) : data) as Typed | number[];
  const own = isNested ? nestedShape(data as Nested) : [flat.length];
  const shape = wanted ?? own;
  if (isNested && !hasShape(data as Nested, own))
    throw new Error(`tensor: lists of one axis must be of one length, got others beside ${show(own)}.`);
  checkShape("tensor", shape);
  if (flat.length !== sizeOf(shape))
    throw new Error(
      `tensor: ${show(shape)} must hold as many numbers as are given, got ${sizeOf(shape)} and ${flat.length}.`,
    );
  const typed = flat instanceof Float32Array || flat instanceof Uint32Array ? flat : Float32Array.from(flat);
  const made = empty(shape, typed instanceof Uint32Array ? "u32" : "f32", "tensor");
  upload(typed, made.storage);
  return made;
}

/** Bytes for `takeBytes`: u32 (words), four a word, lowest first. Zeros fill the last word up, and count as data. */
export function byteTensor(bytes: Uint8Array): Tensor {
  const made = empty([Math.ceil(bytes.length / 4)], "u32", "byteTensor");
  upload(bytes, made.storage);
  return made;
}

/** A second handle on the same numbers and variable, so that two owners can free it independently. */
export const alias = (x: Tensor): Tensor => new Tensor(x.shape, x.dtype, x.share, x.variable);
