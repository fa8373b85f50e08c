// One critic and one generator update of the `tutorial` preset, from fixed weights and data, against the float64
// reference that was written from the tutorial's text: outputs, gradients, moving statistics, changed weights.
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  full,
  grad,
  neg,
  requireGrad,
  rmspropUpdate,
  slotSize,
  type Tensor,
  tensor,
  tidy,
  zeros,
} from "../../src/autograd";
import { type Module, type RmspropForm, rmspropForms } from "../../src/nn";
import type { RunConfig } from "../../src/wgan/config";
import { score } from "../../src/wgan/objectives";
import { presets } from "../../src/wgan/presets";
import { drawDigits } from "../../src/wgan/strokes";
import { Trainer } from "../../src/wgan/trainer";
import { device } from "../device";
import { type F64, makeRandom, randomNormal, randomUniform, roundToF32 } from "../reference/array";
import { rmspropForms as referenceForms, rmsprop } from "../reference/optimizers";
import {
  criticUpdate,
  criticUpdateOnFakes,
  generatorInference,
  generatorUpdate,
  tutorialWeights,
  type Update,
  type Weights,
} from "../reference/tutorial";
import { compare } from "./compare";

const BATCH = 4;
const LAYERS = {
  critic: { conv1: 0, norm1: 1, conv2: 2, norm2: 3, dense: 5 },
  generator: { dense: 0, conv1: 3, norm1: 4, conv2: 5, norm2: 6, conv3: 7 },
} as const;
const FIELDS: Record<string, string> = { movingMean: "runningMean", movingVariance: "runningVariance" };

const random = makeRandom(11);
const weights = Object.fromEntries(
  Object.entries(tutorialWeights(random)).map(([name, value]) => [name, roundToF32(value)]),
);
const real = roundToF32(randomUniform(random, [BATCH, 28, 28, 1], -1, 1));
const z = roundToF32(randomNormal(random, [BATCH, 50]));

/** "critic.norm1.movingMean" → the tensor 1.runningMean of the critic. */
function locate(trainer: Trainer, name: string): Tensor {
  const [network, layer, field] = name.split(".");
  const layers = LAYERS[network as "critic" | "generator"] as Record<string, number>;
  const module: Module = network === "critic" ? trainer.critic : trainer.generator;
  return module.named().get(`${layers[layer]}.${FIELDS[field] ?? field}`)!;
}

function load(trainer: Trainer, from: Weights): void {
  for (const network of ["critic", "generator"] as const) {
    const state = Object.fromEntries(
      Object.entries(from)
        .filter(([name]) => name.startsWith(network))
        .map(([name, { shape, data }]) => {
          const [, layer, field] = name.split(".");
          const index = (LAYERS[network] as Record<string, number>)[layer];
          return [`${index}.${FIELDS[field] ?? field}`, { shape, data: Float32Array.from(data) }];
        }),
    );
    trainer[network].loadStateDict(state);
  }
}

const trainer = async () => {
  await device();
  const { data, ...preset } = presets.tutorial;
  const digits = drawDigits({ count: 8, seed: 1, digits: [5] });
  const config: RunConfig = {
    ...{ ...preset, monge: "0", preset: "tutorial", seed: 1, batch: BATCH },
    data: { ...data, source: "strokes", count: 8, shape: [28, 28, 1], classCount: 1, sha256: "?" },
    adapter: { name: "test", driver: "", kernels: "" },
  };
  const made = new Trainer(config, digits);
  load(made, weights);
  return made;
};

const host = (x: F64) => tensor(Float32Array.from(x.data), x.shape);

/** A bias in front of batch norm moves the mean, which is subtracted again: its true gradient is 0. */
const isIdleBias = (name: string) => /critic\.conv[12]\.bias|generator\.conv[12]\.bias/.test(name);

async function holdsTo(trainer: Trainer, reference: Update, gradients: Map<Tensor, Tensor>): Promise<void> {
  for (const [name, expected] of Object.entries(reference.gradients)) {
    const { error } = await compare(gradients.get(locate(trainer, name))!, expected);
    // An idle bias's true gradient is 0: the sum of what, times the layer's input, makes the gradient of its weight.
    const { data } = isIdleBias(name) ? reference.gradients[name.replace("bias", "weight")] : expected;
    const scale = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    assert.ok(error <= 1e-5 * scale, `${name}: gradient off by ${error / scale} of the largest entry`);
  }
  for (const [name, expected] of Object.entries(reference.moving)) {
    const { error, scale } = await compare(locate(trainer, name), expected);
    assert.ok(error <= 1e-4 * scale, `${name}: off by ${error / scale} of its largest entry`);
  }
}

