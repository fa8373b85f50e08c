// jax-js's side: every op is a jitted function, in NCHW with filters OIHW, which its convolution takes.
// A result that is disposed before it was computed is never computed, so results are kept until `finish`.
import type { HostArray } from "../../src/nn";
import { benchGpu } from "../gpu";
import type { Arr, Tree } from "../peers/jax.mjs";
import type { Case, Shape, Side, State, Training, Work } from "./side";

type Jax = typeof import("../peers/jax.mjs");
let jax: Jax;

/** Results that were queued and not waited for; they are disposed when they are done. */
let queued: Tree[] = [];
/** What each network in training holds now. */
const states = new Set<() => Tree>();

export async function open(): Promise<Side> {
  benchGpu();
  jax = await import("../peers/jax.mjs");
  await jax.init("webgpu");
  jax.defaultDevice("webgpu");
  const device = jax.getWebGPUDevice();
  return { name: "jax", device, prepare, train, finish: () => finish(device) };
}

async function finish(device: GPUDevice): Promise<void> {
  const all = queued;
  queued = [];
  await jax.blockUntilReady([...all, ...[...states].map((state) => state())]);
  await device.queue.onSubmittedWorkDone();
  jax.tree.dispose(all);
}

/** How an axis order of monge becomes one of jax-js: images NHWC → NCHW, filters (kh, kw, in, out) → (out, in, kh, kw). */
const toChannelsFirst = [0, 3, 1, 2];
const toChannelsLast = [0, 2, 3, 1];
const toFiltersFirst = [3, 2, 0, 1];
const toFiltersLast = [2, 3, 1, 0];

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

const array = ({ shape, data }: HostArray): Arr => jax.numpy.array(data).reshape([...shape]);
const image = (host: HostArray) => array(permuted(host, toChannelsFirst));
const filter = (host: HostArray) => array(permuted(host, toFiltersFirst));

async function readAs(result: Arr, order?: number[]): Promise<Float32Array> {
  const { shape } = result;
  const data = await result.ref.data();
  return order ? permuted({ shape, data }, order).data : data;
}

interface Operation {
  inputs: Arr[];
  run(...inputs: Arr[]): Arr[];
  /** Axis orders that bring the results into monge's layouts. */
  orders: (number[] | undefined)[];
}

function prepare(work: Work, hosts: HostArray[]): Case {
  const { inputs, run, orders } = operation(work, hosts);
  const jitted = jax.jit((...xs: Arr[]) => run(...xs) as Tree[]);
  let latest: Arr[] = [];
  return {
    run() {
      latest = jitted(...inputs.map((input) => input.ref)) as Arr[];
      queued.push(latest);
    },
    async read() {
      const read: Float32Array[] = [];
      for (const [i, result] of latest.entries()) read.push(await readAs(result, orders[i]));
      return read;
    },
    dispose() {
      for (const input of inputs) input.dispose();
    },
  };
}

/** Keras's "same" with the sizes that occur here: 4x4 of stride 2 and 7x7 of stride 1. */
const paddingOf = (kernel: number, stride: number): [number, number][] => {
  const side = (kernel - stride) / 2;
  return [
    [side, side],
    [side, side],
  ];
};
const convolve = (x: Arr, w: Arr, kernel: number, stride: number) =>
  jax.lax.convGeneralDilated(x, w, [stride, stride], paddingOf(kernel, stride));

