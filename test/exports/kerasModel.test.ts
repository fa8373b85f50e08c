// A Keras model is held against a network setting by setting: each that changes what a layer computes is refused where it
// differs, and each that doesn't is let through. Its tensors find their layers by name, in whatever order they come.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { ForeignError, stateFrom } from "../../src/exports/importing";
import { kerasLayers, kerasState } from "../../src/exports/keras";
import { layersOfModel } from "../../src/exports/kerasModel";
import { describeNetwork, type Network } from "../../src/exports/network";
import { configOf, randomState } from "./cases";

const tutorial = configOf("tutorial", [28, 28, 1]);
const few = { generatorChannels: 4, criticChannels: 4, latent: 6, hidden: 8 };
const layered = configOf("wgan-gp", [12, 12, 1], { ...few, criticNorm: "layer" });
const [generator, critic] = (["generator", "critic"] as const).map((name) => describeNetwork(tutorial, name));
/** It has a crop, plain relus, and layers of its own for activations. */
const cropped = describeNetwork(configOf("wgan-gp", [28, 28, 1], few), "generator");
const normed = describeNetwork(layered, "critic");
const toy = describeNetwork(configOf("toy", [2], few), "generator");

type Layer = { class_name: string; config: Record<string, unknown>; registered_name?: unknown };
const layersOf = (network: Network): Layer[] =>
  structuredClone(kerasLayers(network).map(({ class_name, config }) => ({ class_name, config })));
const modelOf = (layers: unknown) => ({ class_name: "Sequential", config: { name: "model", layers } });

/** The tensors of each layer by its name. */
function tensorsOf(network: Network) {
  const layers = new Map<string, Record<string, { shape: readonly number[]; data: Float32Array }>>();
  for (const [path, array] of Object.entries(kerasState(network, randomState(network)))) {
    const [layer, name] = path.split("/");
    layers.set(layer, { ...layers.get(layer), [name]: array });
  }
  return [...layers].map(([name, arrays]) => ({ name, arrays }));
}

/** What is said of a model, or "nothing". */
function said(network: Network, model: unknown, theirs = tensorsOf(network)): string {
  try {
    stateFrom(network, layersOfModel(network, model, theirs), "keras");
    return "nothing";
  } catch (error) {
    assert.instance(error, ForeignError, String((error as Error).stack));
    return (error as Error).message;
  }
}

/** What is said where the first layer of that class has other settings. */
function saidOf(network: Network, className: string, config: Record<string, unknown>): string {
  const layers = layersOf(network);
  const layer = layers.find(({ class_name }) => class_name === className);
  assert.ok(layer, `no ${className} in it`);
  Object.assign(layer.config, config);
  return said(network, modelOf(layers));
}

const conv = {
  ...{ data_format: "channels_first", dilation_rate: [2, 2], groups: 2, strides: [1, 1] },
  ...{ kernel_size: [3, 3], filters: 5, padding: "valid", activation: "relu", rank: 3 },
};
const norm = { center: false, scale: false, epsilon: 0.5, axis: 1 };

test("each setting that changes what a layer computes is refused where it differs, and one that isn't known", () => {
  const cases: [network: Network, className: string, changed: Record<string, unknown>][] = [
    [generator, "Dense", { units: 7, activation: "tanh", use_bias: false, lora_rank: 4, new_setting: 1 }],
    [critic, "Conv2D", conv],
    [generator, "Conv2DTranspose", { ...conv, output_padding: [1, 1] }],
    [generator, "BatchNormalization", { ...norm, renorm: true, virtual_batch_size: 8 }],
    [normed, "LayerNormalization", { ...norm, axis: -1, rms_scaling: true }],
    [cropped, "ReLU", { max_value: 6, threshold: 0.5, negative_slope: 0.1, new_setting: null }],
    [critic, "LeakyReLU", { alpha: 0.3, negative_slope: 0.3 }],
    [cropped, "Activation", { activation: "tanh" }],
    [
      cropped,
      "Cropping2D",
      {
        cropping: [
          [1, 0],
          [0, 1],
        ],
        data_format: "channels_first",
      },
    ],
    [critic, "Flatten", { data_format: "channels_first" }],
    [generator, "Reshape", { target_shape: [128, 7, 7] }],
  ];
  for (const [network, className, changed] of cases)
    for (const [key, value] of Object.entries(changed))
      assert.not.equal(saidOf(network, className, { [key]: value }), "nothing", `${className}: ${key}`);
  assert.is(saidOf(cropped, "ReLU", { max_value: 6 }), "step 3 is relu max_value 6, expected relu.");
  assert.is(
    saidOf(critic, "Conv2D", { new_setting: 1 }),
    'the layer "critic_0", a Conv2D, has "new_setting", which is not known here and may change what it computes.',
  );
});

