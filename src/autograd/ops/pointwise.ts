// Elementwise ops. Each is one record here, and an entry point in shaders/unary.wgsl or shaders/binary.wgsl.
// Derivatives are written in these same ops, so they have derivatives too.
import { binary } from "../../kernels/pointwise";
import { zeros } from "../create";
import { defineOp } from "../op";
import { sameShape, shapeError } from "../shape";
import type { Tensor } from "../tensor";
import { binaryOp, unaryOp } from "./elementwise";

const both = ["x0", "x1"] as const;

/** a + b, with NumPy's broadcasting; either may be a number. */
export const add = binaryOp("add", "add", { saves: [], vjp: ({ dy }) => [() => dy, () => dy] });

/** a − b. */
export const sub = binaryOp("sub", "sub", { saves: [], vjp: ({ dy }) => [() => dy, (): Tensor => neg(dy)] });

/** a · b, entry by entry. */
export const mul = binaryOp("mul", "mul", {
  saves: [["x1"], ["x0"]],
  vjp: ({ xs: [a, b], dy }) => [(): Tensor => mul(dy, b), (): Tensor => mul(dy, a)],
});

/** a / b. */
export const div = binaryOp("div", "div", {
  saves: [["x1"], ["x1", "y"]],
  vjp: ({ xs: [, b], y, dy }) => [(): Tensor => div(dy, b), (): Tensor => neg(mul(dy, div(y, b)))],
});

/** The larger of a and b, NaN where one is. Where they are equal, the derivative is a's; beside a NaN it is 1 by both. */
export const maximum = binaryOp("maximum", "maximum", {
  saves: [both, both],
  vjp: ({ xs: [a, b], dy }) => [() => unless(greater(b, a), dy), () => unless(greaterEqual(a, b), dy)],
});

/** The smaller of a and b, NaN where one is. Where they are equal, the derivative is a's; beside a NaN it is 1 by both. */
export const minimum = binaryOp("minimum", "minimum", {
  saves: [both, both],
  vjp: ({ xs: [a, b], dy }) => [() => unless(greater(a, b), dy), () => unless(greaterEqual(b, a), dy)],
});

/** dy where a mask of 0 and 1 is 1, else 0, whatever dy is: a product with the mask makes NaN of an infinite dy. */
const where = (mask: Tensor, dy: Tensor): Tensor => leakyReluGrad(mask, dy, { slope: 0 });
const unless = (mask: Tensor, dy: Tensor): Tensor => where(sub(1, mask), dy);

/** 1 where a > b, else 0; with NaN no comparison holds. Its derivative is 0, so it has none. */
export const greater = binaryOp("greater", "greater");

/** 1 where a >= b, else 0. */
export const greaterEqual = binaryOp("greaterEqual", "greater_equal");

/** 1 where a = b, else 0. */
export const equal = binaryOp("equal", "equal");

/** −x. */
export const neg = unaryOp("neg", "neg", { saves: [], vjp: ({ dy }) => [(): Tensor => neg(dy)] });

/** eˣ. */
export const exp = unaryOp("exp", "exp_", { saves: [["y"]], vjp: ({ y, dy }) => [(): Tensor => mul(dy, y)] });

/** The natural logarithm; NaN below 0. */
export const log = unaryOp("log", "log_", {
  saves: [["x0"]],
  vjp: ({ xs: [x], dy }) => [(): Tensor => div(dy, x)],
});

/** √x. The derivative at 0 is infinite: add a small number under a root that may reach it. */
export const sqrt = unaryOp("sqrt", "sqrt_", {
  saves: [["y"]],
  vjp: ({ y, dy }) => [(): Tensor => div(mul(dy, 0.5), y)],
});

/** 1/√x. */
export const rsqrt = unaryOp("rsqrt", "rsqrt", {
  saves: [["x0", "y"]],
  vjp: ({ xs: [x], y, dy }) => [(): Tensor => mul(dy, mul(-0.5, div(y, x)))],
});

