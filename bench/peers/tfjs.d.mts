// The part of TensorFlow.js that the bench uses.
export type Shape = readonly number[];
export interface Tensor {
  readonly shape: number[];
  data(): Promise<Float32Array>;
  dispose(): void;
}
export interface Variable extends Tensor {
  assign(value: Tensor): void;
}
type Grads = Record<string, Tensor>;
export interface Optimizer {
  applyGradients(gradients: Grads): void;
  dispose(): void;
}
/** The WebGPU backend's own fields: there is no public way to submit and wait without a read-back. */
export interface WebGpuBackend {
  device: GPUDevice;
  commandEncoder: GPUCommandEncoder | null;
  endComputePassEncoder(): void;
  submitQueue(): void;
}

export function setBackend(name: string): Promise<boolean>;
export function ready(): Promise<void>;
export function backend(): WebGpuBackend;
export function engine(): {
  runKernel(name: string, inputs: Record<string, Tensor>, attributes: object): Tensor;
};
export function tensor(data: Float32Array, shape: Shape): Tensor;
export function variable(value: Tensor, trainable: boolean, name: string): Variable;
export function tidy<T>(fn: () => T): T;
export function dispose(tensors: unknown): void;
export function variableGrads(f: () => Tensor, variables: Variable[]): { value: Tensor; grads: Grads };
export function valueAndGrads(
  f: (...xs: Tensor[]) => Tensor,
): (xs: Tensor[], dy: Tensor) => { value: Tensor; grads: Tensor[] };
export const train: {
  rmsprop(rate: number, decay: number, momentum: number, epsilon: number): Optimizer;
};

export function add(a: Tensor, b: Tensor | number): Tensor;
export function mul(a: Tensor, b: Tensor | number): Tensor;
export function neg(x: Tensor): Tensor;
export function sum(x: Tensor, axis?: number | number[]): Tensor;
export function mean(x: Tensor): Tensor;
export function tanh(x: Tensor): Tensor;
export function leakyRelu(x: Tensor, slope: number): Tensor;
export function reshape(x: Tensor, shape: Shape): Tensor;
export function clipByValue(x: Tensor, low: number, high: number): Tensor;
export function matMul(a: Tensor, b: Tensor, transposeA?: boolean, transposeB?: boolean): Tensor;
export function moments(x: Tensor, axes: number[]): { mean: Tensor; variance: Tensor };
export function batchNorm(
  x: Tensor,
  mean: Tensor,
  variance: Tensor,
  offset: Tensor,
  scale: Tensor,
  epsilon: number,
): Tensor;
export function conv2d(x: Tensor, w: Tensor, strides: number, pad: "same"): Tensor;
export function conv2dTranspose(
  x: Tensor,
  w: Tensor,
  outputShape: Shape,
  strides: number,
  pad: "same",
): Tensor;
