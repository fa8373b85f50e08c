// The networks: the tutorial's parameter counts to the unit, shapes, initial weights, and every preset builds.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { noGrad, Random, tidy, zeros } from "../../src/autograd";
import { BatchNorm2d, LayerNorm, type Module, Sequential, type StateDict } from "../../src/nn";
import type { NetworkConfig } from "../../src/wgan/config";
import { makeCritic, makeGenerator, planCritic, planGenerator } from "../../src/wgan/models";
import type { Plan } from "../../src/wgan/plan";
import { type PresetName, presetNames, presets } from "../../src/wgan/presets";
import { inferred } from "../../src/wgan/sampling";
import { device } from "../device";

test.before(async () => {
  await device();
});

const trainable = (module: Module) => module.parameters().reduce((sum, { size }) => sum + size, 0);
const { network } = presets.tutorial;
/** A preset's networks for samples of this shape, some of it changed. */
const networksOf = (
  name: PresetName,
  shape: number[] = name === "toy" ? [2] : [28, 28, 1],
  changes: Partial<typeof network> = {},
  classCount = 0,
): NetworkConfig => ({
  network: { ...presets[name].network, ...changes },
  conditional: classCount > 0,
  data: { shape, classCount },
});
const tutorial = networksOf("tutorial");

test("tutorial: the critic has 70,337 parameters, 70,081 of them trained; the generator 851,713 and 851,201", () => {
  const random = new Random(1);
  const [critic, generator] = [makeCritic(tutorial, random), makeGenerator(tutorial, random)];
  assert.equal([critic.size(), trainable(critic)], [70_337, 70_081]);
  assert.equal([generator.size(), trainable(generator)], [851_713, 851_201]);
  critic.dispose();
  generator.dispose();
});

/** Standard deviation and farthest value of a tensor of a state, about 0. */
function spread(state: StateDict, name: string): { deviation: number; farthest: number } {
  const { data } = state[name];
  const squares = data.reduce((sum, value) => sum + value * value, 0);
  return {
    deviation: Math.sqrt(squares / data.length),
    farthest: data.reduce((most, value) => Math.max(most, Math.abs(value)), 0),
  };
}

test("tutorial: kernels begin at N(0, 0.02²) and N(0, 0.03²), not truncated; the dense head is Glorot's; biases 0", async () => {
  const random = new Random(2);
  const [critic, generator] = [makeCritic(tutorial, random), makeGenerator(tutorial, random)];
  const states = { critic: await critic.stateDict(), generator: await generator.stateDict() };
  const kernels = [
    ["critic", "0.weight", 0.02],
    ["critic", "2.weight", 0.02],
    ["generator", "0.weight", 0.03],
    ["generator", "3.weight", 0.03],
    ["generator", "5.weight", 0.03],
    ["generator", "7.weight", 0.03],
  ] as const;
  for (const [which, name, wanted] of kernels) {
    const { deviation, farthest } = spread(states[which], name);
    const { length } = states[which][name].data;
    const error = 4 / Math.sqrt(2 * length);
    assert.ok(Math.abs(deviation / wanted - 1) < error, `${which} ${name}: ${deviation} for ${wanted}`);
    assert.ok(farthest > 2.5 * wanted && farthest < 6.5 * wanted, `${which} ${name}: farthest ${farthest}`);
  }
  const bound = Math.sqrt(6 / (3136 + 1));
  const head = spread(states.critic, "5.weight");
  assert.ok(head.farthest <= bound && head.farthest > 0.98 * bound, `${head.farthest} for ${bound}`);
  assert.ok(Math.abs(head.deviation / (bound / Math.sqrt(3)) - 1) < 0.05, `${head.deviation}`);
  for (const state of Object.values(states)) {
    for (const [name, { data }] of Object.entries(state)) {
      const constant = /bias|beta|Mean/.test(name) ? 0 : /gamma|Variance/.test(name) ? 1 : undefined;
      if (constant !== undefined)
        assert.ok(
          data.every((value) => value === constant),
          name,
        );
    }
  }
  critic.dispose();
  generator.dispose();
});

for (const name of presetNames) {
  test(`${name}: the critic gives one number a sample, the generator samples in its range`, async () => {
    const config = networksOf(name);
    const { shape } = config.data;
    const random = new Random(3);
    const [critic, generator] = [makeCritic(config, random), makeGenerator(config, random)];
    const [samples, scores] = tidy(() =>
      noGrad(() => {
        const made = generator.forward(random.normal([3, config.network.latent]));
        return [made, critic.forward(made)];
      }),
    );
    assert.equal(
      [samples.shape, scores.shape],
      [
        [3, ...shape],
        [3, 1],
      ],
    );
    const least = config.network.range === "unit" && name !== "kpandey" ? 0 : -1;
    if (name !== "toy") assert.ok((await samples.data()).every((value) => value >= least && value <= 1));
    assert.ok((await scores.data()).every(Number.isFinite));
    const norms = critic.modules().filter((module) => module instanceof BatchNorm2d).length;
    const wanted = { tutorial: 2, wgan: 2, kpandey: 1, "wgan-gp": 0, small: 0, toy: 0 };
    assert.is(norms, wanted[name], "a gradient penalty and batch norm don't go together");
    for (const owned of [critic, generator, samples, scores]) owned.dispose();
  });
}

/** Shapes of one sample behind each layer that changes them. */
const path = ({ shapes }: Plan) =>
  shapes.filter((shape, i) => shape.join() !== shapes[i - 1]?.join()).map((shape) => shape.join("x"));

