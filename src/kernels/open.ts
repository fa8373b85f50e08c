// Opens the device and tries it on arithmetic whose answer is known, before anything builds on it.
import { requestDevice } from "../gpu/adapter";
import { Gpu, type Host, setGpu } from "../gpu/gpu";

import { shaderSource } from "./shaders";

const N = 64;

/** Opens the device of `api` and makes it the current one. Throws one clear line when it cannot compute. */
export async function openGpu(api: GPU, host: Host): Promise<Gpu> {
  const { device, info } = await requestDevice(api);
  const opened = new Gpu(device, info, host, shaderSource);
  try {
    setGpu(opened);
    await selfTest(opened);
  } catch (error) {
    opened.close();
    throw error;
  }
  return opened;
}

/** Some adapters accept work and compute nothing, and some misreport their subgroups. */
async function selfTest(gpu: Gpu): Promise<void> {
  const x = gpu.pool.allocate(4 * N, "self-test");
  const y = gpu.pool.allocate(4 * N, "self-test");
  const input = Float32Array.from({ length: N }, (_, i) => i + 0.5);
  gpu.stream.upload(input, x);
  gpu.stream.dispatch({
    shader: "selftest",
    entry: "affine",
    reads: [x],
    writes: [y],
    params: { n: N },
    grid: [1],
  });
  const got = new Float32Array(await gpu.stream.download(y, 4 * N));
  const bad = got.findIndex((value, i) => value !== 2 * input[i] + 1);
  if (bad >= 0) {
    throw new Error(
      `gpu: ${gpu.info.name} computes wrongly: 2 * ${input[bad]} + 1 gave ${got[bad]}. Update its driver`,
    );
  }
  if (gpu.info.subgroupSize > 0) {
    const size = gpu.info.subgroupSize;
    gpu.stream.dispatch({ shader: "selftest_subgroup", entry: "rotate", reads: [x], writes: [y], grid: [1] });
    const rotated = new Float32Array(await gpu.stream.download(y, 4 * N));
    // Lane i of a subgroup reads lane (i + 1) % size: a driver that fails here gets the portable kernels.
    const right = rotated.every((value, i) => value === input[i - (i % size) + ((i + 1) % size)]);
    if (!right) gpu.info.subgroupSize = 0;
  }
  gpu.pool.release(x);
  gpu.pool.release(y);
}
