// Words in a shell's quotes: what we write, a shell reads back, and so do we.
import { spawnSync } from "node:child_process";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { optionsIn, quoted, wordsOf } from "../../../src/node/sweep/words";
import { complaint } from "../../complaint";

const odd = [
  "plain-1e-5",
  "",
  "two words",
  "it's",
  '"',
  "\\",
  "$HOME `id`",
  "[0,1]",
  "--a=b c",
  "*",
  "#",
  "~",
];

test("a word in quotes is the same word to a shell, and to us", () => {
  const line = odd.map(quoted).join(" ");
  const { stdout } = spawnSync("sh", ["-c", `printf '%s\\n' ${line}`], { encoding: "utf8" });
  assert.equal(stdout.split("\n").slice(0, -1), odd);
  assert.equal(wordsOf(line, "runs.txt:1"), odd);
});

test("a line that a person has written is read as a shell reads it", () => {
  assert.equal(wordsOf(` node\t"a \\"b\\" $c"  d\\ e'f'"g" `, "?"), ["node", 'a "b" $c', "d efg"]);
  assert.equal(wordsOf("", "?"), []);
});

test("a quote without its end is told with its place", () => {
  const message = complaint(() => wordsOf("node 'a b", "runs.txt:3"));
  assert.is(message, "runs.txt:3: a quote without its end, at column 6.");
});

test("options come with their texts, also behind an equals sign, and flags with none", () => {
  const found = optionsIn(["node", "run.mjs", "--batch", "32", "--ema=0.9", "--transposed", "--seed", "0"]);
  assert.equal(Object.fromEntries(found), { batch: "32", ema: "0.9", transposed: "true", seed: "0" });
});

test.run();
