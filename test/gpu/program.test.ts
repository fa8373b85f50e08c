// Captured programs: they own what they touch, so replays in any order, disposals and other programs change no number.
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  add,
  blend,
  type Captured,
  capture,
  concat,
  conv2d,
  grad,
  keep,
  matmul,
  memory,
  mul,
  ones,
  Random,
  requireGrad,
  settle,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
  tidy,
  zeros,
} from "../../src/autograd";
import { device } from "../device";
import { collectGarbage } from "../garbage";
import { made } from "../made";
import { makeRandom } from "../reference/array";

const numbers = async (x: Tensor) => [...(await x.data())];

test.before(async () => {
  await device();
});

test("two captures keep their results apart, interleaved in random order a thousand times", async () => {
  const random = makeRandom(1);
  const x = keep(zeros([3]));
  const steps = [
    { captured: capture(() => add(mul(x, 2), 1)), eager: () => add(mul(x, 2), 1) },
    { captured: capture(() => mul(x, 10)), eager: () => mul(x, 10) },
    { captured: capture(() => sum(square(add(square(x), 3)))), eager: () => sum(square(add(square(x), 3))) },
  ];
  const got: Tensor[] = [];
  const wanted: Tensor[] = [];
  const latest = steps.map(({ eager }) => eager());
  for (let i = 0; i < 1000; i++) {
    if (random.uniform() < 0.3) blend(x, ones([3]), 0.5, 1);
    const which = Math.floor(random.uniform() * steps.length);
    steps[which].captured.replay();
    latest[which].dispose();
    latest[which] = steps[which].eager();
    const flat = (ts: Tensor[]) => tidy(() => concat(ts.map((t) => add(mul(ones([3]), t), 0))));
    got.push(flat(steps.map(({ captured }) => captured.result)));
    wanted.push(flat(latest));
    if (i % 100 === 99) await settle(0);
  }
  assert.equal(await numbers(concat(got)), await numbers(concat(wanted)));
  for (const { captured } of steps) captured.dispose();
  for (const each of [x, ...got, ...wanted, ...latest]) each.dispose();
});

test("what died in an earlier capture is no place for a later one's result", async () => {
  const x = keep(tensor([1, 2, 3]));
  // The first leaves many scratch buffers of this size; the results of the others would land in them.
  const first = capture(() => {
    let y = x;
    for (let i = 0; i < 10; i++) y = add(y, 1);
    return sum(y);
  });
  const others = [2, 3, 4, 5].map((k) => capture(() => mul(x, k)));
  first.replay();
  for (const [i, each] of others.entries())
    assert.equal(
      await numbers(each.result),
      [1, 2, 3].map((v) => v * (i + 2)),
    );
  others[1].replay();
  first.replay();
  assert.equal(await numbers(first.result), [36]);
  assert.equal(await numbers(others[0].result), [2, 4, 6]);
  for (const each of [first, ...others]) each.dispose();
});

test("a step keeps what it reads and changes alive, disposed of or gone with its tidy", async () => {
  const { x, total, step } = tidy(() => {
    const x = tensor([1, 2, 3]);
    const total = keep(zeros([3]));
    return { x, total, step: capture(() => blend(total, mul(x, 2), 1, 1)) };
  });
  const reads = tidy(() => {
    const gone = tensor([5, 6]);
    return capture(() => add(gone, 1));
  });
  x.dispose();
  total.dispose();
  const bystanders = Array.from({ length: 20 }, (_, i) => tensor([i, i, i]));
  for (let i = 0; i < 3; i++) {
    step.replay();
    reads.replay();
  }
  assert.equal(await numbers(reads.result), [6, 7]);
  for (const [i, each] of bystanders.entries()) assert.equal(await numbers(each), [i, i, i]);
  for (const each of [step, reads, ...bystanders]) each.dispose();
});

test("a result that is disposed of early, or kept past its step, harms nobody", async () => {
  const x = keep(tensor([1, 2]));
  const early = capture(() => mul(x, 3));
  early.result.dispose();
  const other = tensor([8, 9]);
  early.replay();
  assert.equal(await numbers(other), [8, 9]);
  let inside: Tensor | undefined;
  const late = capture(() => {
    inside = keep(mul(x, 4));
  });
  late.dispose();
  early.dispose();
  const more = Array.from({ length: 10 }, () => tensor([0, 0]));
  assert.equal(await numbers(inside!), [4, 8]);
  for (const each of [x, other, inside!, ...more]) each.dispose();
});

test("a step that returns what it was given does not free it", async () => {
  const x = keep(tensor([1, 2]));
  const step = capture(() => ({ x, y: mul(x, 2) }));
  step.dispose();
  assert.equal(await numbers(x), [1, 2]);
  x.dispose();
});

test("a replay makes its results newer: a graph that saved them refuses", async () => {
  const x = keep(tensor([2]));
  const v = requireGrad(tensor([1]));
  const step = capture(() => mul(x, 3));
  const z = sum(mul(v, step.result));
  step.replay();
  assert.throws(() => grad(z, [v]), /changed in place since/);
  step.dispose();
});

test("numbers are not read inside of a capture, and the device lives on", async () => {
  const x = keep(tensor([2]));
  const inside = [
    () => mul(x, 2).data(),
    () => mul(x, 2).item(),
    () => x.data(),
    () => tensor([1]),
    () => capture(() => mul(x, 2)),
  ];
  for (const fn of inside) assert.throws(() => capture(() => void fn()), /^capture: /);
  const step = capture(() => mul(x, 3));
  step.replay();
  assert.equal(await numbers(step.result), [6]);
  step.dispose();
});

