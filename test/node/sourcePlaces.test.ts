// Places in the sources are those where the code is: of this file's lines, of every kernel, and in docs/walk.md.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { placesNow, shaderPlace } from "../../src/node/sourcePlaces";

const root = process.cwd();
const linesOf = (path: string) => readFileSync(join(root, path), "utf8").split("\n");

test("the innermost place is the line of the call, and the functions around it follow", () => {
  const inner = () => placesNow(root); // inner
  const outer = () => inner(); // outer
  const places = outer().filter(({ path }) => path === "test/node/sourcePlaces.test.ts");
  const lines = places.map(({ path, line }) => linesOf(path)[line - 1]);
  assert.match(lines[0], /\/\/ inner$/);
  assert.match(lines[1], /\/\/ outer$/);
  assert.match(lines[2], /const places = outer\(\)/);
});

test("an entry point is found in its own file or in one that the file uses; what is none is not", () => {
  const text = (kernel: string) => {
    const { path, line } = shaderPlace(root, kernel)!;
    return `${path}: ${linesOf(path)[line - 1]}`;
  };
  assert.match(text("gemm_portable:filter_grad"), /^shaders\/gemm_portable\.wgsl: fn filter_grad\(/);
  assert.match(text("gemm_subgroup:forward"), /^shaders\/subgroup_entries\.wgsl: fn forward\(/);
  assert.match(text("unary:tanh_"), /^shaders\/unary\.wgsl: .*fn tanh_\(/);
  assert.is(shaderPlace(root, "unary:nothing"), undefined);
  assert.is(shaderPlace(root, "nothing:forward"), undefined);
});

test("docs/walk.md names files that are there, and entry points that are in them", () => {
  const rows = linesOf("docs/walk.md").filter((line) => /^\| .*\.ts:/.test(line));
  assert.ok(rows.length > 50);
  for (const row of rows) {
    for (const [, path] of row.matchAll(/\]\(\.\.\/(\S+?)#L\d+\)/g)) linesOf(path);
    const [, kernel, shader] = row.match(/ (\w+:\w+) \[.*?\]\(\.\.\/(shaders\S+?)#/)!;
    assert.is(shaderPlace(root, kernel)?.path, shader, row);
  }
});

test.run();
