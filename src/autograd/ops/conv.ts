// Convolutions over images (N, H, W, C). The three ops are the three directions of one trilinear form,
// ⟨conv2d(x, w), dy⟩. So each is a derivative of the others, and second derivatives need no new kernels.
import * as kernels from "../../kernels/conv";
import type { FactorGrad } from "../../kernels/gemm";
import { type Backward, defineOp, type Thunks } from "../op";
import { type Shape, shapeError, show } from "../shape";
import type { Tensor } from "../tensor";
import { biasGrad, checkBias, type Factors, gradsTogether, type WithBias } from "./bias";

type Pair = readonly [number, number];

/** Everything that the shapes alone leave open: 27 and 28 both map to 12 under a valid 5x5 of stride 2. */
interface Geometry {
  stride: Pair;
  /** Rows above and below, columns left and right. */
  padding: readonly [top: number, bottom: number, left: number, right: number];
  /** (H, W) of the larger image. */
  inputSize: Pair;
  /** (kh, kw). */
  kernelSize: Pair;
}

/** Zeros around an image: by Keras's rules "same" and "valid", or their number on each side. */
type FourSides = readonly [top: number, bottom: number, left: number, right: number];
/** A number stands for all four sides. */
export type Padding = "same" | "valid" | number | FourSides;

/** How a filter moves over an image. */
export interface ConvOptions {
  /** One step for both axes, or (rows, columns); 1 where it is not given. */
  stride?: number | Pair;
  /**
   * "same" by Keras's rule: ceil(size / stride) positions, the odd pixel of padding below and right; "valid": none, so
   * floor((size − kernel) / stride) + 1 positions; "valid" where it is not given.
   */
  padding?: Padding;
}

const forwardGrad = ({ xs: [x, w], dy, attributes }: Backward<Factors, Tensor, Geometry>): Thunks => [
  () => inputGradOp(dy, w, attributes),
  () => filterGradOp(x, dy, attributes),
  () => biasGrad(dy),
];

const forwardOp = defineOp<Factors, Geometry>({
  name: "conv2d",
  shape: (shapes, geometry) => {
    const [x, w] = shapes;
    checkBias("conv2d", shapes, w[3]);
    return [x[0], ...outputSize(geometry), w[3]];
  },
  forward: ([x, w, bias], y, geometry) => kernels.conv2d(x, w, y, window(geometry), bias),
  saves: [["x1"], ["x0"]],
  vjp: forwardGrad,
  fusedVjp: (context) => {
    const { xs, dy, attributes } = context;
    const [x, w, bias] = xs;
    const plain = forwardGrad(context);
    if (!bias || !kernels.hasBiasGrad(w)) return plain;
    const run = (dw: FactorGrad) => kernels.conv2dFilterGrad(x, dy, dw, window(attributes));
    return [plain[0], ...gradsTogether(xs, dy, run)];
  },
});

const inputGradOp = defineOp<Factors, Geometry>({
  name: "convTranspose2d",
  shape: (shapes, { inputSize }) => {
    const [dy, w] = shapes;
    checkBias("convTranspose2d", shapes, w[2]);
    return [dy[0], ...inputSize, w[2]];
  },
  forward: ([dy, w, bias], x, geometry) => kernels.conv2dInputGrad(dy, w, x, window(geometry), bias),
  saves: [["x1"], ["x0"]],
  vjp: ({ xs: [dy, w], dy: dx, attributes }) => [
    (): Tensor => forwardOp(dx, w, attributes),
    (): Tensor => filterGradOp(dx, dy, attributes),
    () => biasGrad(dx),
  ],
});

const filterGradOp = defineOp<[x: Tensor, dy: Tensor], Geometry>({
  name: "conv2dFilterGrad",
  shape: ([x, dy], { kernelSize }) => [...kernelSize, x[3], dy[3]],
  forward: ([x, dy], w, geometry) => kernels.conv2dFilterGrad(x, dy, w, window(geometry)),
  saves: [["x1"], ["x0"]],
  vjp: ({ xs: [x, dy], dy: dw, attributes }) => [
    (): Tensor => inputGradOp(dy, dw, attributes),
    (): Tensor => forwardOp(x, dw, attributes),
  ],
});

/**
 * x (N, H, W, Cin) with w (kh, kw, Cin, Cout) → (N, OH, OW, Cout): cross-correlation, as every framework means it,
 * plus the bias (Cout) where there is one. Throws when the channels differ or the kernel is larger than the padded
 * image.
 */
export function conv2d(x: Tensor, w: Tensor, options: ConvOptions & WithBias = {}): Tensor {
  checkRanks("conv2d", x, w);
  const { bias } = options;
  const shapes = [x.shape, w.shape];
  if (x.shape[3] !== w.shape[2])
    throw shapeError("conv2d", `w (kh, kw, in, out) must take x's ${x.shape[3]} channels`, shapes);
  const geometry = geometryOf("conv2d", [x.shape[1], x.shape[2]], w.shape, options);
  const hint = options.padding === "same" ? "" : 'Did you mean padding "same"?';
  if (outputSize(geometry).some((n) => n < 1))
    throw shapeError("conv2d", "the kernel must fit into the padded image", shapes, hint);
  return bias ? forwardOp(x, w, bias, geometry) : forwardOp(x, w, geometry);
}

