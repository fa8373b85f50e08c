// The commands export and import as a person runs them, as child processes, on runs that are made here; and what an
// import says of a file that is not what it should be.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { encode, type Format, formatNames } from "../../src/exports/formats";
import { describeNetwork } from "../../src/exports/network";
import { decodeWithMetadata, encodeSafetensors } from "../../src/formats/safetensors";
import type { StateDict } from "../../src/nn";
import { configText } from "../../src/node/configFile";
import { importState } from "../../src/node/importState";
import type { RunConfig } from "../../src/wgan/config";
import { configOf, randomState } from "../exports/cases";
import { temporaryFolder } from "./temporary";

type Command = "export" | "import" | "sample" | "evaluate";

const base = temporaryFolder();

/** The nearest folder from here up that holds `name`: this file may run as a chunk. */
function folderWith(name: string, from: string): string {
  return existsSync(join(from, name)) ? from : folderWith(name, dirname(from));
}
const dist = folderWith(join("node", "export.js"), dirname(fileURLToPath(import.meta.url)));

const run = (command: Command, ...args: string[]) =>
  spawnSync(process.execPath, [join(dist, "node", `${command}.js`), ...args], {
    cwd: base,
    encoding: "utf8",
  });

function done(command: Command, ...args: string[]): string {
  const { status, stdout, stderr } = run(command, ...args);
  assert.is(status, 0, stderr);
  return stdout;
}

/** The one line that a command must end with, having written nothing. */
function complaint(command: Command, ...args: string[]): string {
  const { status, stdout, stderr } = run(command, ...args);
  assert.equal([status, stdout], [1, ""]);
  assert.match(stderr, /^monge: [^\n]*[.?]\n$/);
  return stderr.trimEnd();
}

/** The folder of a run, as train leaves it, with what export and sample need of it. */
function runFolder(name: string, config: RunConfig): string {
  const folder = join(base, name);
  mkdirSync(folder);
  writeFileSync(join(folder, "config.yaml"), configText(config));
  for (const which of ["generator", "critic"] as const)
    writeFileSync(
      join(folder, `${which}.safetensors`),
      encodeSafetensors(randomState(describeNetwork(config, which))),
    );
  return folder;
}

const files = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => statSync(join(folder, name)).isFile())
    .sort();
const same = (one: string, other: string, names = ["generator", "critic"]) => {
  for (const name of names) {
    const [a, b] = [one, other].map((folder) => readFileSync(join(folder, `${name}.safetensors`)));
    assert.ok(a.equals(b), name);
  }
};

const tutorial = runFolder("tutorial", configOf("tutorial", [28, 28, 1]));
const coloured = runFolder("coloured", configOf("wgan-gp", [32, 32, 3]));
const kpandey = runFolder("kpandey", configOf("kpandey", [28, 28, 1]));

test("--help says how they are called", () => {
  for (const command of ["export", "import"] as const)
    assert.match(done(command, "--help"), `usage: npm run ${command} -- `);
});

test("export writes exactly the files that it promises, into the run's folder or --out, and again in their place", () => {
  const promised: Record<Format, string[]> = {
    safetensors: ["critic.safetensors", "generator.safetensors"],
    onnx: ["critic.onnx", "generator.onnx"],
    tfjs: ["critic", "generator"].flatMap((name) => [`${name}/model.json`, `${name}/weights.bin`]),
    torch: ["critic.safetensors", "generator.safetensors", "model.py"],
  };
  for (const [format, names] of Object.entries(promised)) {
    const stdout = done("export", "--run", tutorial, "--format", format);
    assert.is(stdout, `generator and critic for ${format}: ${join(tutorial, format)}\n`);
    assert.equal(files(join(tutorial, format)), names);
  }
  done("export", "--run", tutorial, "--format", "onnx");
  done("export", "--run", tutorial, "--format", "onnx", "--out", "elsewhere/deep");
  assert.equal(files(join(base, "elsewhere/deep")), promised.onnx);
});

test("export as safetensors keeps every bit, and tells the layers", () => {
  done("export", "--run", kpandey, "--format", "safetensors");
  for (const name of ["generator", "critic"] as const) {
    const [before, after] = [kpandey, join(kpandey, "safetensors")].map((folder) =>
      decodeWithMetadata(readFileSync(join(folder, `${name}.safetensors`)), name),
    );
    assert.equal(after.state, before.state);
    const network = describeNetwork(configOf("kpandey", [28, 28, 1]), name);
    assert.equal(JSON.parse(after.metadata.layers), network.layers);
    assert.is(after.metadata.batchStatistics, String(name === "critic"));
  }
});

