// The lines of a sweep: each is a command of train that train accepts, and what train would refuse is told before.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { parseTrainOptions } from "../../../src/node/options";
import { parseSweepOptions } from "../../../src/node/sweep/options";
import { lineOf, makePlan } from "../../../src/node/sweep/plan";
import { wordsOf } from "../../../src/node/sweep/words";
import { complaint } from "../../complaint";
import { temporaryFolder } from "../temporary";

function plan(args: string[], said: string[] = []) {
  const options = parseSweepOptions(args);
  if (options.kind !== "write") throw new Error("expected a grid");
  return makePlan(options, ["node", "run.mjs"], (line) => said.push(line));
}
const refused = (...args: string[]) => complaint(() => plan(args));
const toy = ["--preset", "toy", "--steps", "50"];

test("a line a point and seed: all options, a folder that says which, and --resume-if-there", () => {
  const { runs, points } = plan(["--grid", "optimizer.learningRate=1e-5,1e-4", "--seeds", "0,7", ...toy]);
  assert.equal([runs.length, points], [4, 2]);
  assert.is(
    lineOf(runs[1]),
    "node run.mjs --preset toy --steps 50 --optimizer.learningRate 1e-5 --seed 7 " +
      "--out runs/optimizer.learningRate=1e-5/seed-7 --resume-if-there",
  );
  for (const words of runs) {
    assert.equal(wordsOf(lineOf(words), "?"), words);
    const { out, resumeIfThere, changes } = parseTrainOptions(words.slice(2));
    assert.ok(out && resumeIfThere && changes.length === 4);
  }
  assert.equal(
    plan(["--seeds", "3", ...toy]).runs.map((words) => words.at(-2)),
    ["runs/seed-3"],
  );
});

test("names that a folder can't have, or would share, become numbers", () => {
  const folders = (grid: string) =>
    plan(["--grid", grid, "--seeds", "0", ...toy]).runs.map((words) => words.at(-2));
  assert.equal(folders("network.hidden=16,32 data=8gaussians"), [
    "runs/network.hidden=16,data=8gaussians/seed-0",
    "runs/network.hidden=32,data=8gaussians/seed-0",
  ]);
  assert.equal(folders("data=a/b,a:b"), ["runs/point-1/seed-0", "runs/point-2/seed-0"]);
});

test("files and folders are named in full, since the lines run elsewhere", () => {
  const folder = temporaryFolder();
  const before = process.cwd();
  process.chdir(folder);
  const full = (name: string) => join(process.cwd(), name);
  const small = ["--preset", "small", "--seeds", "0"];
  try {
    for (const name of ["images", "8gaussians"]) mkdirSync(name); // the program takes the second for the toy
    writeFileSync("mine.yaml", "preset: small\n");
    const [words] = plan(["--config", "mine.yaml", "--data=images", "--seeds", "0"]).runs;
    assert.equal(words.slice(2, 5), ["--config", full("mine.yaml"), `--data=${full("images")}`]);

    const grid = plan(["--grid", "data=images,8gaussians,later", ...small]);
    assert.equal(grid.axes, [{ name: "data", values: [full("images"), "8gaussians", full("later")] }]);
    assert.equal(
      grid.runs.map((run) => run[run.indexOf("--data") + 1]),
      grid.axes[0].values,
    );
    assert.ok(grid.runs[0].includes("runs/data=images/seed-0"), "the folder is named as it was typed");
    assert.equal(plan(["--grid", "data.path=images,null", ...small]).axes[0].values, [
      full("images"),
      "null",
    ]);
    assert.is(
      refused("--grid", "data=images,8gausians", ...small),
      "--data 8gausians: no such file or folder. Did you mean 8gaussians?",
    );
  } finally {
    process.chdir(before);
  }
});

