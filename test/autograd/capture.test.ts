// Capture and replay: the same kernels again, with what changes from step to step, and memory that is given back.
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  add,
  blend,
  capture,
  grad,
  memory,
  mul,
  ones,
  Random,
  requireGrad,
  square,
  sum,
  type Tensor,
  tensor,
  tidy,
  zeros,
} from "../../src/autograd";
import { device } from "../device";
import { collectGarbage } from "../garbage";

const numbers = async (x: Tensor) => [...(await x.data())];

test("a replay reads its inputs as they are then, and overwrites its result", async () => {
  await device();
  const total = zeros([3]);
  const step = capture(() => {
    blend(total, ones([3]), 1, 1);
    return mul(total, 10);
  });
  assert.equal(await numbers(step.result), [10, 10, 10]);
  step.replay();
  step.replay();
  assert.equal(await numbers(step.result), [30, 30, 30]);
  blend(total, ones([3]), 1, 5);
  step.replay();
  assert.equal(await numbers(total), [9, 9, 9]);
  step.dispose();
  assert.throws(() => step.replay(), /replay: the captured step must be alive, but it was disposed/);
});

test("random numbers go on where the last replay ended, and eager draws in between count", async () => {
  await device();
  const [eager, replayed] = [new Random(5), new Random(5)];
  const wanted = [];
  for (let i = 0; i < 4; i++) wanted.push(await numbers(eager.normal([7])));
  const step = capture(() => replayed.normal([7]));
  const got = [await numbers(step.result)];
  step.replay();
  got.push(await numbers(step.result));
  got.push(await numbers(replayed.normal([7])));
  step.replay();
  got.push(await numbers(step.result));
  assert.equal(got, wanted);
  assert.is(replayed.counter, eager.counter);
  step.dispose();
});

test("eager work between replays does not share buffers with the captured step", async () => {
  await device();
  const x = tensor([1, 2, 3, 4]);
  const step = capture(() => tidy(() => add(square(square(x)), 1)));
  const between = tidy(() => mul(square(x), 100)); // would lie in a buffer that the step uses, were they shared
  step.replay();
  assert.equal(await numbers(between), [100, 400, 900, 1600]);
  assert.equal(await numbers(step.result), [2, 17, 82, 257]);
  step.dispose();
});

test("disposing the last captured step gives all its memory back", async () => {
  await device();
  await collectGarbage();
  const before = memory();
  const steps = [1, 2].map((p) => capture(() => mul(ones([1000]), p)));
  for (const step of steps) step.replay();
  for (const step of steps) step.dispose();
  const { tensors, bytes } = memory();
  assert.equal({ tensors, bytes }, { tensors: before.tensors, bytes: before.bytes });
});

test("a graph that was recorded before a replay refuses to run on what the replay changed", async () => {
  await device();
  const w = requireGrad(tensor([2]));
  const step = capture(() => blend(w, ones([1]), 1, 1));
  const loss = sum(square(w));
  step.replay();
  assert.throws(() => grad(loss, [w]), /changed in place/);
  step.dispose();
});

test("what can't be replayed is refused: uploads, captures and replays inside, and what fails leaves no trace", async () => {
  await device();
  assert.throws(() => capture(() => tensor([1, 2])), /capture: host data must not be uploaded/);
  assert.throws(() => capture(() => capture(() => ones([1]))), /another one must not be made inside of it/);
  const step = capture(() => ones([2]));
  assert.throws(() => capture(() => step.replay()), /must not be replayed inside/);
  step.replay();
  assert.equal(await numbers(step.result), [1, 1]);
  step.dispose();
});

test.run();