test("tfjs leaves kpandey's critic out, and says why", () => {
  assert.match(
    done("export", "--run", kpandey, "--format", "tfjs"),
    /^generator for tfjs: \S+\ncritic: left out, since its batch norm always takes the batch's own statistics, [^\n]+\n$/,
  );
  assert.equal(files(join(kpandey, "tfjs")), ["generator/model.json", "generator/weights.bin"]);
});

test("import of an export gives the same bits, and a folder that sample draws the same pictures from", () => {
  const shape = ["--shape", "32x32x3"];
  done("export", "--run", coloured, "--format", "torch");
  done("export", "--run", coloured, "--format", "tfjs");
  for (const [format, file] of [
    ["torch", (name: string) => join(coloured, "torch", `${name}.safetensors`)],
    ["tfjs", (name: string) => join(coloured, "tfjs", name, "model.json")],
  ] as const) {
    const out = join(base, `from-${format}`);
    const both = ["--generator", file("generator"), "--critic", file("critic")];
    assert.is(
      done("import", ...both, "--preset", "wgan-gp", ...shape, "--out", out),
      `generator and critic: ${out}\n`,
    );
    same(coloured, out);
  }
  const pictures = [coloured, join(base, "from-torch")].map((folder, i) => {
    const png = join(base, `${i}.png`);
    done("sample", "--run", folder, "--count", "4", "--seed", "3", "--out", png);
    return readFileSync(png);
  });
  assert.ok(pictures[0].equals(pictures[1]));
});

test("import takes networks that differ from the preset with --config, and one without its critic", () => {
  const changed = configOf("kpandey", [28, 28, 1], { latent: 7, generatorChannels: 12 });
  const folder = runFolder("changed", changed);
  done("export", "--run", folder, "--format", "torch", "--out", "changed-torch");
  writeFileSync(join(base, "changed.yaml"), "network:\n  latent: 7\n  generatorChannels: 12\n");
  const file = join(base, "changed-torch", "generator.safetensors");
  const config = ["--config", join(base, "changed.yaml")];
  done("import", "--generator", file, "--preset", "kpandey", ...config, "--out", "back");
  assert.equal(files(join(base, "back")), ["config.yaml", "generator.safetensors"]);
  same(folder, join(base, "back"), ["generator"]);
});

test("export of a run without a critic leaves that out in every format, says so, and leaves no older one", () => {
  const folder = runFolder("alone", configOf("toy", [2], { hidden: 4 }));
  for (const format of formatNames) done("export", "--run", folder, "--format", format);
  rmSync(join(folder, "critic.safetensors"));
  writeFileSync(join(folder, "tfjs", "critic", "notes.txt"), "someone's own");
  for (const format of formatNames) {
    const out = join(folder, format);
    assert.is(
      done("export", "--run", folder, "--format", format),
      `generator for ${format}: ${out}\ncritic: left out, since ${folder} has no critic.safetensors\n`,
    );
    const left = files(out).filter((name) => name.startsWith("critic"));
    assert.equal(left, format === "tfjs" ? ["critic/notes.txt"] : []);
    assert.ok(files(out).some((name) => name.startsWith("generator")));
  }
  const program = readFileSync(join(folder, "torch", "model.py"), "utf8");
  assert.match(program, 'network = {"generator": generator}[name]()');
  rmSync(join(folder, "generator.safetensors"));
  assert.match(complaint("export", "--run", folder, "--format", "onnx"), "no generator.safetensors there");
});

test("tfjs takes away the critic of an older export that it can't have any more", () => {
  const folder = runFolder(
    "older",
    configOf("wgan", [28, 28, 1], { generatorChannels: 4, criticChannels: 4 }),
  );
  done("export", "--run", folder, "--format", "tfjs");
  const files = ["config.yaml", "generator.safetensors", "critic.safetensors"];
  for (const name of files) writeFileSync(join(folder, name), readFileSync(join(kpandey, name)));
  done("export", "--run", folder, "--format", "tfjs");
  assert.equal(readdirSync(join(folder, "tfjs")), ["generator"]);
});

