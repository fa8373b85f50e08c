// The bound on bind groups that are alive: what it refuses changes nothing, and what must not fail is not refused.
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  add,
  assign,
  type Captured,
  capture,
  keep,
  mul,
  ones,
  Random,
  type Tensor,
  tensor,
  zeros,
} from "../../src/autograd";
import { device } from "../device";
import { made } from "../made";

const numbers = async (x: Tensor) => [...(await x.data())];

/** Runs `body` as if there were so many bind groups that `more` can still be made. */
async function withRoomFor(more: number, body: () => void | Promise<void>): Promise<void> {
  const groups = (await device()).stream.groups as unknown as { alive: number };
  const before = groups.alive;
  groups.alive = 48_000 - more;
  try {
    await body();
  } finally {
    groups.alive += before - (48_000 - more);
  }
}

const refused = /^gpu: .*: 48000 bind groups and reads are alive, .* await settle\(0\) in between, or /;

test.before(async () => {
  await device();
});

test("an op that is refused draws no random numbers", async () => {
  const [one, two] = [new Random(5), new Random(5)];
  await withRoomFor(0, () => assert.throws(() => one.uniform([77]), refused));
  assert.equal(await numbers(one.uniform([3])), await numbers(two.uniform([3])));
});

test("a capture that is refused leaves nothing behind", async () => {
  const x = keep(ones([3]));
  const fn = () => mul(add(x, 1), 5);
  keep(fn());
  const outlives = capture(fn);
  await withRoomFor(1, () => assert.throws(() => capture(() => mul(add(mul(x, 2), 3), 5)), refused));
  outlives.replay();
  const step = capture(() => mul(add(mul(x, 2), 3), 5));
  x.dispose();
  step.replay();
  assert.equal(
    [...(await numbers(outlives.result)), ...(await numbers(step.result))],
    [10, 10, 10, 25, 25, 25],
  );
  for (const each of [outlives, step]) each.dispose();
});

test("a capture that has its own bind groups is not refused for those of a step whose scratch buffer its result is", async () => {
  const x = keep(ones([3]));
  const other = keep(zeros([3]));
  const first = capture(() => mul(add(x, 1), 5));
  const groupsOfOne = 2; // recorded, and captured
  let second: Captured<Tensor> | undefined;
  await withRoomFor(groupsOfOne, () => {
    second = capture(() => add(other, 7));
  });
  first.replay();
  assert.equal(await numbers(first.result), [10, 10, 10]);
  assert.equal(await numbers(second!.result), [7, 7, 7]);
  for (const each of [first, second!, x, other]) each.dispose();
});

test("reads that wait count, and are counted no more once they are done", async () => {
  const x = keep(tensor([1, 2, 3]));
  await (await device()).stream.flush();
  await withRoomFor(2, async () => {
    const all = await Promise.allSettled([x.data(), x.data(), x.data()]);
    assert.equal(all.slice(0, 2).map(read), [
      [1, 2, 3],
      [1, 2, 3],
    ]);
    assert.match(read(all[2]), refused);
    assert.equal(await Promise.all([numbers(x), numbers(x)]), [
      [1, 2, 3],
      [1, 2, 3],
    ]);
  });
  x.dispose();
});

const read = (result: PromiseSettledResult<ArrayLike<number>>) =>
  result.status === "fulfilled" ? [...(result.value as Float32Array)] : result.reason.message;

test("uploads share buffers, so that the driver maps memory for few, however long the GPU takes", async () => {
  const x = keep(zeros([2]));
  const large = keep(zeros([100_000])); // more than such a buffer has
  await (await device()).stream.flush();
  const buffers = await made("upload", () => {
    for (let i = 0; i < 5000; i++) assign(x, new Float32Array([i, -i]));
    assign(large, new Float32Array(100_000).fill(3));
    assign(x, new Float32Array([7, 8]));
  });
  assert.ok(buffers <= 7, `${buffers} buffers`); // of five batches, for the large one, and for the last
  assert.equal(await numbers(x), [7, 8]);
  assert.equal(new Set(await numbers(large)), new Set([3]));
  for (const each of [x, large]) each.dispose();
});

test("a step makes room for what lives on by one bind group a dispatch, and where programs have many, by none", async () => {
  const counts = (await device()).stream as unknown as { lent: number };
  const x = keep(ones([3]));
  const first = capture(() => mul(add(x, mul(x, 2)), 5)); // two of its three results are scratch
  const second = () => [add(x, 7), add(x, 8)];
  for (const [slots, least, most] of [
    [0, 7, 7], // two that are recorded, two that are captured, and the three of the first step
    [20_000, 0, 4],
  ]) {
    let step: Captured<Tensor[]> | undefined;
    counts.lent += slots;
    const groups = await made("bind groups", () => {
      step = capture(second);
    });
    counts.lent -= slots;
    assert.ok(groups >= least && groups <= most, `${groups} for ${least} to ${most}`);
    first.replay();
    assert.equal(await numbers(first.result), [15, 15, 15]);
    assert.equal(await numbers(step!.result[1]), [9, 9, 9]);
    step!.dispose();
  }
  for (const each of [first, x]) each.dispose();
});

test.run();
