// A tensor: shape, dtype, a counted share of GPU storage, and the variable that it is in the graph.
// Several tensors may share storage (reshape, detach) and a variable (the copies that a graph saves).
import { allocate, type Block, type DType, download, release, type Storage, upload } from "../kernels/block";
import type { Node } from "./graph";
import { adopt, forget } from "./scope";
import { checkShape, type Shape, show, sizeOf } from "./shape";

/** Storage with the number of tensors that use it, and how often it was changed in place. */
export class Share {
  version = 0;
  private users = 0;
  static live = 0;

  constructor(readonly storage: Storage) {
    Share.live++;
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
  /** What `backward()` has summed up for this leaf. */
  grad?: Tensor;
}

export class Tensor implements Block {
  readonly size: number;
  /** For errors and state dictionaries, e.g. "critic.0.weight". */
  name: string | undefined;
  private disposed = false;

  /** Ops make tensors; users call `tensor`, `zeros`, `randomNormal`, … */
  constructor(
    readonly shape: Shape,
    readonly dtype: DType,
    private readonly held: Share,
    readonly variable: Variable = { requiresGrad: false },
  ) {
    this.size = sizeOf(shape);
    held.retain();
    variable.node?.retain();
    adopt(this);
  }

  /** The storage and who else uses it. Throws after `dispose`. */
  get share(): Share {
    this.checkAlive("tensor");
    return this.held;
  }

  /** Throws, in the name of the op `by`, after `dispose`. */
  checkAlive(by: string): void {
    if (!this.disposed) return;
    throw new Error(
      `${by}: a tensor must not be used after it was freed, got ${this}. Return it from tidy, or keep() it.`,
    );
  }

  /** The range of GPU memory. Throws after `dispose`. */
  get storage(): Storage {
    return this.share.storage;
  }

  get isDisposed(): boolean {
    return this.disposed;
  }

  get requiresGrad(): boolean {
    return this.variable.requiresGrad;
  }

  /** What `backward()` has summed up for this leaf; set it to undefined to begin anew. */
  get grad(): Tensor | undefined {
    return this.variable.grad;
  }

  set grad(value: Tensor | undefined) {
    if (value !== this.variable.grad) this.variable.grad?.dispose();
    this.variable.grad = value;
  }

  /** Marks a leaf as one that gradients are taken with respect to. */
  set requiresGrad(value: boolean) {
    if (this.dtype !== "f32") throw new Error(`requiresGrad: x must be f32, got ${this}.`);
    if (this.variable.node)
      throw new Error(
        `requiresGrad: x must be a leaf, got ${this}, which an op made. Did you mean detach(x)?`,
      );
    this.variable.requiresGrad = value;
  }

  /** Frees the storage, unless another tensor or a graph still uses it. Safe to call twice. */
  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    forget(this);
    releaseHandle({ share: this.held, variable: this.variable });
  }

  /** Reads the numbers back, after all work recorded so far. */
  async data(): Promise<Float32Array | Uint32Array> {
    this.checkAlive("data");
    return download(this.storage, this.size, this.dtype);
  }

  /** Reads the one number of a tensor of size 1. */
  async item(): Promise<number> {
    if (this.size !== 1) throw new Error(`item: the tensor must have one entry, got ${show(this.shape)}.`);
    return (await this.data())[0];
  }

  toString(): string {
    return `${this.name ?? "tensor"} ${this.dtype}${show(this.shape)}`;
  }
}

/** What a tensor holds of shared things; kept apart, so that a finaliser can drop it after the tensor is gone. */
export interface Handle {
  readonly share: Share;
  readonly variable: Variable;
}

export function releaseHandle({ share, variable }: Handle): void {
  share.drop();
  variable.node?.drop();
}

/** A new tensor with storage of its own, content undefined. */
export function empty(shape: Shape, dtype: DType, label: string, variable?: Variable): Tensor {
  checkShape(label, shape);
  return new Tensor(shape, dtype, new Share(allocate(sizeOf(shape), label)), variable);
}

/** A tensor of the given numbers, last axis fastest. u32 for a Uint32Array, else f32. */
export function tensor(
  data: Float32Array | Uint32Array | readonly number[],
  shape: Shape = [data.length],
): Tensor {
  checkShape("tensor", shape);
  if (data.length !== sizeOf(shape)) {
    throw new Error(
      `tensor: ${show(shape)} must hold as many numbers as are given, got ${sizeOf(shape)} and ${data.length}.`,
    );
  }
  const typed = data instanceof Float32Array || data instanceof Uint32Array ? data : Float32Array.from(data);
  const made = empty(shape, typed instanceof Uint32Array ? "u32" : "f32", "tensor");
  upload(typed, made.storage);
  return made;
}

/** Bytes for `takeBytes`: u32 (words), four bytes a word, lowest first. */
export function byteTensor(bytes: Uint8Array): Tensor {
  const made = empty([Math.ceil(bytes.length / 4)], "u32", "byteTensor");
  upload(bytes, made.storage);
  return made;
}
