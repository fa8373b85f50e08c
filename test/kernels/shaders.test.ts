// The shader table: each file of shaders/ is in it, what a file uses exists, and every entry point compiles.
import { readdirSync, readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import "../../src/kernels/ladder/shaders";
import { shaderNames as namesInTable, shaderSource } from "../../src/kernels/shaders";
import { device } from "../device";

const shaderNames = namesInTable();

const files = readdirSync("shaders", { recursive: true, encoding: "utf8" }).filter((name) =>
  name.endsWith(".wgsl"),
);
const text = (name: string) => readFileSync(`shaders/${name}.wgsl`, "utf8");
const usedBy = (name: string) =>
  text(name)
    .match(/^\/\/ uses: (.*)/)?.[1]
    .split(/,\s*/) ?? [];

/** Names of the functions that have @compute among their attributes. */
function entryPoints(wgsl: string): string[] {
  const code = wgsl.replace(/\/\/.*/g, "");
  return [...code.matchAll(/@compute\b[^{;]*?\bfn\s+(\w+)/g)].map((match) => match[1]);
}

test("every file of shaders/ is in the table, and nothing else is", () => {
  assert.equal(files.map((name) => name.replace(/\.wgsl$/, "")).sort(), [...shaderNames].sort());
});

test("what a first line says it uses is there, in front of the file, and each file once", () => {
  for (const name of shaderNames) {
    const parts = (file: string): string[] => [...usedBy(file).flatMap(parts), file];
    for (const part of parts(name)) assert.ok(files.includes(`${part}.wgsl`), `${name} uses ${part}`);
    const list = parts(name);
    assert.is(new Set(list).size, list.length, `${name} has a file twice: ${list}`);
    assert.is(shaderSource(name), list.map(text).join("\n"));
  }
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
  for (const name of shaderNames) assert.ok(entryPoints(text(name)).length > 0 || named.has(name), name);
});

for (const name of shaderNames.filter((each) => entryPoints(text(each)).length > 0)) {
  test(`${name} compiles`, () => compiles(name));
}

/** Makes a pipeline of each entry point, with what WGSL says of a failure. */
async function compiles(name: string): Promise<void> {
  const { device: gpuDevice, info } = await device();
  const code = shaderSource(name);
  if (/^\s*enable subgroups;/m.test(code) && info.subgroupSize === 0) return;
  gpuDevice.pushErrorScope("validation");
  const module = gpuDevice.createShaderModule({ label: name, code });
  const { messages } = await module.getCompilationInfo();
  const said = messages.map((each) => `${each.type} ${each.lineNum}:${each.linePos} ${each.message}`);
  const error = await gpuDevice.popErrorScope();
  assert.is(said.join("\n"), "");
  assert.is(error, null);
  for (const entryPoint of entryPoints(text(name))) {
    gpuDevice.pushErrorScope("validation");
    // The layout is derived, which checks the entry point by itself; that the bindings suit is checked by use.
    gpuDevice.createComputePipeline({ label: name, layout: "auto", compute: { module, entryPoint } });
    assert.is((await gpuDevice.popErrorScope())?.message, undefined, entryPoint);
  }
}

test.run();