test("captured steps made and disposed in turn leave the pool as it was", async () => {
  const x = keep(ones([1000]));
  const outlives = capture(() => sum(square(x))); // one that stays, so that scratch buffers are never all free
  const sizes: number[] = [];
  for (let i = 0; i < 6; i++) {
    const step = capture(() => sum(square(add(mul(x, i), mul(square(x), 2)))));
    step.replay();
    step.dispose();
    await settle(0);
    const { bytes, pooledBytes } = memory();
    sizes.push(bytes + pooledBytes);
  }
  assert.ok(
    sizes.slice(1).every((size) => size <= sizes[0]),
    sizes.join(),
  );
  outlives.dispose();
  x.dispose();
});

test("a step in the place of one that is gone has its bind groups: there is a bound on those that are alive", async () => {
  const x = keep(ones([5]));
  const turn = async () => {
    const step = capture(() => {
      let y = x;
      for (let i = 0; i < 20; i++) y = add(y, 1);
      return y;
    });
    step.replay();
    assert.equal(await numbers(step.result), new Array(5).fill(21));
    step.dispose();
    await settle(0);
  };
  await collectGarbage(); // else what earlier tests dropped comes back to the pool in the middle, and buffers change places
  for (let i = 0; i < 3; i++) await turn();
  const groups = await made("bind groups", async () => {
    for (let i = 0; i < 10; i++) await turn();
  });
  assert.is(groups, 0);
  x.dispose();
});

test("no empty write goes to the queue: Deno ends the process on one", async () => {
  const { queue } = (await device()).device;
  const write = queue.writeBuffer;
  const sizes: number[] = [];
  queue.writeBuffer = (
    buffer: GPUBuffer,
    offset: number,
    data: GPUAllowSharedBufferSource,
    ...rest: number[]
  ) => {
    sizes.push(rest[1] ?? data.byteLength);
    return write.call(queue, buffer, offset, data, ...rest);
  };
  const x = keep(ones([5]));
  const random = new Random(1);
  try {
    for (const step of [() => {}, () => add(x, 1), () => random.uniform([3])]) {
      const captured = capture(step as () => Tensor | undefined);
      captured.replay();
      await settle(0);
      captured.dispose();
    }
  } finally {
    queue.writeBuffer = write;
  }
  assert.ok(sizes.length > 0 && sizes.every((size) => size > 0), `wrote ${sizes} bytes`);
  x.dispose();
});

test("a step that nobody holds any more gives back what it kept", async () => {
  await collectGarbage();
  const before = memory().bytes;
  (() => {
    const x = tensor(new Float32Array(5000));
    capture(() => sum(mul(x, 2)));
    x.dispose();
  })();
  await collectGarbage();
  assert.is(memory().bytes, before);
});

/** Ops with temporaries of several kinds; `x` is an image. */
function manyOps(x: Tensor, w: Tensor): Tensor {
  const y = conv2d(x, w, { padding: "same" });
  const m = matmul(
    sum(y, { axes: [1] }).shape.length === 3 ? tidy(() => sum(y, { axes: [0, 1] })) : y,
    ones([5, 4]),
  );
  const dw = grad(sum(square(sub(y, 1))), [w])[0];
  return add(sum(m), sum(dw));
}

test("an op that throws at any position of a captured step leaves nothing behind", async () => {
  const { pool, stream } = await device();
  const x = keep(new Random(1).normal([2, 6, 6, 3]));
  const w = keep(requireGrad(new Random(2).normal([3, 3, 3, 5])));
  const run = () => manyOps(x, w);
  const wanted = await tidy(run).data();
  const original = { allocate: pool.allocate, dispatch: stream.dispatch };
  let calls = 0;
  let limit = Number.POSITIVE_INFINITY;
  pool.allocate = function (...args) {
    if (++calls > limit) throw new Error("full");
    return original.allocate.apply(this, args);
  };
  stream.dispatch = function (call) {
    if (++calls > limit) throw new Error("full");
    return original.dispatch.call(this, call);
  };
  try {
    capture(run).dispose();
    const positions = calls;
    assert.ok(positions > 20);
    await collectGarbage();
    const before = memory();
    for (let position = 0; position < positions; position++) {
      calls = 0;
      limit = position;
      assert.throws(() => capture(run), /^full$/);
      const { tensors, bytes } = memory();
      assert.equal({ position, tensors, bytes }, { position, tensors: before.tensors, bytes: before.bytes });
    }
  } finally {
    Object.assign(pool, original);
    pool.allocate = original.allocate;
    stream.dispatch = original.dispatch;
  }
  const step = capture(run);
  step.replay();
  assert.equal(await step.result.data(), wanted);
  for (const each of [step, x, w]) each.dispose();
});

test("a draw goes on over replays of several steps, as it does eagerly", async () => {
  const [a, b] = [new Random(3), new Random(3)];
  const steps: Captured<Tensor>[] = [capture(() => a.uniform([5])), capture(() => a.normal([5]))];
  const wanted = [b.uniform([5]), b.normal([5])];
  for (let i = 0; i < 10; i++) {
    steps[i % 2].replay();
    wanted[i % 2] = i % 2 === 0 ? b.uniform([5]) : b.normal([5]);
    assert.equal(await numbers(steps[i % 2].result), await numbers(wanted[i % 2]));
  }
  for (const each of steps) each.dispose();
});

test.run();
