// The three directions of a convolution over strides, paddings, kernel sizes and channel counts, by every
// kernel family, against float64 sums.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { release } from "../../src/kernels/block";
import { conv2d, conv2dFilterGrad, conv2dInputGrad } from "../../src/kernels/conv";
import { type Gemm, plan } from "../../src/kernels/gemm";
import { portable } from "../../src/kernels/tuning/configurations";
import { block, device, read } from "../device";
import * as reference from "../reference/convolution";
import { check, filterAndBias, normal } from "./families";

const test = suite("conv");

interface Case {
  /** (N, H, W, in). */
  x: [number, number, number, number];
  /** (kh, kw, out). */
  w: [number, number, number];
  stride: [number, number];
  padding: [number, number, number, number];
}

async function directions({ x: shape, w: [kh, kw, outs], stride, padding }: Case): Promise<void> {
  const window = { stride, padding };
  const [n, height, width, ins] = shape;
  const x = normal(shape);
  const w = normal([kh, kw, ins, outs]);
  const dy = normal([
    n,
    Math.floor((height + padding[0] + padding[1] - kh) / stride[0]) + 1,
    Math.floor((width + padding[2] + padding[3] - kw) / stride[1]) + 1,
    outs,
  ]);
  const name = `(${shape}) by (${w.shape}), stride ${stride}, padding ${padding}`;
  await check(
    `conv2d ${name}`,
    [x, w],
    (a, b) => reference.conv2d(a, b, window),
    (a, b, y) => conv2d(a, b, y, window),
  );
  await check(
    `conv2dInputGrad ${name}`,
    [dy, w],
    (a, b) => reference.conv2dInputGrad(a, b, { ...window, outputSize: [height, width] }),
    (a, b, y) => conv2dInputGrad(a, b, y, window),
  );
  await check(
    `conv2dFilterGrad ${name}`,
    [x, dy],
    (a, b) => reference.conv2dFilterGrad(a, b, { ...window, kernelSize: [kh, kw] }),
    (a, b, y) => conv2dFilterGrad(a, b, y, window),
  );
  const [both, run] = filterAndBias(
    w.shape,
    (a, b) => reference.conv2dFilterGrad(a, b, { ...window, kernelSize: [kh, kw] }),
    (a, b, dw) => conv2dFilterGrad(a, b, dw, window),
  );
  await check(`conv2dFilterGrad and sums ${name}`, [x, dy], both, run);
}

test("kernel larger than the stride", async () => {
  await directions({ x: [3, 14, 14, 8], w: [4, 4, 12], stride: [2, 2], padding: [1, 1, 1, 1] });
  await directions({ x: [8, 28, 28, 16], w: [3, 3, 36], stride: [1, 1], padding: [1, 1, 1, 1] });
});

test("27 and 28 rows give the same 12, and the input gradient knows which it was", async () => {
  await directions({ x: [2, 27, 28, 9], w: [5, 5, 10], stride: [2, 2], padding: [0, 0, 0, 0] });
});

test("kernel smaller than the stride, uneven padding", async () => {
  await directions({ x: [2, 13, 11, 8], w: [2, 2, 9], stride: [3, 3], padding: [0, 1, 1, 0] });
  await directions({ x: [2, 9, 10, 12], w: [3, 5, 8], stride: [1, 3], padding: [1, 2, 3, 1] });
  await directions({ x: [2, 9, 10, 9], w: [2, 1, 8], stride: [2, 1], padding: [2, 0, 0, 3] });
});

test("kernels of 1 x 1 and as large as the image", async () => {
  await directions({ x: [3, 7, 6, 8], w: [1, 1, 12], stride: [2, 2], padding: [0, 0, 0, 0] });
  await directions({ x: [3, 1, 9, 8], w: [1, 1, 12], stride: [1, 2], padding: [0, 0, 0, 1] });
  await directions({ x: [5, 4, 4, 16], w: [4, 4, 8], stride: [1, 1], padding: [0, 0, 0, 0] });
});

