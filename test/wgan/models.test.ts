// The networks: the tutorial's parameter counts to the unit, shapes, initial weights, and every preset builds.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { noGrad, Random, tidy } from "../../src/autograd";
import { BatchNorm2d, LayerNorm, type Module, type StateDict } from "../../src/nn";
import { makeCritic, makeGenerator } from "../../src/wgan/models";
import { presetNames, presets } from "../../src/wgan/presets";
import { device } from "../device";

test.before(async () => {
  await device();
});

const trainable = (module: Module) => module.parameters().reduce((sum, { size }) => sum + size, 0);
const { network } = presets.tutorial;

test("tutorial: the critic has 70,337 parameters, 70,081 of them trained; the generator 851,713 and 851,201", () => {
  const random = new Random(1);
  const [critic, generator] = [makeCritic(network, random), makeGenerator(network, random)];
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
  const [critic, generator] = [makeCritic(network, random), makeGenerator(network, random)];
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
  test(`${name}: the critic gives one number an image, the generator images in [−1, 1]`, async () => {
    const { network } = presets[name];
    const random = new Random(3);
    const [critic, generator] = [makeCritic(network, random), makeGenerator(network, random)];
    const [images, scores] = tidy(() =>
      noGrad(() => {
        const made = generator.forward(random.normal([3, network.latent]));
        return [made, critic.forward(made)];
      }),
    );
    assert.equal(
      [images.shape, scores.shape],
      [
        [3, 28, 28, 1],
        [3, 1],
      ],
    );
    assert.ok((await images.data()).every((value) => value >= -1 && value <= 1));
    assert.ok((await scores.data()).every(Number.isFinite));
    const norms = critic.modules().filter((module) => module instanceof BatchNorm2d).length;
    assert.is(norms, name === "small" ? 0 : 2, "a gradient penalty and batch norm don't go together");
    for (const owned of [critic, generator, images, scores]) owned.dispose();
  });
}

test("the critic's normalisation is a choice: batch, layer or none", () => {
  const random = new Random(4);
  const withNorm = (criticNorm: typeof network.criticNorm) => makeCritic({ ...network, criticNorm }, random);
  const [layer, none] = [withNorm("layer"), withNorm("none")];
  assert.is(layer.modules().filter((module) => module instanceof LayerNorm).length, 2);
  assert.is(layer.size() - none.size(), 2 * 64 * (14 * 14 + 7 * 7));
  assert.is(none.size(), 70_337 - 2 * 256);
  const scores = tidy(() => noGrad(() => layer.forward(random.normal([2, 28, 28, 1]))));
  assert.equal(scores.shape, [2, 1]);
  for (const owned of [layer, none, scores]) owned.dispose();
});

test.run();
