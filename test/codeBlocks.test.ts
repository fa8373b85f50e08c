// The code blocks of the README and the pages: each command line is one that its command takes, and each program runs,
// here or in the test that is named beside it.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { parseOptions as parseBenchOptions } from "../bench/options";
import * as m from "../src/autograd";
import { launch } from "../src/kernels/block";
import { addShaders } from "../src/kernels/shaders";
import { softmax as softmaxKernel } from "../src/kernels/softmax";
import { readChanges } from "../src/node/configFile";
import { parseExperimentOptions } from "../src/node/experiments/options";
import { parseExportOptions, parseImportOptions } from "../src/node/exportOptions";
import { parseGpuDayOptions } from "../src/node/gpuDay/options";
import { parseTrainOptions } from "../src/node/options";
import { parseEvaluateOptions, parseSampleOptions } from "../src/node/runOptions";
import { chooseSettings, namedPreset } from "../src/node/settings";
import { parseSweepOptions } from "../src/node/sweep/options";
import { parseClassifierOptions, parseLadderOptions, parseProfileOptions } from "../src/node/toolOptions";
import { device } from "./device";
import { PYTHON, pythonHas } from "./exports/python";
import { temporaryFolder } from "./node/temporary";
import { base, env, script, tiny } from "./node/training";

/** Tests that run the blocks of a page in a language, other than the ones here. */
const elsewhere: Record<string, string[]> = {
  "README.md js": ["package/package.test.ts"], // its softmax runs here
  "docs/api.md js": ["package/api.test.ts"],
  "docs/api.md ts": ["package/api.test.ts"],
  "docs/exports.md js": ["exports/docs.test.ts"],
  "docs/exports.md python": ["exports/docs.test.ts"],
  "docs/from-pytorch.md js": ["package/from.test.ts"],
  "docs/from-tfjs.md js": ["package/from.test.ts"],
};
/** What is no program: outputs, and the other side of a comparison. */
const shown = ["docs/from-pytorch.md text", "docs/from-pytorch.md python", "docs/from-tfjs.md text"];

interface Block {
  /** Its page and language. */
  kind: string;
  code: string;
}

const pages = [
  "README.md",
  ...readdirSync("docs", { recursive: true, encoding: "utf8" }).flatMap((name) =>
    name.endsWith(".md") ? `docs/${name}` : [],
  ),
];
const blocks: Block[] = pages.flatMap((page) => {
  const found = readFileSync(page, "utf8").matchAll(/^( *)```(\w+)\n([\s\S]*?)^ *```$/gm);
  return [...found].map(([, indent, language, code]) => ({
    kind: `${page} ${language}`,
    code: code.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
  }));
});
const codeOf = (kind: string): string[] =>
  blocks.filter((block) => block.kind === kind).map(({ code }) => code);

test("every kind of code block is run by a test", () => {
  const here = ["docs/presets.md yaml", "docs/runs.md python", "docs/ways-in.md ts", "docs/ways-in.md wgsl"];
  for (const { kind } of blocks)
    assert.ok(kind.endsWith(" sh") || [...here, ...shown].includes(kind) || elsewhere[kind], kind);
  for (const file of Object.values(elsewhere).flat()) assert.ok(existsSync(join("test", file)), file);
});

