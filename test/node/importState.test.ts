// Files of networks that are damaged, or that hold something else than their format says: each gets one line of our own
// words, and none of the runtime's or of a library's.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { InputError } from "../../src/errors";
import { encode } from "../../src/exports/formats";
import { describeNetwork } from "../../src/exports/network";
import { importState } from "../../src/node/importState";
import { configOf, randomState } from "../exports/cases";
import { python, pythonHas } from "../exports/python";
import { temporaryFolder } from "./temporary";

const folder = temporaryFolder();
const config = configOf("toy", [2], { hidden: 4 });
const network = describeNetwork(config, "generator");
const trained = [{ network, state: randomState(network) }];

/** What is said of the file in place of its name, or "nothing". */
async function said(file: string): Promise<string> {
  try {
    await importState(file, config, "generator");
    return "nothing";
  } catch (error) {
    assert.instance(error, InputError, `${file}: ${(error as Error).stack}`);
    const { message } = error as Error;
    // Of a model.json it may be the file of its numbers.
    assert.ok(message.startsWith(folder), message);
    return message.replace(`${file}: `, "");
  }
}

const ours =
  /^(damaged, or no [A-Za-z0-9. ]+\.|not the generator of preset toy for 2: [^\n]{1,200}\.|[^\n]*: no such file or folder\.)$/;
const theirs =
  /undefined|destructur|is not a function|not iterable|BigInt|argument|HDF5-DIAG|Unexpected|JSON at/;

/** Holds what is said of a damaged file to one line of our own words. */
async function holdToOurWords(what: string, file: string): Promise<void> {
  const line = await said(file);
  assert.ok(line === "nothing" || ours.test(line), `${what}: ${line}`);
  assert.not.match(line, theirs, what);
}

interface Tfjs {
  modelTopology: { model_config: { config: { layers: unknown } } };
  weightsManifest: { paths: unknown; weights: Record<string, unknown>[] }[];
}

test("a model.json that holds anything at any place gets one line of our own words", async () => {
  const [[, weights], [, model]] = encode("tfjs", trained, "0");
  writeFileSync(join(folder, "weights.bin"), weights);
  const file = join(folder, "model.json");
  writeFileSync(file, model as string);
  assert.is(await said(file), "nothing");
  for (const text of ["", "{x", "null", "1", "[]", '"x"', "{}", "\0"]) {
    writeFileSync(file, text);
    await holdToOurWords(text, file);
    assert.is.not(await said(file), "nothing", text);
  }
  /** Every place in the model with what stands there replaced, where a list is long at its ends. */
  const broken: [path: string, text: string][] = [];
  const root = JSON.parse(model as string);
  const visit = (holder: Record<string, unknown>, path: string): void => {
    const keys = Object.keys(holder);
    for (const key of Array.isArray(holder) ? [...new Set([keys[0], keys.at(-1)!])] : keys) {
      const own = holder[key];
      for (const value of [null, 1, -1.5, "x", "a\0b", [], [null], {}, true]) {
        holder[key] = value;
        broken.push([`${path}.${key} = ${JSON.stringify(value)}`, JSON.stringify(root)]);
      }
      holder[key] = own;
      if (typeof own === "object" && own !== null) visit(own as Record<string, unknown>, `${path}.${key}`);
    }
  };
  visit(root, "");
  assert.ok(broken.length > 400, `${broken.length}`);
  for (const [path, text] of broken) {
    writeFileSync(file, text);
    await holdToOurWords(path, file);
  }
  const change = async (of: (model: Tfjs) => void) => {
    const changed = JSON.parse(model as string);
    of(changed);
    writeFileSync(file, JSON.stringify(changed));
    return said(file);
  };
  const noModel =
    "not the generator of preset toy for 2: no layers model of TensorFlow.js, which has a modelTopology, and a weightsManifest with paths and weights.";
  for (const of of [
    (model: Tfjs) => void Object.assign(model, { weightsManifest: [null] }),
    (model: Tfjs) => void Object.assign(model.weightsManifest[0], { weights: [null] }),
    (model: Tfjs) => void Object.assign(model.weightsManifest[0], { paths: [1] }),
    (model: Tfjs) => void Object.assign(model.weightsManifest[0], { paths: null }),
  ])
    assert.is(await change(of), noModel);
  assert.match(
    await change(
      ({ modelTopology }) => void Object.assign(modelTopology.model_config.config, { layers: [null] }),
    ),
    "layer 1 of its model has no class_name, or no config with a name.",
  );
});

