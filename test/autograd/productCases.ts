// Cases of the two trilinear forms: matrix products with either side transposed and batches that broadcast, and the
// three directions of convolution under strides 1 to 3, all paddings, and channels that 4 does and doesn't divide;
// all with a bias, too.
import * as engine from "../../src/autograd";
import { type F64, make } from "../reference/array";
import * as reference from "../reference/forward";
import type { Case } from "./check";
import { normal, show } from "./inputs";

type Tensor = engine.Tensor;
type Pair = readonly [number, number];

/** The case as it is, and with a bias of so many numbers for a third input. */
const alsoBiased = (item: Case, columns: number): Case[] => [
  item,
  {
    ...item,
    name: `${item.name}, bias`,
    inputs: [...item.inputs, normal(columns)],
    reference: ([a, b, bias]) => reference.add(item.reference([a, b]) as F64, bias),
  },
];

/** Shapes as stored, and which side is transposed. */
const PRODUCTS: [number[], number[], boolean, boolean][] = [
  [[1, 1], [1, 1], false, false],
  [[3, 5], [5, 2], false, false],
  [[7, 13], [13, 11], false, false],
  [[8, 16], [16, 12], false, false],
  [[33, 65], [65, 36], false, false],
  [[1, 7], [7, 5], false, false],
  [[5, 7], [7, 1], false, false],
  [[3, 5], [2, 5], false, true],
  [[8, 12], [4, 12], false, true],
  [[5, 3], [5, 2], true, false],
  [[12, 8], [12, 4], true, false],
  [[5, 1], [5, 1], true, false],
  [[5, 3], [2, 5], true, true],
  [[2, 3, 4], [2, 4, 5], false, false],
  [[3, 4], [2, 4, 5], false, false],
  [[2, 3, 4], [4, 1], false, false],
  [[2, 3, 4], [3, 5], true, false],
  [[2, 1, 3, 4], [3, 5, 4], false, true],
];

const matmulCases: Case[] = PRODUCTS.flatMap(([left, right, transposeA, transposeB]) =>
  alsoBiased(
    {
      name: `${show(left, right)} ${transposeA ? "t" : "n"}${transposeB ? "t" : "n"}`,
      inputs: [normal(...left), normal(...right)],
      engine: ([a, b, bias]) => engine.matmul(a, b, { transposeA, transposeB, bias }),
      reference: ([a, b]) => reference.matmul(a, b, { transposeA, transposeB }),
    },
    right.at(transposeB ? -2 : -1)!,
  ),
);

/** Image, filter (kh, kw, in, out), stride, padding. */
const CONVOLUTIONS: [number[], number[], Pair, engine.Padding][] = [
  [[1, 1, 1, 1], [1, 1, 1, 1], [1, 1], "valid"],
  [[2, 5, 7, 3], [3, 3, 3, 4], [1, 1], "valid"],
  [[2, 8, 8, 1], [4, 4, 1, 5], [2, 2], "same"],
  [[1, 7, 6, 4], [3, 2, 4, 8], [2, 1], "same"],
  [
    [2, 7, 7, 5],
    [3, 3, 5, 3],
    [3, 3],
    [1, 0, 2, 1],
  ],
  [[1, 8, 8, 8], [5, 5, 8, 1], [2, 2], "same"],
  [[1, 9, 8, 4], [2, 2, 4, 4], [3, 3], "valid"],
  [[1, 5, 6, 3], [1, 1, 3, 8], [2, 2], "same"],
  [[1, 4, 4, 8], [5, 5, 8, 4], [1, 1], "same"],
  [[1, 5, 6, 8], [3, 3, 8, 12], [2, 2], "same"],
];

const convolutions = CONVOLUTIONS.map(([image, filter, stride, padding]) => {
  const size: Pair = [image[1], image[2]];
  const kernelSize: Pair = [filter[0], filter[1]];
  const [top, bottom, left, right] = zeros(size, kernelSize, stride, padding);
  const geometry = { stride, padding: [top, bottom, left, right] } as const;
  const { shape } = reference.conv2d(make(image), make(filter), geometry);
  const name = `stride ${stride}, ${typeof padding === "string" ? padding : `padding ${padding}`}`;
  return { image, filter, shape, size, kernelSize, geometry, name, options: { stride, padding } };
});

