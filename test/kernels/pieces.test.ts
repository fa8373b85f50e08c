// Work in pieces: however little room there is beside inputs and results, each kernel gives the same, and takes no more.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as m from "../../src/autograd";
import { type Block, release } from "../../src/kernels/block";
import { conv2d, conv2dFilterGrad, conv2dInputGrad } from "../../src/kernels/conv";
import { matmul } from "../../src/kernels/matmul";
import { pieces, room } from "../../src/kernels/pieces";
import { portable } from "../../src/kernels/tuning/configurations";
import { toTensor } from "../autograd/check";
import { block, device, read } from "../device";
import { type F64, map } from "../reference/array";
import * as reference from "../reference/convolution";
import { matmul as product } from "../reference/matmul";
import { check, filterAndBias, normal, within } from "./families";

const test = suite("pieces");

/** Runs `body` with room for so many numbers. */
async function withRoom<T>(most: number, body: () => T): Promise<T> {
  const before = room.most;
  room.most = most;
  try {
    return await body();
  } finally {
    room.most = before;
  }
}

test("pieces hold every pixel once, in order, and no more than they may", () => {
  for (const [images, height, width] of [
    [3, 4, 5],
    [1, 1, 17],
    [2, 9, 1],
    [0, 3, 3],
    [2, 0, 3],
    [2, 3, 0],
  ])
    for (const most of [0, 0.5, 1, 3, 4, 5, 7, 19, 20, 21, 45, 1000, Number.POSITIVE_INFINITY]) {
      const pixels = pieces(images, [height, width], most).flatMap((piece) => {
        const { image, at, size, first } = piece;
        assert.is(piece.pixels, piece.images * size[0] * size[1]);
        assert.ok(piece.pixels <= Math.max(1, most), `${piece.pixels} of ${most}`);
        assert.is(first, (image * height + at[0]) * width + at[1]);
        return Array.from({ length: piece.pixels }, (_, i) => first + i);
      });
      assert.equal(
        pixels,
        Array.from({ length: images * height * width }, (_, i) => i),
      );
    }
});

interface Case {
  /** (N, H, W, in). */
  x: [number, number, number, number];
  /** (kh, kw, out). */
  w: [number, number, number];
  stride: [number, number];
  padding: [number, number, number, number];
}

/** Numbers and blocks' kernels of the three directions, with a bias where there may be one. */
function directions({ x: shape, w: [kh, kw, outs], stride, padding }: Case) {
  const window = { stride, padding };
  const [n, height, width, ins] = shape;
  const [x, w] = [normal(shape), normal([kh, kw, ins, outs])];
  const along = (size: number, zeros: number, kernel: number, step: number) =>
    Math.floor((size + zeros - kernel) / step) + 1;
  const dy = normal([
    n,
    along(height, padding[0] + padding[1], kh, stride[0]),
    along(width, padding[2] + padding[3], kw, stride[1]),
    outs,
  ]);
  const size = { ...window, outputSize: [height, width] as const };
  const filter = (a: F64, b: F64) => reference.conv2dFilterGrad(a, b, { ...window, kernelSize: [kh, kw] });
  const filterGrad = (a: Block, b: Block, y: Block, _bias?: Block) => conv2dFilterGrad(a, b, y, window);
  const both = filterAndBias(w.shape, filter, filterGrad);
  return [
    {
      name: "conv2d",
      inputs: [x, w] as [F64, F64],
      by: (a: F64, b: F64) => reference.conv2d(a, b, window),
      run: (a: Block, b: Block, y: Block, bias?: Block) => conv2d(a, b, y, window, bias),
    },
    {
      name: "conv2dInputGrad",
      inputs: [dy, w] as [F64, F64],
      by: (a: F64, b: F64) => reference.conv2dInputGrad(a, b, size),
      run: (a: Block, b: Block, y: Block, bias?: Block) => conv2dInputGrad(a, b, y, window, bias),
    },
    {
      name: "conv2dFilterGrad",
      inputs: [x, dy] as [F64, F64],
      by: filter,
      run: filterGrad,
    },
    {
      name: "conv2dFilterGrad and sums",
      inputs: [x, dy] as [F64, F64],
      by: both[0],
      run: both[1] as typeof filterGrad,
    },
  ];
}

