// Files as other runtimes write them, of networks that these have made by themselves: imported, our layers compute the
// same. TensorFlow.js saves its own; Debian's h5py lays its weights out as Keras 2 does; PyTorch's are named its way.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import { sequential } from "@tensorflow/tfjs-layers";
import "@tensorflow/tfjs-backend-cpu";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { noGrad, Random, tensor, tidy } from "../../src/autograd";
import { encodeSafetensors } from "../../src/formats/safetensors";
import type { HostArray, StateDict } from "../../src/nn";
import { importState } from "../../src/node/importState";
import type { RunConfig } from "../../src/wgan/config";
import { planCritic, planGenerator } from "../../src/wgan/models";
import { device } from "../device";
import { temporaryFolder } from "../node/temporary";
import { difference, drawTensor, holdTo, hostRandom } from "./cases";
import { python, pythonHas } from "./python";
import { models, type Name, tutorial } from "./tfjsModels";

test.before(async () => {
  await device();
  await tf.setBackend("cpu");
});

const folder = temporaryFolder();

/** What our network computes with an imported state. */
async function ours(
  config: RunConfig,
  name: Name,
  state: StateDict,
  input: HostArray,
): Promise<Float32Array> {
  const module = (name === "generator" ? planGenerator : planCritic)(config).make(new Random(1));
  module.loadStateDict(state);
  module.train(false);
  const y = tidy(() => noGrad(() => module.forward(tensor(input.data, [...input.shape]))));
  const data = Float32Array.from((await y.data()) as Float32Array);
  y.dispose();
  module.dispose();
  return data;
}

function inputOf(config: RunConfig, name: Name): HostArray {
  const shape = [2, ...(name === "generator" ? [config.network.latent] : config.data.shape)];
  const random = hostRandom(11);
  return { shape, data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, random) };
}

interface Played {
  name: Name;
  config: RunConfig;
  input: HostArray;
  output: Float32Array;
  artifacts: tf.io.ModelArtifacts;
  /** The same model with every other layer frozen: its tensors are saved behind those that are trained. */
  frozen: tf.io.ModelArtifacts;
}

async function artifactsOf(model: ReturnType<typeof sequential>): Promise<tf.io.ModelArtifacts> {
  let artifacts: tf.io.ModelArtifacts = {};
  await model.save(
    tf.io.withSaveHandler(async (saved) => {
      artifacts = saved;
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: "JSON" } };
    }),
  );
  return artifacts;
}

/** The models with weights, none at its initial value, and what TensorFlow.js makes of the input. */
async function play(): Promise<Played[]> {
  const all: Played[] = [];
  for (const [name, config, layersOf] of models) {
    const model = sequential({ layers: layersOf() });
    const random = hostRandom(21);
    const weights = model.weights.map(({ name, shape }) =>
      tf.tensor(drawTensor(name, shape as number[], random), shape as number[]),
    );
    model.setWeights(weights);
    const input = inputOf(config, name);
    const y = model.predict(tf.tensor(input.data, [...input.shape])) as tf.Tensor;
    const artifacts = await artifactsOf(model);
    for (const [i, layer] of model.layers.entries()) layer.trainable = i % 2 === 1;
    const frozen = await artifactsOf(model);
    all.push({ name, config, input, output: (await y.data()) as Float32Array, artifacts, frozen });
    model.dispose();
  }
  return all;
}

let played: Promise<Played[]> | undefined;
const allPlayed = () => {
  played ??= play();
  return played;
};

/** Imports each file, and holds what our network then computes to what the runtime did. */
async function holdImports(runtime: string, files: [file: string, played: Played][]): Promise<void> {
  const errors: [string, number][] = [];
  for (const [file, { name, config, input, output }] of files) {
    const got = await ours(config, name, await importState(file, config, name), input);
    errors.push([`${config.preset} at ${config.data.shape.join("x")}: ${name}`, difference(got, output)]);
  }
  holdTo(1e-5, runtime, errors);
}

/** A model as TensorFlow.js's own savers write it, in two shards. */
function saveTfjs(path: string, { modelTopology, weightSpecs, weightData }: tf.io.ModelArtifacts): string {
  mkdirSync(path, { recursive: true });
  const bytes = new Uint8Array(weightData as ArrayBuffer);
  const paths = ["group1-shard1of2.bin", "group1-shard2of2.bin"];
  const cut = Math.floor(bytes.length / 8) * 4 + 2;
  writeFileSync(join(path, paths[0]), bytes.subarray(0, cut));
  writeFileSync(join(path, paths[1]), bytes.subarray(cut));
  const file = join(path, "model.json");
  writeFileSync(file, JSON.stringify({ modelTopology, weightsManifest: [{ paths, weights: weightSpecs }] }));
  return file;
}

test("layers models that TensorFlow.js made and saved compute the same here, to 1e-5", async () => {
  const files = (await allPlayed()).map((each, i): [string, Played] => [
    saveTfjs(join(folder, `tfjs-${i}`), each.artifacts),
    each,
  ]);
  await holdImports("imports of TensorFlow.js", files);
});

test("a layers model with frozen layers comes in as the same one without, whatever the order of its tensors", async () => {
  for (const [i, { name, config, artifacts, frozen }] of (await allPlayed()).entries()) {
    const order = ({ weightSpecs }: tf.io.ModelArtifacts) => weightSpecs!.map((weight) => weight.name).join();
    assert.is.not(order(artifacts), order(frozen));
    const [wanted, got] = [artifacts, frozen].map((each, which) =>
      importState(saveTfjs(join(folder, `frozen-${i}-${which}`), each), config, name),
    );
    assert.equal(await got, await wanted);
  }
});

