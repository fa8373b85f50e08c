// What jax-js has no function for, or under other names: convolution by Keras's "same", and batch norm.
import type { Arr } from "../peers/jax.mjs";
import { jax } from "./jaxArrays";

/** Keras's "same" with the sizes that occur here: 4x4 of stride 2 and 7x7 of stride 1. */
export const paddingOf = (kernel: number, stride: number): [number, number][] => {
  const side = (kernel - stride) / 2;
  return [
    [side, side],
    [side, side],
  ];
};
export const convolve = (x: Arr, w: Arr, kernel: number, stride: number) =>
  jax.lax.convGeneralDilated(x, w, [stride, stride], paddingOf(kernel, stride));

/** Over NCHW, by the batch's own statistics; gamma and beta have one number a channel. */
export function batchNorm(x: Arr, gamma: Arr, beta: Arr): { y: Arr; mean: Arr; variance: Arr } {
  const { numpy: np } = jax;
  const mean = np.mean(x.ref, [0, 2, 3], { keepdims: true });
  const centered = x.sub(mean.ref);
  const variance = np.mean(np.square(centered.ref), [0, 2, 3], { keepdims: true });
  return { y: scaled(centered, variance.ref, gamma, beta), mean, variance };
}

export function scaled(centered: Arr, variance: Arr, gamma: Arr, beta: Arr): Arr {
  const channels = gamma.shape[0];
  const column = (a: Arr) => a.reshape([1, channels, 1, 1]);
  const normalized = centered.div(jax.numpy.sqrt(variance.add(1e-3)));
  return normalized.mul(column(gamma)).add(column(beta));
}