test("an imported toy is evaluated by the toy that its configuration names, without a critic, too", () => {
  const folder = runFolder("points", configOf("toy", [2], { hidden: 4 }));
  done("export", "--run", folder, "--format", "torch");
  writeFileSync(join(base, "points.yaml"), "network: {hidden: 4}\n");
  const file = join(folder, "torch", "generator.safetensors");
  const more = ["--preset", "toy", "--config", join(base, "points.yaml"), "--out", "points-back"];
  done("import", "--generator", file, ...more);
  const said = done("evaluate", "--run", "points-back");
  assert.match(said, "modes hit, of 8");
  assert.match(said, "the critic's estimate of it is left out: the run has no critic");
});

test("an imported generator of MNIST's kind draws the same picture as its run", () => {
  const small = { generatorChannels: 4, criticChannels: 4 };
  const config = configOf("tutorial", [28, 28, 1], small);
  const folder = runFolder("ink", { ...config, data: { ...config.data, source: "mnist: cache" } });
  done("export", "--run", folder, "--format", "torch");
  writeFileSync(join(base, "ink.yaml"), "network: {generatorChannels: 4}\n");
  const file = join(folder, "torch", "generator.safetensors");
  const more = ["--preset", "tutorial", "--config", join(base, "ink.yaml"), "--out", "ink-back"];
  done("import", "--generator", file, ...more);
  const [a, b] = [folder, join(base, "ink-back")].map((run) => {
    done("sample", "--run", run, "--count", "4", "--seed", "3", "--out", join(base, "ink.png"));
    return readFileSync(join(base, "ink.png"));
  });
  assert.ok(a.equals(b));
});

test("export: what is wrong gets one line before anything is written", () => {
  const onnx = ["--format", "onnx"];
  assert.match(complaint("export", "--run", "nowhere", ...onnx), /nowhere: no config\.yaml there/);
  assert.match(
    complaint("export", "--run", tutorial, ...onnx, "--out", tutorial),
    /--out \S+: isn't empty\. Name a new or an empty folder\.$/,
  );
  const file = join(tutorial, "config.yaml");
  assert.match(
    complaint("export", "--run", tutorial, ...onnx, "--out", file),
    /: a file, expected a folder\.$/,
  );
  const half = runFolder("half", configOf("small", [28, 28, 1]));
  writeFileSync(join(half, "critic.safetensors"), readFileSync(join(tutorial, "critic.safetensors")));
  assert.match(
    complaint("export", "--run", half, ...onnx),
    /critic\.safetensors: not the network that config\.yaml beside it describes: names differ, /,
  );
  const state = randomState(describeNetwork(configOf("small", [28, 28, 1]), "critic"));
  state["0.bias"].data[0] = Number.NaN;
  writeFileSync(join(half, "critic.safetensors"), encodeSafetensors(state));
  assert.match(
    complaint("export", "--run", half, ...onnx),
    /0\.bias holds NaN or infinity: its training diverged/,
  );
  assert.not(existsSync(join(half, "onnx")));
});

