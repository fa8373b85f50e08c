// The public face of the Wasserstein GAN: data, presets, networks, losses, the trainer, and pictures of samples.
export type { RunConfig } from "./config";
export { type ByteDataset, type ClassChoice, type Dataset, joinDataset, selectClasses } from "./dataset";
export { imageGrid, type Picture } from "./grid";
export { latentWays, slerp } from "./interpolate";
export { makeCritic, makeGenerator } from "./models";
export { type Critic, gradientPenalty, score } from "./objectives";
export { presetRun } from "./presetRun";
export { type PresetName, presetNames, presets, type Settings } from "./presets";
export { samplePicture } from "./samplePicture";
export { sampleImages } from "./sampling";
export { drawDigits } from "./strokes";
export { drawToy, type PointDataset, type ToyName, toyNames } from "./toys";
export { fixedLatents, type Losses, Trainer, type TrainerState } from "./trainer";
