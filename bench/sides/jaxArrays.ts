// What the files of jax-js's side share: the package itself, and arrays on the way in and out.
// Its images are NCHW and its filters OIHW, which its convolution takes; monge's are NHWC and HWIO.
import type { HostArray } from "../../src/nn";
import type { Arr } from "../peers/jax.mjs";
import type { Shape } from "./side";

/** The package, once `load` has imported it: it looks for navigator.gpu while it loads. */
export let jax: typeof import("../peers/jax.mjs");

export async function load(): Promise<void> {
  jax = await import("../peers/jax.mjs");
  await jax.init("webgpu");
  jax.defaultDevice("webgpu");
}

/**
 * Hands the GPU all that an array waits for, without waiting for the GPU. jax-js submits nothing before someone asks
 * for a result: until then every intermediate keeps its memory, and what is disposed is never computed.
 */
export async function submit(array: Arr): Promise<void> {
  await array.ref.gpuBuffer();
}

/** How an axis order of monge becomes one of jax-js: images NHWC → NCHW, filters (kh, kw, in, out) → (out, in, kh, kw). */
const toChannelsFirst = [0, 3, 1, 2];
export const toChannelsLast = [0, 2, 3, 1];
const toFiltersFirst = [3, 2, 0, 1];
export const toFiltersLast = [2, 3, 1, 0];

function permuted({ shape, data }: HostArray, order: number[]): HostArray {
  const strides = shape.map((_, i) => shape.slice(i + 1).reduce((a, b) => a * b, 1));
  const newShape = order.map((axis) => shape[axis]);
  const moved = new Float32Array(data.length);
  const [s0, s1, s2, s3] = order.map((axis) => strides[axis]);
  const [n0, n1, n2, n3] = newShape;
  let at = 0;
  for (let i = 0; i < n0; i++)
    for (let j = 0; j < n1; j++)
      for (let k = 0; k < n2; k++)
        for (let l = 0; l < n3; l++) moved[at++] = data[i * s0 + j * s1 + k * s2 + l * s3];
  return { shape: newShape, data: moved };
}

export const array = ({ shape, data }: HostArray): Arr => jax.numpy.array(data).reshape([...shape]);
export const image = (host: HostArray) => array(permuted(host, toChannelsFirst));
export const filter = (host: HostArray) => array(permuted(host, toFiltersFirst));

export async function readAs(result: Arr, order?: number[]): Promise<Float32Array> {
  const { shape } = result;
  const data = await result.ref.data();
  return order ? permuted({ shape, data }, order).data : data;
}

/** Between the dense layers and the images, features are ordered by channel first in jax-js, last as here in monge. */
const asImages: Record<string, Shape> = {
  "critic.5.weight": [1, 7, 7, 64],
  "generator.0.weight": [50, 7, 7, 128],
  "generator.0.bias": [1, 7, 7, 128],
};

export function toJax(name: string, host: HostArray): HostArray {
  if (host.shape.length === 4) return permuted(host, toFiltersFirst);
  if (!(name in asImages)) return host;
  const { data } = permuted({ shape: asImages[name], data: host.data }, toChannelsFirst);
  return { shape: host.shape, data };
}

export function fromJax(name: string, host: HostArray, shape: Shape): HostArray {
  if (shape.length === 4) return permuted(host, toFiltersLast);
  if (!(name in asImages)) return host;
  const [n, height, width, channels] = asImages[name];
  const { data } = permuted({ shape: [n, channels, height, width], data: host.data }, toChannelsLast);
  return { shape, data };
}