test("what only building and training read is let through, and the defaults as each program writes them", () => {
  const base = { trainable: false, dtype: { class_name: "DTypePolicy", config: { name: "float32" } } };
  const kernel = {
    ...{ kernel_initializer: { class_name: "Zeros" }, kernel_regularizer: null, kernel_constraint: {} },
    ...{ bias_initializer: "zeros", bias_regularizer: null, bias_constraint: null, activity_regularizer: 1 },
  };
  const keras3 = { quantization_config: null, lora_rank: null };
  const window = { dilation_rate: 1, groups: 1, activation: null, data_format: null, strides: 2 };
  const gamma = {
    ...{ gamma_initializer: 1, gamma_regularizer: 1, gamma_constraint: 1, moving_mean_initializer: 1 },
    ...{ beta_initializer: 1, beta_regularizer: 1, beta_constraint: 1, moving_variance_initializer: 1 },
  };
  const cases: [network: Network, className: string, changed: Record<string, unknown>][] = [
    [generator, "Dense", { ...base, ...kernel, ...keras3 }],
    [critic, "Conv2D", { ...base, ...kernel, ...window }],
    [generator, "Conv2DTranspose", { ...base, ...kernel, ...window, output_padding: null }],
    [generator, "BatchNormalization", { ...base, ...gamma, momentum: 0.5, axis: [3], synchronized: false }],
    [generator, "BatchNormalization", { axis: -1, epsilon: Math.fround(1e-3), fused: true }],
    [normed, "LayerNormalization", { ...base, ...gamma, axis: [-3, -2, -1] }],
    [cropped, "ReLU", { max_value: null, threshold: 0, negative_slope: 0 }],
    [critic, "LeakyReLU", { alpha: Math.fround(0.2) }],
    [critic, "LeakyReLU", { alpha: undefined, negative_slope: 0.2 }],
  ];
  for (const [network, className, changed] of cases)
    assert.is(saidOf(network, className, changed), "nothing", `${className}: ${JSON.stringify(changed)}`);
  const dropout = {
    class_name: "Dropout",
    config: { name: "drop", rate: 0.3, seed: null, noise_shape: null },
  };
  const input = { name: "in", batch_shape: [null, 50], sparse: false, ragged: false, dtype: "float32" };
  const layers = [{ class_name: "InputLayer", config: input }, ...layersOf(generator), dropout];
  assert.is(said(generator, modelOf(layers)), "nothing");
  assert.is(said(generator, { class_name: "Sequential", config: layers }), "nothing");
});

test("an input of another shape is refused, wherever the model tells it; a size left open is any", () => {
  const shaped = (shape: unknown, key = "batch_input_shape") => {
    const [first, ...rest] = layersOf(critic);
    delete first.config.batch_input_shape;
    if (key === "build_input_shape")
      return said(critic, { class_name: "Sequential", config: { layers: [first, ...rest], [key]: shape } });
    if (key === "batch_input_shape") first.config[key] = shape;
    const input = { class_name: "InputLayer", config: { name: "in", [key]: shape } };
    return said(critic, modelOf(key === "batch_shape" ? [input, first, ...rest] : [first, ...rest]));
  };
  for (const key of ["batch_input_shape", "batch_shape", "build_input_shape"]) {
    for (const shape of [
      [null, 28, 28, 1],
      [64, 28, 28, 1],
      [null, null, null, 1],
    ])
      assert.is(shaped(shape, key), "nothing", `${key} ${shape}`);
    for (const shape of [[null, 27, 27, 1], [null, 64, 64, 1], [null, 1, 28, 28], [null, 28, 28], "28", {}])
      assert.match(shaped(shape, key), /^its input is .*, expected \[null,28,28,1\]\.$/);
  }
});

