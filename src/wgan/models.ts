// The networks of all presets. They follow the image: the shapes of 28x28 are those of their sources.
import type { Random, Shape } from "../autograd";
import { sizeOf } from "../autograd";
import { InputError } from "../errors";
import { glorotUniform, heNormal, type Initializer, type Module, normal, Sigmoid, Tanh } from "../nn";
import type { NetworkConfig, RunConfig } from "./config";
import { type Norm, Plan, type Size } from "./plan";

type Network = RunConfig["network"];
/** Of all leaky relus. */
const SLOPE = 0.2;

const initializer = (init: Network["generatorInit"]): Initializer =>
  init === "he" ? heNormal : init === "glorot" ? glorotUniform : normal(init);
const criticNorm = ({ criticNorm, batchNorm }: Network): Norm => ({ kind: criticNorm, batchNorm });
const generatorNorm = ({ generatorNorm, batchNorm }: Network): Norm => ({ kind: generatorNorm, batchNorm });

/** The image's size, and half of it, rounded up, as often as the shorter side is over `least`. */
export function halvings([rows, columns]: Size, least: number): Size[] {
  const here: Size = [rows, columns];
  if (Math.min(rows, columns) <= least) return [here];
  return [here, ...halvings([Math.ceil(rows / 2), Math.ceil(columns / 2)], least)];
}

interface Architecture {
  /** Adds layers that lead from a sample to one number. */
  critic(plan: Plan, network: Network): void;
  /** Adds layers that lead from a latent vector to a sample of this shape. */
  generator(plan: Plan, network: Network, sample: Shape): void;
  /** What it can't make; undefined where it can. */
  refuses(sample: Shape): string | undefined;
}

const onlyImages = (sample: Shape) =>
  sample.length === 3 ? undefined : "is for images, but the data are points. Take mlp for both networks";

/** Pixels as tanh or the sigmoid has them; points have no bounds. */
function intoRange(plan: Plan, { range }: Network): void {
  if (plan.shape.length === 3) plan.add(() => (range === "signed" ? new Tanh() : new Sigmoid()));
}

/** The Keras tutorial's: 4x4 of stride 2, as many channels at every size; 28 → 14 → 7 and back. */
const conv: Architecture = {
  critic(plan, network) {
    const c = network.criticChannels;
    const half = { kernel: 4, stride: 2, init: initializer(network.criticInit) };
    for (const _ of halvings(plan.size, 7).slice(1))
      plan.conv(c, half).normAndRelu(criticNorm(network), SLOPE);
    plan.flatten().linear(1, glorotUniform);
  },
  generator(plan, network, [rows, columns, channels]) {
    const c = network.generatorChannels;
    const init = initializer(network.generatorInit);
    const [least, ...larger] = halvings([rows, columns], 7).reverse();
    plan
      .linear(sizeOf(least) * c, init)
      .relu(SLOPE)
      .reshape([...least, c]);
    for (const size of larger)
      plan.up(c, size, { kernel: 4, stride: 2, init }).normAndRelu(generatorNorm(network), SLOPE);
    plan.conv(channels, { kernel: 7, init });
    intoRange(plan, network);
  },
  refuses: onlyImages,
};

/** Channels of the sizes from the largest down, twice as many at each, up to eight times. */
const doubled = (channels: number, index: number) => channels * 2 ** Math.min(index, 3);

/**
 * Gulrajani et al. 2017's for MNIST: 5x5 of stride 2, the channels doubled at every halving; 28 → 14 → 7 → 4, and back
 * by way of 8, cut to 7.
 */
const doubling: Architecture = {
  critic(plan, network) {
    const half = { kernel: 5, stride: 2, init: initializer(network.criticInit) };
    halvings(plan.size, 4)
      .slice(1)
      .forEach((_, i) => {
        plan.conv(doubled(network.criticChannels, i), half);
        // Where there is a norm, the first layer has none, as in the authors' program.
        plan.normAndRelu(i === 0 ? { ...criticNorm(network), kind: "none" } : criticNorm(network), SLOPE);
      });
    plan.flatten().linear(1, glorotUniform);
  },
  generator(plan, network, [rows, columns, channels]) {
    const init = initializer(network.generatorInit);
    const sizes = halvings([rows, columns], 4);
    const widths = sizes.map((_, i) => doubled(network.generatorChannels, i - 1));
    const least = sizes.at(-1)!;
    const first = sizes.length === 1 ? network.generatorChannels : widths.at(-1)!;
    plan.linear(sizeOf(least) * first, glorotUniform).reshape([...least, first]);
    plan.normAndRelu(generatorNorm(network), 0);
    for (let i = sizes.length - 2; i >= 0; i--) {
      // Twice the size, less the last row and column where that is one too many.
      const cut = ([0, 1] as const).map((axis) => 2 * plan.shape[axis] - sizes[i][axis]);
      const padding = [1, 2 + cut[0], 1, 2 + cut[1]] as const;
      plan.up(i === 0 ? channels : widths[i], sizes[i], { kernel: 5, stride: 2, padding, init });
      if (i > 0) plan.normAndRelu(generatorNorm(network), 0);
    }
    if (sizes.length === 1) plan.conv(channels, { kernel: 5, init });
    intoRange(plan, network);
  },
  refuses: onlyImages,
};

