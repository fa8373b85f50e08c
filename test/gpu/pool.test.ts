// Memory that the GPU refuses, on a device that is a stub: WebGPU tells it later, and the next flush says who and what.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { requestDevice } from "../../src/gpu/adapter";
import { Gpu } from "../../src/gpu/gpu";
import { shaderSource } from "../../src/kernels/shaders";
import { gpuApi } from "../platform";

const MIB = 2 ** 20;

/** A device of its own that has no memory for buffers of `refused` bytes: they are made invalid, as the driver does. */
async function withoutRoomFor(refused: number): Promise<Gpu> {
  const { device, info } = await requestDevice(await gpuApi());
  const create = device.createBuffer.bind(device);
  const pop = device.popErrorScope.bind(device);
  let full = false;
  device.createBuffer = (descriptor) => {
    full = descriptor.size === refused;
    return create(descriptor);
  };
  device.popErrorScope = async () => {
    const failed = full;
    full = false;
    const error = await pop();
    return failed ? ({ message: "no room" } as GPUOutOfMemoryError) : error;
  };
  return new Gpu(
    device,
    info,
    { wait: (promise) => promise, memoryBudget: 2 ** 30, warn: assert.unreachable },
    shaderSource,
  );
}

test("an allocation that the GPU refuses is told at the next flush: what, how much is in use, by whom", async () => {
  const gpu = await withoutRoomFor(8 * MIB);
  const weights = gpu.pool.allocate(2 * MIB, "weights");
  const refused = gpu.pool.allocate(8 * MIB, "conv2d");
  gpu.stream.clear(refused);
  const said = await gpu.stream.flush().then(
    () => "nothing",
    (error: Error) => error.message,
  );
  assert.is(
    said,
    "gpu: conv2d needs 8.0 MiB, which the GPU did not have; 10.0 MiB are in use (conv2d 8.0 MiB, weights 2.0 MiB). " +
      "A smaller batch needs less. The driver says: no room",
  );
  await gpu.stream.flush(); // told once
  gpu.pool.release(refused);
  assert.is(gpu.pool.pooledBytes, 0); // it is not handed out again
  gpu.stream.upload(new Float32Array([1, 2]), weights);
  assert.equal([...new Float32Array(await gpu.stream.download(weights, 8))], [1, 2]);
  gpu.close();
});

test("a device is closed with anything alive, and disposals after that are harmless", async () => {
  const gpu = await withoutRoomFor(0);
  const [x, y] = [gpu.pool.allocate(64, "x"), gpu.pool.allocate(64, "y")];
  const { program } = gpu.stream.capture(() => gpu.stream.clear(x));
  const pending = gpu.stream.download(y, 8).then(
    () => "numbers",
    (error: Error) => error.message,
  );
  gpu.close();
  assert.is(await pending, "gpu: the device was closed");
  gpu.pool.release(x);
  gpu.stream.drop(program);
  gpu.stream.drop(program);
  assert.throws(() => gpu.stream.replay(program), /^replay: the device of the captured step was closed/);
  assert.throws(
    () =>
      gpu.stream.dispatch({
        shader: "fill",
        entry: "fill",
        reads: [],
        writes: [y],
        params: { n: 1, p: 0, q: 0 },
        grid: [1],
      }),
    /^gpu: fill:fill: the storage of y was released, or is another device's\.$/,
  );
});

test("ranges side by side: a write of the whole is one of each, and the buffer is free when the last one is released", async () => {
  const gpu = await withoutRoomFor(0);
  const { pool, stream } = gpu;
  const { whole, ranges } = pool.allocateTogether([12, 0, 256, 400], "sums");
  assert.equal(
    ranges.map(({ offset, bytes }) => [offset, bytes]),
    [
      [0, 16],
      [256, 16],
      [512, 256],
      [768, 400],
    ],
  );
  const { program } = stream.capture(() => stream.clear(whole));
  stream.replay(program);
  stream.upload(new Float32Array([1, 2, 3]), ranges[0]);
  assert.equal(
    ranges.map(({ version }) => version),
    [3, 2, 2, 2],
  );
  assert.equal([...new Float32Array(await stream.download(ranges[0], 12))], [1, 2, 3]);
  assert.equal([...new Float32Array(await stream.download(ranges[2], 8))], [0, 0]);
  const live = pool.liveBytes;
  for (const range of [...ranges, ranges[0]]) pool.release(range);
  assert.is(pool.liveBytes, live); // the program has it
  stream.drop(program);
  assert.is(pool.liveBytes, 0);
  gpu.close();
});

test.run();
