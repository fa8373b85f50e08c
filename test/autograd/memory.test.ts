// GPU memory: a loop of steps holds what it held after its first steps, the pool counts right, and what does not
// fit is refused before the driver is asked.
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  add,
  full,
  grad,
  matmul,
  memory,
  ones,
  Random,
  requireGrad,
  rmspropUpdate,
  slotSize,
  square,
  sub,
  sum,
  type Tensor,
  tanh,
  tensor,
  tidy,
  zeros,
} from "../../src/autograd/index";
import { Pool, roundedSize } from "../../src/gpu/pool";
import { device } from "../device";

test.before(async () => {
  await device();
});

/** Counts the buffers that are made and destroyed while `fn` runs. */
async function buffersMade(fn: () => Promise<void>): Promise<{ made: number; destroyed: number }> {
  const { device: gpuDevice } = await device();
  const counts = { made: 0, destroyed: 0 };
  const create = gpuDevice.createBuffer;
  const { destroy } = GPUBuffer.prototype;
  gpuDevice.createBuffer = function (descriptor) {
    counts.made++;
    return create.call(this, descriptor);
  };
  GPUBuffer.prototype.destroy = function () {
    counts.destroyed++;
    return destroy.call(this);
  };
  try {
    await fn();
  } finally {
    gpuDevice.createBuffer = create;
    GPUBuffer.prototype.destroy = destroy;
  }
  return counts;
}

test("200 training steps hold the memory and the buffers of the first ten", async () => {
  const { stream } = await device();
  const random = new Random(1);
  const parameters = tidy(() => [
    requireGrad(random.normal([16, 32])),
    requireGrad(zeros([32])),
    requireGrad(random.normal([32, 1], 0, 0.1)),
  ]);
  const slots = zeros([slotSize(parameters)]);
  const clips = parameters.map(() => [-0.5, 0.5] as const);
  const rule = { rate: 1e-3, decay: 0.9, epsilon: 1e-7, epsilonInside: false };
  const step = () =>
    tidy(() => {
      const [w1, b1, w2] = parameters;
      const x = tensor(new Float32Array(8 * 16).fill(0.5), [8, 16]); // the uploads of a batch share a buffer
      const target = random.uniform([8, 1]);
      const y = matmul(tanh(add(matmul(x, w1), b1)), w2);
      const loss = sum(square(sub(y, target)));
      const gradients = grad(loss, parameters);
      rmspropUpdate({ weights: parameters, gradients, slots, clips }, rule);
    });
  const run = (steps: number) =>
    buffersMade(async () => {
      for (let i = 0; i < steps; i++) {
        step();
        if (i % 20 === 19) await stream.flush();
      }
      await stream.flush();
    });
  await run(10);
  // The loop may wait for nothing but the GPU, so the tensors that other tests left behind may be collected in
  // between: only a growth would be ours.
  const before = memory();
  const { made, destroyed } = await run(200);
  const after = memory();
  assert.ok(after.tensors <= before.tensors, `${after.tensors - before.tensors} tensors more`);
  assert.ok(after.bytes <= before.bytes, `${after.bytes - before.bytes} bytes more`);
  assert.is(made, destroyed); // for the uploads between two flushes one, and not one buffer of the pool
  assert.is(made, 10);
  for (const each of [...parameters, slots]) each.dispose();
});

test("a tidy loop without uploads makes no buffer at all once it is warm", async () => {
  const { stream } = await device();
  const x = ones([1000]);
  const step = () => tidy(() => sum(square(add(x, 1))).shape);
  step();
  await stream.flush();
  const { made } = await buffersMade(async () => {
    for (let i = 0; i < 100; i++) step();
    await stream.flush();
  });
  assert.is(made, 0);
  x.dispose();
});

test("memory tells live tensors and bytes, the peak, and what waits for reuse", async () => {
  const { pool } = await device();
  const start = memory();
  const made = full([1 << 20], 0);
  const during = memory();
  assert.is(during.tensors, start.tensors + 1);
  assert.is(during.bytes, start.bytes + (1 << 22));
  assert.ok(during.peakBytes >= during.bytes);
  made.dispose();
  assert.is(memory().bytes, start.bytes);
  assert.ok(memory().pooledBytes >= 1 << 22);
  pool.trim();
  assert.is(memory().pooledBytes, 0);
});

test("a buffer that trim destroys may still be read by work that was recorded before", async () => {
  const { pool } = await device();
  const x = full([1000], 3);
  const y: Tensor = square(x);
  x.dispose();
  pool.trim();
  assert.equal(new Set(await y.data()), new Set([9]));
  y.dispose();
});

