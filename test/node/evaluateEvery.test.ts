// train --evaluate-every as a process: it changes no bit of the training, goes on where a run was ended, and says in one
// line what can't be measured.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { readBest } from "../../src/node/checkpointFiles";
import { parseExportOptions } from "../../src/node/exportOptions";
import { readEvaluations } from "../../src/node/outputs/metrics";
import { parseEvaluateOptions, parseSampleOptions } from "../../src/node/runOptions";
import { readNetwork } from "../../src/node/savedNetwork";
import { imagesFile, labelsFile } from "../formats/idxFiles";
import { temporaryFolder } from "./temporary";
import { base, contents, env, finish, tiny } from "./training";

const toy = [
  ...[
    "--preset",
    "toy",
    "--network.hidden",
    "4",
    "--batch",
    "4",
    "--seed",
    "1",
    "--objective.criticSteps",
    "1",
  ],
  ...["--log-every", "3", "--sample-every", "4", "--checkpoint-every", "1"],
];
const train = (args: string[]) => {
  const { status, stdout, lines } = finish(args);
  assert.is(status, 0, lines.join("\n"));
  return stdout;
};
/** A folder of 20 images and 24 to test by, of so many classes in turn. */
function digits(classes: number): string {
  const folder = temporaryFolder();
  for (const [name, count] of [
    ["train", 20],
    ["t10k", 24],
  ] as const) {
    const labels = Array.from({ length: count }, (_, i) => i % classes);
    writeFileSync(join(folder, `${name}-images-idx3-ubyte`), imagesFile(count, 8, 8));
    writeFileSync(join(folder, `${name}-labels-idx1-ubyte`), labelsFile(labels));
  }
  return folder;
}
const best = (run: string) => readBest(join(base, run), assert.unreachable)!;

test("a run that measures is the same run bit by bit, also where it is ended and goes on", () => {
  train([...toy, "--steps", "8", "--out", "eval-none"]);
  const said = train([...toy, "--steps", "8", "--evaluate-every", "4", "--out", "eval-whole"]);
  assert.match(
    said,
    /\nstep 4 {2}wasserstein_1 \S+, wasserstein_1_floor \S+, modes \d+, near_a_mode \S+ {2}the best so far\n/,
  );
  const [none, whole] = ["eval-none", "eval-whole"].map((run) => contents(join(base, run)));
  for (const name of ["losses.csv", "generator.safetensors", "critic.safetensors", "samples/step-000004.png"])
    assert.is(none[name], whole[name], name);
  train([...toy, "--steps", "4", "--evaluate-every", "4", "--out", "eval-half"]);
  train(["--resume", "eval-half", "--steps", "8"]);
  const half = contents(join(base, "eval-half"));
  assert.equal(half, whole);
  assert.equal(best("eval-half").state, best("eval-whole").state);
  const evaluations = readEvaluations(join(base, "eval-half"));
  assert.equal(
    evaluations.map(({ step }) => step),
    [4, 8],
  );
  assert.ok(existsSync(join(base, "eval-half", "evaluation.png")));
});

