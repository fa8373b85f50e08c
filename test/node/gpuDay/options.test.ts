// The command line of gpu-day: what is off gets one line.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { parseGpuDayOptions } from "../../../src/node/gpuDay/options";

const parse = (words: string) => parseGpuDayOptions(words.split(" ").filter(Boolean));

test("both parts are measured with all peers, unless some are named", () => {
  const all = parse("--out day");
  assert.equal([all.out, all.parts, all.peers, all.quick], ["day", [1, 2], undefined, false]);
  const some = parse("--out day --parts 2,1,2 --peers torch --quick");
  assert.equal([some.parts, some.peers, some.quick], [[1, 2], "torch", true]);
});

test("what is off gets one line, peers and all, before anything is measured", () => {
  for (const [words, expected] of [
    ["", /^--out DIR is missing/],
    ["--out day --parts 3", /^--parts "3": expected 1, 2 or 1,2\.$/],
    ["--out day --parts 1,", /^--parts "1,": expected/],
    [
      "--out day --peers tfj",
      /^--peers "tfj": expected some of tfjs,jax,torch,torch-compile,torch-graphs, or none\.$/,
    ],
    ["--build carried --quick", /^--build stands alone/],
    ["--build", /^--build needs a value/],
    ["--build --help", /^--build needs a value/],
    ["--build -h", /^--build "-h": expected the name of a folder\.$/],
    ["--out day --adapter x", /^--adapter: gpu-day takes the default one/],
    ["--out day --quik", /^unknown option --quik\. Did you mean --quick\?$/],
  ] as const) {
    assert.throws(() => parse(words), expected, words);
  }
});

test.run();