test("tensors find their layers by name, and each must have one", () => {
  const model = modelOf(layersOf(toy));
  const wanted = stateFrom(toy, tensorsOf(toy), "keras");
  const state = (theirs: ReturnType<typeof tensorsOf>) =>
    stateFrom(toy, layersOfModel(toy, model, theirs), "keras");
  const split = tensorsOf(toy).flatMap(({ name, arrays }) =>
    Object.entries(arrays).map(([tensor, array]) => ({ name, arrays: { [tensor]: array } })),
  );
  const renamed = (of: (name: string) => string) =>
    tensorsOf(toy).map(({ name, arrays }) => ({ name: of(name), arrays }));
  assert.equal(state(tensorsOf(toy).reverse()), wanted);
  assert.equal(state([...split].reverse()), wanted);
  assert.equal(state(renamed((name) => `${name}/cell`)), wanted);
  assert.equal(state(renamed((name) => `model/${name}`)), wanted);

  assert.is(
    said(
      toy,
      model,
      renamed((name) => name.replace("_0", "_90")),
    ),
    'it has tensors of a layer "generator_90", which its model has not.',
  );
  assert.is(said(toy, model, [...split, split[0]]), "generator_0/kernel is there twice.");
  assert.is(
    said(
      toy,
      model,
      split.filter(({ name, arrays }) => name !== "generator_2" || !arrays.bias),
    ),
    "generator_2 has no bias, but its use_bias is true.",
  );
  assert.match(said(toy, model, split.slice(2)), /^generator_0 has no bias/);
  const twice = layersOf(toy);
  twice[1].config.name = "generator_0";
  assert.is(said(toy, modelOf(twice)), "two layers of its model are named generator_0.");
});

test("a layer without a bias has one of 0, where its use_bias says so", () => {
  const layers = layersOf(toy);
  layers[0].config.use_bias = false;
  assert.is(said(toy, modelOf(layers)), "generator_0 has a bias, but its use_bias is false.");
  const [first, ...rest] = tensorsOf(toy);
  const { bias, ...kernel } = first.arrays;
  const theirs = [{ ...first, arrays: kernel as typeof first.arrays }, ...rest];
  const state = stateFrom(toy, layersOfModel(toy, modelOf(layers), theirs), "keras");
  assert.equal(state["0.bias"].data, new Float32Array(bias.data.length));
});

test("what is no model gets a line, too", () => {
  const bad: unknown[] = [null, 1, "x", [], {}, { class_name: "Sequential" }, { class_name: 1, config: [] }];
  for (const model of bad) assert.match(said(toy, model), /^a model of the class .*, expected "Sequential"/);
  const layers: unknown[] = [null, 1, {}, { class_name: "Dense" }, { class_name: "Dense", config: {} }, []];
  for (const layer of layers)
    assert.is(
      said(toy, modelOf([layer])),
      "layer 1 of its model has no class_name, or no config with a name.",
    );
  const own = layersOf(toy);
  own[0].registered_name = "mine>Dense";
  assert.is(said(toy, modelOf(own)), "step 1 is mine>Dense, expected Dense units 8.");
  for (const activation of [1, {}, [], { class_name: "ReLU" }, { class_name: "function", config: "relu" }])
    assert.match(saidOf(toy, "Dense", { activation }), /^step 2 is the activation /);
  assert.match(saidOf(toy, "Dense", { activation: { class_name: "ReLU", config: {} } }), /^step 3 is relu/);
});

test.run();
