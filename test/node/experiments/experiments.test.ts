// Every experiment names trainings that train takes, and makes a page of made-up ones; the clipped critics' gradients are
// those of differences.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { encodeSafetensors } from "../../../src/formats/safetensors";
import { experiments } from "../../../src/node/experiments";
import { gradientNorms } from "../../../src/node/experiments/clipping";
import type { Done, Training } from "../../../src/node/experiments/experiment";
import { readKept, requireOneData, writeKept } from "../../../src/node/experiments/kept";
import { parseExperimentOptions } from "../../../src/node/experiments/options";
import { parseTrainOptions } from "../../../src/node/options";
import { decodePng, encodePng } from "../../../src/node/png";
import { chooseSettings, namedPreset } from "../../../src/node/settings";
import { temporaryFolder } from "../temporary";

const array = (shape: number[], value: (i: number) => number) => {
  const size = shape.reduce((product, each) => product * each, 1);
  return { shape, data: Float32Array.from({ length: size }, (_, i) => value(i)) };
};

/** A training of that name that is done: 200 steps, a look at every 20, a picture at each. */
function done({ name, options }: Training): Done {
  const path = join(temporaryFolder(), name);
  mkdirSync(join(path, "samples"), { recursive: true });
  const png = encodePng({ bytes: new Uint8ClampedArray(64), width: 8, height: 8 });
  const steps = Array.from({ length: 10 }, (_, i) => 20 * (i + 1));
  for (const step of steps)
    writeFileSync(join(path, "samples", `step-${String(step).padStart(6, "0")}.png`), png);
  const layers = [
    [1, 2, 3],
    [3, 3, 3],
    [5, 3, 1],
  ].map(([place, inputs, outputs]) => ({
    [`${place}.weight`]: array([inputs, outputs], (i) => Math.sin(i + place) / 100),
    [`${place}.bias`]: array([outputs], () => 0.01),
  }));
  writeFileSync(join(path, "critic.safetensors"), encodeSafetensors(Object.assign({}, ...layers)));
  return {
    ...{ name, options, path, data: "5eed" },
    looks: steps.map((step) => ({
      step,
      figures: {
        ...{ frechet: 500 / step, frechet_floor: 2, estimate: 3 / step },
        ...Object.fromEntries(Array.from({ length: 10 }, (_, digit) => [`class_${digit}`, digit])),
        ...{ modes_kl: 40 / step, modes_kl_floor: 0.026, real_read_right: 0.98 },
        ...{ wasserstein_1: 1 / step, wasserstein_1_floor: 0.001, modes: 3, near_a_mode: 0.5 },
      },
    })),
  };
}

for (const [name, { trainings, results, about, needsFolders }] of Object.entries(experiments)) {
  test(`${name}: train takes all that it asks for, each under a name of its own`, () => {
    for (const quick of [false, true]) {
      const all = trainings(quick);
      assert.is(new Set(all.map((each) => each.name)).size, all.length);
      for (const { options } of all) {
        const words = Object.entries(options).flatMap(([option, value]) => [`--${option}`, `${value}`]);
        const { changes } = parseTrainOptions(words);
        const { settings } = chooseSettings(namedPreset(changes)!, changes);
        assert.ok(settings.evaluateEvery > 0 && settings.steps % settings.evaluateEvery === 0);
        assert.ok(!quick || settings.steps <= 6);
      }
    }
    assert.ok(about.length < 120);
  });

  test(`${name}: its page has a table of what is done, and pictures that it names`, async () => {
    const some = trainings(false).slice(0, 4);
    const { text, pictures } = await results(some.map(done));
    assert.match(text, /^\| .* \|\n\| -+/);
    assert.not.match(text, /NaN|undefined/);
    for (const [, file] of text.matchAll(/\]\(([^)]+)\)/g)) assert.ok(pictures[file], file);
    for (const [file, bytes] of Object.entries(pictures)) {
      assert.ok(text.includes(`](${file})`), file);
      assert.ok(decodePng(bytes).width >= 8);
    }
    if (needsFolders) return;
    // Of what is kept beside the page the same text is made; pictures of samples stay as they are.
    const file = join(temporaryFolder(), `${name}.jsonl`);
    writeKept(file, some.map(done));
    const told: string[] = [];
    const read = (quick: boolean) => readKept(file, trainings(quick), (line) => void told.push(line));
    const kept = read(false);
    const again = await results(kept);
    assert.is(again.text, text);
    for (const picture of Object.keys(again.pictures))
      assert.equal(again.pictures[picture], pictures[picture]);
    const lines = readFileSync(file, "utf8");
    const turned = lines.replace(
      /"options":\{(.*?)\}/g,
      (_, of) => `"options":{${of.split(",").reverse().join()}}`,
    );
    writeFileSync(file, turned);
    assert.equal([read(false).length, told], [kept.length, []], "the order of options says nothing");
    assert.equal(read(true), [], "other settings, another training");
    assert.is(told.length, some.length);
    assert.match(told[0], /jsonl:\d+: \S+ with these options is no training of now, and leaves the file$/);
    requireOneData(kept, file);
    const other = kept.map((run, i) => (i === 0 ? { ...run, data: "another" } : run));
    const beside = kept.slice(1).find(({ options }) => options.data === kept[0].options.data);
    if (beside) assert.throws(() => requireOneData(other, file), /learnt from other data than /);
    writeFileSync(file, '{"name":"a","options":{},"data":"5eed","looks":[{"step":1,"frechet":null}]}\n');
    assert.throws(() => read(false), /jsonl:1: expected a training's name, /);
  });
}

