// Stacked digits, and a generator of them that is judged. A digit is one pixel, which the classifier's stand-in reads.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { rowsOf } from "../../src/measures/rows";
import type { ByteDataset } from "../../src/wgan/dataset";
import { stackEvaluator } from "../../src/wgan/evaluating";
import { judgeStacked, STACKS } from "../../src/wgan/judgeStacked";
import type { Hear } from "../../src/wgan/judging";
import { fromBytes } from "../../src/wgan/pixels";
import { channelOf, stackDigits } from "../../src/wgan/stacked";

const labels = Uint16Array.from({ length: 10 }, (_, i) => i);
const digits: ByteDataset = {
  ...{ kind: "images", images: Uint8Array.from(labels, (digit) => 25 * digit), labels, count: 10 },
  ...{ height: 1, width: 1, channels: 1, source: "idx: made" },
};

const judge = async (grey: Float32Array) => {
  const shares = new Float64Array(10 * grey.length);
  grey.forEach((value, i) => {
    shares[10 * i + Math.round(((value + 1) * 127.5) / 25)] = 1;
  });
  return { features: rowsOf(shares, 10), shares: rowsOf(shares, 10) };
};

const real = stackDigits(digits, STACKS, 2);

test("stackDigits: three digits are the channels, and their number is the class; the seed fixes them", () => {
  assert.equal([real.count, real.channels, real.images.length], [STACKS, 3, 3 * STACKS]);
  for (const i of [0, 7, 99]) {
    const [a, b, c] = real.images.subarray(3 * i, 3 * i + 3);
    assert.is(real.labels[i], 100 * (a / 25) + 10 * (b / 25) + c / 25);
  }
  assert.equal(stackDigits(digits, 50, 2).labels, real.labels.slice(0, 50));
  assert.not.equal(stackDigits(digits, 50, 3).labels, real.labels.slice(0, 50));
  assert.equal([...channelOf(Float32Array.of(1, 2, 3, 4, 5, 6), 1)], [2, 5]);
});

test("real stacks hit all thousand modes, as evenly as chance has it; a generator of one stack hits one", async () => {
  const heard: [part: string, done: number, of: number][] = [];
  const hear: Hear = (...call) => void heard.push(call);
  let seed = 10;
  const fresh = async (count: number) => fromBytes(stackDigits(digits, count, seed++).images);
  const good = await judgeStacked({ draw: fresh, judge, test: real, hear });
  const [modes, kl] = good.figures;
  assert.equal([modes.generated, modes.real], [[1000], [1000]]);
  const parts = ["26000 real stacks", "26000 stacks of the run"];
  assert.equal(
    heard,
    parts.flatMap((part) => Array.from({ length: 26 }, (_, i) => [part, i, 26])),
  );
  for (const [value] of [kl.generated, kl.real])
    assert.ok(Math.abs(value - 999 / (2 * STACKS)) < 0.003, `${value}`);
  const one = async (count: number) => fromBytes(new Uint8Array(3 * count).fill(75));
  const poor = await judgeStacked({ draw: one, judge, test: real, hear: () => {} });
  assert.equal(poor.figures[0].generated, [1]);
  assert.ok(Math.abs(poor.figures[1].generated[0] - Math.log(1000)) < 1e-9);
  assert.match(good.notes[0], / right of 100\.0 % of the real stacks$/);
});

test("what is measured during training are the same figures, and what the classifier takes for another digit", async () => {
  const blind: typeof judge = (grey) => judge(grey.map((value) => (value > 0.7 ? -1 : value))); // a nine looks like a zero
  const { count, figures } = await stackEvaluator({ judge: blind, test: real, hear: () => {} });
  assert.is(count, STACKS);
  let at = 0;
  const again = await figures(async (n) => {
    at += n;
    return fromBytes(real.images.subarray(3 * (at - n), 3 * at));
  });
  assert.equal(Object.keys(again), ["modes_kl", "modes_kl_floor", "modes", "real_read_right"]);
  assert.equal([again.modes_kl, again.modes], [again.modes_kl_floor, 9 ** 3]);
  assert.ok(Math.abs(again.real_read_right - 0.9 ** 3) < 0.01, `${again.real_read_right}`);
  const { figures: judged, notes } = await judgeStacked({
    ...{ judge: blind, test: real, hear: () => {} },
    draw: async (n) => fromBytes(new Uint8Array(3 * n)),
  });
  assert.is(judged[1].real[0], again.modes_kl_floor);
  assert.match(notes[0], new RegExp(` right of ${(100 * again.real_read_right).toFixed(1)} % of the real`));
});

test.run();