// Kernels larger and smaller than the stride, so that pieces share pixels and leave gaps; uneven padding; one, two and
// three channels on either side, one on both, and so many that the general kernel runs, to columns that 4 doesn't divide.
const CASES: Case[] = [
  { x: [3, 14, 13, 1], w: [4, 4, 16], stride: [2, 2], padding: [1, 1, 1, 2] },
  { x: [2, 11, 9, 3], w: [5, 3, 10], stride: [2, 3], padding: [1, 2, 0, 1] },
  { x: [2, 10, 9, 2], w: [2, 2, 8], stride: [3, 3], padding: [0, 1, 0, 0] },
  { x: [2, 12, 14, 16], w: [7, 7, 1], stride: [1, 1], padding: [3, 3, 3, 3] },
  { x: [2, 11, 9, 10], w: [5, 3, 3], stride: [2, 3], padding: [1, 2, 0, 1] },
  { x: [2, 10, 9, 8], w: [2, 2, 2], stride: [3, 3], padding: [0, 1, 0, 0] },
  { x: [2, 13, 8, 1], w: [3, 5, 1], stride: [1, 2], padding: [2, 0, 1, 4] },
  { x: [1, 1, 90, 1], w: [1, 9, 8], stride: [1, 1], padding: [0, 0, 4, 4] },
  { x: [2, 9, 11, 9], w: [3, 2, 11], stride: [2, 1], padding: [1, 1, 0, 1] },
  { x: [3, 9, 7, 9], w: [1, 1, 1], stride: [1, 1], padding: [0, 0, 0, 0] },
  { x: [3, 9, 7, 5], w: [1, 1, 2], stride: [2, 2], padding: [0, 1, 0, 0] },
  { x: [3, 9, 7, 5], w: [1, 1, 3], stride: [1, 2], padding: [0, 0, 1, 1] },
];

const nameOf = ({ x, w, stride, padding }: Case) => `(${x}) by (${w}), stride ${stride}, padding ${padding}`;

for (const item of CASES) {
  test(`each direction of ${nameOf(item)} in pieces`, async () => {
    await device();
    // From several images down to parts of a row; a weight larger than that leaves the way by patches.
    for (const most of [6000, 2000, 900, 300, 40])
      await withRoom(most, async () => {
        for (const { name, inputs, by, run } of directions(item))
          await check(`${name} ${nameOf(item)}, room for ${most}`, inputs, by, run);
      });
  });
}

test("where pieces of images meet, sums go on in the order that they have without a cut, to the bit", async () => {
  await device();
  const biased = [2, 3]; // channels of the bias: in, out
  for (const item of CASES)
    for (const { name, inputs, by, run } of directions(item).slice(0, 2)) {
      const [a, b] = inputs.map((x) => block(x.data, x.shape));
      const wanted = by(...inputs);
      const columns = inputs[1].shape[biased[name === "conv2d" ? 1 : 0]];
      const bias = block(normal([columns]).data, [columns]);
      const outputs: number[][] = [];
      for (const most of [2 ** 24, 6000, 2000, 900]) {
        const y = block(undefined, wanted.shape);
        await withRoom(most, () => within({ ...portable, parts: 1 }, () => run(a, b, y, bias)));
        outputs.push([...(await read(y))]);
        release(y.storage);
      }
      if (inputs[1].data.length > 900) outputs.pop(); // there it goes another way
      for (const output of outputs.slice(1)) assert.equal(output, outputs[0], `${name} ${nameOf(item)}`);
      for (const { storage } of [a, b, bias]) release(storage);
    }
});