/** x². */
export const square = unaryOp("square", "square", {
  saves: [["x0"]],
  vjp: ({ xs: [x], dy }) => [(): Tensor => mul(dy, mul(2, x))],
});

/** |x|. The derivative at 0 is 0, at NaN it is NaN. */
export const abs = unaryOp("abs", "abs_", {
  saves: [["x0"]],
  vjp: ({ xs: [x], dy }) => [(): Tensor => mul(dy, sign(x))],
});

/** The largest whole number up to x. Its derivative is 0, so it has none. */
export const floor = unaryOp("floor", "floor_");

/** sin x, of an x below 2¹³ in size: beyond, digits are lost, and from 2²² on it is NaN. See docs/accuracy.md. */
export const sin = unaryOp("sin", "sin_", {
  saves: [["x0"]],
  vjp: ({ xs: [x], dy }) => [(): Tensor => mul(dy, cos(x))],
});

/** cos x, of what sin takes. */
export const cos = unaryOp("cos", "cos_", {
  saves: [["x0"]],
  vjp: ({ xs: [x], dy }) => [(): Tensor => neg(mul(dy, sin(x)))],
});

/** −1, 0, 1 or NaN. Its derivative is 0, so it has none. */
export const sign = unaryOp("sign", "sign_");

/** p as the kernel has it, an infinite one as the largest number, and what it makes of a sign: see shaders/unary.wgsl. */
function powerNumbers(p: number): [number, number] {
  const most = (2 - 2 ** -23) * 2 ** 127;
  const held = Math.fround(Math.max(-most, Math.min(most, p)));
  return [held, Number.isInteger(held) ? Math.abs(held % 2) : 2];
}

/** xᵖ for a number p; a negative x needs a whole p. x⁰ is 1 even for NaN. */
export const pow = unaryOp<{ p: number }>(
  "pow",
  "pow_",
  {
    saves: [["x0"]],
    vjp: ({ xs: [x], dy, attributes: { p } }) => [
      (): Tensor => (p === 0 ? where(zeros(x.shape), dy) : mul(dy, mul(p, pow(x, { p: p - 1 })))),
    ],
  },
  ({ p }) => powerNumbers(p),
);

/** From `low` up to `high`, both included. */
export type Bounds = { low?: number; high?: number };
const boundsOf = ({ low = -Infinity, high = Infinity }: Bounds) => [low, high] as const;

/**
 * x held to [low, high], each without an end where it is not given; high where low is above it. The derivative is 1
 * inside, the ends included, and 0 at NaN.
 */
export const clamp = unaryOp<Bounds>(
  "clamp",
  "clamp_",
  { saves: [["x0"]], vjp: ({ xs: [x], dy, attributes }) => [() => where(inside(x, attributes), dy)] },
  boundsOf,
);

/** 1 where low <= x <= high, else 0; at NaN 0. */
export const inside = unaryOp<Bounds>("inside", "inside", {}, boundsOf);

/**
 * dy where x > 0, else slope · dy, which for slope 0 is 0 whatever dy is. At NaN it is slope · dy, or dy for slope 0: as
 * PyTorch has leaky relu and relu. By x its derivative is 0 wherever it has one.
 */
export const leakyReluGrad = defineOp<[x: Tensor, dy: Tensor], { slope: number }>({
  name: "leakyReluGrad",
  shape: ([x, dy]) => {
    if (!sameShape(x, dy)) throw shapeError("leakyReluGrad", "x and dy must have one shape", [x, dy]);
    return x;
  },
  forward: ([x, dy], y, { slope }) => binary(slope === 0 ? "relu_grad" : "leaky_relu_grad", x, dy, y, slope),
  saves: [[], ["x0"]],
  vjp: ({ xs: [x], dy, attributes }) => [undefined, (): Tensor => leakyReluGrad(x, dy, attributes)],
});