test("the gradient at each layer's input is that of differences", () => {
  const sizes = [2, 4, 3, 1];
  const layers = sizes.slice(1).map((outputs, i) => ({
    ...{ inputs: sizes[i], outputs },
    weight: array([sizes[i], outputs], (k) => Math.sin(3 * k + i)).data,
    bias: array([outputs], (k) => 0.3 * Math.cos(k + i)).data,
  }));
  const after = (from: number, input: readonly number[]): number =>
    layers.slice(from).reduce<number[]>(
      (x, { weight, bias, outputs }, i) => {
        const y = Array.from(bias, (b, o) => x.reduce((sum, v, k) => sum + v * weight[k * outputs + o], b));
        return from + i < layers.length - 1 ? y.map((v) => Math.max(0, v)) : y;
      },
      [...input],
    )[0];
  const point = [0.7, -0.4];
  const hidden = layers[0];
  const inside = Array.from(hidden.bias, (b, o) =>
    Math.max(
      0,
      point.reduce((sum, v, k) => sum + v * hidden.weight[k * hidden.outputs + o], b),
    ),
  );
  const norms = gradientNorms(layers, point);
  for (const [from, input] of [
    [0, point],
    [1, inside],
  ] as const) {
    const slopes = input.map((_, k) => {
      const moved = (by: number) =>
        after(
          from,
          input.map((v, i) => (i === k ? v + by : v)),
        );
      // A unit that is off has no slope to its left, and none to its right in what a relu hands on.
      return (moved(1e-5) - moved(-1e-5)) / 2e-5;
    });
    assert.ok(Math.abs(norms[from] - Math.hypot(...slopes)) < 1e-6, `${from}: ${norms[from]}, ${slopes}`);
  }
});

test("what is off in the command line gets one line", () => {
  const complains = (line: string, pattern: RegExp) =>
    assert.throws(() => parseExperimentOptions(line.split(" ").filter((word) => word !== "")), pattern);
  complains("", /^expected the name of an experiment first, one of toys, /);
  complains("--quick", /^expected the name of an experiment first, /);
  complains("toy", /^no experiment "toy": did you mean toys\?$/);
  complains("constructor", /^no experiment "constructor": there are toys, /);
  complains("toys --quick", /^--quick needs --out DIR, /);
  complains("toys --data x", /^--data x: toys learns from toys, which are drawn\.$/);
  complains("stacked --data x", /^--data x: stacked stacks the digits that MONGE_DATA names, or /);
  complains("toys --outt x", /^unknown option --outt\. Did you mean --out\?$/);
  complains("toys --adapter x", /^--adapter: experiments run on the default one\.$/);
  complains("toys --out package.json", /^--out package\.json: a file, expected a folder\.$/);
  assert.is(parseExperimentOptions(["toys", "--help"]).kind, "help");
});

test.run();
