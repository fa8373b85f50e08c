// The bound on bind groups that are alive: what it refuses changes nothing, and what must not fail is not refused.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { add, type Captured, capture, keep, mul, ones, Random, type Tensor, zeros } from "../../src/autograd";
import { device } from "../device";

const numbers = async (x: Tensor) => [...(await x.data())];

/** Runs `body` as if there were so many bind groups that `more` can still be made. */
async function withRoomFor(more: number, body: () => void): Promise<void> {
  const groups = (await device()).stream.groups as unknown as { alive: number };
  const before = groups.alive;
  groups.alive = 48_000 - more;
  try {
    body();
  } finally {
    groups.alive += before - (48_000 - more);
  }
}

const refused = /^gpu: .*: 48000 bind groups are alive, .* await settle\(0\) between them\.$/;

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

test.run();
