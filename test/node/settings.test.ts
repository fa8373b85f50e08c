// Settings of a run: a preset, a file and options laid over each other, and one line for what does not fit.
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Gpu } from "../../src/gpu/gpu";
import { fingerprint } from "../../src/node/checkpoint";
import { configText, readChanges } from "../../src/node/configFile";
import { parseTrainOptions } from "../../src/node/options";
import { chooseSettings, complete, differences, namedPreset, usualPreset } from "../../src/node/settings";
import type { ByteDataset, Dataset } from "../../src/wgan/dataset";
import { type PresetName, presets } from "../../src/wgan/presets";
import { complaint } from "../complaint";
import { runConfig } from "./runConfig";
import { temporaryFolder } from "./temporary";

const base = temporaryFolder();

function file(text: string): string {
  const path = join(base, `${readdirSync(base).length}.yaml`);
  mkdirSync(base, { recursive: true });
  writeFileSync(path, text);
  return path;
}

/** The settings of a command line, with a file where there is one. */
function settingsOf(words: string, path?: string) {
  const options = parseTrainOptions(words.split(" ").filter((word) => word !== ""));
  const changes = [...(path === undefined ? [] : readChanges(path)), ...options.changes];
  return chooseSettings(namedPreset(changes) ?? "small", changes);
}

test("an option goes over the file, and the file over its preset", () => {
  const mine = file("preset: wgan\nsteps: 2000\noptimizer:\n  learningRate: 1e-4\nnetwork:\n  latent: 10\n");
  const { preset, settings } = settingsOf("--optimizer.learningRate 2e-4 --batch=8", mine);
  assert.is(preset, "wgan");
  assert.equal(settings.optimizer, { ...presets.wgan.optimizer, learningRate: 2e-4 });
  assert.equal([settings.steps, settings.batch, settings.network.latent], [2000, 8, 10]);
  assert.equal(settings.objective, presets.wgan.objective);
  assert.is(settingsOf("--preset kpandey", mine).settings.network.latent, 10);
  assert.is(settingsOf("", file("# nothing\n")).preset, "small");
});

test("another kind of optimiser or objective brings its own keys", () => {
  const { optimizer } = settingsOf("--preset wgan --optimizer.kind adam").settings;
  assert.equal(optimizer, { kind: "adam", learningRate: 1e-4, schedule: "constant", beta1: 0.5, beta2: 0.9 });
  const { objective } = settingsOf("--preset tutorial --objective.kind wgan-gp").settings;
  assert.equal(objective, { kind: "wgan-gp", criticSteps: 5, warmUp: null, gradientPenalty: 10 });
  const clipped = settingsOf("--preset small --objective.kind wgan --objective.clip 0.05").settings.objective;
  assert.equal(clipped, { kind: "wgan", criticSteps: 3, warmUp: null, clip: 0.05 });
  assert.is(
    complaint(() => settingsOf("--preset small --objective.clip 0.05")),
    '--objective.clip "0.05": unknown key.',
  );
});

test("what follows: a short run has no warm-up that comes back, an mlp no norm", () => {
  assert.is(settingsOf("--preset wgan --steps 999").settings.objective.warmUp, null);
  assert.equal(
    settingsOf("--preset wgan --steps 1000").settings.objective.warmUp,
    presets.wgan.objective.warmUp,
  );
  assert.equal(
    settingsOf("--preset kpandey --steps 10").settings.objective.warmUp,
    presets.kpandey.objective.warmUp,
  );
  const kept = settingsOf("--preset wgan --steps 10 --objective.warmUp.first 3").settings.objective.warmUp;
  assert.equal(kept, { criticSteps: 100, first: 3, every: 500 });
  assert.is(settingsOf("--preset wgan --network.critic mlp").settings.network.criticNorm, "none");
  assert.is(
    complaint(() => settingsOf("--preset wgan --network.critic mlp --network.criticNorm batch")),
    '--network.criticNorm "batch": expected none, which is what goes with network.critic: mlp.',
  );
});

test("what is wrong is told where it was given", () => {
  const mine = file("preset: tutorial\nbatch: 63\n");
  assert.is(
    complaint(() => settingsOf("", mine)),
    `${mine}:2: batch: expected an even number, since the objective tutorial trains its critic on half batches.`,
  );
  assert.match(
    complaint(() => settingsOf("--batch 65", mine)),
    /^--batch "65": expected an even number/,
  );
  assert.match(
    complaint(() => settingsOf("--optimizer.learningRate -1")),
    /^--optimizer\.learningRate "-1": expected more than 0\.$/,
  );
  assert.match(
    complaint(() => settingsOf("--network.latent 9e11")),
    /^--network\.latent "9e11": expected at most 65536\.$/,
  );
  assert.match(
    complaint(() => settingsOf("--network.latent many")),
    /^--network\.latent "many": expected a number\.$/,
  );
  assert.match(
    complaint(() => settingsOf("", file("preset: gan\n"))),
    /yaml:1: preset: expected one of tutorial, wgan, /,
  );
  assert.match(
    complaint(() => settingsOf("", file("- preset\n"))),
    /yaml:1: config: expected keys and values\.$/,
  );
  assert.match(
    complaint(() => settingsOf("", file("steps:\n  a: 1\n"))),
    /yaml:1: steps: expected a number\.$/,
  );
  assert.match(
    complaint(() => settingsOf("", file("network: 5\n"))),
    /yaml:1: network: expected keys and values\.$/,
  );
  assert.match(
    complaint(() => settingsOf("", file("__proto__:\n  a: 1\n"))),
    /yaml:2: __proto__\.a: unknown key/,
  );
  assert.match(
    complaint(() => settingsOf("", file("optimiser:\n  kind: adam\n"))),
    /yaml:1: optimiser: unknown key, the nearest is optimizer\.$/,
  );
  assert.match(
    complaint(() => settingsOf("", join(base, "none.yaml"))),
    /none\.yaml: no such file or folder\.$/,
  );
  assert.match(
    complaint(() => settingsOf("", base)),
    /: a folder, expected a file\.$/,
  );
});

