// An allocation that fails, wherever in an op or its derivative, leaves nothing behind.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { add, grad, memory, ones, requireGrad, square, sum, tidy } from "../../src/autograd";
import { device } from "../device";
import { cases } from "./cases";
import { toTensor } from "./check";

const { pool } = await device();
const allocate = pool.allocate.bind(pool);

/** Runs `fn` with its allocation of number `fails` refused, and sees that all is given back; gives how many it had. */
function withoutRoomFor(fails: number, fn: () => void): number {
  const before = memory();
  let count = 0;
  pool.allocate = (bytes, label) => {
    if (++count === fails) throw new Error("no room");
    return allocate(bytes, label);
  };
  try {
    tidy(fn);
    assert.is(fails, 0);
  } catch (error) {
    assert.is((error as Error).message, "no room");
  } finally {
    pool.allocate = allocate;
  }
  const { tensors, bytes } = memory();
  assert.equal([tensors, bytes], [before.tensors, before.bytes], `allocation ${fails}`);
  return count;
}

function each(fn: () => void): void {
  const count = withoutRoomFor(0, fn);
  for (let fails = 1; fails <= count; fails++) withoutRoomFor(fails, fn);
}

for (const [op, [{ inputs, engine }]] of Object.entries(cases))
  test(`${op} and its derivative`, () => {
    const xs = inputs.map((x) => requireGrad(toTensor(x)));
    each(() => {
      const squares = [engine(xs)].flat().map((y) => sum(square(y)));
      grad(
        squares.reduce((a, b) => add(a, b)),
        xs,
      );
    });
    for (const x of xs) x.dispose();
  });

test("a sum over axes that are no neighbours", () => {
  const x = ones([2, 3, 2, 3, 2]);
  each(() => void sum(x, { axes: [0, 2, 4] }));
  x.dispose();
});

test.run();
