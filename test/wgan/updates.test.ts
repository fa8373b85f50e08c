// One critic and one generator update of the presets `kpandey` and `wgan-gp`, from fixed weights and data, against the
// float64 references that were written from their sources: losses, gradients, moving statistics, changed weights.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { grad, neg, noGrad, Random, type Tensor, tensor, tidy } from "../../src/autograd";
import type { Module } from "../../src/nn";
import type { RunConfig } from "../../src/wgan/config";
import { objectives, score } from "../../src/wgan/objectives";
import { type PresetName, presets } from "../../src/wgan/presets";
import { drawDigits } from "../../src/wgan/strokes";
import { Trainer } from "../../src/wgan/trainer";
import { device } from "../device";
import { type F64, makeRandom, map, randomNormal, randomUniform, roundToF32 } from "../reference/array";
import * as kpandey from "../reference/kpandey";
import type { Weights } from "../reference/layers";
import * as wganGp from "../reference/wganGp";
import { compare } from "./compare";

interface Case {
  preset: PresetName;
  batch: number;
  weights: Weights;
  layers: Record<"critic" | "generator", Record<string, number>>;
  /** The reference's value under a name as the trainer has it: kpandey's critic is minus ours. */
  ours(name: string, value: F64): F64;
  critic(weights: Weights, real: F64, z: F64, mix: F64): kpandey.Update & { real: number; fake: number };
  generator(weights: Weights, z: F64): kpandey.Update & { images: F64 };
  /** The weights after the first step of the rule. */
  stepped(weights: Weights, gradients: Weights): Weights;
  /** What of a score of ours the reference's is. */
  sign: 1 | -1;
}

const rounded = (weights: Weights): Weights =>
  Object.fromEntries(Object.entries(weights).map(([name, value]) => [name, roundToF32(value)]));
const negated = (x: F64) => map(x, (v) => -v);

const cases: Case[] = [
  {
    preset: "kpandey",
    batch: 3,
    weights: rounded(kpandey.kpandeyWeights(makeRandom(5))),
    layers: {
      critic: { conv1: 0, norm: 2, conv2: 3, conv3: 5, dense: 8 },
      generator: { dense: 0, conv1: 3, norm: 5, conv2: 6, conv3: 8, conv4: 10 },
    },
    ours: (name, value) => (name.startsWith("critic.dense") ? negated(value) : value),
    critic: kpandey.criticUpdate,
    generator: kpandey.generatorUpdate,
    stepped: kpandey.stepped,
    sign: -1,
  },
  {
    preset: "wgan-gp",
    batch: 2,
    weights: rounded(wganGp.wganGpWeights(makeRandom(6))),
    layers: {
      critic: { conv1: 0, conv2: 2, conv3: 4, dense: 7 },
      generator: { dense: 0, conv1: 3, conv2: 5, conv3: 7 },
    },
    ours: (_, value) => value,
    critic: wganGp.criticUpdate,
    generator: wganGp.generatorUpdate,
    stepped: wganGp.stepped,
    sign: 1,
  },
];

const FIELDS: Record<string, string> = { movingMean: "runningMean", movingVariance: "runningVariance" };
const host = (x: F64) => tensor(Float32Array.from(x.data), x.shape);

/** "critic.norm.beta" → the network, and the tensor's name in it. */
function place({ layers }: Case, name: string): { network: "critic" | "generator"; key: string } {
  const [network, layer, field] = name.split(".");
  const which = network as "critic" | "generator";
  return { network: which, key: `${layers[which][layer]}.${FIELDS[field] ?? field}` };
}

function trainerOf(each: Case): Trainer {
  const { data, ...preset } = presets[each.preset];
  const config: RunConfig = {
    ...{ ...preset, monge: "0", preset: each.preset, seed: 1, batch: each.batch },
    data: { ...data, source: "strokes", count: 8, shape: [28, 28, 1], classCount: 1, sha256: "?" },
    adapter: { name: "test", driver: "", kernels: "" },
  };
  const trainer = new Trainer(config, drawDigits({ count: 8, seed: 1, digits: [5] }));
  for (const network of ["critic", "generator"] as const) {
    const states = Object.entries(each.weights).flatMap(([name, value]) => {
      const at = place(each, name);
      const { shape, data } = each.ours(name, value);
      return at.network === network ? [[at.key, { shape, data: Float32Array.from(data) }] as const] : [];
    });
    const module = trainer[network];
    // A gamma that isn't trained is 1, and the reference has none.
    const gammas = [...module.named()].flatMap(([key, { shape }]) =>
      key.endsWith("gamma") ? [[key, { shape, data: new Float32Array(shape[0]).fill(1) }] as const] : [],
    );
    module.loadStateDict(Object.fromEntries([...gammas, ...states]));
  }
  return trainer;
}

const located = (each: Case, trainer: Trainer, name: string): Tensor => {
  const { network, key } = place(each, name);
  return (trainer[network] as Module).named().get(key)!;
};