/** A data set without its bytes. */
const images = (changes: Partial<ByteDataset> = {}): Dataset => ({
  ...{ kind: "images", images: new Uint8Array(), count: 12_665, height: 28, width: 28, channels: 1 },
  ...{ labels: Uint16Array.of(0, 1), source: "here", ...changes },
});
const points: Dataset = { kind: "points", points: new Float32Array(), count: 1000, source: "swissroll" };
/** A device that binds so much at once. */
const gpu = (mebibytes = 128) =>
  ({
    info: { name: "llvmpipe", driver: "Mesa", software: true },
    device: { limits: { maxStorageBufferBindingSize: mebibytes * 2 ** 20 } },
  }) as unknown as Gpu;
const completed = (words: string, changes: Partial<ByteDataset> = {}, mebibytes = 128) =>
  complete(settingsOf(words), images(changes), gpu(mebibytes));

test("a batch or an image that the adapter's buffers can't hold is told with the largest batch that fits", () => {
  const wgan = "--preset wgan --classes all";
  assert.is(completed(`${wgan} --batch 334`).batch, 334);
  assert.is(
    complaint(() => completed(`${wgan} --batch 335`)),
    '--batch "335": too large, since this adapter\'s buffers hold 128 MiB. The largest that fits is 334.',
  );
  assert.match(
    complaint(() => completed(`${wgan} --batch 1024`)),
    /The largest that fits is 334\.$/,
  );
  assert.match(
    complaint(() => completed(wgan, {}, 20)),
    /^batch 64 of preset wgan: .* The largest that fits is 52\.$/,
  );
  assert.match(
    complaint(() => completed(wgan, { height: 1000, width: 1000, channels: 3 })),
    /^data\.path: samples of 1000x1000x3 are too large for these networks, since /,
  );
  assert.match(
    complaint(() => completed(`${wgan} --network.criticChannels 4096 --batch 1`)),
    /^--network\.criticChannels "4096": what the optimiser keeps of these weights needs 1025\.\d MiB/,
  );
});

test("settings that don't go with the data are told", () => {
  assert.match(
    complaint(() => completed("--preset kpandey", { height: 32, width: 32, channels: 3 })),
    /^network\.generator kpandey of preset kpandey: kpandey is fixed to 28x28x1, but the data are 32x32x3\.$/,
  );
  assert.match(
    complaint(() => complete(settingsOf("--preset wgan"), points, gpu())),
    /conv is for images, but the data are points/,
  );
  assert.match(
    complaint(() => completed("--conditional true", { labels: Uint16Array.of(5) })),
    /^--conditional "true": expected data of 2 to 256 classes, but there is 1\.$/,
  );
  assert.match(
    complaint(() => completed("--batch 16", { count: 15 })),
    /^--batch "16": larger than the data, which has 15 samples of these classes\.$/,
  );
});

test("a run's own config.yaml repeats the run: other data are refused, another machine is told", () => {
  const { adapter, monge, data } = completed("");
  const config = { ...runConfig, data: { ...runConfig.data, sha256: data.sha256 }, adapter, monge };
  const path = file(configText(config));
  const again = (changes: Partial<ByteDataset> = {}, words = "") => {
    const chosen = settingsOf(words, path);
    return differences(chosen, complete(chosen, images({ source: config.data.source, ...changes }), gpu()));
  };
  assert.equal(again(), []);
  const chosen = settingsOf("", path);
  assert.equal(complete(chosen, images({ source: config.data.source }), gpu()), config);
  assert.match(
    complaint(() => again({ count: 5000 })),
    /yaml:\d+: data\.count: 12665 then, but 5000 is what is found now\.$/,
  );
  assert.match(
    complaint(() => again({ images: Uint8Array.of(1) })),
    /yaml:\d+: data\.sha256: "\w+" then, but "\w+" is what is found now\.$/,
  );
  assert.equal(again({ count: 5000 }, "--data elsewhere"), []);
  const other = file(configText({ ...config, adapter: { ...config.adapter, name: "a GPU" } }));
  const elsewhere = settingsOf("", other);
  assert.equal(differences(elsewhere, complete(elsewhere, images({ source: config.data.source }), gpu())), [
    'adapter.name: "a GPU" then, "llvmpipe" now: other bits may come of it',
  ]);
});

test("toys have their preset, and the record of a run says what its data are", () => {
  const { changes } = parseTrainOptions(["--data", "swissroll"]);
  assert.is(usualPreset(changes).name, "toy");
  const { data } = complete(chooseSettings("toy", changes), points, gpu());
  assert.equal(data, {
    ...{ path: "swissroll", classes: "all", size: null, transposed: false },
    ...{ source: "swissroll", count: 1000, shape: [2], classCount: 0, sha256: fingerprint(points).sha256 },
  });
  const named = settingsOf("--preset small --classes cat,dog");
  assert.equal(named.settings.data.classes, ["cat", "dog"]);
  assert.equal(complete(named, images(), gpu()).data.classes, ["cat", "dog"]);
});

test("a preset's name is the type's", () => {
  const names: PresetName[] = ["tutorial", "wgan", "kpandey", "wgan-gp", "small", "toy"];
  assert.equal(Object.keys(presets), names);
});

test.run();