test("cut or changed bytes of safetensors get one line of our own words", async () => {
  const [[, bytes]] = encode("torch", trained, "0");
  const file = join(folder, "g.safetensors");
  for (const length of [0, 7, 8, 100, bytes.length - 1]) {
    writeFileSync(file, (bytes as Uint8Array).subarray(0, length));
    await holdToOurWords(`${length} bytes`, file);
    assert.match(await said(file), "not a sound safetensors file");
  }
});

/** Argument: a folder for files of Keras's kind, each with something else wrong. */
const layOut = `
import json, sys
import h5py, numpy
def write(name, layers, dtype="<f4", config=None):
    with h5py.File(sys.argv[1] + "/" + name + ".h5", "w") as file:
        if config is not None:
            file.attrs["model_config"] = config
        file.attrs["layer_names"] = [layer.encode() for layer in layers]
        for layer, sizes in layers.items():
            group = file.create_group(layer)
            group.attrs["weight_names"] = [(layer + "/" + name + ":0").encode() for name in sizes]
            for name, shape in sizes.items():
                group.create_dataset(layer + "/" + name + ":0", data=numpy.ones(shape, dtype))
sizes = [(2, 4), (4, 4), (4, 4), (4, 2)]
layers = {"dense" + str(i): {"kernel": size, "bias": size[1:]} for i, size in enumerate(sizes)}
for dtype in ["<f4", ">f4", "<f8", "<f2", "<i4", "<i8", "<u1"]:
    write(dtype.replace("<", "little-").replace(">", "big-"), layers, dtype)
for i, config in enumerate(["{nope", "null", "[]", json.dumps({"class_name": "Sequential", "config": {"layers": [None]}})]):
    write("config-" + str(i), layers, config=config)
def other(name, of):
    with h5py.File(sys.argv[1] + "/" + name + ".h5", "w") as file:
        of(file)
def named(file, add):
    file.attrs["layer_names"] = [b"a"]
    group = file.create_group("a")
    group.attrs["weight_names"] = [b"k"]
    add(group)
other("no-group", lambda file: (file.attrs.create("layer_names", [b"a"]), file.create_dataset("a", data=[1.0])))
other("weights-no-group", lambda file: file.create_dataset("model_weights", data=[1.0]).attrs.create("layer_names", [b"a"]))
other("one-name", lambda file: file.attrs.create("layer_names", "abc"))
other("text", lambda file: named(file, lambda group: group.create_dataset("k", data="hello")))
other("empty", lambda file: named(file, lambda group: group.create_dataset("k", data=h5py.Empty("f4"))))
other("no-tensor", lambda file: named(file, lambda group: group.create_group("k")))
other("huge", lambda file: named(file, lambda group: group.create_dataset("k", shape=(2**20, 2**18), dtype="f4", chunks=(1024, 1024))))
other("link", lambda file: named(file, lambda group: group.__setitem__("k", h5py.SoftLink("/nowhere"))))
sound = open(sys.argv[1] + "/little-f4.h5", "rb").read()
for word in [b"TREE", b"HEAP", b"SNOD", b"OHDR"]:
    for i, at in enumerate(at for at in range(len(sound)) if sound.startswith(word, at)):
        open(sys.argv[1] + "/damaged-" + word.decode() + str(i) + ".h5", "wb").write(sound[:at] + b"XXXX" + sound[at + 4 :])
`;

const withH5py = pythonHas("h5py") ? test : test.skip;

withH5py("HDF5 files that are damaged or hold something else get one line of our own words", async () => {
  const base = join(folder, "keras");
  mkdirSync(base);
  python(layOut, base);
  const of = (name: string) => said(join(base, `${name}.h5`));
  for (const name of ["little-f4", "big-f4", "little-f8"]) assert.is(await of(name), "nothing", name);
  for (const name of ["little-f2", "little-i4", "little-i8", "little-u1"])
    assert.match(await of(name), /"dense0\/kernel:0" is of type "<[a-zA-Z]", expected float32 or float64\.$/);
  const others = ["no-group", "weights-no-group", "one-name", "text", "empty", "no-tensor", "huge", "link"];
  const configs = [0, 1, 2, 3].map((i) => `config-${i}`);
  for (const name of [...others, ...configs]) {
    assert.is.not(await of(name), "nothing", name);
    await holdToOurWords(name, join(base, `${name}.h5`));
  }
  const damaged = readdirSync(base).filter((name) => name.startsWith("damaged"));
  assert.ok(damaged.length > 5, `${damaged}`);
  for (const name of damaged) await holdToOurWords(name, join(base, name));
  const bytes = readFileSync(join(base, "little-f4.h5"));
  writeFileSync(join(base, "cut.h5"), bytes.subarray(0, bytes.length / 2));
  assert.is(await of("cut"), "damaged, or no HDF5 file of Keras.");
});

test.run();