/** Keras 2's save_weights and save, in h5py: arguments are the tensors' file, the model as JSON, and the two results. */
const layOut = `
import json, sys
import h5py, numpy
data = open(sys.argv[1], "rb").read()
start = 8 + int.from_bytes(data[:8], "little")
header = json.loads(data[8:start])
model = json.load(open(sys.argv[2]))
def save(group):
    names = [layer["config"]["name"] for layer in model["config"]["layers"]]
    group.attrs["layer_names"] = [name.encode() for name in names]
    group.attrs["backend"] = b"tensorflow"
    group.attrs["keras_version"] = b"2.15.0"
    for name in names:
        own = group.create_group(name)
        weights = [key for key in header if key.startswith(name + "/")]
        own.attrs["weight_names"] = [(key + ":0").encode() for key in weights]
        for key in weights:
            begin, end = header[key]["data_offsets"]
            array = numpy.frombuffer(data[start + begin : start + end], "<f4").reshape(header[key]["shape"])
            own.create_dataset(key + ":0", data=array)
with h5py.File(sys.argv[3], "w") as file:
    save(file)
with h5py.File(sys.argv[4], "w") as file:
    file.attrs["model_config"] = json.dumps(model).encode()
    save(file.create_group("model_weights"))
`;

const withH5py = pythonHas("h5py") ? test : test.skip;

withH5py(
  "files that h5py laid out as Keras 2 does compute the same here, to 1e-5: weights, and whole models",
  async () => {
    const files: [string, Played][] = [];
    for (const [i, each] of (await allPlayed()).entries()) {
      const { modelTopology, weightSpecs, weightData } = each.artifacts;
      let at = 0;
      const state = weightSpecs!.map(({ name, shape }) => {
        const size = shape.reduce((a, b) => a * b, 1);
        const data = new Float32Array(weightData as ArrayBuffer, at, size);
        at += 4 * size;
        return [name, { shape, data }] as const;
      });
      const [tensors, model, weights, whole] = ["st", "json", "weights.h5", "model.h5"].map((ending) =>
        join(folder, `keras-${i}.${ending}`),
      );
      writeFileSync(tensors, encodeSafetensors(Object.fromEntries(state)));
      writeFileSync(model, JSON.stringify(modelTopology));
      python(layOut, tensors, model, weights, whole);
      files.push([weights, each], [whole, each]);
    }
    await holdImports("imports of Keras", files);
  },
);

/** The tutorial's networks as someone would write them in PyTorch, saved with the names that they have there. */
const torchNetworks = `
import json, sys
import numpy, torch
from torch import nn
torch.manual_seed(3)
networks = {
    "generator": nn.Sequential(
        nn.Linear(50, 6272), nn.LeakyReLU(0.2), nn.Unflatten(1, (128, 7, 7)),
        nn.ConvTranspose2d(128, 128, 4, 2, 1, bias=False), nn.BatchNorm2d(128, eps=1e-3), nn.LeakyReLU(0.2),
        nn.ConvTranspose2d(128, 128, 4, 2, 1), nn.BatchNorm2d(128, eps=1e-3), nn.LeakyReLU(0.2),
        nn.Conv2d(128, 1, 7, padding=3), nn.Tanh()),
    "critic": nn.Sequential(
        nn.Conv2d(1, 64, 4, 2, 1), nn.BatchNorm2d(64, eps=1e-3), nn.LeakyReLU(0.2),
        nn.Conv2d(64, 64, 4, 2, 1), nn.BatchNorm2d(64, eps=1e-3), nn.LeakyReLU(0.2),
        nn.Flatten(), nn.Linear(3136, 1)),
}
def save(tensors, path):
    header, parts, at = {}, [], 0
    for name, tensor in sorted(tensors.items()):
        part = tensor.numpy().tobytes()
        kind = {torch.float32: "F32", torch.int64: "I64"}[tensor.dtype]
        header[name] = {"dtype": kind, "shape": list(tensor.shape), "data_offsets": [at, at + len(part)]}
        parts.append(part)
        at += len(part)
    text = json.dumps(header).encode()
    open(path, "wb").write(len(text).to_bytes(8, "little") + text + b"".join(parts))
for name, network in networks.items():
    x = torch.randn(2, *((50,) if name == "generator" else (1, 28, 28)))
    with torch.no_grad():
        for _ in range(3):
            network(torch.randn_like(x))
        network.eval()
        y = network(x)
    save({"main." + key: tensor for key, tensor in network.state_dict().items()}, sys.argv[1] + name + ".safetensors")
    open(sys.argv[1] + name + ".input", "wb").write(x.numpy().tobytes())
    open(sys.argv[1] + name + ".output", "wb").write(y.contiguous().numpy().tobytes())
`;

const withTorch = pythonHas("torch") ? test : test.skip;

withTorch("PyTorch's tensors of the tutorial's networks compute the same here, to 1e-5", async () => {
  const base = join(folder, "torch-");
  python(torchNetworks, base);
  const floats = (name: string) => new Float32Array(Uint8Array.from(readFileSync(base + name)).buffer);
  const errors: [string, number][] = [];
  for (const name of ["generator", "critic"] as const) {
    // With one channel the order of the axes makes no difference.
    const input = { ...inputOf(tutorial, name), data: floats(`${name}.input`) };
    const state = await importState(`${base}${name}.safetensors`, tutorial, name);
    errors.push([
      `tutorial: ${name}`,
      difference(await ours(tutorial, name, state, input), floats(`${name}.output`)),
    ]);
  }
  holdTo(1e-5, "imports of PyTorch", errors);
});

test.run();
