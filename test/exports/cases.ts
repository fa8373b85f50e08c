// Networks with weights, and what our own layers make of random input: the other runtimes are held to it.
import { noGrad, Random, type Shape, tidy } from "../../src/autograd";
import { describeNetwork, type Network } from "../../src/exports/network";
import type { HostArray, StateDict } from "../../src/nn";
import type { RunConfig } from "../../src/wgan/config";
import { planCritic, planGenerator } from "../../src/wgan/models";
import { type PresetName, presets, type Settings } from "../../src/wgan/presets";
import { drawDigits } from "../../src/wgan/strokes";
import { Trainer } from "../../src/wgan/trainer";
import { device } from "../device";

export interface Case {
  /** As "wgan-gp at 32x32x3, trained: critic". */
  name: string;
  network: Network;
  state: StateDict;
  input: HostArray;
  output: HostArray;
}

const COUNT = 3;

export function configOf(
  preset: PresetName,
  shape: number[],
  changes: Partial<Settings["network"]> = {},
  classCount = 0,
) {
  const { data, network, ...others } = presets[preset];
  return {
    ...others,
    ...{ monge: "0", preset, batch: 2, seed: 5, conditional: classCount > 0, steps: 2 },
    network: { ...network, ...changes },
    data: { ...data, source: "test", count: 16, shape, classCount, sha256: "?" },
    objective: { ...others.objective, criticSteps: 1, warmUp: null },
    adapter: { name: "test", driver: "", kernels: "test" },
  } as RunConfig;
}

/** The four of the presets, with random and with trained weights. */
const presetsShown: [string, RunConfig][] = [
  ["tutorial at 28x28x1", configOf("tutorial", [28, 28, 1])],
  ["wgan-gp at 28x28x1", configOf("wgan-gp", [28, 28, 1])],
  ["wgan-gp at 32x32x3", configOf("wgan-gp", [32, 32, 3])],
  ["kpandey at 28x28x1", configOf("kpandey", [28, 28, 1])],
];

const few = { generatorChannels: 4, criticChannels: 4, latent: 6, hidden: 8 };
/** What else a configuration may ask for, over few channels. */
const others: [string, RunConfig][] = [
  [
    "layer norm at odd sizes",
    configOf("wgan-gp", [19, 26, 3], { ...few, criticNorm: "layer", generatorNorm: "batch" }),
  ],
  ["batch norm at odd sizes", configOf("wgan", [25, 31, 1], few)],
  ["one size, nothing halved", configOf("wgan-gp", [4, 4, 1], { ...few, criticNorm: "batch" })],
  ["classes", configOf("small", [12, 12, 3], few, 5)],
  [
    "kpandey with layer norm and classes",
    configOf("kpandey", [28, 28, 1], { ...few, criticNorm: "layer" }, 3),
  ],
  ["mlp over images", configOf("small", [9, 7, 3], { ...few, critic: "mlp", generator: "mlp" }, 3)],
  ["mlp over points", configOf("toy", [2], few)],
];

let made: Promise<Case[]> | undefined;

/** All of them; the first call computes them. */
export function cases(): Promise<Case[]> {
  made ??= compute();
  return made;
}

async function compute(): Promise<Case[]> {
  await device();
  const all: Case[] = [];
  for (const [name, config] of presetsShown) {
    all.push(...(await both(`${name}, random`, config, randomState)));
    const trained = await train(config);
    all.push(...(await both(`${name}, trained`, config, (network) => trained[network.name])));
  }
  for (const [name, config] of others) all.push(...(await both(name, config, randomState)));
  return all;
}

export function randomState({ layers, tensors }: Network): StateDict {
  const random = hostRandom(7);
  const fixed = layers.flatMap((layer) =>
    layer.kind === "batchNorm" && !layer.scale ? [`${layer.place}.gamma`] : [],
  );
  return Object.fromEntries(
    [...tensors].map(([name, shape]) => {
      const drawn = drawTensor(name, shape, random);
      return [name, { shape, data: fixed.includes(name) ? drawn.fill(1) : drawn }];
    }),
  );
}

/**
 * Numbers for a tensor of that name, ours or Keras's. None is at its initial value: a gamma of 1 or a bias of 0 would
 * hide that it is missing. Kernels are such that the numbers neither die out nor saturate on their way.
 */