/** Gradients of `loss` by all tensors that the reference's update trains. */
function gradientsOf(trainer: Trainer, reference: Update, loss: Tensor): Map<Tensor, Tensor> {
  const trained = Object.keys(reference.gradients).map((name) => locate(trainer, name));
  const gradients = grad(loss, trained);
  return new Map(trained.map((parameter, i) => [parameter, gradients[i]]));
}

/** RMSprop divides small gradients up, so a weight may move by rounding alone: bound the change by the rate. */
async function movedLike(trainer: Trainer, reference: Update): Promise<void> {
  const { learningRate } = presets.tutorial.optimizer;
  for (const name of Object.keys(reference.gradients)) {
    if (isIdleBias(name)) continue;
    const { error } = await compare(locate(trainer, name), reference.weights[name]);
    assert.ok(error <= learningRate * 1e-2, `${name}: changed weight is off by ${error}`);
  }
  const untouched = Object.keys(reference.weights).filter(
    (name) => !(name in reference.gradients) && !(name in reference.moving),
  );
  for (const name of untouched)
    assert.is((await compare(locate(trainer, name), weights[name])).error, 0, name);
}

for (const [what, label] of [
  ["real", -1],
  ["fake", 1],
] as const) {
  test(`a critic update on ${what} images: scores, gradients, moving statistics and weights`, async () => {
    const made = await trainer();
    const reference = label === -1 ? criticUpdate(weights, real, -1) : criticUpdateOnFakes(weights, z);
    const images = label === -1 ? host(real) : made.sample(host(z));
    if (label === 1) {
      const { error, scale } = await compare(images, generatorInference(weights, z));
      assert.ok(error <= 1e-4 * scale, `fakes are off by ${error / scale}`);
    }
    const loss = () => (label === -1 ? neg(score(made.critic, images)) : score(made.critic, images));
    const f = await compare(made.critic.forward(images), reference.f);
    assert.ok(f.error <= 1e-4 * f.scale, `scores are off by ${f.error / f.scale}`);
    load(made, weights);
    const value = loss();
    assert.ok(Math.abs((await value.item()) - reference.loss) <= 1e-4 * Math.abs(reference.loss) + 1e-6);
    await holdsTo(made, reference, gradientsOf(made, reference, value));
    load(made, weights);
    tidy(() => void made.trainCritic(loss));
    await movedLike(made, reference);
    made.dispose();
  });
}

test("a generator update also moves the critic's batch norms, as Keras 2 freezes", async () => {
  const made = await trainer();
  const reference = generatorUpdate(weights, z);
  const images = made.generator.forward(host(z));
  const { error, scale } = await compare(images, reference.images);
  assert.ok(error <= 1e-4 * scale, `images are off by ${error / scale}`);
  const loss = neg(score(made.critic, images));
  assert.ok(Math.abs((await loss.item()) - reference.loss) <= 1e-4 * Math.abs(reference.loss) + 1e-6);
  await holdsTo(made, reference, gradientsOf(made, reference, loss));
  load(made, weights);
  tidy(() => void made.trainGenerator(host(z)));
  await movedLike(made, reference);
  made.dispose();
});

const forms: Record<RmspropForm, keyof typeof referenceForms> = {
  keras: "keras",
  torch: "pytorch",
  tensorflow1: "tensorflow1",
};

for (const form of Object.keys(forms) as RmspropForm[]) {
  test(`RMSprop (${form}) changes weights by the rule, to 1e-5 of every change, from the GPU's own gradients`, async () => {
    const made = await trainer();
    const parameters = made.critic.parameters();
    const gradients = grad(neg(score(made.critic, host(real))), parameters);
    // From weights of 0 the change is the new weight itself, not hidden in the rounding of a sum.
    const changed = gradients.map(({ shape }) => requireGrad(zeros(shape)));
    const slots = full([slotSize(changed)], rmspropForms[form].start);
    const clips = changed.map(() => undefined);
    rmspropUpdate({ weights: changed, gradients, slots, clips }, { ...rmspropForms[form], rate: 5e-5 });
    for (const [index, gradient] of gradients.entries()) {
      const numbers = Float64Array.from(await gradient.data());
      const g = { shape: [...gradient.shape], data: numbers };
      const zero = { shape: g.shape, data: new Float64Array(numbers.length) };
      const start = {
        shape: g.shape,
        data: new Float64Array(numbers.length).fill(referenceForms[forms[form]].start),
      };
      const expected = rmsprop(zero, g, start, { lr: 5e-5, form: forms[form] }).x.data;
      const got = await changed[index].data();
      // Below the smallest normal f32 a GPU may flush to 0.
      const bad = expected.findIndex(
        (change, i) => !(Math.abs(got[i] - change) <= 1e-5 * Math.abs(change) + 1.2e-38),
      );
      assert.is(
        bad,
        -1,
        `entry ${bad} of [${g.shape}]: ${got[bad]} for ${expected[bad]} from gradient ${numbers[bad]}`,
      );
    }
    made.dispose();
  });
}

test.run();