/** How the filter of the convolution moves that this one transposes. */
export interface ConvTransposeOptions extends ConvOptions {
  /** (H, W) of the result, among those that conv2d maps back to x's size; the usual one where it is not given. */
  outputSize?: Pair;
}

/**
 * The transposed convolution, which is conv2d's input gradient: x (N, H, W, Cin) with w (kh, kw, Cout, Cin) →
 * (N, OH, OW, Cout), plus the bias (Cout) where there is one. Under "same" OH = H · stride, as in Keras; otherwise
 * (H − 1) · stride + kh − the padding, as in PyTorch. Where kh < stride, Keras's "valid" adds the rows up to H · stride,
 * which no filter reaches: `outputSize` gives them.
 */
export function convTranspose2d(x: Tensor, w: Tensor, options: ConvTransposeOptions & WithBias = {}): Tensor {
  const { stride = 1, padding = "valid", bias } = options;
  checkRanks("convTranspose2d", x, w);
  const shapes = [x.shape, w.shape];
  if (x.shape[3] !== w.shape[3])
    throw shapeError("convTranspose2d", `w (kh, kw, out, in) must take x's ${x.shape[3]} channels`, shapes);
  const steps = pair(stride);
  const usual = ([0, 1] as const).map((axis) => {
    const [n, step, k] = [x.shape[1 + axis], steps[axis], w.shape[axis]];
    if (padding === "same") return n * step;
    const fixed = padding === "valid" ? 0 : fourSides(padding)[2 * axis] + fourSides(padding)[2 * axis + 1];
    return (n - 1) * step + k - fixed;
  }) as [number, number];
  const size = options.outputSize ?? usual;
  const geometry = geometryOf("convTranspose2d", size, w.shape, options);
  const back = outputSize(geometry);
  if (back[0] !== x.shape[1] || back[1] !== x.shape[2] || size.some((n) => n < 0))
    throw new Error(
      `convTranspose2d: conv2d must lead back from the output ${show(size)} to x's rows and columns, ` +
        `got ${show(back)} and ${show(x.shape.slice(1, 3))}. The usual output is ${show(usual)}.`,
    );
  return bias ? inputGradOp(x, w, bias, geometry) : inputGradOp(x, w, geometry);
}

/** The gradient of conv2d by its filter: x (N, H, W, Cin), dy (N, OH, OW, Cout) → (kh, kw, Cin, Cout). */
export function conv2dFilterGrad(
  x: Tensor,
  dy: Tensor,
  kernel: number | Pair,
  options: ConvOptions = {},
): Tensor {
  const op = "conv2dFilterGrad";
  checkRanks(op, x, dy);
  const geometry = geometryOf(op, [x.shape[1], x.shape[2]], pair(kernel), options);
  const [n, h, w] = [x.shape[0], ...outputSize(geometry)];
  if (h !== dy.shape[1] || w !== dy.shape[2] || n !== dy.shape[0])
    throw shapeError(op, `x and this kernel need a dy of (${n}, ${h}, ${w}, out)`, [x.shape, dy.shape]);
  return filterGradOp(x, dy, geometry);
}

function checkRanks(op: string, a: Tensor, b: Tensor): void {
  if (a.shape.length === 4 && b.shape.length === 4) return;
  throw shapeError(op, "images must be (N, H, W, C) and filters have four axes", [a.shape, b.shape]);
}

const pair = (value: number | Pair): Pair => (typeof value === "number" ? [value, value] : value);
const fourSides = (value: number | FourSides): FourSides =>
  typeof value === "number" ? [value, value, value, value] : value;
const window = ({ stride, padding }: Geometry) => ({ stride, padding });

function geometryOf(op: string, inputSize: Pair, w: Shape, options: ConvOptions): Geometry {
  const { stride = 1, padding = "valid" } = options;
  const kernelSize: Pair = [w[0], w[1]];
  const steps = pair(stride);
  // Kernels count pixels by i32, those of the padding too.
  const whole = (least: number) => (n: number) => Number.isInteger(n) && n >= least && n <= 2 ** 29;
  if (!kernelSize.every(whole(1))) throw shapeError(op, "the kernel must have rows and columns", [w]);
  if (!steps.every(whole(1)))
    throw shapeError(op, "the stride must be whole numbers from 1 to 2^29", [steps]);
  const same = (axis: 0 | 1) => samePadding(inputSize[axis], kernelSize[axis], steps[axis]);
  const named = { same: [...same(0), ...same(1)], valid: [0, 0, 0, 0] } as const;
  const zeros = typeof padding === "string" ? named[padding] : fourSides(padding);
  if (!zeros.every(whole(0)))
    throw shapeError(op, "the padding must be whole numbers from 0 to 2^29", [zeros]);
  return { stride: steps, padding: zeros, inputSize, kernelSize };
}

/** Keras's rule: as much as ceil(size / stride) positions need, the smaller half first. */
function samePadding(size: number, kernel: number, stride: number): Pair {
  const total = Math.max(0, (Math.ceil(size / stride) - 1) * stride + kernel - size);
  return [Math.floor(total / 2), Math.ceil(total / 2)];
}

function outputSize({ stride, padding, inputSize, kernelSize }: Geometry): [number, number] {
  const along = (axis: 0 | 1) => {
    const padded = inputSize[axis] + padding[2 * axis] + padding[2 * axis + 1];
    return Math.floor((padded - kernelSize[axis]) / stride[axis]) + 1;
  };
  return [along(0), along(1)];
}