test("one that was killed before it had measured does so when it goes on; a damaged best is set aside", () => {
  const run = join(base, "eval-half");
  const file = join(run, "metrics.jsonl");
  const lines = readFileSync(file, "utf8");
  const without = lines.split("\n").filter((line) => !/"step":8,"wass/.test(line));
  writeFileSync(file, without.join("\n"));
  writeFileSync(join(run, "checkpoints", "best.safetensors"), "no checkpoint");
  const said = train(["--resume", "eval-half", "--steps", "9"]);
  assert.match(said, /best\.safetensors.* Another one is kept\.\n/);
  assert.equal(
    readEvaluations(run).map(({ step }) => step),
    [4, 8],
  );
  assert.is(best("eval-half").step, 8);
  assert.ok(existsSync(join(run, "checkpoints", "best.safetensors.damaged")));
});

test("images are measured by the classifier of their data, which is trained first", () => {
  const said = train([
    ...[...tiny, "--data", digits(2), "--classes", "all"],
    ...["--evaluate-every", "2", "--steps", "4", "--out", "eval-images"],
  ]);
  assert.match(said, /\nclassifier: right on \d+ of 24 test images, [^\n]*\ntraining small /);
  const evaluations = readEvaluations(join(base, "eval-images"));
  assert.is(evaluations.length, 2);
  for (const { figures } of evaluations) {
    assert.equal(Object.keys(figures), [
      ...["frechet", "frechet_floor", "classifier_right", "class_0", "class_1"],
    ]);
    const [, right] = said.match(/classifier: right on (\d+) of 24 /)!;
    assert.ok(Math.abs(figures.classifier_right - Number(right) / 24) < 1e-6);
    assert.is(figures.class_0 + figures.class_1, 12);
  }
  assert.is(
    best("eval-images").figures?.frechet.toPrecision(9),
    Math.min(...evaluations.map(({ figures }) => figures.frechet)).toPrecision(9),
  );
});

test("stacks are measured by the classifier of their digits", () => {
  const { status, stdout, lines } = finish(
    [...tiny, "--data", "stacked", "--evaluate-every", "2", "--steps", "2", "--out", "eval-stacks"],
    { env: { ...env, MONGE_DATA: digits(10) } },
  );
  assert.is(status, 0, lines.join("\n"));
  assert.match(stdout, /\nclassifier: right on \d+ of 24 test images, /);
  const [{ figures }] = readEvaluations(join(base, "eval-stacks"));
  assert.equal(Object.keys(figures), ["modes_kl", "modes_kl_floor", "modes", "real_read_right"]);
  assert.ok(figures.modes >= 1 && figures.modes_kl <= Math.log(1000) + 1e-6, JSON.stringify(figures));
  assert.ok(existsSync(join(base, "eval-stacks", "evaluation.png")));
});

test("sample, evaluate and export take the best networks with --best", () => {
  const run = join(base, "eval-half"); // whose best and newest are not of the same step
  const { state } = best("eval-half");
  assert.equal(readNetwork("generator", run, true).state, state.generator);
  assert.equal(readNetwork("critic", run, true).state, state.critic);
  assert.not.equal(readNetwork("generator", run).state, state.generator);
  assert.throws(
    () => readNetwork("generator", join(base, "eval-none"), true),
    /^--best: .*eval-none has no best checkpoint; train --evaluate-every N keeps one\.$/,
  );
  const damaged = join(run, "checkpoints", "best.safetensors");
  writeFileSync(damaged, "no checkpoint");
  assert.throws(() => readNetwork("generator", run, true), /best\.safetensors: /);
  for (const [parse, words] of [
    [parseSampleOptions, "--run r --best"],
    [parseEvaluateOptions, "--run r --best"],
    [parseExportOptions, "--run r --best --format onnx"],
  ] as const)
    assert.is(parse(words.split(" ")).best, true);
});

test("what can't be measured is told before the run begins", () => {
  const refused = (args: string[], line: RegExp, data = "") => {
    const { status, lines } = finish([...tiny, "--steps", "1", "--out", "eval-refused", ...args], {
      env: { ...env, ...(data && { MONGE_DATA: data }) },
    });
    assert.equal([status, lines.length], [1, 1], lines.join("\n"));
    assert.match(lines[0], line);
    assert.not.ok(existsSync(join(base, "eval-refused")));
  };
  refused(
    ["--evaluate-every", "2", "--data", digits(1), "--classes", "0"],
    /^monge: --evaluate-every 2: all images are of one class, /,
  );
  refused(
    ["--data", "stacked", "--classes", "123,456", "--evaluate-every", "2"],
    /^monge: --evaluate-every 2: trained on the modes 123, 456 alone, .*expected --classes all\.$/,
    digits(10),
  );
});

test.run();
