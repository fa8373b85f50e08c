// The commands as a person runs them, as child processes: bad input gets one line and leaves nothing behind, and a
// short run leaves exactly what it promises. Few of the children open the device, since each costs seconds.
import { spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { PNG } from "pngjs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { parseNpyImages } from "../../src/formats/npy";
import { adapterHelp } from "../../src/node/commandLine";
import { imagesFile, labelsFile } from "../formats/idxFiles";
import { cutAt } from "./binding";
import { temporaryFolder } from "./temporary";

type Command = "train" | "sample" | "evaluate" | "classifier" | "doctor" | "profile" | "ladder" | "tune";

const base = temporaryFolder();
const dist = folderWith(join("node", "train.js"), dirname(fileURLToPath(import.meta.url)));
const env: NodeJS.ProcessEnv = { ...process.env, XDG_CACHE_HOME: join(base, "cache"), MONGE_DATA: "" };

/** The nearest folder from here up that holds `name`: this file may run as a chunk. */
function folderWith(name: string, from: string): string {
  return existsSync(join(from, name)) ? from : folderWith(name, dirname(from));
}

const script = (command: Command) => join(dist, "node", `${command}.js`);

function run(command: Command, args: string[], extra: NodeJS.ProcessEnv = {}) {
  return spawnSync(process.execPath, [script(command), ...args], {
    cwd: base,
    encoding: "utf8",
    env: { ...env, ...extra },
    timeout: 60_000,
  });
}

/** The one line that a command must end with. Dawn's own warnings about limits may stand before it. */
function complaint(command: Command, args: string[], extra: NodeJS.ProcessEnv = {}): string {
  const { status, stderr, stdout } = run(command, args, extra);
  const lines = stderr
    .split("\n")
    .filter((line) => line !== "" && !/^Warning: max\w+ artificially /.test(line));
  assert.is(status, 1, `${args.join(" ")}: ${stdout}${stderr}`);
  assert.is(lines.length, 1, stderr);
  assert.match(lines[0], /^monge: [^ ].*[.?]$/);
  return lines[0];
}

/** A folder with the four files of MNIST, some of them replaced, or left out where undefined. */
function dataFolder(name: string, changes: Record<string, Uint8Array | undefined> = {}): string {
  const labels = Array.from({ length: 24 }, (_, i) => (i % 4 === 3 ? 7 : 5));
  const files: Record<string, Uint8Array | undefined> = {
    "train-images-idx3-ubyte": imagesFile(20),
    "train-labels-idx1-ubyte": labelsFile(labels.slice(0, 20)),
    "t10k-images-idx3-ubyte": imagesFile(24),
    "t10k-labels-idx1-ubyte": labelsFile(labels),
    ...changes,
  };
  const folder = join(base, name);
  mkdirSync(folder);
  for (const [file, bytes] of Object.entries(files)) if (bytes) writeFileSync(join(folder, file), bytes);
  return folder;
}

const data = dataFolder("data");
const images = "train-images-idx3-ubyte";
const labels = "train-labels-idx1-ubyte";
const out = join(base, "out");
writeFileSync(join(base, "file"), "");
const misspelt = join(base, "mine.yaml");
writeFileSync(misspelt, "preset: small\nnetwork:\n  latnet: 5\n");

const trainMistakes: [name: string, args: string[], message: RegExp][] = [
  ["an unknown option", ["--stpes", "3"], /unknown option --stpes\. Did you mean --steps\?/],
  ["a missing value", ["--steps"], /--steps needs a value/],
  ["a wrong number", ["--steps", "3.5"], /--steps "3\.5": expected a whole number from 1/],
  [
    "an unknown preset",
    ["--preset", "gan"],
    /--preset "gan": expected one of tutorial, wgan, kpandey, wgan-gp, small, toy/,
  ],
  ["a data folder that is missing", ["--data", join(base, "no")], /--data \S+no: no such file or folder/],
  ["a data folder without files", ["--data", base], /no data set there, expected IDX files/],
  [
    "a file that is no IDX file",
    ["--data", dataFolder("magic", { [images]: new TextEncoder().encode("<!doctype html><title>Log in") })],
    /train-images-idx3-ubyte: no IDX file, it begins with the bytes 3c 21 64 6f; expected images: /,
  ],
  [
    "swapped files",
    [
      "--data",
      dataFolder("swapped", { [images]: labelsFile(new Array(20).fill(5)), [labels]: imagesFile(1) }),
    ],
    /IDX of unsigned bytes in 1 axis \(20\), expected images: .*swapped\?/,
  ],
  [
    "a truncated file",
    ["--data", dataFolder("truncated", { [images]: imagesFile(20).subarray(0, 1000) })],
    /truncated, the header says 20 images of 28x28 \(15680 bytes\) but 984 follow\. Fetch it again\./,
  ],
  [
    "counts that differ",
    ["--data", dataFolder("counts", { [labels]: labelsFile([5, 7, 5]) })],
    /20 images but 3 labels, expected as many of each/,
  ],
  ["digits that aren't there", ["--data", data, "--digits", "5,8"], /no images of 8 in .* There are 5, 7\./],
  [
    "a batch larger than the data",
    ["--data", data, "--preset", "small", "--batch", "16"],
    /--batch "16": larger than the data, which has 15 samples of these classes\./,
  ],
  [
    "a network that no adapter's buffers hold",
    ["--data", data, "--preset", "small", "--batch", "4", "--network.generatorChannels", "4096"],
    /--network\.generatorChannels "4096": what the optimiser keeps of these weights needs \d+\.?\d* MiB, but this /,
  ],
  [
    "a setting that isn't there",
    ["--config", misspelt],
    /mine\.yaml:3: network\.latnet: unknown key, the nearest is latent\.$/,
  ],
  [
    "an odd batch for the tutorial",
    ["--data", data, "--preset", "tutorial", "--batch", "3"],
    /--batch "3": expected an even number, since the objective tutorial trains its critic on half batches\./,
  ],
];

for (const [name, args, message] of trainMistakes) {
  test(`train: ${name} gets one line, and no folder is made`, () => {
    assert.match(complaint("train", [...args, "--out", out]), message);
    assert.not(existsSync(out));
  });
}

test("train: --out that is a file, lies in one, or holds something is left alone", () => {
  const folder = join(base, "held");
  mkdirSync(folder);
  writeFileSync(join(folder, "config.yaml"), "mine");
  const to = (path: string) => complaint("train", ["--data", data, "--out", path]);
  assert.match(to(folder), /--out \S+held: isn't empty\. Name a new or an empty folder\.$/);
  assert.match(to(base), /isn't empty\. Name a new or an empty folder\.$/);
  assert.match(to(join(base, "file")), /--out \S+file: a file, expected a folder\.$/);
  assert.match(to(join(base, "file", "inside")), /--out \S+file: a file, expected a folder\.$/);
  assert.equal(readdirSync(folder), ["config.yaml"]);
  assert.is(readFileSync(join(folder, "config.yaml"), "utf8"), "mine");
});

const noAdapter = { VK_DRIVER_FILES: "/nonexistent" };
const onLinux = process.platform === "linux" ? test : test.skip;

onLinux("train without an adapter says so at once, and what to do", () => {
  const start = performance.now();
  const line = complaint("train", ["--data", data, "--out", out], noAdapter);
  assert.is(
    line,
    "monge: no WebGPU adapter was found. `npm run setup` installs one, `npm run doctor` tells more.",
  );
  assert.ok(performance.now() - start < 10_000);
  assert.not(existsSync(out));
});

test("every command takes --adapter, and answers a name that no adapter has with those there are", () => {
  const message = /^monge: adapter "no such card": none has that in its name\. There are: .+\.$/;
  const named = ["--adapter", "no such card"];
  assert.match(complaint("train", ["--data", data, "--out", out, ...named]), message);
  assert.not(existsSync(out));
  for (const command of ["doctor", "profile", "ladder", "tune"] as const) {
    assert.match(complaint(command, named), message);
  }
  assert.match(
    complaint("train", ["--adapter", ""]),
    /--adapter is empty, expected a part of an adapter's name\.$/,
  );
});

test("doctor lists the adapters, computes on the one that is named, and is ready", () => {
  const { status, stdout, stderr } = run("doctor", ["--json", "doctor.json"]);
  assert.is(status, 0, stderr);
  const [, name] = stdout.match(/^adapters +(.+), (?:soft|hard)ware(?:, the first of .*)?, used here$/m)!;
  assert.match(stdout, /^self-test +a product of 67x67 matrices, off by \de-\d+$/m);
  assert.match(stdout, /\nready\n$/);
  const json = JSON.parse(readFileSync(join(base, "doctor.json"), "utf8"));
  assert.equal([json.wrong, json.adapters.length > 0, json.error < 1e-5], [null, true, true]);
  assert.ok(json.used.limits.maxTextureDimension2D > 0, "limits that no kernel needs, too");
  assert.ok(stdout.includes(json.families.join(", ")));
  const named = run("doctor", ["--adapter", name.toUpperCase()]);
  assert.is(named.status, 0, named.stderr);
  assert.is(named.stdout.match(/^adapters +.*$/m)![0], stdout.match(/^adapters +.*$/m)![0]);
});

onLinux("a binding that doesn't load is told from a missing adapter, by doctor as well", () => {
  // The bundles find the package webgpu beside themselves, as on a machine to which they were carried.
  const folder = cutAt(1_000_000);
  // Marks of who uses it come and go.
  cpSync(dist, join(folder, "dist"), { recursive: true, filter: (path) => !path.includes(".used-by-") });
  const start = (command: Command, args: string[]) =>
    spawnSync(process.execPath, [join(folder, "dist/node", `${command}.js`), ...args], {
      cwd: base,
      encoding: "utf8",
      env,
    });
  const why =
    "the binding of the npm package webgpu can't be loaded \\(.+\\); it may be damaged\\. Run `npm run setup`\\.";
  const { status, stderr } = start("train", ["--data", data, "--out", out]);
  assert.is(status, 1);
  assert.match(stderr, new RegExp(`^monge: ${why}\n$`));
  const doctor = start("doctor", []);
  assert.is(doctor.status, 1, doctor.stderr);
  assert.match(doctor.stdout, new RegExp(`\nnot ready: ${why}\n$`));
});

test("doctor takes nothing else but --help", () => {
  assert.is(complaint("doctor", ["--x"]), "monge: unknown option --x. See npm run doctor -- --help.");
  assert.match(run("doctor", ["--help"]).stdout, "usage: npm run doctor -- [options]\n");
});

test("--help shows the text and exits with 0, whatever else is given", () => {
  for (const command of ["train", "sample", "evaluate", "classifier"] as const) {
    const { status, stdout, stderr } = run(command, ["--help"]);
    assert.equal([status, stderr], [0, ""]);
    assert.match(stdout, `usage: npm run ${command} -- `);
    assert.match(stdout, adapterHelp);
  }
});

test("train: --print-config prints a preset's settings as a file for --config, and makes nothing", () => {
  const { status, stdout, stderr } = run("train", ["--preset", "wgan", "--batch", "32", "--print-config"]);
  assert.equal([status, stderr], [0, ""]);
  assert.match(stdout, /^(# .*\n)+preset: wgan\n/);
  assert.match(stdout, "\nbatch: 32\n");
  assert.not(existsSync(join(base, "runs")));
});

const trained = join(base, "trained");
const shortRun = (path: string) => [
  ...["--preset", "small", "--data", data, "--batch", "4", "--seed", "1", "--out", path],
  ...["--steps", "3", "--sample-every", "2", "--log-every", "1"],
];
const rows = (path: string) => readFileSync(join(path, "losses.csv"), "utf8").trim().split("\n");
const withoutSeconds = (path: string) => rows(path).map((row) => row.slice(0, row.lastIndexOf(",")));

/** What lies in the folder of every run of images. */
const left = [
  ...["checkpoints", "samples", "config.yaml", "losses.csv", "losses.png", "losses.svg", "metrics.json"],
  ...["metrics.jsonl", "events.out.tfevents", "training.gif", "latent.png", "report.html"],
  ...["critic.safetensors", "generator.safetensors"],
];
const namesIn = (path: string, recursive = true) =>
  readdirSync(path, { recursive, encoding: "utf8" })
    .map((name) => name.replace(/(?<=tfevents).*/, "")) // a time and the machine's name
    .sort();

test("train: a short run leaves exactly what it promises, and piped output is plain lines", () => {
  const { status, stdout, stderr } = run("train", shortRun(trained));
  assert.is(status, 0, stderr);
  assert.equal(
    namesIn(trained),
    [
      ...left,
      join("checkpoints", "step-000003.safetensors"),
      join("samples", "step-000002.png"),
      join("samples", "step-000003.png"),
    ].sort(),
  );
  const [header, ...lines] = rows(trained);
  assert.is(header, "step,critic_real,critic_fake,generator,wasserstein,seconds");
  assert.equal(
    lines.map((line) => line.split(",")[0]),
    ["1", "2", "3"],
  );
  assert.ok(lines.every((line) => line.split(",").length === 6 && !/NaN|Infinity/.test(line)));
  for (const step of [2, 3]) {
    const { width, height } = PNG.sync.read(readFileSync(join(trained, "samples", `step-00000${step}.png`)));
    assert.equal([width, height], [298, 298], "10x10 images of 28 pixels with gaps of 2");
  }
  assert.not(stdout.includes("\r") || stdout.includes("\x1b"), "nothing is rewritten in place");
  const shown = stdout.trimEnd().split("\n");
  assert.is(shown.length, 7, stdout);
  assert.match(shown[0], /^data: 20 grey images of 28x28 in 2 classes \(5, 7\): /);
  assert.is(shown[1], "classes: 5, as preset small has it; --classes takes others");
  assert.match(shown[2], /^training small on 15 images of class 5, 3 steps, seed 1, on .*, into \S+trained$/);
  shown.slice(3, 6).forEach((line, i) => {
    const left = i < 2 ? "  (\\d+ min )?\\d+ s left" : "";
    assert.match(line, new RegExp(`^step ${i + 1}  critic real .* steps/s${left}$`));
  });
  assert.match(shown[6], /^done after 3 steps in \d+ s: \S+trained$/);
});

test("train: the same seed gives the same losses and images, also when nobody reads on (| head -1)", async () => {
  const again = join(base, "again");
  const child = spawn(process.execPath, [script("train"), ...shortRun(again)], { cwd: base, env });
  let errors = "";
  child.stderr.on("data", (chunk) => {
    errors += chunk;
  });
  child.stdout.once("data", () => child.stdout.destroy());
  const code = await new Promise((resolve) => child.on("close", resolve));
  assert.is(code, 0, errors);
  assert.not.match(errors, /monge:|EPIPE/);
  assert.equal(withoutSeconds(again), withoutSeconds(trained));
  for (const name of ["step-000002.png", "step-000003.png"]) {
    const [one, other] = [trained, again].map((folder) => readFileSync(join(folder, "samples", name)));
    assert.ok(one.equals(other), name);
  }
  const [one, other] = [trained, again].map((folder) => readFileSync(join(folder, "generator.safetensors")));
  assert.ok(one.equals(other), "generator.safetensors");
});

test("train: Ctrl-C ends the run after a step, with losses, an image and weights of that step", async () => {
  const path = join(base, "stopped");
  const args = ["--preset", "small", "--data", data, "--batch", "4", "--seed", "1", "--out", path];
  const child = spawn(
    process.execPath,
    [script("train"), ...args, "--steps", "100000", "--sample-every", "1", "--log-every", "100000"],
    { cwd: base, env },
  );
  let output = "";
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  const closed = new Promise((resolve) => child.on("close", resolve));
  const guard = setTimeout(() => child.kill("SIGKILL"), 30_000);
  while (!existsSync(join(path, "samples", "step-000001.png")) && child.exitCode === null) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  child.kill("SIGINT");
  assert.is(await closed, 130, output);
  clearTimeout(guard);
  assert.match(output, "\nCtrl-C: stopping after this step; Ctrl-C again to stop at once\n");
  const steps = Number(output.match(/\nstopped after (\d+) steps? in \d+ s: /)?.[1]);
  assert.is(rows(path).length, 1 + steps, output);
  assert.ok(existsSync(join(path, "samples", `step-${String(steps).padStart(6, "0")}.png`)));
  assert.equal(namesIn(path, false), [...left].sort());
});

test("train: a lost device ends it with one line, and the losses so far are kept", () => {
  // Loaded before the command: it destroys the device at its hundredth submit.
  const loser = join(base, "loser.mjs");
  const webgpu = pathToFileURL(resolve("node_modules/webgpu/index.js")).href;
  writeFileSync(
    loser,
    `const { globals } = await import(${JSON.stringify(webgpu)});
    const { requestDevice } = globals.GPUAdapter.prototype;
    const { submit } = globals.GPUQueue.prototype;
    let [device, submits] = [undefined, 0];
    globals.GPUAdapter.prototype.requestDevice = async function (descriptor) {
      device = await requestDevice.call(this, descriptor);
      return device;
    };
    globals.GPUQueue.prototype.submit = function (buffers) {
      submit.call(this, buffers);
      if (++submits === 100) device.destroy();
    };`,
  );
  const path = join(base, "lost");
  const args = ["--preset", "small", "--data", data, "--batch", "4", "--steps", "100000", "--log-every", "1"];
  const { status, stderr } = run("train", [...args, "--out", path], {
    NODE_OPTIONS: `--import ${pathToFileURL(loser)}`,
  });
  assert.is(status, 1, stderr);
  assert.match(stderr, /^(Warning: max\w+ artificially .*\n)*monge: gpu: the device was lost [^\n]*\n$/);
  assert.ok(rows(path).length > 2);
});

test("sample draws as many images as asked for, and evaluate measures the run", () => {
  const sampled = run("sample", ["--run", trained, "--count", "5", "--seed", "2"]);
  assert.is(sampled.status, 0, sampled.stderr);
  const file = join(trained, "sample-seed-2.png");
  assert.is(sampled.stdout, `5 images: ${file}\n`);
  const { width, height } = PNG.sync.read(readFileSync(file));
  assert.equal([width, height], [88, 58]);

  const json = join(base, "figures.json");
  const { status, stdout, stderr } = run("evaluate", ["--run", trained, "--data", data, "--json", json]);
  assert.is(status, 0, stderr);
  assert.match(
    stdout,
    /\nclassifier: trained in .* s\nclassifier: right on \d+ of 24 test images, \d+\.\d\d %; kept in /,
  );
  assert.match(stdout, /\n10 draws of 9 images against 9 real ones\n/);
  assert.match(stdout, /\n +generated +real\ntaken for 5, % +\d+\.\d ± \d+\.\d +\d+\.\d ± \d+\.\d\n/);
  assert.match(stdout, /\nFréchet distance +\S+ ± \S+ +\S+ ± \S+\n/);
  assert.match(stdout, /\nthe generator after step 3 of 3\n10 draws of 9 /);
  const { run: of, step, draws, figures, classifier, classes } = JSON.parse(readFileSync(json, "utf8"));
  assert.equal(
    [of, step, draws, figures[0].name, figures[0].generated.values.length],
    [trained, 3, 10, "taken for 5, %", 10],
  );
  const [, right, share] = stdout.match(/\n- the classifier is right on (\d+) of 24 test images, (\S+) %\n/)!;
  assert.equal(classifier, { right: Number(right), of: 24 });
  assert.is(share, ((100 * classifier.right) / 24).toFixed(2));
  for (const side of ["generated", "real"])
    assert.is(
      classes[side].reduce((sum: number, n: number) => sum + n, 0),
      90,
      side,
    );
  const nearest = join(trained, "nearest.png");
  assert.match(
    stdout.trim().split("\n").at(-1)!,
    `${nearest}: samples that lie nearest to a training image,`,
  );
  const shown = PNG.sync.read(readFileSync(nearest));
  assert.equal([shown.width, shown.height], [16 * 30 - 2, 4 * 30 - 2]);

  const again = run("classifier", ["--run", trained]);
  assert.is(again.status, 0, again.stderr);
  assert.match(again.stdout, stdout.match(/classifier: right on .*\n/)![0]);
  assert.not(again.stdout.includes("trained"), "it was kept");
});

test("evaluate: a run on points is judged by modes and distance, and images can't be named for it", () => {
  const path = join(base, "ring");
  const small = ["--batch", "4", "--network.hidden", "8", "--steps", "2", "--seed", "1"];
  const { status, stderr } = run("train", [
    "--preset",
    "toy",
    "--data",
    "8gaussians",
    ...small,
    "--out",
    path,
  ]);
  assert.is(status, 0, stderr);
  const { stdout } = run("evaluate", ["--run", path]);
  assert.match(
    stdout,
    /^judging: 10 draws of 2500 points\nthe generator after step 2 of 2\n10 draws of 2500 points, 500 of them paired off with as many of the toy\n/,
  );
  assert.match(stdout, /\nmodes hit, of 8 +\d\.\d ± \d\.\d +8\.0 ± 0\.0\n/);
  assert.match(
    stdout,
    /\nWasserstein-1 distance +\S+ ± \S+ +0\.\d+ ± 0\.\d+\nthe critic's estimate of it +\S+ ± /,
  );
  assert.match(
    complaint("evaluate", ["--run", path, "--data", data]),
    /trained on points of 8gaussians, which are drawn\.$/,
  );
  assert.match(
    complaint("classifier", ["--run", path]),
    /trained on points; there is nothing to classify\.$/,
  );
});

test("classifier and evaluate: what they can't do is said first", () => {
  const one = dataFolder("one class", { "train-labels-idx1-ubyte": labelsFile(new Array(20).fill(5)) });
  assert.match(
    complaint("classifier", ["--data", one]),
    /all images are of one class, and a classifier tells classes apart\.$/,
  );
  assert.match(
    complaint("classifier", ["--data", data, "--run", trained]),
    /--run and --data: only one of them/,
  );
  assert.match(
    complaint("classifier", ["--data", "8gaussians"]),
    /8gaussians: points in the plane, expected images\.$/,
  );
  const config = join(trained, "config.yaml");
  assert.is(
    complaint("evaluate", ["--run", trained, "--json", config]),
    `monge: --json "${config}": expected the name of a .json file.`,
  );
  const nowhere = join(base, "nowhere", "a.json");
  assert.match(
    complaint("evaluate", ["--run", trained, "--json", nowhere]),
    /nowhere: no such file or folder\.$/,
  );
});

test("sample gives the run's own pictures, and others for another seed", () => {
  const draw = (name: string, ...args: string[]) => {
    const file = join(base, name);
    const { status, stderr } = run("sample", ["--run", trained, "--out", file, ...args]);
    assert.is(status, 0, stderr);
    return readFileSync(file);
  };
  const last = readFileSync(join(trained, "samples", "step-000003.png"));
  assert.ok(draw("own.png").equals(last), "those of its last step, since its weights are");
  assert.ok(draw("named.png", "--seed", "1").equals(last), "the run's seed is 1");
  assert.not(draw("other.png", "--seed", "7").equals(last));
});

test("sample for other programs: arrays of the data's own values, ways between latent vectors, truncated ones", () => {
  const draw = (name: string, ...args: string[]) => {
    const file = join(base, name);
    const { status, stderr } = run("sample", ["--run", trained, "--out", file, ...args]);
    assert.is(status, 0, stderr);
    return parseNpyImages(readFileSync(file), file);
  };
  const [height, width, channels] = [28, 28, 1];
  const plain = draw("plain.npy", "--count", "4");
  assert.equal({ ...plain, pixels: 0 }, { count: 4, height, width, channels, pixels: 0 });
  const image = (images: typeof plain, i: number) => [...images.pixels.subarray(i * 784, (i + 1) * 784)];
  const ways = draw("ways.npy", "--count", "6", "--interpolate", "3");
  assert.is(ways.count, 6);
  assert.equal(image(ways, 2), image(plain, 1), "the first way ends at the second image");
  assert.equal(image(draw("cut.npy", "--count", "4", "--truncate", "10"), 3), image(plain, 3));
  assert.not.equal(image(draw("near.npy", "--count", "4", "--truncate", "0.5"), 3), image(plain, 3));
});

test("sample and evaluate: a folder that is no run, or a damaged one, gets one line", () => {
  /** A copy of the run with one file changed. */
  const damaged = (name: string, file: string, change: (bytes: Buffer) => Uint8Array | string) => {
    const folder = join(base, name);
    cpSync(trained, folder, { recursive: true });
    writeFileSync(join(folder, file), change(readFileSync(join(folder, file))));
    return folder;
  };
  const both = (folder: string, message: RegExp) => {
    assert.match(complaint("sample", ["--run", folder]), message);
    assert.match(complaint("evaluate", ["--run", folder, "--data", data]), message);
    assert.not(existsSync(join(folder, "sample-seed-1.png")));
  };
  both(join(base, "nowhere"), /nowhere: no config\.yaml there, expected the folder of a training run\.$/);
  both(base, /no config\.yaml there/);
  both(join(base, "file"), /--run \S+file: a file, expected a folder\.$/);
  both(
    damaged("corrupt", "config.yaml", () => "# run\nsteps: [3\nbatch: 4\n"),
    /config\.yaml:\d: not YAML, .*\.$/,
  );
  both(
    damaged("misspelt", "config.yaml", (text) => text.toString().replace("latent:", "latnet:")),
    /config\.yaml:\d+: network\.lat[en]+t: (missing|unknown key, the nearest is latent)\.$/,
  );
  both(
    damaged("cut", "generator.safetensors", (bytes) => bytes.subarray(0, 5000)),
    /cut\/generator\.safetensors: not a sound safetensors file of f32 tensors: truncated, its tensors take \d+ bytes but \d+ follow the header\.$/,
  );
  for (const number of [Number.NaN, Number.NEGATIVE_INFINITY]) {
    const bad = damaged(`bad ${number}`, "generator.safetensors", (bytes) => {
      bytes.writeFloatLE(number, bytes.length - 4);
      return bytes;
    });
    both(
      bad,
      /generator\.safetensors: \S+ holds NaN or infinity: its training diverged, and it draws nothing\.$/,
    );
  }
  const other = damaged("other", "config.yaml", (text) =>
    text.toString().replace(/generatorChannels: \d+/, "generatorChannels: 8"),
  );
  assert.match(
    complaint("sample", ["--run", other]),
    /generator\.safetensors: not the network that config\.yaml beside it describes: 0\.weight must be \[32,392\], got \[32,784\]\.$/,
  );
});

test("sample and evaluate: what else they need is checked first", () => {
  const to = (path: string) => complaint("sample", ["--run", trained, "--out", path]);
  assert.match(to(join(base, "no", "a.png")), /its folder \S+no: no such file or folder\.$/);
  mkdirSync(join(base, "folder.png"));
  assert.match(to(join(base, "folder.png")), /folder\.png: a folder, expected the name of a file\.$/);
  assert.match(complaint("sample", []), /--run DIR is missing: name the folder of a training run\.$/);
  const sevens = dataFolder("sevens", { "t10k-labels-idx1-ubyte": labelsFile(new Array(24).fill(7)) });
  assert.match(
    complaint("evaluate", ["--run", trained, "--data", sevens]),
    /sevens: too few images to compare with, 0 of 5, expected 4 or more\.$/,
  );
});

test.run();
