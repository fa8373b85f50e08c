// The public face of the network library: each layer and optimiser with a look at what it is given.
import { Random } from "../autograd";
import * as nn from "./allNn";
import { checked, checkedClass, named } from "./check";
import * as is from "./kinds";
import { type Arguments, options } from "./kinds";
import { Sequence } from "./layers";
import { printWithout } from "./printing";
import { conv, pool, upsample } from "./table";

export * from "./allNn";

printWithout(["ownParameters", "ownBuffers", "children"], nn.Module);
printWithout(["plan", "now", "clips", "slots"], nn.RMSprop, nn.Adam, nn.SGD);

const { callable, count, flag, float, floats, fromZero, number, pair, part, shape } = is;
/** Of any dtype where a layer only moves numbers, or has others do what is to be done. */
const moves = { forward: { x: is.samples } };
const passes = { forward: { x: is.tensor } };
const forward = { forward: { x: float } };
const random = { random: is.instance("Random", Random) };
const weights = { init: callable, bias: flag };
const sides = { inputs: count, outputs: count };

// biome-ignore lint/suspicious/noExplicitAny: any layer
type Layer = new (...values: any[]) => nn.Module;
const layer = <C extends Layer>(name: string, type: C, args: Arguments = {}, methods = forward): C =>
  checkedClass(name, type, args, methods);

const convolution = (more: Arguments) => ({
  ...sides,
  kernel: pair,
  options: options({ ...weights, ...conv, ...more }, random),
});

export class Linear extends layer("Linear", nn.Linear, { ...sides, options: options(weights, random) }) {}
export class Conv2d extends layer("Conv2d", nn.Conv2d, convolution({})) {}
export class ConvTranspose2d extends layer(
  "ConvTranspose2d",
  nn.ConvTranspose2d,
  convolution({ outputSize: is.size }),
) {}

const norm = { epsilon: fromZero, slope: is.finite, momentum: part, scale: flag };
export class BatchNorm2d extends layer("BatchNorm2d", nn.BatchNorm2d, {
  channels: count,
  options: options(norm),
}) {}
export class LayerNorm extends layer("LayerNorm", nn.LayerNorm, {
  shape: is.sizes,
  options: options({ epsilon: fromZero }),
}) {}

const sequence = { layers: is.listOf("Module", nn.Module) };
export class Sequential extends layer("Sequential", Sequence, sequence, passes) {
  constructor(...layers: nn.Module[]) {
    super(layers);
  }
}

export class Flatten extends layer("Flatten", nn.Flatten, {}, moves) {}
export class Reshape extends layer("Reshape", nn.Reshape, { shape }, moves) {}
export class LeakyReLU extends layer("LeakyReLU", nn.LeakyReLU, { options: options({ slope: number }) }) {}
export const ReLU = layer("ReLU", nn.ReLU);
export const Tanh = layer("Tanh", nn.Tanh);
export const Sigmoid = layer("Sigmoid", nn.Sigmoid);

export class MaxPool2d extends layer("MaxPool2d", nn.MaxPool2d, { options: pool }) {}
export class AveragePool2d extends layer("AveragePool2d", nn.AveragePool2d, { options: pool }) {}
export class Upsample2d extends layer("Upsample2d", nn.Upsample2d, { options: upsample }) {}
export class Dropout extends layer("Dropout", nn.Dropout, {
  options: options({ rate: number }, random),
}) {}

const composite: typeof checked = (name, f, args) => checked(name, named(name, f), args);
export const mse = composite("mse", nn.mse, { y: float, target: float });
export const bceWithLogits = composite("bceWithLogits", nn.bceWithLogits, {
  logits: float,
  target: float,
});
export const crossEntropy = composite("crossEntropy", nn.crossEntropy, {
  logits: float,
  labels: is.whole,
});
export const clipGradNorm = composite("clipGradNorm", nn.clipGradNorm, {
  gradients: floats,
  options: options({}, { norm: is.aboveZero }),
});

const module = is.instance("Module", nn.Module);
export class MovingAverage extends checkedClass("MovingAverage", nn.MovingAverage, {
  average: module,
  source: module,
  decay: number,
}) {}

const state = options({}, { kind: is.text, steps: number, slots: is.listOf("Float32Array", Float32Array) });
const step = { step: { gradients: floats }, loadState: { state }, checkState: { state } };
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
  parameters: floats,
  options: options({ clip: callable, ...more }, { learningRate: number }),
});
const forms = { form: is.oneOf(...Object.keys(nn.rmspropForms)), momentum: number, centered: flag };
const betas = { beta1: number, beta2: number, epsilon: fromZero };
export class RMSprop extends checkedClass("RMSprop", nn.RMSprop, optimizer(forms), step, clipped) {}
export class Adam extends checkedClass("Adam", nn.Adam, optimizer(betas), step, clipped) {}
export class SGD extends checkedClass(
  "SGD",
  nn.SGD,
  optimizer({ momentum: number, nesterov: flag }),
  step,
  clipped,
) {}

const made = { ...random, shape };
export const zero = checked("zero", nn.zero, made);
export const glorotUniform = checked("glorotUniform", nn.glorotUniform, made);
export const heNormal = checked("heNormal", nn.heNormal, made);
export const normal = checked("normal", nn.normal, { deviation: number });
export const linearDecay = checked("linearDecay", nn.linearDecay, { steps: is.aboveZero });
