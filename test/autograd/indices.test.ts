// Ops that read by index: one that is out of range does what the docstring says, and nobody reads past an array's end,
// where the pool keeps what others left.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as m from "../../src/autograd";
import { device } from "../device";

const u32 = (...values: number[]) => m.tensor(Uint32Array.from(values));
const numbers = async (x: m.Tensor) => [...(await x.data())];

/** Indices past so many rows, whose place in memory would wrap around to somewhere inside, too. */
const past = (rows: number) => [rows, rows + 1, 2 ** 16, 2 ** 31, 2 ** 32 - 1];

/** Leaves 99 in the buffers that small arrays get next. */
function leave(): void {
  for (const each of Array.from({ length: 32 }, () => m.full([64], 99))) each.dispose();
}

test("gather reads the last row, and scatterAdd adds to it", async () => {
  await device();
  for (const width of [1, 3, 4]) {
    leave();
    const table = m.requireGrad(
      m.tensor(
        Float32Array.from({ length: 3 * width }, (_, i) => i),
        [3, width],
      ),
    );
    const last = (await numbers(table)).slice(2 * width);
    const y = m.gather(table, u32(...past(3)));
    assert.equal(
      await numbers(y),
      past(3).flatMap(() => last),
    );
    const [dx] = m.grad(m.sum(y), [table]);
    const zeros = new Array(2 * width).fill(0);
    assert.equal(await numbers(dx), [...zeros, ...new Array(width).fill(past(3).length)]);
  }
});

test("takeBytes reads the last whole sample", async () => {
  await device();
  // 12 bytes: three samples of 4, two of 5 and two bytes left, one of 12.
  for (const sample of [[4], [5], [2, 6]]) {
    leave();
    const bytes = Uint8Array.from({ length: 12 }, (_, i) => i + 1);
    const data = m.byteTensor(bytes);
    const width = m.sizeOf(sample);
    const count = Math.floor(12 / width);
    const index = [0, count - 1, ...past(count)];
    const y = m.takeBytes(data, u32(...index), { sample, scale: 1, shift: 0 });
    const wanted = index.flatMap((i) => {
      const at = Math.min(i, count - 1) * width;
      return [...bytes.slice(at, at + width)];
    });
    assert.equal(await numbers(y), wanted);
  }
});

test("oneHot is 0 for what is no class, and the cross-entropy NaN", async () => {
  await device();
  const labels = past(3);
  leave();
  const hot = await numbers(m.oneHot(u32(1, ...labels), { classes: 3 }));
  assert.equal(hot, [0, 1, 0, ...labels.flatMap(() => [0, 0, 0])]);
  const losses = await numbers(m.softmaxCrossEntropy(m.zeros([6, 3]), u32(1, ...labels)));
  assert.ok(Math.abs(losses[0] - Math.log(3)) < 1e-6);
  assert.ok(losses.slice(1).every(Number.isNaN), `${losses}`);
  const logits = m.requireGrad(m.zeros([6, 3]));
  const [slopes] = m.grad(m.sum(m.softmaxCrossEntropy(logits, u32(1, ...labels))), [logits]);
  const [first, ...others] = await numbers(m.sum(slopes, { axes: [1] }));
  assert.ok(Math.abs(first) < 1e-6 && others.every(Number.isNaN), `${[first, ...others]}`);
});

test.run();
