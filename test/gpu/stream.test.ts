// The command stream: order, batches, and errors that the GPU reports. What breaks a device runs on one of its own.
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Gpu } from "../../src/gpu/gpu";
import type { Storage } from "../../src/gpu/pool";
import type { Dispatch } from "../../src/gpu/stream";
import { newGpu } from "../../src/kernels/open";
import { device } from "../device";
import { gpuApi } from "../platform";
import "../blend";

const N = 64;

/** A device of its own, with nothing compiled. */
async function fresh(): Promise<Gpu> {
  return newGpu(await gpuApi(), {
    wait: (promise) => promise,
    memoryBudget: 2 ** 28,
    warn: assert.unreachable,
  });
}

const room = ({ pool }: Gpu) => pool.allocate(4 * N, "test");
const all = (value: number) => new Float32Array(N).fill(value);

/** y = keep · y + take · x. */
const blend = (x: Storage, y: Storage, keep: number, take: number): Dispatch => ({
  shader: "made/blend",
  entry: "blend",
  reads: [x],
  writes: [y],
  params: { n: N, p: keep, q: take },
  grid: [1],
});

/** y = -x. */
const negate = (x: Storage, y: Storage): Dispatch => ({
  shader: "unary",
  entry: "neg",
  reads: [x],
  writes: [y],
  params: { n4: N / 4, turns: 1, p: 0, q: 0 },
  grid: [1],
});

const fill = (y: Storage, value: number): Dispatch => ({
  shader: "fill",
  entry: "fill",
  reads: [],
  writes: [y],
  params: { n: N, p: value, q: 0 },
  grid: [1],
});

/** The one number that fills a range. */
async function read({ stream }: Gpu, from: Storage): Promise<number> {
  const numbers = new Float32Array(await stream.download(from, 4 * N));
  assert.is(new Set(numbers).size, 1, `not all equal: ${numbers}`);
  return numbers[0];
}

async function failure(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => "nothing was thrown",
    (error: Error) => error.message,
  );
}

/** Uploads, dispatches, copies and clears that come out right in one order alone. */
async function mixed(gpu: Gpu): Promise<void> {
  const { stream } = gpu;
  const [x, y, z] = [room(gpu), room(gpu), room(gpu)];
  stream.upload(all(1), x);
  stream.dispatch(negate(x, y)); // y = -1
  stream.copy(y, x, 4 * N); // x = -1
  stream.dispatch(negate(x, y)); // y = 1
  stream.send();
  stream.upload(all(10), x);
  stream.dispatch(fill(z, 100));
  stream.dispatch(blend(x, y, 1, 1)); // y = 11
  stream.clear(x);
  stream.send();
  stream.dispatch(blend(y, z, 1, 2)); // z = 122
  stream.dispatch(fill(y, 5));
  stream.dispatch(blend(x, y, 1, 1)); // y = 5
  assert.equal(await Promise.all([read(gpu, x), read(gpu, y), read(gpu, z)]), [0, 5, 122]);
  for (const each of [x, y, z]) gpu.pool.release(each);
}

test("uploads, dispatches, copies, clears and reads keep their order", async () => {
  const gpu = await device();
  await mixed(gpu);
  await mixed(gpu); // now with pipelines that are compiled
});

test("the order holds while batches wait for pipelines and more is recorded", async () => {
  const gpu = await fresh();
  await mixed(gpu);
  gpu.close();
});

test("an upload does not overtake the work before it, nor the work after it", async () => {
  const gpu = await device();
  const [x, y] = [room(gpu), room(gpu)];
  gpu.stream.clear(y);
  for (const value of [1, 10, 100]) {
    gpu.stream.upload(all(value), x);
    gpu.stream.dispatch(blend(x, y, 2, 1));
  }
  assert.is(await read(gpu, y), 124); // 2 · (2 · 1 + 10) + 100
  for (const each of [x, y]) gpu.pool.release(each);
});

test("thousands of dispatches go in several batches, each with its own parameters", async () => {
  const gpu = await device();
  const [x, y] = [room(gpu), room(gpu)];
  gpu.stream.upload(all(1), x);
  gpu.stream.clear(y);
  for (let i = 0; i < 3000; i++) gpu.stream.dispatch(blend(x, y, 1, i));
  assert.is(await read(gpu, y), (3000 * 2999) / 2);
  for (const each of [x, y]) gpu.pool.release(each);
});

test("a buffer that was released is reused by later work without harm to earlier work", async () => {
  const gpu = await device();
  const y = room(gpu);
  gpu.stream.clear(y);
  for (let i = 1; i <= 100; i++) {
    const x = room(gpu);
    gpu.stream.dispatch(fill(x, i));
    gpu.stream.dispatch(blend(x, y, 1, 1));
    gpu.pool.release(x);
  }
  assert.is(await read(gpu, y), 5050);
  gpu.pool.release(y);
});

test("an empty grid records nothing, and empty uploads and reads are fine", async () => {
  const gpu = await device();
  const y = room(gpu);
  gpu.stream.upload(all(3), y);
  gpu.stream.dispatch({ ...fill(y, 4), grid: [1, 0] });
  gpu.stream.upload(new Float32Array(0), y);
  assert.is(await read(gpu, y), 3);
  assert.is((await gpu.stream.download(y, 0)).byteLength, 0);
  gpu.pool.release(y);
});

test("an upload of a view takes the view alone, and the host may change its array at once", async () => {
  const gpu = await device();
  const y = room(gpu);
  const numbers = new Float32Array(3 * N).fill(7, N, 2 * N);
  gpu.stream.upload(numbers.subarray(N, 2 * N), y);
  numbers.fill(0);
  assert.is(await read(gpu, y), 7);
  gpu.pool.release(y);
});