/** The words of a command line, without its quotes and the remark behind it. */
const words = (line: string): string[] =>
  [...line.replace(/(^|\s)#.*/, "").matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? word);

/** Reads the options of train, and the settings that they make where no file brings others. */
function readTrain(args: string[]): void {
  const { changes, config, resume } = parseTrainOptions(args);
  if (config === undefined && resume === undefined) chooseSettings(namedPreset(changes) ?? "small", changes);
}

const bare = (args: string[]) => assert.equal(args, []);
const commands: Record<string, (args: string[]) => unknown> = {
  ...{
    train: readTrain,
    sample: parseSampleOptions,
    evaluate: parseEvaluateOptions,
    sweep: parseSweepOptions,
  },
  ...{ export: parseExportOptions, import: parseImportOptions, classifier: parseClassifierOptions },
  ...{ profile: parseProfileOptions, ladder: parseLadderOptions, "gpu-day": parseGpuDayOptions },
  ...{ bench: parseBenchOptions, setup: bare, doctor: bare, tune: bare, walk: bare, release: bare },
  experiment: parseExperimentOptions,
  "check:all": () => {}, // the places of the portability table
};
/** Programs of others. */
const foreign = /^(npx|deno|bun|sbatch|apt-get|optuna|runs\/rates\/optuna\.sh|npm test|npm install|LP_\w+=)/;

test("every command line is one that the command takes", () => {
  let count = 0;
  for (const { kind, code } of blocks.filter(({ kind }) => kind.endsWith(" sh"))) {
    if (code.startsWith("#!")) continue; // a batch file, whose last line is a resume-if-there's
    for (const line of code.replaceAll("\\\n", " ").split(/\n|&&/)) {
      const [first, run, name, dashes, ...args] = words(line);
      if (first === undefined || foreign.test(line.trim())) continue;
      count++;
      if (first === "node") {
        const script = existsSync(run) || ["example.mjs", "carried/node/gpu-day.js"].includes(run);
        assert.ok(script, `${kind}: ${line}`);
      } else {
        assert.equal([first, run, dashes ?? "--"], ["npm", "run", "--"], `${kind}: ${line}`);
        assert.type(commands[name], "function", `${kind}: ${line}`);
        assert.not.throws(() => commands[name](args), undefined, `${kind}: ${line}`);
      }
    }
  }
  assert.ok(count > 50, `${count} lines`);
});

test("the tarball has the name that the README installs", () => {
  const { name, version } = JSON.parse(readFileSync("package.json", "utf8"));
  assert.match(readFileSync("README.md", "utf8"), `npm install ../monge/${name}-${version}.tgz`);
});

test("the settings file of docs/presets.md is read", () => {
  const [yaml] = codeOf("docs/presets.md yaml");
  const file = join(temporaryFolder(), "mine.yaml");
  writeFileSync(file, yaml);
  const changes = readChanges(file);
  const { settings } = chooseSettings(namedPreset(changes)!, changes);
  assert.is(settings.steps, 2000);
  assert.is(settings.network.critic, "mlp");
});

test("the README's softmax is one", async () => {
  const softmax = codeOf("README.md js").find((code) => code.includes("softmax"))!;
  const given = { defineOp: m.defineOp, mul: m.mul, sub: m.sub, sum: m.sum, softmaxKernel };
  const body = softmax.replace("export const softmax =", "return").replace('"softmax"', '"its softmax"');
  const its = new Function(...Object.keys(given), body)(...Object.values(given)) as typeof m.softmax;
  await device();
  const x = m.requireGrad(m.tensor([1, 2, 4, 0, -3, 1], [2, 3]));
  const weights = m.tensor([1, 3, 2, -1, 1, 5], [2, 3]);
  const numbers = async (op: typeof m.softmax) => {
    const [dx] = m.grad(m.sum(m.mul(op(x), weights)), [x]);
    return [...(await op(x).data()), ...(await dx.data())];
  };
  assert.equal(await numbers(its), await numbers(m.softmax));
});

test("the erf of docs/ways-in.md is the error function, and has its derivatives", async () => {
  const [wgsl] = codeOf("docs/ways-in.md wgsl");
  const [record] = codeOf("docs/ways-in.md ts");
  const unary = readFileSync("shaders/unary.wgsl", "utf8");
  addShaders({ "made/unary": `${unary}${wgsl}` });
  const unaryOp = (name: string, entry: string, derivative: object) =>
    m.defineOp<[x: m.Tensor]>({
      ...{ name, shape: ([x]: m.Shape[]) => x, ...derivative },
      forward: ([x], y) => {
        const n4 = Math.ceil(y.size / 4);
        launch("made/unary", entry, [x], [y], { n4, turns: 1, p: 0, q: 0 }, 8 * Math.ceil(n4 / 8));
      },
    });
  const given = { unaryOp, mul: m.mul, exp: m.exp, neg: m.neg, square: m.square };
  const body = record.replace("export const erf =", "return");
  const erf = new Function(...Object.keys(given), body)(...Object.values(given)) as typeof m.tanh;
  await device();
  const x = m.requireGrad(m.tensor([-2, -0.5, 0, 1, 3, Number.NaN]));
  const y = erf(x);
  const [dx] = m.grad(m.sum(y), [x], { createGraph: true });
  const [ddx] = m.grad(m.sum(dx), [x]);
  // From tables; erf' is 2/√π e^-x², and erf'' is -2 x erf'.
  const wanted = [-0.995322265, -0.5204998778, 0, 0.8427007929, 0.9999779095, Number.NaN];
  const slope = [-2, -0.5, 0, 1, 3].map((v) => (2 / Math.sqrt(Math.PI)) * Math.exp(-v * v));
  const bend = [-2, -0.5, 0, 1, 3].map((v, i) => -2 * v * slope[i]);
  for (const [got, numbers] of [
    [y, wanted],
    [dx, slope],
    [ddx, bend],
  ] as const) {
    const read = await got.data();
    for (const [i, v] of numbers.entries())
      assert.ok(Math.abs(read[i] - v) < 1e-6 || Number.isNaN(v), `${read[i]} for ${v}`);
  }
  assert.ok(Number.isNaN((await y.data())[5]));
});

(pythonHas("numpy") ? test : test.skip)(
  "the program of docs/runs.md reads a run's generator with numpy",
  () => {
    const run = spawnSync(
      process.execPath,
      [script("train"), ...tiny, "--steps", "1", "--out", "read-by-numpy"],
      {
        ...{ cwd: base, env, encoding: "utf8" },
      },
    );
    assert.is(run.status, 0, run.stderr);
    const [python] = codeOf("docs/runs.md python");
    const read = spawnSync(PYTHON, ["-c", python.replace("runs/my-run", "read-by-numpy")], {
      ...{ cwd: base, encoding: "utf8" },
    });
    assert.is(read.status, 0, read.stderr);
    assert.match(read.stdout, /^\S+ \(\d+, \d+/m);
  },
);

test.run();