export function drawTensor(name: string, shape: Shape, random: () => number): Float32Array {
  const size = shape.reduce((a, b) => a * b, 1);
  const fans = shape.length === 4 ? shape.slice(2).map((each) => size / each) : [shape[0]];
  const deviation = /weight|kernel/.test(name) ? 2.5 / Math.sqrt(Math.max(...fans)) : 0.3;
  const centre = /gamma|variance/i.test(name) ? 1 : 0;
  return Float32Array.from({ length: size }, () => centre + deviation * random());
}

/** Numbers from −1 to 1, the same ones for a seed. */
export function hostRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

async function train(config: RunConfig) {
  const [height, width, channels] = config.data.shape;
  const digits = drawDigits({ count: 16, seed: 1, digits: [5] });
  const random = hostRandom(3);
  const images = Uint8Array.from({ length: 16 * height * width * channels }, () => 127.5 + 127 * random());
  const data = channels === 1 ? digits : { ...digits, images, height, width, channels: 3 as const };
  const trainer = new Trainer(config, data);
  for (let step = 0; step < config.steps; step++) trainer.step().dispose();
  const state = await trainer.state();
  trainer.dispose();
  return state;
}

async function both(
  name: string,
  config: RunConfig,
  stateOf: (network: Network) => StateDict,
): Promise<Case[]> {
  const made: Case[] = [];
  for (const which of ["generator", "critic"] as const) {
    const network = describeNetwork(config, which);
    const state = stateOf(network);
    const module = (which === "generator" ? planGenerator : planCritic)(config).make(new Random(1));
    module.loadStateDict(state);
    module.train(network.batchStatistics);
    const x = new Random(9).normal([COUNT, ...network.input]);
    const y = tidy(() => noGrad(() => module.forward(x)));
    const [input, output] = [await hostArray(x), await hostArray(y)];
    if (stateOf === randomState) requireSpread(`${name}: ${which}`, output.data);
    made.push({ name: `${name}: ${which}`, network, state, input, output });
    module.dispose();
    x.dispose();
    y.dispose();
  }
  return made;
}

/** An output that hardly depends on the input would agree with any: samples differ by a thousand times the bound. */
function requireSpread(name: string, output: Float32Array): void {
  const size = output.length / COUNT;
  const spread = output
    .subarray(size)
    .reduce((most, value, i) => Math.max(most, Math.abs(value - output[i % size])), 0);
  if (!(spread > 0.01)) throw new Error(`${name}: samples differ by ${spread} at most`);
}

const hostArray = async (tensor: {
  shape: Shape;
  data(): Promise<ArrayLike<number>>;
}): Promise<HostArray> => ({
  shape: tensor.shape,
  data: Float32Array.from(await tensor.data()),
});

/** Images (N, H, W, C) as (N, C, H, W); all else as it is. Written apart from what the exports use. */
export function channelsFirst({ shape, data }: HostArray): HostArray {
  if (shape.length !== 4) return { shape, data };
  const [n, h, w, c] = shape;
  const out = new Float32Array(data.length);
  for (let i = 0; i < n; i++)
    for (let y = 0; y < h; y++)
      for (let x = 0; x < w; x++)
        for (let k = 0; k < c; k++) out[((i * c + k) * h + y) * w + x] = data[((i * h + y) * w + x) * c + k];
  return { shape: [n, c, h, w], data: out };
}

/** The largest difference, over the largest number that is expected where that is above 1. */
export function difference(got: ArrayLike<number>, expected: Float32Array): number {
  if (got.length !== expected.length) return Number.POSITIVE_INFINITY;
  const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  // Written so that a NaN counts as an error.
  return expected.reduce((most, value, i) => {
    const error = Math.abs(got[i] - value) / scale;
    return error <= most ? most : error;
  }, 0);
}

/** Prints the largest difference of all cases, and fails where it is not below the bound. */
export function holdTo(bound: number, runtime: string, errors: [name: string, error: number][]): void {
  const [name, error] = errors.reduce((most, each) => (each[1] <= most[1] ? most : each));
  console.log(
    `${runtime}: ${errors.length} networks, the largest difference ${error.toExponential(1)} (${name})`,
  );
  if (!(error < bound)) throw new Error(`${runtime}: ${name}: ${error}`);
}