function operation(work: Work, hosts: HostArray[]): Operation {
  const { numpy: np, nn } = jax;
  switch (work.kind) {
    case "matmul": {
      const { transposeA, transposeB } = work;
      return {
        inputs: hosts.map(array),
        run: (a, b) => [
          np.matmul(transposeA ? np.matrixTranspose(a) : a, transposeB ? np.matrixTranspose(b) : b),
        ],
        orders: [undefined],
      };
    }
    case "conv":
      return convolution(work, hosts);
    case "batch-norm": {
      const [x, gamma, beta, upstream] = hosts;
      const inputs = [image(x), array(gamma), array(beta), image(upstream)];
      const channels = work.x[3];
      if (work.pass === "forward") {
        return {
          inputs: inputs.slice(0, 3),
          run: (...xs) => {
            const { y, mean, variance } = batchNorm(xs[0], xs[1], xs[2]);
            return [y, mean.reshape([channels]), variance.reshape([channels])];
          },
          orders: [toChannelsLast, undefined, undefined],
        };
      }
      return {
        inputs,
        run: (from, scale, offset, dy) => {
          const [y, back] = jax.vjp(
            (a: Arr, b: Arr, c: Arr) => {
              const { y, mean, variance } = batchNorm(a, b, c);
              for (const unused of [mean, variance]) unused.dispose();
              return y;
            },
            [from, scale, offset],
          );
          y.dispose();
          const gradients = back(dy);
          back.dispose();
          return gradients;
        },
        orders: [toChannelsLast, undefined, undefined],
      };
    }
    case "pointwise":
      if (work.op === "add")
        return { inputs: hosts.map(array), run: (a, b) => [a.add(b)], orders: [undefined] };
      return {
        inputs: [array(hosts[0])],
        run: (a) => [work.op === "tanh" ? np.tanh(a) : nn.leakyRelu(a, 0.2)],
        orders: [undefined],
      };
    case "reduce":
      return {
        inputs: hosts.map(array),
        run: (a) => [work.op === "sum" ? np.sum(a) : np.sum(a, 0)],
        orders: [undefined],
      };
  }
}

function convolution(work: Extract<Work, { kind: "conv" }>, [x, w, dy]: HostArray[]): Operation {
  const [kernel, stride] = [work.w[0], work.stride];
  const conv = (a: Arr, b: Arr) => convolve(a, b, kernel, stride);
  if (work.pass === "forward")
    return { inputs: [image(x), filter(w)], run: (a, b) => [conv(a, b)], orders: [toChannelsLast] };
  // Both derivatives are asked for, and jit drops those that are not returned.
  const wanted = { "input-gradient": [0], "filter-gradient": [1], both: [0, 1] }[work.pass];
  return {
    inputs: [image(x), filter(w), image(dy)],
    run: (a, b, upstream) => {
      const [y, pull] = jax.vjp(conv, [a, b]);
      y.dispose();
      const gradients = pull(upstream);
      pull.dispose();
      for (const i of [0, 1]) if (!wanted.includes(i)) gradients[i].dispose();
      return wanted.map((i) => gradients[i]);
    },
    orders: wanted.map((i) => [toChannelsLast, toFiltersLast][i]),
  };
}

/** Over NCHW, by the batch's own statistics; gamma and beta have one number a channel. */
function batchNorm(x: Arr, gamma: Arr, beta: Arr): { y: Arr; mean: Arr; variance: Arr } {
  const { numpy: np } = jax;
  const mean = np.mean(x.ref, [0, 2, 3], { keepdims: true });
  const centered = x.sub(mean.ref);
  const variance = np.mean(np.square(centered.ref), [0, 2, 3], { keepdims: true });
  return { y: scaled(centered, variance.ref, gamma, beta), mean, variance };
}

function scaled(centered: Arr, variance: Arr, gamma: Arr, beta: Arr): Arr {
  const channels = gamma.shape[0];
  const column = (a: Arr) => a.reshape([1, channels, 1, 1]);
  const normalized = centered.div(jax.numpy.sqrt(variance.add(1e-3)));
  return normalized.mul(column(gamma)).add(column(beta));
}

/** Numbers of a network by name; a type and not an interface, as jax-js's trees need. */
type Numbers = { [name: string]: Arr };

