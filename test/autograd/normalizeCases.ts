// Cases of the normalisations: through y alone (the fused derivative), and with gradients that flow into the mean
// and the variance too.
import * as engine from "../../src/autograd";
import type { F64 } from "../reference/array";
import * as reference from "../reference/forward";
import type { Case } from "./check";
import { between, normal, show } from "./inputs";

type Tensor = engine.Tensor;

const EPSILON = 1e-3;

const affine = (...shape: number[]): F64[] => [between(0.5, 1.5)(...shape), normal(...shape)];

const throughAll = ([x, gamma, beta]: Tensor[]) => engine.batchNorm(x, gamma, beta, EPSILON);
const byAll = ([x, gamma, beta]: F64[]) => {
  const { y, mean, variance } = reference.batchNorm(x, gamma, beta, EPSILON);
  return [y, mean, variance];
};

const batchNormCases: Case[] = [
  [8, 3],
  [7, 1],
  [13, 4],
  [1, 5],
  [2, 3, 4, 5],
  [3, 2, 3, 8],
].flatMap((shape) => {
  const inputs = [normal(...shape), ...affine(shape.at(-1)!)];
  return [
    {
      name: `${show(shape)} y`,
      inputs,
      engine: (xs: Tensor[]) => throughAll(xs)[0],
      reference: (xs: F64[]) => byAll(xs)[0],
    },
    { name: `${show(shape)} y, mean and variance`, inputs, engine: throughAll, reference: byAll },
    {
      name: `${show(shape)} mean and variance`,
      inputs,
      engine: (xs: Tensor[]) => throughAll(xs).slice(1),
      reference: (xs: F64[]) => byAll(xs).slice(1),
    },
  ];
});

const inferenceCases: Case[] = [[3], [7, 1], [5, 4], [2, 3, 2, 5]].map((shape) => {
  const channels = shape.at(-1)!;
  return {
    name: show(shape),
    inputs: [normal(...shape), normal(channels), between(0.5, 2)(channels), ...affine(channels)],
    engine: ([x, mean, variance, gamma, beta]) =>
      engine.batchNormInference(x, mean, variance, gamma, beta, { epsilon: EPSILON }),
    reference: ([x, mean, variance, gamma, beta]) =>
      reference.batchNormInference(x, gamma, beta, mean, variance, EPSILON),
  };
});

/** The shape of x, and that of gamma and beta. */
const LAYERS = [
  [[7], [7]],
  [[3, 1], [1]],
  [[2, 5], [5]],
  [[3, 8], [8]],
  [
    [2, 3, 4, 2],
    [3, 4, 2],
  ],
  [[2, 2, 3, 8], [8]],
  [
    [2, 4, 4, 5],
    [4, 4, 5],
  ],
];

const layerNormCases: Case[] = LAYERS.map(([shape, last]) => ({
  name: show(shape, last),
  inputs: [normal(...shape), ...affine(...last)],
  engine: ([x, gamma, beta]) => engine.layerNorm(x, gamma, beta, EPSILON),
  reference: ([x, gamma, beta]) => reference.layerNorm(x, last, gamma, beta, EPSILON),
}));

export const normalizeCases: Record<string, Case[]> = {
  batchNorm: batchNormCases,
  batchNormInference: inferenceCases,
  layerNorm: layerNormCases,
};
