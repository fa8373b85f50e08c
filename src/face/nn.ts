// The public face of the network library: each layer and optimiser with a check of what it is given.
import { Random } from "../autograd";
import * as nn from "./allNn";
import { checked, checkedClass, named } from "./check";
import * as is from "./kinds";
import { type Arguments, options } from "./kinds";
import { Sequence } from "./layers";
import { printWithout } from "./printing";
import { conv, pool, upsample } from "./table";

export * from "./allNn";

printWithout(nn.Module, "ownParameters", "ownBuffers", "children");
for (const type of [nn.RMSprop, nn.Adam, nn.SGD]) printWithout(type, "plan", "now", "clips", "slots");

/** Of any dtype where a layer only moves numbers, or has others do what is to be done. */
const moves = { forward: { x: is.samples } };
const passes = { forward: { x: is.tensor } };
const forward = { forward: { x: is.float } };
const random = { random: is.instance("Random", Random) };
const weights = { init: is.callable, bias: is.flag };
const float = is.float;
const sides = { inputs: is.count, outputs: is.count };

// biome-ignore lint/suspicious/noExplicitAny: any layer
type Layer = new (...values: any[]) => nn.Module;
const layer = <C extends Layer>(name: string, type: C, args: Arguments = {}, methods = forward): C =>
  checkedClass(name, type, args, methods);

const convolution = (more: Arguments) => ({
  ...sides,
  kernel: is.pair,
  options: options({ ...weights, ...conv, ...more }, random),
});

export class Linear extends layer("Linear", nn.Linear, { ...sides, options: options(weights, random) }) {}
export class Conv2d extends layer("Conv2d", nn.Conv2d, convolution({})) {}
export class ConvTranspose2d extends layer(
  "ConvTranspose2d",
  nn.ConvTranspose2d,
  convolution({ outputSize: is.size }),
) {}

const norm = { epsilon: is.fromZero, slope: is.finite, momentum: is.part, scale: is.flag };
export class BatchNorm2d extends layer("BatchNorm2d", nn.BatchNorm2d, {
  channels: is.count,
  options: options(norm),
}) {}
export class LayerNorm extends layer("LayerNorm", nn.LayerNorm, {
  shape: is.sizes,
  options: options({ epsilon: is.fromZero }),
}) {}

const sequence = { layers: { ...is.listOf("Module", nn.Module), is: "Modules, not a list of them" } };
export class Sequential extends layer("Sequential", Sequence, sequence, passes) {
  constructor(...layers: nn.Module[]) {
    super(layers);
  }
}

export class Flatten extends layer("Flatten", nn.Flatten, {}, moves) {}
export class Reshape extends layer("Reshape", nn.Reshape, { shape: is.shape }, moves) {}
export class LeakyReLU extends layer("LeakyReLU", nn.LeakyReLU, { options: options({ slope: is.number }) }) {}
export const ReLU = layer("ReLU", nn.ReLU);
export const Tanh = layer("Tanh", nn.Tanh);
export const Sigmoid = layer("Sigmoid", nn.Sigmoid);

export class MaxPool2d extends layer("MaxPool2d", nn.MaxPool2d, { options: pool }) {}
export class AveragePool2d extends layer("AveragePool2d", nn.AveragePool2d, { options: pool }) {}
export class Upsample2d extends layer("Upsample2d", nn.Upsample2d, { options: upsample }) {}
export class Dropout extends layer("Dropout", nn.Dropout, {
  options: options({ rate: is.number }, random),
}) {}

const composite: typeof checked = (name, f, args) => checked(name, named(name, f), args);
export const mse = composite("mse", nn.mse, { y: float, target: float });
export const bceWithLogits = composite("bceWithLogits", nn.bceWithLogits, { logits: float, target: float });
export const crossEntropy = composite("crossEntropy", nn.crossEntropy, { logits: float, labels: is.whole });
export const clipGradNorm = composite("clipGradNorm", nn.clipGradNorm, {
  gradients: is.floats,
  options: options({}, { norm: is.aboveZero }),
});

const module = is.instance("Module", nn.Module);
export class MovingAverage extends checkedClass("MovingAverage", nn.MovingAverage, {
  average: module,
  source: module,
  decay: is.number,
}) {}

const state = options(
  {},
  { kind: is.text, steps: is.number, slots: is.listOf("Float32Array", Float32Array) },
);
const step = { step: { gradients: is.floats }, loadState: { state }, checkState: { state } };
/** A clip that gives other than bounds would clip nothing, in silence. */
const bounds = checked("clip", (bounds: unknown) => bounds, {
  bounds: is.maybe({ is: "[low, high]", holds: (value) => is.areNumbers(value) && value.length === 2 }),
});
const clipped = ([parameters, options]: unknown[]) => {
  const { clip } = options as { clip?: (parameter: unknown) => unknown };
  return [
    parameters,
    clip ? { ...(options as object), clip: (each: unknown) => bounds(clip(each)) } : options,
  ];
};
const optimizer = (more: Arguments) => ({
  parameters: is.floats,
  options: options({ clip: is.callable, ...more }, { learningRate: is.number }),
});
const forms = { form: is.oneOf(...Object.keys(nn.rmspropForms)), momentum: is.number, centered: is.flag };
const betas = { beta1: is.number, beta2: is.number, epsilon: is.fromZero };
export class RMSprop extends checkedClass("RMSprop", nn.RMSprop, optimizer(forms), step, clipped) {}
export class Adam extends checkedClass("Adam", nn.Adam, optimizer(betas), step, clipped) {}
export class SGD extends checkedClass(
  "SGD",
  nn.SGD,
  optimizer({ momentum: is.number, nesterov: is.flag }),
  step,
  clipped,
) {}

const made = { ...random, shape: is.shape };
export const zero = checked("zero", nn.zero, made);
export const glorotUniform = checked("glorotUniform", nn.glorotUniform, made);
export const heNormal = checked("heNormal", nn.heNormal, made);
export const normal = checked("normal", nn.normal, { deviation: is.number });
export const linearDecay = checked("linearDecay", nn.linearDecay, { steps: is.aboveZero });
