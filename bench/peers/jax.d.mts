// The part of jax-js that the bench uses. Every function takes ownership of the arrays that it is given;
// `.ref` keeps one for another use.
export interface Arr {
  readonly shape: number[];
  readonly ref: Arr;
  dispose(): void;
  data(): Promise<Float32Array>;
  /** Submits what the array waits for. */
  gpuBuffer(): Promise<GPUBuffer>;
  add(other: Arr | number): Arr;
  sub(other: Arr | number): Arr;
  mul(other: Arr | number): Arr;
  div(other: Arr | number): Arr;
  neg(): Arr;
  reshape(shape: number[]): Arr;
}
/** Arrays in arrays and plain objects. */
export type Tree = Arr | readonly Tree[] | { [name: string]: Tree };

export function init(device: "webgpu"): Promise<string[]>;
export function defaultDevice(device: "webgpu"): string;
export function getWebGPUDevice(): GPUDevice;
export function jit<A extends Tree[], R extends Tree>(f: (...args: A) => R): (...args: A) => R;
export function vjp<A extends Arr[]>(
  f: (...args: A) => Arr,
  primals: A,
): [Arr, ((dy: Arr) => A) & { dispose(): void }];
export function valueAndGrad<P extends Tree, A extends Tree[], X extends Tree>(
  f: (parameters: P, ...args: A) => [Arr, X],
  options: { hasAux: true },
): (parameters: P, ...args: A) => [[Arr, X], P];
export const tree: {
  ref<T extends Tree>(tree: T): T;
  dispose(tree: Tree): void;
};
type Axes = number | number[];
export const numpy: {
  array(data: Float32Array): Arr;
  matmul(a: Arr, b: Arr): Arr;
  matrixTranspose(a: Arr): Arr;
  sum(x: Arr, axis?: Axes): Arr;
  mean(x: Arr, axis?: Axes, options?: { keepdims: boolean }): Arr;
  sqrt(x: Arr): Arr;
  square(x: Arr): Arr;
  tanh(x: Arr): Arr;
  clip(x: Arr, low: number, high: number): Arr;
};
export const nn: { leakyRelu(x: Arr, slope: number): Arr };
type Pairs = [number, number][];
export const lax: {
  convGeneralDilated(x: Arr, w: Arr, strides: number[], padding: "SAME" | Pairs): Arr;
  convTranspose(
    x: Arr,
    w: Arr,
    strides: number[],
    padding: Pairs,
    options: { transposeKernel: boolean },
  ): Arr;
};
