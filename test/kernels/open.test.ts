// Opening a device: kernels that compute wrongly on it are found and left out, whatever the adapter says of itself.

import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Gpu } from "../../src/gpu/gpu";
import { newGpu, selfTest } from "../../src/kernels/open";
import { configurations, defaultFor } from "../../src/kernels/tuning/configurations";
import { tuning } from "../../src/kernels/tuning/table";
import { describeTuning } from "../../src/tuning/text";
import { device } from "../device";
import { collect, gpuApi, skip } from "../platform";

interface Forgery {
  /** What the adapter says of itself instead. */
  info?: Partial<GPUAdapterInfo>;
  /** Shaders that the driver spoils: all their products are off by one. */
  spoilt?: (shader: string) => boolean;
}

/** A device of the API that is not the current one, and the lines that its host was warned with. */
async function open({ info = {}, spoilt = () => false }: Forgery): Promise<{ gpu: Gpu; said: string[] }> {
  await device(); // the kernels' host code asks for the current one
  const api = {
    async requestAdapter(options: GPURequestAdapterOptions) {
      const adapter = (await (await gpuApi()).requestAdapter(options))!;
      const { vendor, architecture, description, subgroupMinSize, subgroupMaxSize } = adapter.info;
      const { isFallbackAdapter } = adapter.info;
      const own = { vendor, architecture, description, subgroupMinSize, subgroupMaxSize, isFallbackAdapter };
      return {
        info: { ...own, device: adapter.info.device, ...info },
        features: adapter.features,
        limits: adapter.limits,
        async requestDevice(descriptor: GPUDeviceDescriptor) {
          const made = await adapter.requestDevice(descriptor);
          const create = made.createShaderModule.bind(made);
          made.createShaderModule = ({ label = "", code }: GPUShaderModuleDescriptor) => {
            const off = code.replace("biased(value, column); }", "biased(value + 1.0, column); }");
            return create({ label, code: spoilt(label) ? off : code });
          };
          return made;
        },
      };
    },
  };
  const said: string[] = [];
  const host = { wait: <T>(promise: Promise<T>) => promise, memoryBudget: 2 ** 28 };
  const gpu = await newGpu(api as unknown as GPU, { ...host, warn: (line) => void said.push(line) });
  return { gpu, said };
}

const aGpu = { vendor: "a", architecture: "b", device: "c", description: "d", isFallbackAdapter: false };
const extent = { kind: "nn", rows: 40, columns: 48, sum: 600, copies: 1 };
const usual = ({ info }: Gpu) => defaultFor(info, extent).shader;

test("what computes rightly is used, without a word", async () => {
  for (const info of [{}, aGpu]) {
    const { gpu, said } = await open({ info });
    const before = { ...gpu.info };
    await selfTest(gpu);
    assert.equal(said, []);
    assert.equal(gpu.info, before);
    gpu.close();
  }
});

test("an adapter that tells a wrong subgroup size gets no kernels by subgroups; one line says so if it would have", async () => {
  const { subgroupSize } = (await device()).info;
  if (subgroupSize === 0) return skip("no kernels by subgroups here");
  const wrong = { subgroupMinSize: 2 * subgroupSize, subgroupMaxSize: 2 * subgroupSize };
  for (const [info, shader, lines] of [
    [wrong, "gemm_portable", 1],
    [{ ...aGpu, ...wrong }, "gemm_tiled", 0],
  ] as const) {
    const { gpu, said } = await open({ info });
    assert.is(gpu.info.subgroupSize, 2 * subgroupSize);
    await selfTest(gpu);
    assert.is(said.length, lines);
    for (const line of said)
      assert.match(line, /computes wrongly \(subgroup [^\n]*\), so other kernels run\.$/);
    assert.is(usual(gpu), shader);
    assert.ok(configurations(gpu.info).every((each) => !/subgroup|narrow/.test(each.name)));
    gpu.close();
  }
});

test("kernels that compute wrongly are left out for the portable ones, and one line says so", async () => {
  const { subgroupSize } = (await device()).info;
  const spoilt = (shader: string) => shader !== "gemm_portable";
  for (const info of subgroupSize > 0 ? [{}, aGpu] : [aGpu]) {
    const { gpu, said } = await open({ info, spoilt });
    assert.is.not(usual(gpu), "gemm_portable");
    await selfTest(gpu);
    assert.is(said.length, 1);
    assert.match(said[0], /computes wrongly \((subgroup|tiled) [^\n]*\), so other kernels run/);
    assert.is(usual(gpu), "gemm_portable");
    assert.is(describeTuning(tuning(gpu)), "portable");
    gpu.close();
  }
});

test("a device on which no kernel computes rightly is refused", async () => {
  for (const info of [{}, aGpu]) {
    const { gpu, said } = await open({ info, spoilt: () => true });
    const error = await selfTest(gpu).catch((thrown: Error) => thrown);
    assert.match(
      String(error),
      /^GpuError: gpu: [^\n]* computes wrongly \([^\n]*portable [^\n]*\)\. Update its driver$/,
    );
    assert.equal(said, []);
    gpu.close();
  }
});

test("of subgroups in several sizes the kernels ask for one, where the adapter lets them", async () => {
  const { subgroupSize } = (await device()).info;
  if (subgroupSize === 0) return skip("no kernels by subgroups here");
  const { gpu, said } = await open({
    info: { subgroupMinSize: subgroupSize / 2, subgroupMaxSize: subgroupSize },
  });
  const sized = gpu.device.features.has("subgroup-size-control");
  assert.is(gpu.info.subgroupSize, sized ? subgroupSize : 0);
  assert.is(gpu.info.sized ?? false, sized);
  await selfTest(gpu);
  assert.equal(said, []);
  assert.is(usual(gpu), sized ? "gemm_subgroup" : "gemm_portable");
  for (const { shader, constants } of sized ? configurations(gpu.info) : []) {
    if (!constants.SG) continue;
    const keys = ["forward", "filter_grad"].map((entry) => ({
      shader,
      constants,
      entry,
      reads: [0, 1, 2],
      writes: [3],
    }));
    for (const key of keys) {
      const pipeline = gpu.pipelines.get(key);
      await pipeline.compiled;
      assert.is(pipeline.failure, undefined);
    }
  }
  gpu.close();
});

test("a subgroup size that the adapter does not give after all is done without", async () => {
  const { info } = await device();
  const range = { subgroupMinSize: 2 * info.subgroupSize, subgroupMaxSize: 8 * info.subgroupSize };
  const { gpu, said } = await open({ info: range });
  if (gpu.info.sized) {
    await selfTest(gpu);
    assert.is(said.length, 1);
    assert.match(said[0], /computes wrongly \(subgroup [^\n]* did not compile[^\n]*\), so other kernels run/);
    assert.is(usual(gpu), "gemm_portable");
  } else skip("subgroups cannot be asked for a size here");
  gpu.close();
});

test("a device that was closed goes with the last who holds it", async () => {
  if (/Firefox/.test(globalThis.navigator?.userAgent ?? ""))
    return skip("Firefox keeps what belongs to a page longer");
  const refs: WeakRef<Gpu>[] = [];
  for (let i = 0; i < 5; i++) {
    const { gpu } = await open({});
    refs.push(new WeakRef(gpu));
    gpu.close();
  }
  // The last one may still stand in a register; a browser collects what belongs to a page in turns of its own.
  const left = () => refs.filter((ref) => ref.deref()).length;
  for (let turn = 0; left() > 1 && turn < 40; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    await collect();
  }
  assert.ok(left() <= 1, `${left()} of ${refs.length} are left`);
});

test.run();
