// The command lines of train and sample: what is read, and the one line for everything else.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { parseSampleOptions, parseTrainOptions, sampleHelp, trainHelp } from "../../src/node/options";
import { complaint } from "./complaint";

const trainComplaint = (words: string) => complaint(parseTrainOptions, words);

/** What the options change, by the setting's name. */
const changes = (words: string) =>
  Object.fromEntries(
    parseTrainOptions(words.split(" ")).changes.map(({ path, value }) => [path.join("."), value]),
  );

test("train reads every option, with a space or with =", () => {
  const words =
    "--preset wgan --data d --classes 1,0 --size=64 --transposed --steps=10 --batch 32 --seed 0 --out o --sample-every 0 " +
    "--log-every 5 --checkpoint-every 7 --evaluate-every 9 --config c.yaml --resume-if-there --watch --print-config --no-tune --adapter llvm";
  const { changes: made, ...others } = parseTrainOptions(words.split(" "));
  assert.equal(others, {
    ...{ config: "c.yaml", steps: 10, out: "o", resume: undefined },
    ...{ resumeIfThere: true, overwrite: false, watch: true, printConfig: true, noTune: true },
    ...{ adapter: "llvm", help: false },
  });
  assert.equal(changes(words), {
    ...{ preset: "wgan", "data.path": "d", "data.classes": [0, 1], "data.size": 64, "data.transposed": true },
    ...{ steps: 10, batch: 32, seed: 0, sampleEvery: 0, logEvery: 5, checkpointEvery: 7 },
    evaluateEvery: 9,
  });
  assert.is(made.length, 12);
  assert.equal(changes("--digits 5"), { "data.classes": [5] });
});

test("any setting is an option by its name", () => {
  assert.equal(
    changes(
      "--optimizer.learningRate 1e-4 --network.critic=mlp --conditional true --ema=0.999 --objective.warmUp null " +
        "--network.generatorInit he --optimizer.schedule linear --sampleEvery 5",
    ),
    {
      ...{ "optimizer.learningRate": 1e-4, "network.critic": "mlp", conditional: true, ema: 0.999 },
      ...{ "objective.warmUp": null, "network.generatorInit": "he", "optimizer.schedule": "linear" },
      sampleEvery: 5,
    },
  );
  assert.is(
    trainComplaint("--optimizer.learningrate 1"),
    "unknown option --optimizer.learningrate. Did you mean --optimizer.learningRate?",
  );
  assert.is(
    trainComplaint("--optimizer.learningRate .nan"),
    '--optimizer.learningRate ".nan": ".nan" is no plain number, expected one like 12 or 5e-5.',
  );
  assert.match(trainComplaint("--adapter.name x"), /^unknown option --adapter\.name/);
});

test("what wasn't given is undefined, or off", () => {
  const { help, changes, ...others } = parseTrainOptions([]);
  assert.equal([help, changes], [false, []]);
  assert.ok(Object.values(others).every((value) => value === undefined || value === false));
  assert.is(parseTrainOptions(["-h"]).help, true);
});

test("a setting has one value, and a run that goes on keeps what it was", () => {
  assert.is(
    trainComplaint("--classes 5 --digits 5"),
    "--classes and --digits are the same setting: give one of them.",
  );
  assert.match(trainComplaint("--data a --data.path b"), /^--data and --data\.path are the same setting/);
  assert.match(
    trainComplaint("--resume r --batch 5"),
    /^--batch beside --resume: .* only --steps may change\.$/,
  );
  assert.match(trainComplaint("--resume r --ema 0.9"), /^--ema beside --resume/);
  assert.is(parseTrainOptions("--resume r --steps 5".split(" ")).steps, 5);
  assert.match(trainComplaint("--overwrite"), /^--overwrite needs --out DIR/);
  assert.match(trainComplaint("--out o --overwrite --resume-if-there"), /only one of them/);
});

test("an unknown option comes with the nearest known one", () => {
  assert.is(trainComplaint("--stpes 5"), "unknown option --stpes. Did you mean --steps?");
  assert.is(trainComplaint("--digit 5"), "unknown option --digit. Did you mean --digits?");
  assert.is(trainComplaint("--sample-evry=5"), "unknown option --sample-evry. Did you mean --sample-every?");
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
  assert.equal(changes("--seed 4294967295"), { seed: 4294967295 });
  assert.match(trainComplaint("--seed 4294967296"), /from 0 to 4294967295/);
});

test("missing values, repeats, loose words and wrong choices are told", () => {
  assert.match(trainComplaint("--steps"), /^--steps needs a value/);
  assert.match(trainComplaint("--data --steps 5"), /^--data needs a value/);
  assert.match(trainComplaint("--steps 5 --steps 6"), /^--steps is given twice/);
  assert.match(trainComplaint("--help=yes"), /takes no value/);
  assert.match(trainComplaint("5"), /^unexpected "5": .*npm run train -- --preset VALUE/);
  assert.match(
    trainComplaint("--preset wgun"),
    /expected one of tutorial, wgan, kpandey, wgan-gp, small, toy/,
  );
  assert.match(trainComplaint("--digits 1,,2"), /^classes: "1,,2" is no choice of classes/);
  assert.match(trainComplaint("--out="), /--out is empty/);
});

test("sample needs a run, draws 100 images and writes a png", () => {
  const sample = (...args: string[]) => parseSampleOptions(args);
  assert.equal(sample("--run", "r"), {
    ...{ run: "r", best: false, out: undefined, seed: undefined, count: undefined },
    ...{ adapter: undefined, help: false },
    ...{ truncate: undefined, interpolate: undefined },
  });
  assert.equal(sample("--run=r", "--out=a.png", "--seed=3", "--count=4").count, 4);
  assert.is(sample("--help").help, true);
  assert.match(complaint(parseSampleOptions, "--count 4"), /--run DIR is missing/);
  assert.match(
    complaint(parseSampleOptions, "--run r --count 25 --interpolate 10"),
    /^--count 25: expected a multiple of --interpolate 10, whole ways\.$/,
  );
  for (const text of ["0", "0.05", "11", "-1", "1e0", "x"])
    assert.is(
      complaint(parseSampleOptions, `--run r --truncate ${text}`),
      `--truncate "${text}": expected a number from 0.1 to 10.`,
    );
  assert.match(complaint(parseSampleOptions, "--rn r"), /Did you mean --run\?/);
});

test("the help texts name every option and fit a terminal", () => {
  const names =
    "preset data classes size transposed steps batch seed out sample-every log-every checkpoint-every watch";
  const others = "resume resume-if-there overwrite config print-config adapter no-tune help digits";
  for (const name of `${names} ${others}`.split(" ")) assert.match(trainHelp, new RegExp(`--${name}[ )\\n]`));
  for (const name of ["run", "out", "seed", "count", "truncate", "interpolate", "adapter"])
    assert.match(sampleHelp, `--${name} `);
  for (const line of `${trainHelp}${sampleHelp}`.split("\n")) assert.ok(line.length <= 100, line);
});

test.run();