/** kpandey008's: 4x4 without padding, the norm behind the relu, and behind the first one alone. */
const kpandey: Architecture = {
  critic(plan, network) {
    const [c, init] = [network.criticChannels, initializer(network.criticInit)];
    const valid = { kernel: 4, padding: "valid", init } as const;
    plan
      .conv(c, { ...valid, stride: 2 }) // (N, 13, 13, c)
      .relu(SLOPE)
      .norm(criticNorm(network))
      .conv(2 * c, valid) // (N, 10, 10, 2 c)
      .relu(SLOPE)
      .conv(4 * c, valid) // (N, 7, 7, 4 c)
      .relu(SLOPE)
      .flatten()
      .linear(1, glorotUniform);
  },
  generator(plan, network) {
    const init = initializer(network.generatorInit);
    const valid = { kernel: 4, padding: "valid", init } as const;
    const [c, half, quarter] = [1, 2, 4].map((by) => Math.ceil(network.generatorChannels / by));
    plan
      .linear(16, glorotUniform)
      .relu()
      .reshape([4, 4, 1])
      .up(c, [7, 7], valid)
      .relu()
      .norm(generatorNorm(network))
      .up(half, [10, 10], valid)
      .relu()
      .up(quarter, [13, 13], valid)
      .relu()
      .up(1, [28, 28], { ...valid, stride: 2 })
      .add(() => new Tanh());
  },
  refuses: (sample) =>
    sample.join() === "28,28,1"
      ? undefined
      : `is fixed to 28x28x1, but the data are ${sample.length === 1 ? "points in the plane" : sample.join("x")}`,
};

/** Four layers, three of them hidden: of the WGAN paper's ablations, and of the toys of Gulrajani et al. */
const mlp: Architecture = {
  critic(plan, network) {
    plan.flatten();
    for (let i = 0; i < 3; i++) plan.linear(network.hidden, initializer(network.criticInit)).relu();
    plan.linear(1, glorotUniform);
  },
  generator(plan, network, sample) {
    for (let i = 0; i < 3; i++) plan.linear(network.hidden, initializer(network.generatorInit)).relu();
    plan.linear(sizeOf(sample), glorotUniform).reshape(sample);
    intoRange(plan, network);
  },
  refuses: () => undefined,
};

const architectures: Record<Network["generator"], Architecture> = { conv, doubling, kpandey, mlp };

/** Numbers that tell a network the class. */
export const labelsOf = ({ conditional, data }: NetworkConfig): number => (conditional ? data.classCount : 0);

/** Why the network that the configuration names can't take or make such samples; undefined where it can. */
export const refusal = (
  { network, data }: NetworkConfig,
  which: "critic" | "generator",
): string | undefined => architectures[network[which]].refuses(data.shape);

function architecture(config: NetworkConfig, which: "critic" | "generator"): Architecture {
  const why = refusal(config, which);
  if (why) throw new InputError(`network.${which}: ${config.network[which]} ${why}.`);
  return architectures[config.network[which]];
}

/** Samples (N, …), and planes of their class behind their channels → one number each (N, 1), unbounded. */
export function planCritic(config: NetworkConfig): Plan {
  const { shape } = config.data;
  const plan = new Plan([...shape.slice(0, -1), shape.at(-1)! + labelsOf(config)]);
  architecture(config, "critic").critic(plan, config.network);
  return plan;
}

/** Latent vectors (N, latent + labels) → samples (N, …). */
export function planGenerator(config: NetworkConfig): Plan {
  const plan = new Plan([config.network.latent + labelsOf(config)]);
  architecture(config, "generator").generator(plan, config.network, config.data.shape);
  return plan;
}

/** The critic, its weights drawn; throws InputError where it can't take such samples. */
export const makeCritic = (config: NetworkConfig, random: Random): Module => planCritic(config).make(random);

/** The generator, its weights drawn; throws InputError where it can't make such samples. */
export const makeGenerator = (config: NetworkConfig, random: Random): Module =>
  planGenerator(config).make(random);
