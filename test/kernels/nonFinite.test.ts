// A NaN or an infinity reaches the sums that it is a term of, and no others: not those that its zeros beside an image,
// a tile's empty part or a row's rounding up to 4 stand next to. In every kernel family, planted at every pixel, tap
// and channel in turn.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Block, release } from "../../src/kernels/block";
import { conv2d, conv2dFilterGrad, conv2dInputGrad } from "../../src/kernels/conv";
import { matmul } from "../../src/kernels/matmul";
import { type Configuration, configurations, portable } from "../../src/kernels/tuning/configurations";
import { block, device, read } from "../device";
import type { F64 } from "../reference/array";
import * as reference from "../reference/forward";
import { filterAndBias, normal, within } from "./families";

/** One of each kind of kernel, and one with its sums cut in three. */
async function kinds(): Promise<Configuration[]> {
  const all = configurations((await device()).info);
  const starts = [
    "subgroup 16x",
    "subgroup 4x",
    "narrow",
    "portable",
    "tiled 128x128x8, 8x8",
    "tiled 16x64x8",
  ];
  const found = starts.flatMap((start) => all.find(({ name }) => name.startsWith(start)) ?? []);
  return [...found, { ...portable, name: `${portable.name}, in parts`, parts: 3 }];
}

type Kernel = (a: Block, b: Block, y: Block) => void;
type Reference = (a: F64, b: F64) => F64;

const VALUES = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

/** Where to plant: every place of the axes but the last, at one channel after the other; and every channel. */
function places({ shape, data }: F64): number[] {
  const channels = shape.at(-1)!;
  const each = Array.from({ length: data.length / channels }, (_, i) => i * channels + (i % channels));
  return [...new Set([...each, ...Array.from({ length: channels }, (_, i) => i)])];
}

/** Plants into either factor, runs in every kind of kernel, and compares with the reference entry by entry. */
async function everywhere(name: string, factors: [F64, F64], by: Reference, kernel: Kernel): Promise<void> {
  const planted = factors.flatMap((factor, which) =>
    places(factor).map((at, i) => {
      const changed = { ...factor, data: factor.data.with(at, VALUES[i % VALUES.length]) };
      const both = factors.map((x, k) => (k === which ? changed : x)) as [F64, F64];
      return { both, wanted: by(...both), what: `${VALUES[i % VALUES.length]} at ${at} of factor ${which}` };
    }),
  );
  for (const configuration of await kinds()) {
    const made = await within(configuration, () =>
      planted.map(({ both, wanted }) => {
        const blocks = [...both.map((x) => block(x.data, x.shape)), block(undefined, wanted.shape)];
        kernel(blocks[0], blocks[1], blocks[2]);
        return blocks;
      }),
    );
    // Together: a browser looks for what is mapped only now and then.
    const results = await Promise.all(made.map(([, , y]) => read(y)));
    for (const [i, { wanted, what }] of planted.entries()) {
      const got = results[i];
      const bad = wanted.data.findIndex((v, k) => !Object.is(got[k], v) && !(Math.abs(got[k] - v) < 1e-3));
      assert.is(
        bad,
        -1,
        `${name}, ${configuration.name}, ${what}: ${got[bad]} at ${bad} for ${wanted.data[bad]}`,
      );
      for (const { storage } of made[i]) release(storage);
    }
  }
}

const sides = { nn: [false, false], nt: [false, true], tn: [true, false] } as const;

for (const [name, [transposeA, transposeB]] of Object.entries(sides)) {
  test(`matmul ${name}, sizes that 4 does and does not divide, in a batch`, async () => {
    for (const [m, k, n] of [
      [5, 7, 3],
      [6, 8, 12],
      [5, 6, 1],
    ]) {
      const a = normal(transposeA ? [2, k, m] : [2, m, k]);
      const b = normal(transposeB ? [2, n, k] : [2, k, n]);
      const dims = { batch: 2, m, n, k, transposeA, transposeB, stepA: m * k, stepB: k * n };
      await everywhere(
        `${m} x ${k} x ${n}`,
        [a, b],
        (x, w) => reference.matmul(x, w, { transposeA, transposeB }),
        (x, w, y) => matmul(x, w, y, dims),
      );
    }
  });
}

type Padding = readonly [number, number, number, number];

/** Image, filter (kh, kw, in, out), stride, padding. */
const CONVOLUTIONS: [string, number[], number[], number, Padding][] = [
  ["same, stride 1", [2, 4, 3, 8], [3, 3, 8, 9], 1, [1, 1, 1, 1]],
  ["same, stride 2", [1, 5, 4, 9], [4, 4, 9, 8], 2, [1, 2, 1, 1]],
  ["valid, stride 2, a row left over", [1, 6, 5, 8], [3, 3, 8, 8], 2, [0, 0, 0, 0]],
  ["uneven, stride 3", [1, 5, 5, 10], [2, 4, 10, 8], 3, [1, 2, 0, 3]],
  ["uneven below alone, stride 1", [1, 3, 3, 8], [2, 2, 8, 8], 1, [0, 1, 0, 1]],
  ["one channel in, same, stride 2", [2, 5, 4, 1], [3, 3, 1, 9], 2, [1, 1, 1, 1]],
  ["three channels out, same, stride 1", [1, 4, 3, 8], [3, 3, 8, 3], 1, [1, 1, 1, 1]],
];

for (const [name, image, filter, step, padding] of CONVOLUTIONS) {
  test(`convolution in all directions: ${name}`, async () => {
    const window = { stride: [step, step] as const, padding };
    const [x, w] = [normal(image), normal(filter)];
    const dy = normal(reference.conv2d(x, w, window).shape);
    const outputSize = [image[1], image[2]] as const;
    const kernelSize = [filter[0], filter[1]] as const;
    await everywhere(
      "conv2d",
      [x, w],
      (a, b) => reference.conv2d(a, b, window),
      (a, b, y) => conv2d(a, b, y, window),
    );
    await everywhere(
      "conv2dInputGrad",
      [dy, w],
      (a, b) => reference.conv2dInputGrad(a, b, { ...window, outputSize }),
      (a, b, y) => conv2dInputGrad(a, b, y, window),
    );
    const both = filterAndBias(
      filter,
      (a, b) => reference.conv2dFilterGrad(a, b, { ...window, kernelSize }),
      (a, b, dw) => conv2dFilterGrad(a, b, dw, window),
    );
    await everywhere("conv2dFilterGrad", [x, dy], ...both);
  });
}

test.run();