function train(start: State): Training<Arr> {
  const { numpy: np, nn } = jax;
  let weights: Numbers = {};
  let averages: Numbers = {};
  for (const [name, host] of Object.entries(start)) {
    const made = array(toJax(name, host));
    if (name.includes("running")) averages[name] = made;
    else weights[name] = made;
  }
  const names = Object.keys(weights);
  const criticTrains = names.filter((name) => name.startsWith("critic."));
  const generatorTrains = names.filter((name) => name.startsWith("generator.") || /gamma|beta/.test(name));
  const zeros = (of: string[]): Numbers =>
    Object.fromEntries(
      of.map((name) => {
        const { shape, data } = toJax(name, start[name]);
        return [name, array({ shape, data: new Float32Array(data.length) })];
      }),
    );
  let criticSlots = zeros(criticTrains);
  let generatorSlots = zeros(generatorTrains);

  const leaky = (x: Arr) => nn.leakyRelu(x, 0.2);
  const bias = (w: Numbers, layer: string, rank: number) => {
    const held = w[`${layer}.bias`].ref;
    return rank === 4 ? held.reshape([1, held.shape[0], 1, 1]) : held;
  };
  const dense = (w: Numbers, x: Arr, layer: string) =>
    np.matmul(x, w[`${layer}.weight`].ref).add(bias(w, layer, 2));
  const conv = (w: Numbers, x: Arr, layer: string, stride: number) => {
    const weight = w[`${layer}.weight`].ref;
    return convolve(x, weight, weight.shape[2], stride).add(bias(w, layer, 4));
  };
  const convTranspose = (w: Numbers, x: Arr, layer: string) =>
    jax.lax
      .convTranspose(x, w[`${layer}.weight`].ref, [2, 2], paddingOf(4, 2), { transposeKernel: true })
      .add(bias(w, layer, 4));
  /** Batch norm by the batch's statistics; puts the moved averages into `moved`, or by the averages without it. */
  const norm = (w: Numbers, old: Numbers, x: Arr, layer: string, moved?: Numbers) => {
    const [gamma, beta] = [w[`${layer}.gamma`].ref, w[`${layer}.beta`].ref];
    const [meanName, varianceName] = [`${layer}.runningMean`, `${layer}.runningVariance`];
    const channels = gamma.shape[0];
    if (!moved) {
      const column = (name: string) => old[name].ref.reshape([1, channels, 1, 1]);
      return scaled(x.sub(column(meanName)), column(varianceName), gamma, beta);
    }
    const count = x.shape[0] * x.shape[2] * x.shape[3];
    const { y, mean, variance } = batchNorm(x, gamma, beta);
    const blend = (name: string, value: Arr, take: number) =>
      old[name].ref.mul(0.99).add(value.reshape([channels]).mul(take));
    moved[meanName] = blend(meanName, mean, 0.01);
    moved[varianceName] = blend(varianceName, variance, (0.01 * count) / (count - 1));
    return y;
  };
  const score = (w: Numbers, old: Numbers, images: Arr, moved: Numbers) => {
    const a = leaky(norm(w, old, conv(w, images, "critic.0", 2), "critic.1", moved));
    const b = leaky(norm(w, old, conv(w, a, "critic.2", 2), "critic.3", moved));
    return np.mean(dense(w, b.reshape([b.shape[0], 3136]), "critic.5"));
  };
  const generate = (w: Numbers, old: Numbers, latents: Arr, moved?: Numbers) => {
    const batch = latents.shape[0];
    const a = leaky(dense(w, latents, "generator.0")).reshape([batch, 128, 7, 7]);
    const b = leaky(norm(w, old, convTranspose(w, a, "generator.3"), "generator.4", moved));
    const c = leaky(norm(w, old, convTranspose(w, b, "generator.5"), "generator.6", moved));
    return np.tanh(conv(w, c, "generator.7", 1));
  };
  const rmsprop = (weight: Arr, gradient: Arr, slot: Arr, clip: boolean): [Arr, Arr] => {
    const average = slot.mul(0.9).add(np.square(gradient.ref).mul(0.1));
    const next = weight.sub(gradient.mul(5e-5).div(np.sqrt(average.ref.add(1e-7))));
    return [clip ? np.clip(next, -0.01, 0.01) : next, average];
  };
  const step = (trained: Numbers, gradients: Numbers, slots: Numbers, clip: boolean) => {
    const result = { weights: {} as Numbers, slots: {} as Numbers };
    for (const name of Object.keys(trained)) {
      const isKernel = trained[name].shape.length === 4;
      const [weight, slot] = rmsprop(trained[name], gradients[name], slots[name], clip && isKernel);
      result.weights[name] = weight;
      result.slots[name] = slot;
    }
    return result;
  };
  const pick = (from: Numbers, chosen: readonly string[]): Numbers =>
    Object.fromEntries(chosen.map((name) => [name, from[name]]));
  const held = (numbers: Numbers) => jax.tree.ref(numbers);
  const take = (into: Numbers, changed: Numbers) => ({ ...into, ...changed });

  const updater = (
    label: number,
    clip: boolean,
    forward: (w: Numbers, old: Numbers, x: Arr, moved: Numbers) => Arr,
  ) =>
    jax.jit((trained: Numbers, fixed: Numbers, old: Numbers, slots: Numbers, x: Arr) => {
      const loss = (w: Numbers): [Arr, Numbers] => {
        const moved: Numbers = {};
        const value = forward({ ...w, ...fixed }, old, x.ref, moved);
        return [value.mul(label), moved];
      };
      const [[value, moved], gradients] = jax.valueAndGrad(loss, { hasAux: true })(held(trained));
      const next = step(trained, gradients, slots, clip);
      return { value, moved, weights: next.weights, slots: next.slots };
    });
  const critics = {
    "-1": updater(-1, true, score),
    "1": updater(1, true, score),
  };
  const generatorUpdate = updater(-1, false, (w, old, latents, moved) =>
    score(w, old, generate(w, old, latents, moved), moved),
  );
  const generatorNames = names.filter((name) => name.startsWith("generator."));
  const averagesOf = (network: string) => Object.keys(averages).filter((name) => name.startsWith(network));
  const inference = jax.jit((w: Numbers, old: Numbers, latents: Arr) => generate(w, old, latents));
  const criticFixed = names.filter((name) => name.startsWith("critic.") && !/gamma|beta/.test(name));
  const optimize = jax.jit((w: Numbers, gradients: Numbers, slots: Numbers) =>
    step(w, gradients, slots, true),
  );
  let gradients: Numbers | undefined;
  const current = () => ({ weights, averages, criticSlots, generatorSlots });
  states.add(current);

  return {
    upload: (host) => (host.shape.length === 4 ? image(host) : array(host)),
    critic(images, label) {
      const result = critics[label](
        pick(weights, criticTrains),
        {},
        pick(averages, averagesOf("critic.")),
        criticSlots,
        images.ref,
      );
      weights = take(weights, result.weights);
      averages = take(averages, result.moved);
      criticSlots = result.slots;
      return result.value;
    },
    fakes(latents) {
      const w = held(pick(weights, generatorNames));
      return inference(w, held(pick(averages, averagesOf("generator."))), latents.ref);
    },
    generator(latents) {
      const result = generatorUpdate(
        pick(weights, generatorTrains),
        held(pick(weights, criticFixed)),
        averages,
        generatorSlots,
        latents.ref,
      );
      weights = take(weights, result.weights);
      averages = take(averages, result.moved);
      generatorSlots = result.slots;
      return result.value;
    },
    rmsprop() {
      gradients ??= held(pick(weights, criticTrains));
      const result = optimize(pick(weights, criticTrains), held(gradients), criticSlots);
      weights = take(weights, result.weights);
      criticSlots = result.slots;
    },
    free: (value) => void queued.push(value),
    scalar: async (value) => (await value.ref.data())[0],
    async state() {
      const state: State = {};
      for (const [name, value] of Object.entries({ ...weights, ...averages })) {
        const { shape } = value;
        state[name] = fromJax(name, { shape, data: await value.ref.data() }, start[name].shape);
      }
      return state;
    },
    dispose() {
      states.delete(current);
      jax.tree.dispose([current(), gradients ?? {}]);
    },
  };
}

