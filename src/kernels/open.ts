// Opens the device, and first lets it compute something whose answer is known.
import { GpuError } from "../errors";
import { requestDevice } from "../gpu/adapter";
import { Gpu, type Host, setGpu } from "../gpu/gpu";
import { plan } from "./gemm";
import { shaderSource } from "./shaders";
import { type Configuration, defaultFor } from "./tuning/configurations";

/** Opens the device of `api` and makes it the current one. Throws one clear line when it cannot compute. */
export async function openGpu(api: GPU, host: Host): Promise<Gpu> {
  const opened = await newGpu(api, host);
  try {
    setGpu(opened);
    await selfTest(opened);
  } catch (error) {
    opened.close();
    throw error;
  }
  return opened;
}

/** A device of `api` that is neither tried nor the current one. */
export async function newGpu(api: GPU, host: Host): Promise<Gpu> {
  const { device, info } = await requestDevice(api);
  return new Gpu(device, info, host, (name) => shaderSource(name, info.sized));
}

/** Sizes of a product that gives work to every lane of a subgroup, of up to 64 lanes. */
const [M, N, K] = [8, 256, 64];
const extent = { kind: "nn", rows: M, columns: N, sum: K, copies: 1 };

/**
 * Tries the kernels that products will run in, since some adapters accept work and compute nothing, some misreport
 * their subgroups, and some take shaders out of a cache that were compiled for another setting. Kernels that are wrong
 * are left out, and the host warns if that changes what runs by default; it throws where the portable ones are wrong, too.
 */
export async function selfTest(gpu: Gpu): Promise<void> {
  const { info } = gpu;
  const wrong: string[] = [];
  const right = async (configuration: Configuration) => {
    const found = await mistake(gpu, configuration);
    if (found) wrong.push(`${configuration.name}: ${found}`);
    return !found;
  };
  const wanted = defaultFor(info, extent);
  const bySubgroups = defaultFor({ ...info, software: true }, extent);
  if (info.subgroupSize > 0 && !(await right(bySubgroups))) info.subgroupSize = 0;
  if (!info.software && !(await right(wanted))) info.portable = true;
  const usual = defaultFor(info, extent);
  if (usual.shader === "gemm_portable" && !(await right(usual)))
    throw new GpuError(`gpu: ${info.name} computes wrongly (${wrong.join("; ")}). Update its driver`);
  if (usual.name === wanted.name) return;
  gpu.host.warn?.(`${info.name} computes wrongly (${wrong.join("; ")}), so other kernels run.`);
}

/** What is wrong with a small product in one configuration, if anything is. */
async function mistake(gpu: Gpu, configuration: Configuration): Promise<string | undefined> {
  const { pool, stream } = gpu;
  const sizes = [M * K, K * N, M * N];
  const [a, b, c] = sizes.map((size) => pool.allocate(4 * size, "self-test"));
  const flat = { images: 1, out: [1, M], source: [1, M], channels: K, columns: N } as const;
  const tried = plan({ direction: "forward", a, b, c, ...flat }, { ...configuration, parts: 1 });
  try {
    // Small whole numbers: f32 holds their products and sums exactly, in whatever order.
    const [x, y] = sizes.map((size) => Float32Array.from({ length: size }, (_, i) => ((i * 7) % 11) - 5));
    stream.upload(x, a);
    stream.upload(y, b);
    stream.upload(new Float32Array(M * N).fill(Number.NaN), c);
    for (const dispatch of tried.dispatches(undefined)) stream.dispatch(dispatch);
    const got = new Float32Array(await stream.download(c, 4 * M * N));
    const expected = (i: number) => {
      let sum = 0;
      for (let k = 0; k < K; k++) sum += x[Math.floor(i / N) * K + k] * y[k * N + (i % N)];
      return sum;
    };
    const bad = got.findIndex((value, i) => value !== expected(i));
    return bad < 0 ? undefined : `${got[bad]} for ${expected(bad)}`;
  } catch (error) {
    return (error as Error).message.split("\n")[0];
  } finally {
    for (const storage of [a, b, c]) pool.release(storage);
  }
}
