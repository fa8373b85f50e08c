// Activations. They are elementwise ops like those of pointwise.ts, kept apart because networks are built of them.
import { binary, unary } from "../../kernels/pointwise";
import { defineOp } from "../op";
import { type Shape, sameShape, shapeError } from "../shape";
import type { Tensor } from "../tensor";
import { add, mul, pow, square, sub } from "./pointwise";

type One = [x: Tensor];
const same = ([x]: Shape[]): Shape => x;

/** tanh x. */
export const tanh = defineOp<One>({
  name: "tanh",
  shape: same,
  forward: ([x], y) => unary("tanh_", x, y),
  saves: [["y"]],
  vjp: ({ y, dy }) => [() => mul(dy, sub(1, square(y)))],
});

/** 1 / (1 + e⁻ˣ), without overflow on either side. */
export const sigmoid = defineOp<One>({
  name: "sigmoid",
  shape: same,
  forward: ([x], y) => unary("sigmoid", x, y),
  saves: [["y"]],
  vjp: ({ y, dy }) => [() => mul(dy, mul(y, sub(1, y)))],
});

/** log(1 + eˣ), without overflow; the loss of a classic GAN is made of it. */
export const softplus = defineOp<One>({
  name: "softplus",
  shape: same,
  forward: ([x], y) => unary("softplus", x, y),
  saves: [["x0"]],
  vjp: ({ xs: [x], dy }) => [() => mul(dy, sigmoid(x))],
});

/** x where x > 0, else 0. The derivative at 0 is 0. NaN stays NaN. */
export const relu = defineOp<One>({
  name: "relu",
  shape: same,
  forward: ([x], y) => unary("relu", x, y),
  saves: [["y"]],
  vjp: ({ y, dy }) => [(): Tensor => leakyReluGrad(y, dy, { slope: 0 })],
});

/** x where x > 0, else slope · x. The derivative at 0 is the slope. */
export const leakyRelu = defineOp<One, { slope: number }>({
  name: "leakyRelu",
  shape: same,
  forward: ([x], y, { slope }) => unary("leaky_relu", x, y, slope),
  // y has the sign of x where the slope allows it, and is what the next op saves anyway.
  saves: ({ slope }) => [[slope < 0 ? "x0" : "y"]],
  vjp: ({ xs: [x], y, dy, attributes }) => [
    (): Tensor => leakyReluGrad(attributes.slope < 0 ? x : y, dy, attributes),
  ],
});

/** dy where x > 0, else slope · dy. By x its derivative is 0 wherever it has one. */
export const leakyReluGrad = defineOp<[x: Tensor, dy: Tensor], { slope: number }>({
  name: "leakyReluGrad",
  shape: ([x, dy]) => {
    if (!sameShape(x, dy)) throw shapeError("leakyReluGrad", "x and dy must have one shape", [x, dy]);
    return x;
  },
  forward: ([x, dy], y, { slope }) => binary("leaky_relu_grad", x, dy, y, slope),
  saves: [[], ["x0"]],
  vjp: ({ xs: [x], dy, attributes }) => [undefined, (): Tensor => leakyReluGrad(x, dy, attributes)],
});

/** ½ x (1 + tanh u) with u = √(2/π) (x + 0.044715 x³): Hendrycks and Gimpel 2016, the tanh form. */
export const gelu = defineOp<One>({
  name: "gelu",
  shape: same,
  forward: ([x], y) => unary("gelu", x, y),
  saves: [["x0"]],
  vjp: ({ xs: [x], dy }) => [
    () => {
      const root = Math.sqrt(2 / Math.PI);
      const t = tanh(mul(root, add(x, mul(0.044715, pow(x, { p: 3 })))));
      const du = mul(root, add(1, mul(3 * 0.044715, square(x))));
      const dgelu = add(mul(0.5, add(1, t)), mul(mul(0.5, x), mul(sub(1, square(t)), du)));
      return mul(dy, dgelu);
    },
  ],
});
