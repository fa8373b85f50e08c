// Networks of the presets in TensorFlow.js's own words, as someone would write them there: an activation now within a
// layer, now behind it.
import { layers, type sequential } from "@tensorflow/tfjs-layers";
import type { RunConfig } from "../../src/wgan/config";
import { configOf } from "./cases";

export type Name = "generator" | "critic";
type TfLayer = Parameters<ReturnType<typeof sequential>["add"]>[0];

export const tutorial = configOf("tutorial", [28, 28, 1]);
const halved = { kernelSize: 4, strides: 2, padding: "same" } as const;
const wide = { kernelSize: 5, strides: 2, padding: "same" } as const;
const norm = () => layers.batchNormalization({ epsilon: 1e-3 });
const leaky = () => layers.leakyReLU({ alpha: 0.2 });
const grey = configOf("wgan-gp", [28, 28, 1]);
const coloured = configOf("wgan-gp", [32, 32, 3]);
const kpandey = configOf("kpandey", [28, 28, 1]);
const valid = (filters: number) => ({ filters, kernelSize: 4, activation: "relu" as const });
const centred = () => layers.batchNormalization({ epsilon: 1e-3, scale: false });
const corner = () =>
  layers.cropping2D({ cropping: [0, 1].map(() => [0, 1]) as [[number, number], [number, number]] });

export const models: [name: Name, config: RunConfig, layers: () => TfLayer[]][] = [
  [
    "generator",
    tutorial,
    () => [
      layers.dense({ units: 6272, inputShape: [50] }),
      leaky(),
      layers.reshape({ targetShape: [7, 7, 128] }),
      layers.conv2dTranspose({ filters: 128, ...halved }),
      norm(),
      leaky(),
      layers.conv2dTranspose({ filters: 128, ...halved }),
      norm(),
      leaky(),
      layers.conv2d({ filters: 1, kernelSize: 7, padding: "same", activation: "tanh" }),
    ],
  ],
  [
    "critic",
    tutorial,
    () => [
      layers.conv2d({ filters: 64, ...halved, inputShape: [28, 28, 1] }),
      norm(),
      leaky(),
      layers.conv2d({ filters: 64, ...halved }),
      norm(),
      leaky(),
      layers.flatten(),
      layers.dense({ units: 1 }),
    ],
  ],
  [
    "generator",
    grey,
    () => [
      layers.dense({ units: 4096, inputShape: [128] }),
      layers.reshape({ targetShape: [4, 4, 256] }),
      layers.reLU(),
      layers.conv2dTranspose({ filters: 128, ...wide }),
      corner(),
      layers.reLU(),
      layers.conv2dTranspose({ filters: 64, ...wide, activation: "relu" }),
      layers.conv2dTranspose({ filters: 1, ...wide, activation: "sigmoid" }),
    ],
  ],
  [
    "generator",
    coloured,
    () => [
      layers.dense({ units: 4096, inputShape: [128] }),
      layers.reshape({ targetShape: [4, 4, 256] }),
      layers.activation({ activation: "relu" }),
      layers.conv2dTranspose({ filters: 128, ...wide, activation: "relu" }),
      layers.conv2dTranspose({ filters: 64, ...wide, activation: "relu" }),
      layers.conv2dTranspose({ filters: 3, ...wide, activation: "sigmoid" }),
    ],
  ],
  ...[grey, coloured].map((config): (typeof models)[number] => [
    "critic",
    config,
    () => [
      layers.conv2d({ filters: 64, ...wide, inputShape: config.data.shape }),
      leaky(),
      layers.conv2d({ filters: 128, ...wide }),
      leaky(),
      layers.conv2d({ filters: 256, ...wide }),
      leaky(),
      layers.flatten(),
      layers.dense({ units: 1 }),
    ],
  ]),
  [
    "generator",
    kpandey,
    () => [
      layers.dense({ units: 16, activation: "relu", inputShape: [100] }),
      layers.reshape({ targetShape: [4, 4, 1] }),
      layers.conv2dTranspose(valid(128)),
      centred(),
      layers.conv2dTranspose(valid(64)),
      layers.conv2dTranspose(valid(32)),
      layers.conv2dTranspose({ ...valid(1), strides: 2, activation: "tanh" }),
    ],
  ],
];