test("data that the file names become an option, unless they are no path or named elsewhere", () => {
  const folder = temporaryFolder();
  const file = join(folder, "mine.yaml");
  const dataOf = (named: string, ...args: string[]) => {
    writeFileSync(file, `preset: small\ndata:\n  path: ${named}\n`);
    const [words] = plan(["--config", file, "--seeds", "0", ...args]).runs;
    return words.filter((_, i) => /^--data/.test(words[i - 1]));
  };
  assert.equal(dataOf("images"), [join(process.cwd(), "images")]);
  assert.equal(dataOf("/images"), []);
  assert.equal(dataOf("null"), []);
  assert.equal(dataOf("swissroll"), []);
  assert.equal(dataOf("images", "--data", "swissroll"), ["swissroll"]);
  assert.equal(dataOf("images", "--grid", "data.path=swissroll"), ["swissroll"]);
});

test("without a preset the lines name the one that train would take here", () => {
  const said: string[] = [];
  const { runs } = plan(["--data", "swissroll", "--seeds", "0"], said);
  assert.equal(runs[0].slice(2, 4), ["--preset", "toy"]);
  assert.equal(said, ["preset: toy, since the data are points; name another with --preset"]);
  const grid = plan(["--grid", "preset=toy,small", "--seeds", "0"]).runs;
  assert.equal(
    grid.map((words) => words.slice(2, 4)),
    [
      ["--preset", "toy"],
      ["--preset", "small"],
    ],
  );
});

test("what train would refuse gets train's own line, whichever point it stands in", () => {
  assert.is(
    refused("--grid", "optimizer.learningRate=1e-5,-1", ...toy),
    '--optimizer.learningRate "-1": expected more than 0.',
  );
  assert.match(
    refused("--grid", "batch=64,63", "--preset", "tutorial"),
    /^--batch "63": expected an even number/,
  );
  assert.match(
    refused("--grid", "steps=10,1.5", "--preset", "toy"),
    /^--steps "1\.5": expected a whole number/,
  );
  assert.match(
    refused("--grid", "optimizer.kind=adam,sgd", ...toy),
    /^--optimizer\.kind "sgd": expected one of/,
  );
  assert.match(refused("--grid", "batch=32", ...toy, "--ema", "2"), /^--ema "2": expected less than 1\.$/);
  assert.match(refused("--preset", "toi"), /^--preset "toi": expected one of/);
  assert.match(refused(...toy, "--stpes", "5"), /^unknown option --stpes\. Did you mean --steps\?$/);
});

test("what makes no sweep gets one line", () => {
  assert.is(
    refused("--grid", "steps=10,20", ...toy),
    "--steps: in the grid as well, expected in one of them.",
  );
  assert.is(
    refused("--grid", "optimizer.learningRate=1e-5,0.00001", ...toy),
    "--grid: optimizer.learningRate=1e-5 and optimizer.learningRate=0.00001 are the same settings.",
  );
  assert.is(
    refused("--grid", "data=[a\n]", ...toy).replace(process.cwd(), ""),
    '"/[a\\n]": a line break in it, expected none, since a command has one line.',
  );
  assert.is(refused("--seed", "1", ...toy), "--seed: a sweep has several, --seeds 0-4.");
  for (const option of ["--resume=a", "--overwrite", "--watch", "--print-config", "--resume-if-there"])
    assert.is(refused(...toy, option), `${option}: for a single run alone, npm run train has it.`);
  assert.is(refused("--grid", "--seeds", "0"), "--grid needs a value. See npm run sweep -- --help.");
  assert.is(refused("--seeds", "0", "--seeds=1"), "--seeds is given twice.");
  for (const args of [["--local", "2"], ["--local"], ["--local", "2", "a", "b"], ["a", "--local", "2"]])
    assert.match(refused(...args), /^--local takes how many at once and the sweep's folder, alone/);
  assert.match(refused("--local", "0", "a"), /^--local "0": expected a whole number from 1 to 256\.$/);
  assert.match(refused("--report"), /^--report takes the sweep's folder, alone/);
});

test.run();
