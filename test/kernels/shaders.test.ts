// Every entry point of the shader table compiles; what the files say is shaderFiles.test.ts's.
import { test } from "uvu";
import * as assert from "uvu/assert";
import "../../src/ladder/shaders";
import { shaderSource } from "../../src/kernels/shaders";
import { device } from "../device";
import { skip } from "../platform";
import { entryPoints, ownShaders } from "./wgsl";

/** What others use is compiled with them; open.test.ts compiles those that ask for a size. */
const used = (name: string) =>
  ownShaders().some(
    (other) =>
      other !== name &&
      [false, true].some((sized) => shaderSource(other, sized).includes(shaderSource(name))),
  );

for (const name of ownShaders().filter((each) => entryPoints(shaderSource(each)).length > 0 && !used(each))) {
  test(`${name} compiles`, () => compiles(name));
}

/** Makes a pipeline of each entry point, with what WGSL says of a failure. */
async function compiles(name: string): Promise<void> {
  const { device: gpuDevice, info } = await device();
  const code = shaderSource(name);
  const bound = new Set(code.match(/@binding\(\d+\) var<storage/g)).size;
  if (bound > gpuDevice.limits.maxStorageBuffersPerShaderStage)
    return skip(`an adapter that binds ${bound} storage buffers is needed`);
  if (/^\s*enable subgroups;/m.test(code) && info.subgroupSize === 0)
    return skip("no kernels by subgroups here");
  gpuDevice.pushErrorScope("validation");
  const module = gpuDevice.createShaderModule({ label: name, code });
  const { messages } = await module.getCompilationInfo();
  const said = messages.map((each) => `${each.type} ${each.lineNum}:${each.linePos} ${each.message}`);
  const error = await gpuDevice.popErrorScope();
  assert.is(said.join("\n"), "");
  assert.is(error, null);
  for (const entryPoint of entryPoints(code)) {
    gpuDevice.pushErrorScope("validation");
    // The layout is derived, which checks the entry point by itself; that the bindings suit is checked by use.
    gpuDevice.createComputePipeline({ label: name, layout: "auto", compute: { module, entryPoint } });
    assert.is((await gpuDevice.popErrorScope())?.message, undefined, entryPoint);
  }
}

test.run();