/** Between the dense layers and the images, features are ordered by channel first in jax-js, last in monge. */
const [DENSE_IN, DENSE_OUT] = ["critic.5.weight", "generator.0.weight"];

function toJax(name: string, host: HostArray): HostArray {
  const { shape, data } = host;
  if (shape.length === 4) return permuted(host, toFiltersFirst);
  if (name === DENSE_IN)
    return { shape, data: permuted({ shape: [1, 7, 7, 64], data }, toChannelsFirst).data };
  if (name === DENSE_OUT)
    return { shape, data: permuted({ shape: [50, 7, 7, 128], data }, toChannelsFirst).data };
  if (name === "generator.0.bias")
    return { shape, data: permuted({ shape: [1, 7, 7, 128], data }, toChannelsFirst).data };
  return host;
}

function fromJax(name: string, host: HostArray, shape: Shape): HostArray {
  const { data } = host;
  if (shape.length === 4) return permuted(host, toFiltersLast);
  if (name === DENSE_IN)
    return { shape, data: permuted({ shape: [1, 64, 7, 7], data }, toChannelsLast).data };
  if (name === DENSE_OUT)
    return { shape, data: permuted({ shape: [50, 128, 7, 7], data }, toChannelsLast).data };
  if (name === "generator.0.bias")
    return { shape, data: permuted({ shape: [1, 128, 7, 7], data }, toChannelsLast).data };
  return host;
}