test("products whose columns 4 does not divide, batches of them, and single columns, in pieces", async () => {
  await device();
  const ways = [
    { transposeA: false, transposeB: false },
    { transposeA: false, transposeB: true },
    { transposeA: true, transposeB: false },
  ];
  for (const [rows, columns, k, batch] of [
    [37, 3, 21, 1],
    [50, 1, 9, 1],
    [5, 7, 12, 9],
    [1, 1, 8, 30],
    [3, 70, 5, 2],
  ])
    for (const way of ways)
      for (const most of [300, 40, 4]) {
        const a = normal([batch, ...(way.transposeA ? [k, rows] : [rows, k])]);
        const b = normal([batch, ...(way.transposeB ? [columns, k] : [k, columns])]);
        const dims = { batch, m: rows, n: columns, k, ...way };
        const strides = batch > 1 ? { stepA: rows * k, stepB: k * columns } : { stepA: 0, stepB: 0 };
        await withRoom(most, () =>
          check(
            `${batch} of ${rows} x ${columns} x ${k}, room for ${most}`,
            [a, b],
            (x, y) => product(x, y, way),
            (x, y, to) => matmul(x, y, to, { ...dims, ...strides }),
          ),
        );
      }
});

/** Bytes that the pool held at most while `body` ran, beside those that live before or after. */
async function beside(body: () => m.Tensor | m.Tensor[]): Promise<number> {
  const { pool } = await device();
  const before = pool.liveBytes;
  pool.peakBytes = before;
  const results = [m.tidy(body)].flat();
  const taken = pool.peakBytes - pool.liveBytes;
  for (const each of results) each.dispose();
  return taken;
}

type Run = [inputs: m.Shape[], run: (...xs: m.Tensor[]) => m.Tensor | m.Tensor[]];
const conv2dOf = (x: m.Tensor, w: m.Tensor) => m.conv2d(x, w);
const productOf = (a: m.Tensor, b: m.Tensor) => m.matmul(a, b);
const same = { padding: "same" } as const;

const RUNS: Record<string, Run> = {
  "conv2d of few channels": [
    [
      [2, 128, 128, 3],
      [7, 7, 3, 4],
    ],
    (x, w) => m.conv2d(x, w, same),
  ],
  "convTranspose2d to few channels": [
    [
      [2, 128, 128, 4],
      [7, 7, 3, 4],
    ],
    (x, w) => m.convTranspose2d(x, w, same),
  ],
  "the filter gradient of few channels": [
    [
      [2, 128, 128, 3],
      [2, 128, 128, 4],
    ],
    (x, dy) => m.conv2dFilterGrad(x, dy, [7, 7], same),
  ],
  "1 x 1 to one channel": [
    [
      [2, 128, 128, 9],
      [1, 1, 9, 1],
    ],
    conv2dOf,
  ],
  "1 x 1 to three channels": [
    [
      [2, 128, 128, 9],
      [1, 1, 9, 3],
    ],
    conv2dOf,
  ],
  "3 x 3 to nine channels": [
    [
      [2, 128, 128, 9],
      [3, 3, 9, 9],
    ],
    conv2dOf,
  ],
  "a filter gradient to nine channels": [
    [
      [1, 4, 4, 60_000],
      [1, 3, 3, 9],
    ],
    (x, dy) => m.conv2dFilterGrad(x, dy, [2, 2]),
  ],
  "a tall product": [
    [
      [100_000, 4],
      [4, 3],
    ],
    productOf,
  ],
  "a tall product, transposed": [
    [
      [4, 100_000],
      [4, 3],
    ],
    (a, b) => m.matmul(a, b, { transposeA: true }),
  ],
  "a column": [
    [
      [100_003, 4],
      [4, 1],
    ],
    productOf,
  ],
  "many dot products": [
    [
      [60_000, 1, 4],
      [60_000, 4, 1],
    ],
    productOf,
  ],
  "batch norm of many channels": [
    [[2, 100_000], [100_000], [100_000]],
    (x, g, b) => m.batchNorm(x, g, b, 1e-3),
  ],
  "a sum": [[[200_000, 3]], (x) => m.sum(x, { axes: [0] })],
  "a maximum": [[[200_000, 3]], (x) => m.max(x, { axes: [1] })],
};

