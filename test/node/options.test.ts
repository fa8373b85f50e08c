// The command lines of train and sample: what is read, and the one line for everything else.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { parseSampleOptions, parseTrainOptions, sampleHelp, trainHelp } from "../../src/node/options";
import { complaint } from "./complaint";

const trainComplaint = (words: string) => complaint(parseTrainOptions, words);

test("train reads every option, with a space or with =", () => {
  const words =
    "--preset wgan --data d --digits 1,0 --steps=10 --batch 32 --seed 0 --out o --sample-every 0 --log-every 5 --no-tune --adapter llvm";
  assert.equal(parseTrainOptions(words.split(" ")), {
    preset: "wgan",
    data: "d",
    digits: [0, 1],
    steps: 10,
    batch: 32,
    seed: 0,
    out: "o",
    sampleEvery: 0,
    logEvery: 5,
    noTune: true,
    adapter: "llvm",
    help: false,
  });
});

test("what wasn't given is undefined, or off", () => {
  const { help, noTune, ...others } = parseTrainOptions([]);
  assert.equal([help, noTune], [false, false]);
  assert.ok(Object.values(others).every((value) => value === undefined));
  assert.is(parseTrainOptions(["-h"]).help, true);
});

test("an unknown option comes with the nearest known one", () => {
  assert.is(trainComplaint("--stpes 5"), "unknown option --stpes. Did you mean --steps?");
  assert.is(trainComplaint("--digit 5"), "unknown option --digit. Did you mean --digits?");
  assert.is(trainComplaint("--sampleEvery=5"), "unknown option --sampleEvery. Did you mean --sample-every?");
  assert.is(trainComplaint("--xyzzy 5"), "unknown option --xyzzy. See npm run train -- --help.");
  assert.match(trainComplaint("-s 5"), /^unknown option -s\. See/);
});

test("numbers are decimal digits within a range", () => {
  for (const text of ["0", "-1", "1.5", "1e3", "0x10", "ten", "", "NaN", "999999999999"]) {
    assert.match(
      trainComplaint(`--steps=${text}`),
      /^--steps ".*": expected a whole number from 1 to 100000000\.$/,
      text,
    );
  }
  assert.match(trainComplaint("--seed -1"), /--seed "-1": expected a whole number from 0/);
  assert.is(parseTrainOptions(["--seed", "4294967295"]).seed, 4294967295);
  assert.match(trainComplaint("--seed 4294967296"), /from 0 to 4294967295/);
});

test("missing values, repeats, loose words and wrong choices are told", () => {
  assert.match(trainComplaint("--steps"), /^--steps needs a value/);
  assert.match(trainComplaint("--data --steps 5"), /^--data needs a value/);
  assert.match(trainComplaint("--steps 5 --steps 6"), /^--steps is given twice/);
  assert.match(trainComplaint("--help=yes"), /takes no value/);
  assert.match(trainComplaint("5"), /^unexpected "5": .*npm run train -- --preset VALUE/);
  assert.match(trainComplaint("--preset wgun"), /expected one of tutorial, wgan, small/);
  assert.match(trainComplaint("--digits 1,,2"), /^classes: "1,,2" is no choice of classes/);
  assert.match(trainComplaint("--out="), /--out is empty/);
});

test("sample needs a run, draws 100 images and writes a png", () => {
  const sample = (...args: string[]) => parseSampleOptions(args);
  assert.equal(sample("--run", "r"), {
    ...{ run: "r", out: undefined, seed: undefined, count: 100, adapter: undefined, help: false },
  });
  assert.equal(sample("--run=r", "--out=a.png", "--seed=3", "--count=4").count, 4);
  assert.is(sample("--help").help, true);
  assert.match(complaint(parseSampleOptions, "--count 4"), /--run DIR is missing/);
  assert.match(complaint(parseSampleOptions, "--run r --out a.jpg"), /name of a \.png file/);
  assert.match(complaint(parseSampleOptions, "--rn r"), /Did you mean --run\?/);
});

test("the help texts name every option and fit a terminal", () => {
  for (const name of [
    "preset",
    "data",
    "digits",
    "steps",
    "batch",
    "seed",
    "out",
    "sample-every",
    "log-every",
    "adapter",
  ]) {
    assert.match(trainHelp, `--${name} `);
  }
  for (const name of ["run", "out", "seed", "count", "adapter"]) assert.match(sampleHelp, `--${name} `);
  for (const line of `${trainHelp}${sampleHelp}`.split("\n")) assert.ok(line.length <= 100, line);
});

test.run();
