// Configurations as files: what is wrong is told with file, line, key and what was expected.
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { configText, parseValue, readChanges, readConfig, settingsText } from "../../src/node/configFile";
import { chooseSettings } from "../../src/node/settings";
import { presetNames, presets } from "../../src/wgan/presets";
import { runConfig } from "./runConfig";
import { temporaryFolder } from "./temporary";

const base = temporaryFolder();
const text = configText(runConfig);

function write(content: string): string {
  const folder = join(base, `run-${readdirSync(base).length}`);
  mkdirSync(folder);
  writeFileSync(join(folder, "config.yaml"), content);
  return folder;
}

/** Changes one place of a run's configuration and expects the complaint about that line, or `line`. */
function complains(from: string, to: string, message: RegExp, line?: number): void {
  const [before] = text.split(from);
  assert.is.not(before, text, `${from} is in the file`);
  const run = write(text.replace(from, to));
  const file = join(run, "config.yaml");
  const place = `${file}:${line ?? before.split("\n").length}: `;
  const read = [() => readConfig(run), () => chooseSettings("wgan", readChanges(file))];
  for (const [i, reading] of read.entries()) {
    if (i === 1 && /missing/.test(String(message))) continue; // what a file leaves out is the preset's
    assert.throws(reading, (error: Error) => {
      assert.is(error.message.slice(0, place.length), place, error.message);
      assert.match(error.message.slice(place.length), message);
      return true;
    });
  }
}

test("a broken configuration is told with file, line and key, a run's own and one that a person wrote", () => {
  complains("steps: 1000", "steps: 012", /^"012" is no plain number/);
  complains("clip: 0.01", "clip: .nan", /^"\.nan" is no plain number/);
  complains("batch: 64", "batch: 0x40", /^"0x40" is no plain number/);
  complains("batch: 64", "batch: many", /^batch: expected a number\.$/);
  complains("batch: 64", "batch: 6.4", /^batch: expected a whole number\.$/);
  complains("latent: 50", "latent: 0", /^network\.latent: expected at least 1\.$/);
  complains("latent: 50", "latent: 9e11", /^network\.latent: expected at most 65536\.$/);
  complains(
    "generatorChannels: 128",
    "generatorChannels: 100000",
    /^network\.generatorChannels: expected at most 4096/,
  );
  complains("kind: wgan", "kind: lsgan", /^objective\.kind: expected one of tutorial, wgan, wgan-gp, gan\.$/);
  complains("kind: rmsprop", "kind: sgd", /^optimizer\.kind: expected one of rmsprop, adam\.$/);
  complains("learningRate: 0.00005", "learningRate: -1", /^optimizer\.learningRate: expected more than 0\.$/);
  complains(
    "learningRate: 0.00005",
    "learningRate: 1e400",
    /^optimizer\.learningRate: expected a finite number\.$/,
  );
  complains("form: torch", "form: pytorch", /^optimizer\.form: expected one of keras, torch, tensorflow1\.$/);
  complains(
    "criticNorm: batch",
    "criticNorm: 5",
    /^network\.criticNorm: expected one of batch, layer, none\.$/,
  );
  complains("ema: 0", "ema: 1", /^ema: expected less than 1\.$/);
  complains("scale: true", "scale: 1", /^network\.batchNorm\.scale: expected true or false\.$/);
  complains("latent: 50", "latnet: 50", /^network\.latnet: unknown key, the nearest is latent\.$/);
  complains(
    "batch: 64",
    "batch: 64\nxyzzy: 9",
    /^xyzzy: unknown key\.$/,
    text.split("batch: 64")[0].split("\n").length + 1,
  );
  complains("batch: 64\n", "", /^batch: missing\.$/, 2);
  complains("seed: 42", "batch: 65\nseed: 42", /^not YAML, Map keys must be unique/);
  complains("preset: wgan", "preset: *other", /^write the value in place of the alias \*other/);
  complains("- 0", "- -1", /^data\.classes\.0: expected at least 0\.$/);
});

test("a folder without a run is told", () => {
  assert.throws(() => readConfig(join(base, "nowhere")), /nowhere: no config\.yaml there/);
});

test("a run's config.yaml comes back as it was, and as changes of its preset gives the same settings", () => {
  const run = write(text);
  assert.equal(readConfig(run), runConfig);
  const { monge, adapter, preset, data, ...settings } = runConfig;
  const { source, count, shape, classCount, sha256, ...wanted } = data;
  const chosen = chooseSettings("wgan", readChanges(join(run, "config.yaml")));
  assert.equal(chosen.settings, { data: wanted, ...settings });
});

for (const name of presetNames) {
  test(`${name}: its printed settings, read back, are the preset`, () => {
    const file = join(write(""), "mine.yaml");
    writeFileSync(file, settingsText(chooseSettings(name, [])));
    const { seed, ...settings } = chooseSettings(name, readChanges(file)).settings;
    assert.equal(settings, presets[name]);
  });
}

test("a preset's digits are not printed for data that a person named: they may have other classes", () => {
  const file = join(write(""), "named.yaml");
  const printed = (text: string) => {
    writeFileSync(file, text);
    return settingsText(chooseSettings("small", readChanges(file)));
  };
  assert.not.match(printed("data: { path: shapes }"), /classes/);
  assert.match(printed("data: { path: shapes, classes: [cat] }"), /classes:\n {4}- cat\n/);
  assert.not.match(printed("conditional: true"), /classes/);
  assert.match(printed("data: { size: 32 }"), /classes:\n {4}- 5\n/);
});

test("values of options are those of YAML, in plain numbers", () => {
  const read = (text: string) => parseValue(text, "--x");
  assert.equal(["1e-4", "-3", "null", "true", "he", "[0, 1]", "all"].map(read), [
    1e-4,
    -3,
    null,
    true,
    "he",
    [0, 1],
    "all",
  ]);
  for (const text of [".nan", "012", "0x10", "1_000", "[1, .inf]"].filter((text) => text !== "1_000"))
    assert.throws(
      () => read(text),
      /^--x ".*": ".*" is no plain number, expected one like 12 or 5e-5\.$/,
      text,
    );
  assert.throws(() => read(""), /^--x is empty, expected a value\.$/);
  assert.throws(() => read("[1"), /^--x "\[1": not YAML/);
});

test("files of other shapes than keys and values are told in one line, with what was meant", () => {
  const of = (content: string | Uint8Array) => {
    const path = join(write(""), "odd.yaml");
    writeFileSync(path, content);
    return () => chooseSettings("small", readChanges(path));
  };
  assert.throws(
    of("steps: 5\nnetwork.latent: 5\n"),
    /odd\.yaml:2: network\.latent: only an option has dots, expected network: \{ latent: … \} in a file\.$/,
  );
  assert.throws(
    of("objective:\n  warmUp: { criticSteps: 5 }\n"),
    /odd\.yaml:2: objective\.warmUp\.first: missing\.$/,
  );
  assert.throws(of("steps: 5\n? [a]\n: 5\n"), /odd\.yaml:2: a key that is a list or has keys itself\.$/);
  assert.throws(of("steps: 5\n---\nsteps: 6\n"), /odd\.yaml:2: not YAML, more than one document in it\.$/);
  assert.throws(of(Buffer.from("steps: 5\n", "utf16le").subarray(1)), /odd\.yaml/);
  assert.throws(of(Uint8Array.of(0xff, 0xfe, 0x73, 0)), /odd\.yaml: no text in UTF-8\.$/);
});

test.run();
