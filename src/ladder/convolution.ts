// Two ladders, of a strided convolution y = conv2d(x, w) and of the gradient of its x: from the textbook's loops to the
// engine's own kernels.
import { conv2d, conv2dInputGrad, type Window } from "../kernels/conv";
import { by, type Ladder, type Rung, rung } from "./ladder";
import type { LadderShader } from "./shaders";

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
  const { size, ins, outs, kernel, stride, padding } = sizes;
  const { x, w, y, pixels, work, step, window, text } = describe(sizes);
  return {
    title: `convolution, ${text}`,
    work,
    shapes: { a: x, b: w, c: y },
    *terms(index) {
      const [image, top, left] = placeOf(Math.floor(index / outs), y[1]);
      for (let tap = 0; tap < kernel ** 2; tap++) {
        const row = top * stride + Math.floor(tap / kernel) - padding;
        const column = left * stride + (tap % kernel) - padding;
        if (![row, column].every((at) => at >= 0 && at < size)) continue;
        const from = (image * size + row) * size + column;
        for (let c = 0; c < ins; c++) yield [from * ins + c, (tap * ins + c) * outs + (index % outs)];
      }
    },
    rungs: [
      step("one number a thread, taps inside", "conv_scalar", [outs / 8, pixels / 8]),
      step("taps outside, 4 channels a thread", "conv_vec4", [outs / 32, pixels / 8]),
      step("4 pixels x 4 channels a thread", "conv_registers", [outs / 32, pixels / 32]),
      { name: "the engine", run: (a, b, c) => conv2d(a, b, c, window) },
    ],
  };
}

export function inputGradientLadder(sizes: Convolution): Ladder {
  const { images, size, ins, outs, kernel, stride, padding } = sizes;
  const { x, w, y, work, step, window, text } = describe(sizes);
  const side = y[1];
  const pixels = images * size ** 2;
  const ofParity = images * Math.ceil(size / stride) ** 2;
  return {
    title: `gradient of the convolution's input, ${text}`,
    work,
    shapes: { a: y, b: w, c: x },
    *terms(index) {
      const [image, row, column] = placeOf(Math.floor(index / ins), size);
      for (let tap = 0; tap < kernel ** 2; tap++) {
        const up = (row + padding - Math.floor(tap / kernel)) / stride;
        const left = (column + padding - (tap % kernel)) / stride;
        if (![up, left].every((at) => Number.isInteger(at) && at >= 0 && at < side)) continue;
        const from = (image * side + up) * side + left;
        for (let c = 0; c < outs; c++) yield [from * outs + c, (tap * ins + (index % ins)) * outs + c];
      }
    },
    rungs: [
      step("all taps, those that miss as zeros", "conv_gradient_masked", [ins / 32, pixels / 32]),
      step("dense parity classes", "conv_gradient_classes", [ins / 32, ofParity / 32, stride ** 2]),
      { name: "the engine", run: (a, b, c) => conv2dInputGrad(a, b, c, window) },
    ],
  };
}

/** The image, row and column of a pixel counted through images of so many pixels a side. */
const placeOf = (pixel: number, side: number) =>
  [Math.floor(pixel / side ** 2), Math.floor(pixel / side) % side, pixel % side] as const;

/** What the two have in common: shapes, the pixels of y, the work, counting all taps at each of them, and rungs. */
function describe({ images, size, ins, outs, kernel, stride, padding }: Convolution) {
  if (ins % 4 !== 0 || outs % 4 !== 0)
    throw new Error(`ladder: channels % 4 must be 0, got ${ins}, ${outs}.`);
  const side = Math.floor((size + 2 * padding - kernel) / stride) + 1;
  const pixels = images * side ** 2;
  const work = 2 * pixels * kernel ** 2 * ins * outs;
  const sizes = { images, ins, outs, source: [size, size], out: [side, side] };
  const params = { ...sizes, kernel, step: stride, before: padding }; // see conv_sizes.wgsl
  const window: Window = { stride: [stride, stride], padding: [padding, padding, padding, padding] };
  return {
    x: [images, size, size, ins],
    w: [kernel, kernel, ins, outs],
    y: [images, side, side, outs],
    ...{ pixels, work, window },
    text: `${ins} to ${outs} channels, ${by(kernel, kernel)}, stride ${stride}, ${images} images of ${by(size, size)}`,
    step: (name: string, shader: LadderShader, grid: number[]): Rung =>
      rung(name, shader, { params, work, grid }),
  };
}
