// The ladders of a strided convolution, y = conv2d(x, w), and of the gradient of its x, from the textbook's loops to
// the engine's own kernels.

import { type Block, dispatch } from "../block";
import { conv2d, conv2dInputGrad, type Window } from "../conv";
import type { LadderShader } from "./shaders";
import "./shaders";
import { by, type Ladder, type Rung } from "./ladder";

/** Images and windows are square here; both channel counts are multiples of 4. */
export interface Convolution {
  images: number;
  /** Pixels in either direction. */
  size: number;
  ins: number;
  outs: number;
  kernel: number;
  stride: number;
  /** Zeros on each side. */
  padding: number;
}

export function convolutionLadder(sizes: Convolution): Ladder {
  const { images, ins, outs, kernel } = sizes;
  const { x, w, y, pixels, work } = shapesOf(sizes);
  const rung = rungOf(sizes);
  return {
    title: `convolution, ${text(sizes)}`,
    work,
    shapes: { a: x, b: w, c: y },
    exact: (a, b, index) => {
      const [pixel, out] = [Math.floor(index / outs), index % outs];
      const sum = sumOf();
      for (const { tap, from } of windowOf(sizes, pixel)) {
        for (let c = 0; c < ins; c++) sum.add(a[from * ins + c], b[(tap * ins + c) * outs + out]);
      }
      return sum.total;
    },
    rungs: [
      rung("one number a thread, taps inside", "ladder/conv_scalar", [outs / 8, pixels / 8]),
      rung("taps outside, 4 channels a thread", "ladder/conv_vec4", [outs / 32, pixels / 8]),
      rung("4 pixels x 4 channels a thread", "ladder/conv_registers", [outs / 32, pixels / 32]),
      { name: "the engine", run: (a, b, c) => conv2d(a, b, c, windowFor(sizes)) },
    ],
  };

  function windowOf({ size, stride, padding }: Convolution, pixel: number) {
    const side = y[1];
    const [image, top, left] = [Math.floor(pixel / side ** 2), Math.floor(pixel / side) % side, pixel % side];
    return Array.from({ length: kernel ** 2 }, (_, tap) => {
      const row = top * stride + Math.floor(tap / kernel) - padding;
      const column = left * stride + (tap % kernel) - padding;
      const inside = row >= 0 && row < size && column >= 0 && column < size && image < images;
      return { tap, inside, from: (image * size + row) * size + column };
    }).filter(({ inside }) => inside);
  }
}

export function inputGradientLadder(sizes: Convolution): Ladder {
  const { images, size, ins, outs, kernel, stride, padding } = sizes;
  const { x, w, y, work } = shapesOf(sizes);
  const rung = rungOf(sizes);
  const side = y[1];
  const pixels = images * size ** 2;
  const ofClass = images * Math.ceil(size / stride) ** 2;
  return {
    title: `gradient of the convolution's input, ${text(sizes)}`,
    work,
    shapes: { a: y, b: w, c: x },
    exact: (a, b, index) => {
      const [pixel, channel] = [Math.floor(index / ins), index % ins];
      const [image, row, column] = [
        Math.floor(pixel / size ** 2),
        Math.floor(pixel / size) % size,
        pixel % size,
      ];
      const sum = sumOf();
      for (let tap = 0; tap < kernel ** 2; tap++) {
        const up = (row + padding - Math.floor(tap / kernel)) / stride;
        const left = (column + padding - (tap % kernel)) / stride;
        if (![up, left].every((at) => Number.isInteger(at) && at >= 0 && at < side)) continue;
        const from = (image * side + up) * side + left;
        for (let c = 0; c < outs; c++) sum.add(a[from * outs + c], b[(tap * ins + channel) * outs + c]);
      }
      return sum.total;
    },
    rungs: [
      rung("all taps, those that miss as zeros", "ladder/conv_gradient_masked", [ins / 32, pixels / 32]),
      rung("dense parity classes", "ladder/conv_gradient_classes", [ins / 32, ofClass / 32, stride ** 2]),
      { name: "the engine", run: (a, b, c) => conv2dInputGrad(a, b, c, windowFor(sizes)) },
    ],
  };
}

/** x, w and y of the convolution, the pixels of y, and the work, counting all taps at every pixel of y. */
function shapesOf({ images, size, ins, outs, kernel, stride, padding }: Convolution) {
  if (ins % 4 !== 0 || outs % 4 !== 0)
    throw new Error(`ladder: channels must be multiples of 4, got ${ins}, ${outs}.`);
  const side = Math.floor((size + 2 * padding - kernel) / stride) + 1;
  const pixels = images * side ** 2;
  return {
    x: [images, size, size, ins],
    w: [kernel, kernel, ins, outs],
    y: [images, side, side, outs],
    pixels,
    work: 2 * pixels * kernel ** 2 * ins * outs,
  };
}

const windowFor = ({ stride, padding }: Convolution): Window => ({
  stride: [stride, stride],
  padding: [padding, padding, padding, padding],
});

const text = ({ images, size, ins, outs, kernel, stride }: Convolution) =>
  `${ins} to ${outs} channels, ${by(kernel, kernel)}, stride ${stride}, ${images} images of ${by(size, size)}`;

/** Makes rungs of shaders that take the sizes of conv_sizes.wgsl. */
function rungOf(sizes: Convolution) {
  const { images, size, ins, outs, kernel, stride, padding } = sizes;
  const { y, work } = shapesOf(sizes);
  const out = [y[1], y[2]];
  const params = { images, ins, outs, source: [size, size], out, kernel, step: stride, before: padding };
  return (name: string, shader: LadderShader, grid: readonly [number, number, number?]): Rung => ({
    name,
    run: (a: Block, b: Block, c: Block) =>
      dispatch({
        ...{ shader, params, work, entry: "main" },
        reads: [a.storage, b.storage],
        writes: [c.storage],
        grid: [Math.ceil(grid[0]), Math.ceil(grid[1]), Math.ceil(grid[2] ?? 1)],
      }),
  });
}

/** A sum in float64 that also adds up magnitudes. */
function sumOf() {
  const total = { value: 0, scale: 0 };
  return {
    total,
    add(x: number, y: number) {
      total.value += x * y;
      total.scale += Math.abs(x * y);
    },
  };
}
