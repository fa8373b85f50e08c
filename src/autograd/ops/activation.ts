// Activations. They are elementwise ops like those of pointwise.ts, kept apart because networks are built of them.
import { unary } from "../../kernels/pointwise";
import { defineOp } from "../op";
import type { Tensor } from "../tensor";
import { type One, unaryOp } from "./elementwise";
import { add, leakyReluGrad, maximum, minimum, mul, neg, square, sub } from "./pointwise";

/** tanh x. */
export const tanh = unaryOp("tanh", "tanh_", {
  saves: [["y"]],
  vjp: ({ y, dy }) => [() => mul(dy, sub(1, square(y)))],
});

/** 1 / (1 + e⁻ˣ), without overflow on either side. */
export const sigmoid = unaryOp("sigmoid", "sigmoid", {
  saves: [["y"]],
  vjp: ({ y, dy }) => [() => mul(dy, mul(y, sub(1, y)))],
});

/** log(1 + eˣ), without overflow; the loss of a classic GAN is made of it. */
export const softplus = unaryOp("softplus", "softplus", {
  saves: [["x0"]],
  vjp: ({ xs: [x], dy }) => [() => mul(dy, sigmoid(x))],
});

/** x where x > 0, else 0. The derivative at 0 is 0, at NaN it is 1. */
export const relu = unaryOp("relu", "relu", {
  saves: [["y"]],
  vjp: ({ y, dy }) => [(): Tensor => leakyReluGrad(y, dy, { slope: 0 })],
});

const leakyReluOp = defineOp<One, { slope: number }>({
  name: "leakyRelu",
  shape: ([x]) => x,
  forward: ([x], y, { slope }) => unary("leaky_relu", x, y, slope),
  // Under a slope above 0 y has the sign of x, and is what the next op saves anyway.
  saves: ({ slope }) => [[slope > 0 ? "y" : "x0"]],
  vjp: ({ xs: [x], y, dy, attributes: a }) => [() => leakyReluGrad(a.slope > 0 ? y : x, dy, a)],
});

/** x where x > 0, else slope · x. The derivative at 0 and at NaN is the slope. */
export const leakyRelu = (x: Tensor, { slope = 0.01 }: { slope?: number } = {}): Tensor =>
  leakyReluOp(x, { slope });

/** x, at most ±`most`. Unlike clamp's its derivative at NaN is 1, so that a second derivative is NaN there. */
const within = (x: Tensor, most: number) => maximum(minimum(x, most), -most);

/**
 * ½ x (1 + tanh u) with u = √(2/π) (x + 0.044715 x³): Hendrycks and Gimpel 2016, the tanh form. That is x · sigmoid(2 u).
 * At −∞ value and derivative are 0, the limit.
 */
export const gelu = unaryOp("gelu", "gelu", {
  saves: [["x0"]],
  vjp: ({ xs: [x], dy }) => [
    () => {
      // Past 20 the derivative is 0 or 1 to the last digit, and x² may be infinite.
      const v = within(x, 20);
      const root = 2 * Math.sqrt(2 / Math.PI);
      const [u2, du2] = [1, 3].map((power) => add(root, mul(power * 0.044715 * root, square(v))));
      const s = sigmoid(mul(v, u2));
      return mul(dy, mul(s, add(1, mul(mul(v, du2), sigmoid(neg(mul(v, u2)))))));
    },
  ],
});

/** x · sigmoid(x), also called swish: Elfwing et al. 2017. At −∞ value and derivative are 0, the limit. */
export const silu = unaryOp("silu", "silu", {
  saves: [["x0"]],
  vjp: ({ xs: [x], dy }) => [
    () => {
      const v = within(x, 105); // past it the derivative is 0 or 1 to the last digit
      return mul(dy, mul(sigmoid(v), add(1, mul(v, sigmoid(neg(v))))));
    },
  ],
});