test("inference leaves the mode of each module as it was", async () => {
  const generator = new Sequential(new BatchNorm2d(2), new BatchNorm2d(2), new BatchNorm2d(2));
  const [, frozen] = generator.modules();
  frozen.training = false;
  const modes = () => generator.modules().map(({ training }) => training);
  const before = modes();
  inferred(generator, zeros([1, 2]));
  assert.equal(modes(), before);
  generator.dispose();
});

test("networks follow the image: halved while the shorter side is over 7, odd sizes and colours too", () => {
  const config = (shape: number[]) => networksOf("tutorial", shape);
  assert.equal(path(planCritic(config([28, 28, 1]))), ["28x28x1", "14x14x64", "7x7x64", "3136", "1"]);
  assert.equal(path(planCritic(config([32, 32, 3]))), [
    "32x32x3",
    "16x16x64",
    "8x8x64",
    "4x4x64",
    "1024",
    "1",
  ]);
  assert.equal(path(planCritic(config([50, 31, 1]))), [
    "50x31x1",
    "25x16x64",
    "13x8x64",
    "7x4x64",
    "1792",
    "1",
  ]);
  assert.equal(path(planGenerator(config([50, 31, 3]))), [
    ...["50", "3584", "7x4x128", "13x8x128", "25x16x128", "50x31x128", "50x31x3"],
  ]);
  assert.equal(path(planGenerator(config([5, 6, 1]))), ["50", "3840", "5x6x128", "5x6x1"]);
});

test("kpandey and wgan-gp have the shapes of their sources", () => {
  assert.equal(path(planGenerator(networksOf("kpandey"))), [
    ...["100", "16", "4x4x1", "7x7x128", "10x10x64", "13x13x32", "28x28x1"],
  ]);
  assert.equal(path(planCritic(networksOf("kpandey"))), [
    ...["28x28x1", "13x13x32", "10x10x64", "7x7x128", "6272", "1"],
  ]);
  assert.equal(path(planGenerator(networksOf("wgan-gp"))), [
    ...["128", "4096", "4x4x256", "7x7x128", "14x14x64", "28x28x1"],
  ]);
  assert.equal(path(planCritic(networksOf("wgan-gp"))), [
    ...["28x28x1", "14x14x64", "7x7x128", "4x4x256", "4096", "1"],
  ]);
  assert.equal(path(planCritic(networksOf("wgan-gp", [64, 64, 3]))), [
    ...["64x64x3", "32x32x64", "16x16x128", "8x8x256", "4x4x512", "8192", "1"],
  ]);
  assert.throws(
    () => planCritic(networksOf("kpandey", [32, 32, 3])),
    /^network\.critic: kpandey is fixed to 28x28x1/,
  );
  assert.throws(() => planCritic(networksOf("small", [2])), /is for images, but the data are points/);
});

test("batch norm without scale trains no gamma", () => {
  const random = new Random(5);
  const [critic, generator] = [planCritic, planGenerator].map((plan) =>
    plan(networksOf("kpandey")).make(random),
  );
  const named = (module: Module) => module.parameters().map(({ shape }) => shape.join("x"));
  assert.equal(named(critic), [
    ...["4x4x1x32", "32", "32", "4x4x32x64", "64", "4x4x64x128", "128", "6272x1", "1"],
  ]);
  assert.is(named(generator).length, 11);
  critic.dispose();
  generator.dispose();
});

test("every plan's shapes and weights are those that its network has", async () => {
  const random = new Random(6);
  const cases: NetworkConfig[] = [
    ...presetNames.map((name) => networksOf(name)),
    networksOf("wgan", [19, 26, 3], { criticNorm: "layer", generatorNorm: "none" }),
    networksOf("wgan-gp", [19, 26, 3], { criticNorm: "layer", generatorNorm: "batch" }),
    networksOf("wgan-gp", [4, 5, 1], { criticNorm: "batch" }),
    networksOf("small", [9, 7, 1], { critic: "mlp", generator: "mlp", criticNorm: "none" }, 3),
    networksOf("small", [8, 8, 3], {}, 5),
    networksOf("kpandey", [28, 28, 1], { criticNorm: "layer" }, 4),
  ];
  for (const config of cases) {
    for (const plan of [planCritic(config), planGenerator(config)]) {
      const module = plan.make(random);
      const { shapes } = plan;
      const layers = module.modules().slice(1);
      let x = random.normal([2, ...shapes[0]]);
      for (const [i, layer] of layers.entries()) {
        const y = tidy(() => noGrad(() => layer.forward(x)));
        assert.equal(y.shape, [2, ...shapes[i + 1]]);
        x = y;
      }
      const sizes = module.parameters().map(({ size }) => size);
      const planned = plan.weights.map(({ size }) => size);
      if (config.network.batchNorm.scale) assert.equal(planned, sizes);
      module.dispose();
    }
  }
});

test("the critic's normalisation is a choice: batch, layer or none", () => {
  const random = new Random(4);
  const withNorm = (criticNorm: typeof network.criticNorm) =>
    makeCritic(networksOf("tutorial", [28, 28, 1], { criticNorm }), random);
  const [layer, none] = [withNorm("layer"), withNorm("none")];
  assert.is(layer.modules().filter((module) => module instanceof LayerNorm).length, 2);
  assert.is(layer.size() - none.size(), 2 * 64 * (14 * 14 + 7 * 7));
  assert.is(none.size(), 70_337 - 2 * 256);
  const scores = tidy(() => noGrad(() => layer.forward(random.normal([2, 28, 28, 1]))));
  assert.equal(scores.shape, [2, 1]);
  for (const owned of [layer, none, scores]) owned.dispose();
});

test.run();