function zeros(size: Pair, kernel: Pair, stride: Pair, padding: engine.Padding): number[] {
  if (padding === "valid") return [0, 0, 0, 0];
  if (typeof padding === "number") return [padding, padding, padding, padding];
  if (padding !== "same") return [...padding];
  return [0, 1].flatMap((axis) => reference.samePadding(size[axis], kernel[axis], stride[axis]));
}

const conv2dCases: Case[] = convolutions.flatMap(({ image, filter, geometry, name, options }) =>
  alsoBiased(
    {
      name: `${show(image, filter)} ${name}`,
      inputs: [normal(...image), normal(...filter)],
      engine: ([x, w, bias]) => engine.conv2d(x, w, { ...options, bias }),
      reference: ([x, w]) => reference.conv2d(x, w, geometry),
    },
    filter[3],
  ),
);

const convTranspose2dCases: Case[] = convolutions.flatMap(
  ({ shape, filter, size, geometry, name, options }) =>
    alsoBiased(
      {
        name: `${show(shape, filter)} to ${size}, ${name}`,
        inputs: [normal(...shape), normal(...filter)],
        engine: ([x, w, bias]) => engine.convTranspose2d(x, w, { ...options, outputSize: size, bias }),
        reference: ([x, w]) => reference.convTranspose2d(x, w, { ...geometry, outputSize: size }),
      },
      filter[2],
    ),
);

// Without an outputSize: size · stride under "same", as in Keras; (size − 1) · stride + kernel under "valid", as in
// PyTorch. Keras's "valid" goes on to size · stride where the kernel is smaller: with an outputSize, so do we.
const LAYERS: { kernel: Pair; padding: "same" | "valid"; given?: Pair; size: Pair; zeros: Pair }[] = [
  { kernel: [4, 4], padding: "same", size: [6, 8], zeros: [1, 1] },
  { kernel: [4, 4], padding: "valid", size: [8, 10], zeros: [0, 0] },
  { kernel: [1, 1], padding: "same", size: [6, 8], zeros: [0, 0] },
  { kernel: [1, 1], padding: "valid", size: [5, 7], zeros: [0, 0] },
  { kernel: [1, 1], padding: "valid", given: [6, 8], size: [6, 8], zeros: [0, 0] },
  { kernel: [1, 3], padding: "valid", given: [6, 9], size: [6, 9], zeros: [0, 0] },
];
const layers: Case[] = LAYERS.map(({ kernel, padding, given, size, zeros: [top, bottom] }) => ({
  name: `[2,3,4,5] [${kernel},3,5] to ${given ?? "the usual"} ${size}, stride 2, ${padding}`,
  inputs: [normal(2, 3, 4, 5), normal(...kernel, 3, 5)],
  engine: ([x, w]: Tensor[]) => engine.convTranspose2d(x, w, { stride: 2, padding, outputSize: given }),
  reference: ([x, w]: F64[]) =>
    reference.convTranspose2d(x, w, {
      stride: [2, 2],
      padding: [top, bottom, top, bottom],
      outputSize: size,
    }),
}));

const conv2dFilterGradCases: Case[] = convolutions.map(
  ({ image, shape, kernelSize, geometry, name, options }) => ({
    name: `${show(image, shape)} kernel ${kernelSize}, ${name}`,
    inputs: [normal(...image), normal(...shape)],
    engine: ([x, dy]) => engine.conv2dFilterGrad(x, dy, kernelSize, options),
    reference: ([x, dy]) => reference.conv2dFilterGrad(x, dy, { ...geometry, kernelSize }),
  }),
);

export const productCases: Record<string, Case[]> = {
  matmul: matmulCases,
  conv2d: conv2dCases,
  convTranspose2d: [...convTranspose2dCases, ...layers],
  conv2dFilterGrad: conv2dFilterGradCases,
};