test("afterSubmit runs once all that is recorded was submitted, batches that wait included", async () => {
  const gpu = await fresh();
  const ran: string[] = [];
  gpu.stream.afterSubmit(() => ran.push("nothing recorded"));
  assert.equal(ran, ["nothing recorded"]);
  const y = room(gpu);
  gpu.stream.dispatch(fill(y, 1));
  gpu.stream.afterSubmit(() => ran.push("recorded"));
  gpu.stream.send(); // waits for its pipeline
  gpu.stream.afterSubmit(() => ran.push("waiting"));
  assert.is(ran.length, 1);
  await gpu.stream.flush();
  assert.equal(ran, ["nothing recorded", "recorded", "waiting"]);
  gpu.close();
});

test("settle lets the host run ahead by a bounded number of submits", async () => {
  const gpu = await device();
  const y = room(gpu);
  for (let i = 0; i < 5; i++) {
    gpu.stream.dispatch(fill(y, i));
    await gpu.stream.settle(2);
  }
  await gpu.stream.settle(0);
  assert.is(await read(gpu, y), 4);
  gpu.pool.release(y);
});

test("an error is told to all that wait for the GPU when it comes, and not to those that wait later", async () => {
  const gpu = await fresh();
  const [x, y] = [room(gpu), room(gpu)];
  gpu.stream.upload(all(1), x);
  await gpu.stream.flush();
  gpu.stream.dispatch({ ...negate(x, y), entry: "nope" });
  const waits = [gpu.stream.download(y, 4 * N), gpu.stream.download(x, 4 * N), gpu.stream.settle(0)];
  for (const wait of waits) assert.match(await failure(wait), /unary:nope did not compile/);
  gpu.stream.dispatch(negate(x, y));
  assert.is(await read(gpu, y), -1);
  gpu.close();
});

const bad: Record<string, [make: (x: Storage, y: Storage) => Dispatch, label: RegExp]> = {
  "a constant that the shader lacks": [
    (x, y) => ({ ...negate(x, y), constants: { NOPE: 1 } }),
    /^gpu: shader unary:neg \{"NOPE":1\} did not compile: .*NOPE/,
  ],
  "an entry point that the shader lacks": [
    (x, y) => ({ ...negate(x, y), entry: "nope" }),
    /^gpu: shader unary:nope did not compile: .*nope/,
  ],
  "a wrong number of bindings": [
    (_, y) => ({ ...negate(y, y), reads: [] }),
    /^gpu: shader unary:neg did not compile: .*binding/,
  ],
};

for (const [name, [make, label]] of Object.entries(bad)) {
  test(`${name} is reported once, by the next read, with the label of its dispatch`, async () => {
    const gpu = await fresh();
    const [x, y] = [room(gpu), room(gpu)];
    gpu.stream.upload(all(1), x);
    gpu.stream.dispatch(make(x, y));
    gpu.stream.dispatch(fill(y, 1));
    const first = await failure(gpu.stream.download(y, 4 * N));
    assert.match(first, label);
    assert.is(await read(gpu, y), 1); // what was recorded beside it ran
    gpu.stream.dispatch(negate(y, x));
    assert.is(await read(gpu, x), -1);
    gpu.close();
  });
}

test("what the driver would refuse without naming the dispatch throws at the call", async () => {
  const gpu = await device();
  const [x, y] = [room(gpu), room(gpu)];
  assert.throws(
    () => gpu.stream.dispatch(negate(x, x)),
    /^gpu: unary:neg: a dispatch must not read a buffer that it writes\.$/,
  );
  assert.throws(
    () => gpu.stream.dispatch({ ...negate(x, y), grid: [1, 70000] }),
    /^gpu: unary:neg: a grid must have from 1 to 65535 workgroups a dimension, got \[1,70000\]\.$/,
  );
  gpu.stream.upload(all(2), y);
  assert.is(await read(gpu, y), 2);
  for (const each of [x, y]) gpu.pool.release(each);
});

test("any other error of validation is reported by the next read", async () => {
  const gpu = await fresh();
  const y = room(gpu);
  gpu.stream.copy(y, { ...y, offset: 16 }, 4);
  assert.match(await failure(gpu.stream.download(y, 4 * N)), /^gpu: .*same buffer(.*\S)?$/);
  gpu.close();
});

test("a bad pipeline lets go of what its batch would have freed", async () => {
  const gpu = await fresh();
  const y = room(gpu);
  let freed = false;
  gpu.stream.dispatch({ ...fill(y, 1), entry: "nope" });
  gpu.stream.afterSubmit(() => {
    freed = true;
  });
  await failure(gpu.stream.flush());
  assert.ok(freed);
  gpu.close();
});

test("the loss of a device is reported by the next read, and recording goes on silently until then", async () => {
  const gpu = await fresh();
  const [x, y] = [room(gpu), room(gpu)];
  gpu.stream.dispatch(fill(y, 1));
  await gpu.stream.flush();
  gpu.device.destroy();
  gpu.stream.upload(all(1), x);
  gpu.stream.dispatch(negate(x, y));
  assert.match(await failure(gpu.stream.download(y, 4 * N)), /^gpu: the device was lost \(destroyed\)/);
  assert.match(await failure(gpu.stream.settle(0)), /^gpu: the device was lost/);
});

test("after errors on other devices this one works on", async () => {
  await mixed(await device());
});

test.run();
