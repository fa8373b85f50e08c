// Holds the float64 convolutions to hand-worked cases, to Keras's rule for 'same', and to each other:
// the three directions of one trilinear form agree under every padding and stride.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { dot, fill, make, makeRandom, randomNormal } from "./array";
import { conv2d, conv2dFilterGrad, conv2dInputGrad, convTranspose2d, samePadding } from "./forward";

test("samePadding is Keras's: both 27 and 28 map to 14, the odd zero goes after", () => {
  assert.equal(samePadding(28, 4, 2), [1, 1]);
  assert.equal(samePadding(27, 4, 2), [1, 2]);
  assert.equal(samePadding(28, 5, 2), [1, 2]);
  assert.equal(samePadding(28, 7, 1), [3, 3]);
  assert.equal(samePadding(28, 4, 1), [1, 2]);
  assert.equal(samePadding(5, 1, 2), [0, 0]);
  for (const size of [27, 28]) {
    const [before, after] = samePadding(size, 4, 2);
    const x = make([1, size, size, 1]);
    const y = conv2d(x, make([4, 4, 1, 2]), { stride: [2, 2], padding: [before, after, before, after] });
    assert.equal(y.shape, [1, 14, 14, 2]);
  }
});

test("conv2d correlates: a hand-worked 3x3 image under a 2x2 kernel", () => {
  const x = make([1, 3, 3, 1], [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  const w = make([2, 2, 1, 1], [1, 10, 100, 1000]);
  const valid = conv2d(x, w, { stride: [1, 1], padding: [0, 0, 0, 0] });
  assert.equal(valid, make([1, 2, 2, 1], [5421, 6532, 8754, 9865]));
  // Uneven padding: a zero below and to the right alone.
  const same = conv2d(x, w, { stride: [2, 2], padding: [0, 1, 0, 1] });
  assert.equal(same, make([1, 2, 2, 1], [5421, 603, 87, 9]));
});

test("conv2d mixes channels as (kh, kw, in, out)", () => {
  const x = make([1, 1, 1, 2], [1, 2]);
  const w = make([1, 1, 2, 3], [1, 2, 3, 10, 20, 30]);
  assert.equal(conv2d(x, w, { stride: [1, 1], padding: [0, 0, 0, 0] }), make([1, 1, 1, 3], [21, 42, 63]));
});

test("a transposed convolution spreads each pixel by the kernel and adds overlaps", () => {
  const x = make([1, 1, 2, 1], [1, 10]);
  const w = make([1, 3, 1, 1], [1, 2, 3]);
  const y = convTranspose2d(x, w, { stride: [1, 2], padding: [0, 0, 0, 0], outputSize: [1, 5] });
  assert.equal(y, make([1, 1, 5, 1], [1, 2, 13, 20, 30]));
});

test("a transposed 4x4 of stride 2 doubles sizes, and ones count the taps that meet", () => {
  const geometry = { stride: [2, 2], padding: [1, 1, 1, 1], outputSize: [4, 4] } as const;
  const y = convTranspose2d(fill([1, 2, 2, 1], 1), fill([4, 4, 1, 1], 1), geometry);
  assert.equal([...y.data.subarray(0, 4)], [1, 2, 2, 1]);
  assert.equal([...y.data.subarray(4, 8)], [2, 4, 4, 2]);
});

test("input and filter gradients are adjoint to conv2d under every geometry", () => {
  const random = makeRandom(3);
  const cases = [
    { size: [5, 6], kernel: [3, 3], stride: [1, 1], padding: [1, 1, 1, 1] },
    { size: [7, 6], kernel: [4, 4], stride: [2, 2], padding: [1, 2, 1, 1] },
    { size: [8, 7], kernel: [5, 5], stride: [2, 2], padding: [0, 0, 0, 0] },
    { size: [6, 9], kernel: [2, 3], stride: [3, 2], padding: [0, 1, 2, 0] },
    { size: [3, 4], kernel: [1, 1], stride: [2, 3], padding: [0, 0, 0, 0] },
  ] as const;
  for (const { size, kernel, stride, padding } of cases) {
    const geometry = { stride, padding };
    const x = randomNormal(random, [2, ...size, 3]);
    const w = randomNormal(random, [...kernel, 3, 4]);
    const y = conv2d(x, w, geometry);
    const dy = randomNormal(random, y.shape);
    const form = dot(y, dy);
    const dx = conv2dInputGrad(dy, w, { ...geometry, outputSize: size });
    const dw = conv2dFilterGrad(x, dy, { ...geometry, kernelSize: kernel });
    assert.ok(Math.abs(dot(x, dx) - form) < 1e-11, `input gradient, ${JSON.stringify(geometry)}`);
    assert.ok(Math.abs(dot(w, dw) - form) < 1e-11, `filter gradient, ${JSON.stringify(geometry)}`);
  }
});

test("channel counts that do not fit are refused", () => {
  const geometry = { stride: [1, 1], padding: [0, 0, 0, 0] } as const;
  assert.throws(() => conv2d(make([1, 3, 3, 2]), make([2, 2, 3, 1]), geometry), /2 channels/);
});

test.run();