test("one or three channels in", async () => {
  await directions({ x: [3, 28, 28, 1], w: [4, 4, 64], stride: [2, 2], padding: [1, 1, 1, 1] });
  await directions({ x: [2, 11, 9, 3], w: [5, 3, 10], stride: [2, 3], padding: [1, 2, 0, 1] });
  await directions({ x: [2, 10, 9, 2], w: [2, 2, 8], stride: [3, 3], padding: [0, 1, 0, 0] });
});

test("one or three channels out", async () => {
  await directions({ x: [2, 28, 28, 16], w: [7, 7, 1], stride: [1, 1], padding: [3, 3, 3, 3] });
  await directions({ x: [2, 11, 9, 10], w: [5, 3, 3], stride: [2, 3], padding: [1, 2, 0, 1] });
  await directions({ x: [2, 10, 9, 8], w: [2, 2, 2], stride: [3, 3], padding: [0, 1, 0, 0] });
});

test("one channel on both sides, in batches too large for the patches of all", async () => {
  await directions({ x: [420, 28, 28, 1], w: [7, 7, 1], stride: [1, 1], padding: [3, 3, 3, 3] });
});

test("a bias is added to every channel, also beside thin images and to split sums", async () => {
  await device();
  const window = { stride: [2, 2], padding: [1, 1, 1, 1] } as const;
  for (const [ins, outs, size] of [
    [8, 12, 14],
    [1, 16, 14],
    [16, 3, 14],
    [64, 8, 4],
  ]) {
    const half = size / 2;
    const [x, dy] = [normal([2, size, size, ins]), normal([2, half, half, outs])];
    const [w, a, b] = [normal([4, 4, ins, outs]), normal([outs]), normal([ins])];
    const [bx, bdy, bw, ba, bb] = [x, dy, w, a, b].map((z) => block(z.data, z.shape));
    const [y, dx, plainY, plainDx] = [dy, x, dy, x].map((like) => block(undefined, like.shape));
    conv2d(bx, bw, plainY, window);
    conv2d(bx, bw, y, window, ba);
    conv2dInputGrad(bdy, bw, plainDx, window);
    conv2dInputGrad(bdy, bw, dx, window, bb);
    for (const [biased, plain, bias, channels] of [
      [y, plainY, a, outs],
      [dx, plainDx, b, ins],
    ] as const) {
      const [got, sums] = [await read(biased), await read(plain)];
      const bad = got.findIndex((value, i) => !(Math.abs(value - sums[i] - bias.data[i % channels]) < 1e-5));
      assert.is(bad, -1, `(${w.shape}): ${got[bad]} at ${bad}`);
    }
  }
});

test("where no filter meets a pixel, a thin image is its bias", async () => {
  await device();
  const [dy, w, bias] = [block(undefined, [1, 0, 0, 16]), block(undefined, [4, 4, 3, 16]), normal([3])];
  const dx = block(undefined, [1, 2, 2, 3]);
  const window = { stride: [2, 2], padding: [0, 0, 0, 0] } as const;
  conv2dInputGrad(dy, w, dx, window, block(bias.data, [3]));
  assert.equal(
    [...(await read(dx))],
    Array.from({ length: 12 }, (_, i) => Math.fround(bias.data[i % 3])),
  );
});

test("an empty batch gives no pixels and a filter gradient of zeros", async () => {
  await directions({ x: [0, 8, 8, 8], w: [3, 3, 8], stride: [1, 1], padding: [1, 1, 1, 1] });
  await directions({ x: [0, 8, 8, 3], w: [3, 3, 8], stride: [1, 1], padding: [1, 1, 1, 1] });
});

test("an input gradient is cut into no more parts than a class has taps", async () => {
  await device();
  const y = block(new Float32Array(64), [64]);
  const { storage: a } = y;
  const call: Gemm = {
    direction: "inputGrad",
    a,
    b: a,
    c: a,
    images: 1,
    out: [8, 8],
    source: [4, 4],
    kernel: [4, 4],
    before: [1, 1],
    stride: [2, 2],
    channels: 8,
    columns: 8,
  };
  const { splits } = plan(call, { ...portable, parts: 16 });
  assert.is(splits, 4);
  release(a);
});

test.run();
