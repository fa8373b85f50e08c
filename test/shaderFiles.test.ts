// The files of shaders/: each is in the table, what one uses exists, and none does what some compiler cannot take.
import { readdirSync, readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import "../src/ladder/shaders";
import "../src/node/ceilings";
import { addShaders, shaderSource } from "../src/kernels/shaders";
import { arraySizes, entryPoints, ownShaders } from "./kernels/wgsl";

const shaderNames = ownShaders();

const files = readdirSync("shaders", { recursive: true, encoding: "utf8" }).filter((name) =>
  name.endsWith(".wgsl"),
);
const text = (name: string) => readFileSync(`shaders/${name}.wgsl`, "utf8");
const usedBy = (name: string) =>
  text(name)
    .match(/^\/\/ uses: (.*)/)?.[1]
    .split(/,\s*/) ?? [];

test("every file of shaders/ is in the table, and nothing else is", () => {
  assert.equal(files.map((name) => name.replace(/\.wgsl$/, "")).sort(), [...shaderNames].sort());
});

test("what a first line says it uses is there, in front of the file, and each file once", () => {
  for (const name of shaderNames) {
    const parts = (file: string): string[] => [...usedBy(file).flatMap(parts), file];
    for (const part of parts(name)) assert.ok(files.includes(`${part}.wgsl`), `${name} uses ${part}`);
    const once = [...new Set(parts(name))];
    assert.is(shaderSource(name), once.map(text).join("\n"));
  }
});

test("a file that two others use is there once; a file that is not there is refused by its name", () => {
  addShaders({ "made/of_two": "// uses: math, numbers\n", "made/of_none": "// uses: indexing, nowhere\n" });
  assert.is(shaderSource("made/of_two").split("fn is_nan").length, 2);
  for (const name of ["made/of_none", "nowhere"])
    assert.throws(() => shaderSource(name), 'no shader is called "nowhere"; addShaders adds one');
});

test("entry points are found whatever the order and number of attributes", () => {
  const wgsl = `
    @compute @workgroup_size(64) fn first() {}
    @workgroup_size(1)
    @compute
    fn second(@builtin(global_invocation_id) id: vec3u) {}
    fn helper() {} // @compute fn commented() {}
  `;
  assert.equal(entryPoints(wgsl), ["first", "second"]);
});

test("every shader is used: it has an entry point, or another one names it", () => {
  const named = new Set(shaderNames.flatMap(usedBy));
  for (const name of shaderNames)
    assert.ok(entryPoints(shaderSource(name)).length > 0 || named.has(name), name);
});

// naga 29 ends the process where an array's size is computed from overrides and another override follows that is used.
test("the size of an array in workgroup memory is a number or one name", () => {
  const computed = (wgsl: string) => arraySizes(wgsl).filter((size) => !/^\w+$/.test(size));
  for (const name of shaderNames) assert.equal(computed(text(name)), [], name);
  const made = `
    var<workgroup> a: array<vec4f, KT * PITCH>; var<workgroup> b: array<array<f32, N + 1>, M,>; // array<f32, 2 * 2>
    var<workgroup> c: array<f32, 64>; alias Tile = array<vec4<f32>, 2 * N>;
    var<workgroup>d:array<f32,N/2>;
  `;
  assert.equal(arraySizes(made), ["KT * PITCH", "N + 1", "M", "64", "2 * N", "N/2"]);
  assert.equal(computed(made), ["KT * PITCH", "N + 1", "2 * N", "N/2"]);
});

test.run();