/** A device that makes buffers of nothing, for the pool alone. */
function fakeDevice(limit = 2 ** 27) {
  const log = { made: [] as number[], destroyed: 0 };
  const made = {
    limits: { maxStorageBufferBindingSize: limit },
    pushErrorScope: () => {},
    popErrorScope: async () => null,
    createBuffer: ({ size }: GPUBufferDescriptor) => {
      log.made.push(size);
      return { size, destroy: () => log.destroyed++ };
    },
  };
  return { device: made as unknown as GPUDevice, log };
}

const now = {
  afterSubmit: (action: () => void) => action(),
  expect: () => {},
  report: () => {},
};

test("sizes of buffers: four an octave, 256 bytes at least, a quarter wasted at most", () => {
  const sizes = [0, 1, 256, 257, 320, 321, 512, 513, 640, 1000, 1024, 1025, 2 ** 20, 2 ** 31 + 1];
  const wanted = [256, 256, 256, 320, 320, 384, 512, 640, 640, 1024, 1024, 1280, 2 ** 20, 2 ** 31 + 2 ** 29];
  assert.equal(sizes.map(roundedSize), wanted);
  for (let bytes = 257; bytes < 1e6; bytes = Math.ceil(bytes * 1.01)) {
    const size = roundedSize(bytes);
    assert.ok(size >= bytes && size < 1.25 * bytes + 1, `${bytes} → ${size}`);
    assert.is(size % 64, 0);
    assert.is(roundedSize(size), size);
  }
});

test("a released buffer serves the next request of its class, and of no other", () => {
  const { device, log } = fakeDevice();
  const pool = new Pool(device, 1e9, now);
  const first = pool.allocate(1000, "a");
  pool.release(first);
  assert.is(pool.allocate(900, "b").buffer, first.buffer);
  assert.is.not(pool.allocate(900, "c").buffer, first.buffer);
  assert.is.not(pool.allocate(2000, "d").buffer, first.buffer);
  assert.equal(log.made, [1024, 1024, 2048]);
  assert.is(pool.liveBytes, 4096);
  assert.is(pool.pooledBytes, 0);
});

test("a range is a multiple of 16 bytes, so that it can be read as vec4", () => {
  const pool = new Pool(fakeDevice().device, 1e9, now);
  assert.equal(
    [0, 1, 16, 17, 1000].map((bytes) => pool.allocate(bytes, "a").bytes),
    [16, 16, 16, 32, 1008],
  );
});

test("over the budget an allocation throws before the device is asked, and says what is in use", () => {
  const { device, log } = fakeDevice();
  const pool = new Pool(device, 3 * 2 ** 20, now);
  pool.allocate(2 ** 21, "weights");
  assert.throws(
    () => pool.allocate(2 ** 21, "conv2d"),
    /^gpu: conv2d needs 2\.0 MiB, but 2\.0 MiB of the budget of 3\.0 MiB are in use \(weights 2\.0 MiB\)\. A smaller batch needs less\.$/,
  );
  assert.is(log.made.length, 1);
  pool.allocate(2 ** 20, "what still fits");
  assert.is(pool.liveBytes, 3 * 2 ** 20);
});

test("before it throws, the pool destroys what waits for reuse", () => {
  const { device, log } = fakeDevice();
  const pool = new Pool(device, 3 * 2 ** 20, now);
  pool.release(pool.allocate(2 ** 21, "a"));
  pool.allocate(3 * 2 ** 20, "b");
  assert.is(log.destroyed, 1);
  assert.is(pool.pooledBytes, 0);
  assert.is(pool.peakBytes, 3 * 2 ** 20);
});

test("an allocation over the adapter's binding limit throws, one just below it does not", () => {
  const limit = 2 ** 31 - 4; // what some drivers report
  const { device, log } = fakeDevice(limit);
  const pool = new Pool(device, 1e12, now);
  assert.throws(
    () => pool.allocate(2 ** 31, "matmul"),
    /^gpu: matmul needs 2048\.0 MiB, but this adapter binds 2048\.0 MiB at most\.$/,
  );
  const { bytes } = pool.allocate(2 ** 31 - 16, "matmul"); // its class would be 2 GiB
  assert.is(bytes, 2 ** 31 - 16);
  assert.equal(log.made, [limit]);
});

test("what another device's pool made, or what was released before, is let go", () => {
  const [closed, pool] = [new Pool(fakeDevice().device, 1e9, now), new Pool(fakeDevice().device, 1e9, now)];
  pool.release(closed.allocate(1000, "of a device that was closed"));
  const twice = pool.allocate(1000, "a");
  pool.release(twice);
  pool.release(twice);
  assert.is(pool.liveBytes, 0);
  assert.is(pool.pooledBytes, 1024);
  assert.is.not(pool.allocate(1000, "b").buffer, pool.allocate(1000, "c").buffer);
});

test.run();