/** How far a gradient may be off, of its largest entry. */
const BOUND = 2e-4;

/**
 * Gradients to BOUND, and each changed weight between those that the rule makes of the gradient at both ends of it: a
 * rule that divides by the gradient's size makes much of little where that is small.
 */
async function holdsTo(
  each: Case,
  trainer: Trainer,
  reference: kpandey.Update,
  gradients: ReadonlyMap<string, Tensor>,
): Promise<void> {
  for (const [name, expected] of Object.entries(reference.gradients)) {
    const { error, scale } = await compare(gradients.get(name)!, each.ours(name, expected));
    assert.ok(error <= BOUND * scale, `${name}: gradient off by ${error / scale} of its largest entry`);
    const ends = [-1, 1].map((side) => {
      const end = map(expected, (value) => value + side * BOUND * scale);
      return each.ours(name, each.stepped(each.weights, { [name]: end })[name]).data;
    });
    const got = await located(each, trainer, name).data();
    // Rounding of the new weight comes on top.
    const bad = got.findIndex((value, i) => {
      const [low, high] = [Math.min(ends[0][i], ends[1][i]), Math.max(ends[0][i], ends[1][i])];
      return !(value >= low - 1e-7 * Math.abs(low) - 1e-9 && value <= high + 1e-7 * Math.abs(high) + 1e-9);
    });
    const show = () => `${got[bad]}, expected ${ends[0][bad]} to ${ends[1][bad]}`;
    assert.is(bad, -1, bad < 0 ? name : `${name}[${bad}]: ${show()}`);
  }
  for (const [name, expected] of Object.entries(reference.weights)) {
    if (name in reference.gradients) continue;
    const { error, scale } = await compare(located(each, trainer, name), each.ours(name, expected));
    const moved = expected !== each.weights[name];
    assert.ok(error <= (moved ? 1e-4 * scale : 0), `${name}: off by ${error / scale} of its largest entry`);
  }
}

for (const each of cases) {
  const random = makeRandom(23);
  const { latent, latentDeviation } = presets[each.preset].network;
  const real = roundToF32(randomUniform(random, [each.batch, 28, 28, 1]));
  const z = roundToF32(randomNormal(random, [each.batch, latent], latentDeviation));

  test(`${each.preset}: a critic update agrees with the reference`, async () => {
    await device();
    const trainer = trainerOf(each);
    const { config, critic, generator } = trainer;
    const drawn = await new Random(99).uniform([each.batch, 1, 1, 1]).data();
    const mix = { shape: [each.batch], data: Float64Array.from(drawn) };
    const reference = each.critic(each.weights, real, z, mix);
    const names = Object.keys(reference.gradients);
    const gradients = new Map<string, Tensor>();
    const [c1, c2] = objectives[config.objective.kind].updateCritic({
      objective: config.objective,
      batch: each.batch,
      draw: () => ({
        samples: host(real),
        critic,
        fakes: () => noGrad(() => generator.forward(host(z))),
      }),
      train: (loss) =>
        trainer.trainCritic(() => {
          const value = loss();
          const made = grad(
            value,
            names.map((name) => located(each, trainer, name)),
            { retainGraph: true },
          );
          names.forEach((name, i) => void gradients.set(name, made[i]));
          return value;
        }),
      random: new Random(99),
    });
    const near = async (got: Tensor, wanted: number) => {
      const value = await got.item();
      assert.ok(Math.abs(value - wanted) <= 1e-4 * Math.abs(wanted) + 1e-6, `${value} for ${wanted}`);
    };
    await near(c1, -each.sign * reference.real);
    await near(c2, each.sign * reference.fake);
    await holdsTo(each, trainer, reference, gradients);
    trainer.dispose();
  });

  test(`${each.preset}: a generator update agrees with the reference`, async () => {
    await device();
    const trainer = trainerOf(each);
    const reference = each.generator(each.weights, z);
    const names = Object.keys(reference.gradients);
    const images = trainer.generator.forward(host(z));
    const { error, scale } = await compare(images, reference.images);
    assert.ok(error <= 1e-4 * scale, `images are off by ${error / scale}`);
    // The loss is −E f in the source's sign or in ours: the generator's gradients are the same.
    const loss = neg(score(trainer.critic, images));
    const value = await loss.item();
    assert.ok(Math.abs(value - reference.loss) <= 1e-4 * Math.abs(reference.loss) + 1e-6, `${value}`);
    const made = grad(
      loss,
      names.map((name) => located(each, trainer, name)),
    );
    const gradients = new Map(names.map((name, i) => [name, made[i]]));
    const updated = trainerOf(each);
    tidy(() => void updated.trainGenerator(host(z)));
    await holdsTo(each, updated, reference, gradients);
    trainer.dispose();
    updated.dispose();
  });
}

test.run();