test("what a kernel takes beside its inputs and results does not grow with them", async () => {
  await device();
  const random = new m.Random(1);
  const most = 2 ** 14;
  for (const [name, [shapes, run]] of Object.entries(RUNS)) {
    const inputs = shapes.map((shape) => random.normal(shape));
    const taken = await withRoom(most, () => beside(() => run(...inputs)));
    for (const each of inputs) each.dispose();
    // Twice the room for what is held side by side (patches and the sums made of them), and what the pool rounds up.
    assert.ok(taken <= 1.25 * 2 * 4 * most, `${name}: ${taken} bytes`);
  }
});

test("the gradient of layer norm is the same where its sums have no room", async () => {
  await device();
  const random = new m.Random(2);
  for (const shape of [[300], [5, 60]]) {
    const [x, gamma, beta] = [[2, ...shape], shape, shape].map((each) => m.requireGrad(random.normal(each)));
    const gradients = () =>
      m.tidy(() => m.grad(m.sum(m.square(m.layerNorm(x, gamma, beta, 1e-3))), [x, gamma, beta]));
    const [wanted, got] = [gradients(), await withRoom(500, gradients)];
    for (const [i, each] of wanted.entries()) {
      const [a, b] = [await each.data(), await got[i].data()];
      const bad = a.findIndex((value, j) => Math.abs(value - b[j]) > 1e-4);
      assert.is(bad, -1, `${shape}, input ${i}: ${b[bad]} for ${a[bad]}`);
    }
  }
});

test("one image of 1024 x 1024, whose windows need 208 MiB, in value and both gradients", async () => {
  await device();
  const [conv, inputGrad, filterGrad] = directions({
    x: [1, 1024, 1024, 1],
    w: [7, 7, 8],
    stride: [1, 1],
    padding: [3, 3, 3, 3],
  });
  const [[x, w], [dy]] = [conv.inputs, inputGrad.inputs];
  const [a, b] = [x, w].map((each) => m.requireGrad(toTensor(each)));
  const flow = toTensor(dy);
  const [y, dx, dw] = m.tidy(() => {
    const made = m.conv2d(a, b, same);
    return [made, ...m.grad(made, [a, b], { dy: flow })];
  });
  for (const [got, by, inputs] of [
    [y, conv.by, [x, w]],
    [dx, inputGrad.by, [dy, w]],
    [dw, filterGrad.by, [x, dy]],
  ] as const) {
    const [numbers, wanted] = [await got.data(), by(inputs[0], inputs[1])];
    const scale = by(map(inputs[0], Math.abs), map(inputs[1], Math.abs));
    const bad = numbers.findIndex((v, i) => !(Math.abs(v - wanted.data[i]) <= 1e-5 * scale.data[i]));
    assert.is(bad, -1, `[${got.shape}]: ${numbers[bad]} at ${bad} instead of ${wanted.data[bad]}`);
  }
  for (const each of [a, b, flow, y, dx, dw]) each.dispose();
});

test("a 1 x 1 convolution to one channel needs no four times its result", async () => {
  await device();
  const x = new m.Random(1).uniform([1, 4100, 2048, 1]);
  const w = m.tensor([2], [1, 1, 1, 1]);
  const y = m.conv2d(x, w);
  const [got, numbers] = [await y.data(), await x.data()];
  const bad = got.findIndex((v, i) => v !== 2 * numbers[i]);
  assert.is(bad, -1, `${got[bad]} at ${bad}`);
  for (const each of [x, w, y]) each.dispose();
});

test.run();