test("import: a folder in use, an unknown ending, a missing file and a conditional network get one line", () => {
  const from = (file: string, ...more: string[]) =>
    complaint("import", "--generator", file, "--preset", "tutorial", ...more);
  assert.match(from("a.h5", "--out", tutorial), /--out \S+: isn't empty\. Name a new or an empty folder\.$/);
  assert.match(
    from("a.pt", "--out", "new"),
    /a\.pt: expected the model\.json of TensorFlow\.js, an \.h5 file of Keras/,
  );
  for (const file of ["a.h5", "a.json", "a.safetensors"])
    assert.match(from(file, "--out", "new"), new RegExp(`${file}: no such file or folder\\.$`));
  writeFileSync(join(base, "classes.yaml"), "conditional: true\n");
  assert.match(
    from("a.h5", "--out", "new", "--config", "classes.yaml"),
    /classes\.yaml:1: conditional: expected false: /,
  );
  assert.not(existsSync(join(base, "new")));
});

/** What an import of this file as the tutorial's generator says. */
async function refusal(name: string, content: Uint8Array | string): Promise<string> {
  const file = join(base, name);
  writeFileSync(file, content);
  const said = await importState(file, configOf("tutorial", [28, 28, 1]), "generator").then(
    () => "nothing",
    (error: Error) => `${error.name}: ${error.message}`,
  );
  return said.replace(file, name);
}

const notIt = (name: string) => `InputError: ${name}: not the generator of preset tutorial for 28x28x1: `;

test("import refuses a layers model that differs in a slope, an epsilon, a stride, an activation or a layer", async () => {
  const network = describeNetwork(configOf("tutorial", [28, 28, 1]), "generator");
  const made = encode("tfjs", [{ network, state: randomState(network) }], "0");
  const [weights, model] = made.map(([, content]) => content);
  writeFileSync(join(base, "weights.bin"), weights);
  const text = model as string;
  const says = async (from: string, to: string, expected: string) => {
    assert.ok(text.includes(from), from);
    assert.is(await refusal("model.json", text.replace(from, to)), notIt("model.json") + expected);
  };
  await says(
    '"alpha": 0.2',
    '"alpha": 0.3',
    `step 2 is leaky relu ${Math.fround(0.3)}, expected leaky relu ${Math.fround(0.2)}.`,
  );
  await says(
    '"epsilon": 0.001',
    '"epsilon": 1e-5',
    `step 5 is BatchNormalization epsilon ${Math.fround(1e-5)}, expected BatchNormalization epsilon ${Math.fround(1e-3)}.`,
  );
  await says('"activation": "tanh"', '"activation": "sigmoid"', "step 11 is sigmoid, expected tanh.");
  await says(
    '"class_name": "LeakyReLU"',
    '"class_name": "Softmax"',
    `step 2 is Softmax, expected leaky relu ${Math.fround(0.2)}.`,
  );
  await says(
    '"class_name": "Sequential"',
    '"class_name": "Functional"',
    'a model of the class "Functional", expected "Sequential" and its layers.',
  );
  await says('"float32"\n', '"int32"\n', 'generator_0/kernel is of type "int32", expected float32.');
  assert.match(
    await refusal("model.json", text.replace(/"shape": \[\s*50,/, '"shape": [ 49,')),
    "its tensors take 3381764 bytes, but weights.bin has 3406852.",
  );
  assert.match(await refusal("model.json", "{"), `${notIt("model.json")}no JSON.`);
  assert.match(await refusal("model.json", "[1]"), "no layers model of TensorFlow.js");
});

test("import refuses tensors of another network, and names the first that differs", async () => {
  const network = describeNetwork(configOf("tutorial", [28, 28, 1]), "generator");
  const [[, sound]] = encode("torch", [{ network, state: randomState(network) }], "0");
  assert.is(await refusal("g.safetensors", sound), "nothing");
  const says = async (change: (state: StateDict) => void, expected: string) => {
    const state: StateDict = {};
    const number = { shape: [1], data: new Float32Array(1) };
    for (const name of ["0.weight", "0.bias"]) state[name] = number;
    change(state);
    assert.is(await refusal("g.safetensors", encodeSafetensors(state)), notIt("g.safetensors") + expected);
  };
  const kinds = "linear, convTranspose, batchNorm, convTranspose, batchNorm, conv";
  await says(() => {}, `1 layers with weights (0), expected 6 (${kinds}).`);
  const six = (state: StateDict) => {
    for (let i = 1; i < 6; i++) state[`${i}.weight`] = state["0.weight"];
  };
  await says(six, "0: weight must be [6272,50], got [1].");
  await says((state) => {
    six(state);
    state["0.gamma"] = state["0.weight"];
  }, "0 has a tensor gamma, expected weight, bias of a linear.");
  await says((state) => {
    state["head.weight"] = state["0.weight"];
  }, "its modules are 0, head, expected numbered ones, as nn.Sequential has them.");
  assert.match(await refusal("g.safetensors", sound.slice(0, 5000) as Uint8Array), "truncated");
});

test("import refuses an HDF5 file that is damaged, or no file of Keras 2", async () => {
  const { File, ready } = await import("h5wasm/node");
  await ready;
  const path = join(base, "other.h5");
  const other = new File(path, "w");
  other.create_dataset({ name: "numbers", data: new Float32Array(1000) });
  other.close();
  const bytes = readFileSync(path);
  const damaged = "InputError: g.h5: damaged, or no HDF5 file of Keras.";
  assert.match(
    await refusal("g.h5", bytes),
    `${notIt("g.h5")}no weights of Keras 2, which have layer_names.`,
  );
  assert.is(await refusal("g.h5", bytes.subarray(0, 3000)), damaged);
  assert.is(await refusal("g.h5", "no HDF5"), damaged);
});

test.run();
