// Elementwise ops. Each is one record here, and a case with an entry point in shaders/unary.wgsl or shaders/binary.wgsl.
// Derivatives are written in these same ops, so they have derivatives too.
import { binary, unary } from "../../kernels/pointwise";
import { defineOp, type Operand } from "../op";
import { broadcastShapes, type Shape } from "../shape";
import type { Tensor } from "../tensor";

type One = [x: Tensor];
type Two = [a: Operand, b: Operand];

const same = ([x]: Shape[]): Shape => x;
const broadcast =
  (op: string) =>
  ([a, b]: Shape[]) =>
    broadcastShapes(op, a, b);

/** a + b, with NumPy's broadcasting; either may be a number. */
export const add = defineOp<Two>({
  name: "add",
  shape: broadcast("add"),
  forward: ([a, b], y) => binary("add", a, b, y),
  saves: [],
  vjp: ({ dy }) => [() => dy, () => dy],
});

/** a − b. */
export const sub = defineOp<Two>({
  name: "sub",
  shape: broadcast("sub"),
  forward: ([a, b], y) => binary("sub", a, b, y),
  saves: [],
  vjp: ({ dy }) => [() => dy, (): Tensor => neg(dy)],
});

/** a · b, entry by entry. */
export const mul = defineOp<Two>({
  name: "mul",
  shape: broadcast("mul"),
  forward: ([a, b], y) => binary("mul", a, b, y),
  saves: [["x1"], ["x0"]],
  vjp: ({ xs: [a, b], dy }) => [(): Tensor => mul(dy, b), (): Tensor => mul(dy, a)],
});

/** a / b. */
export const div = defineOp<Two>({
  name: "div",
  shape: broadcast("div"),
  forward: ([a, b], y) => binary("div", a, b, y),
  saves: [["x1"], ["x1", "y"]],
  vjp: ({ xs: [, b], y, dy }) => [(): Tensor => div(dy, b), (): Tensor => neg(mul(dy, div(y, b)))],
});

/** The larger of a and b. Where they are equal, the derivative is a's. */
export const maximum = defineOp<Two>({
  name: "maximum",
  shape: broadcast("maximum"),
  forward: ([a, b], y) => binary("maximum", a, b, y),
  saves: [
    ["x0", "x1"],
    ["x0", "x1"],
  ],
  vjp: ({ xs: [a, b], dy }) => [
    (): Tensor => mul(dy, greaterEqual(a, b)),
    (): Tensor => mul(dy, greater(b, a)),
  ],
});

/** The smaller of a and b. Where they are equal, the derivative is a's. */
export const minimum = defineOp<Two>({
  name: "minimum",
  shape: broadcast("minimum"),
  forward: ([a, b], y) => binary("minimum", a, b, y),
  saves: [
    ["x0", "x1"],
    ["x0", "x1"],
  ],
  vjp: ({ xs: [a, b], dy }) => [
    (): Tensor => mul(dy, greaterEqual(b, a)),
    (): Tensor => mul(dy, greater(a, b)),
  ],
});

/** 1 where a > b, else 0. Its derivative is 0, so it has none. */
export const greater = defineOp<Two>({
  name: "greater",
  shape: broadcast("greater"),
  forward: ([a, b], y) => binary("greater", a, b, y),
});

/** 1 where a >= b, else 0. */
export const greaterEqual = defineOp<Two>({
  name: "greaterEqual",
  shape: broadcast("greaterEqual"),
  forward: ([a, b], y) => binary("greater_equal", a, b, y),
});

/** 1 where a = b, else 0. */
export const equal = defineOp<Two>({
  name: "equal",
  shape: broadcast("equal"),
  forward: ([a, b], y) => binary("equal", a, b, y),
});

/** −x. */
export const neg = defineOp<One>({
  name: "neg",
  shape: same,
  forward: ([x], y) => unary("neg", x, y),
  saves: [],
  vjp: ({ dy }) => [(): Tensor => neg(dy)],
});

/** eˣ. */
export const exp = defineOp<One>({
  name: "exp",
  shape: same,
  forward: ([x], y) => unary("exp_", x, y),
  saves: [["y"]],
  vjp: ({ y, dy }) => [(): Tensor => mul(dy, y)],
});

/** The natural logarithm; NaN below 0. */
export const log = defineOp<One>({
  name: "log",
  shape: same,
  forward: ([x], y) => unary("log_", x, y),
  saves: [["x0"]],
  vjp: ({ xs: [x], dy }) => [(): Tensor => div(dy, x)],
});

/** √x. The derivative at 0 is infinite: add a small number under a root that may reach it. */
export const sqrt = defineOp<One>({
  name: "sqrt",
  shape: same,
  forward: ([x], y) => unary("sqrt_", x, y),
  saves: [["y"]],
  vjp: ({ y, dy }) => [(): Tensor => div(mul(dy, 0.5), y)],
});

/** 1/√x. */
export const rsqrt = defineOp<One>({
  name: "rsqrt",
  shape: same,
  forward: ([x], y) => unary("rsqrt", x, y),
  saves: [["x0", "y"]],
  vjp: ({ xs: [x], y, dy }) => [(): Tensor => mul(dy, mul(-0.5, div(y, x)))],
});

/** x². */
export const square = defineOp<One>({
  name: "square",
  shape: same,
  forward: ([x], y) => unary("square", x, y),
  saves: [["x0"]],
  vjp: ({ xs: [x], dy }) => [(): Tensor => mul(dy, mul(2, x))],
});

/** |x|. The derivative at 0 is 0. */
export const abs = defineOp<One>({
  name: "abs",
  shape: same,
  forward: ([x], y) => unary("abs_", x, y),
  saves: [["x0"]],
  vjp: ({ xs: [x], dy }) => [(): Tensor => mul(dy, sign(x))],
});

/** −1, 0 or 1. Its derivative is 0, so it has none. */
export const sign = defineOp<One>({
  name: "sign",
  shape: same,
  forward: ([x], y) => unary("sign_", x, y),
});

/** xᵖ for a number p; a negative x needs a whole p. */
export const pow = defineOp<One, { p: number }>({
  name: "pow",
  shape: same,
  forward: ([x], y, { p }) => unary("pow_", x, y, p, Number.isInteger(p) ? Math.abs(p % 2) : 2),
  saves: [["x0"]],
  vjp: ({ xs: [x], dy, attributes: { p } }) => [
    (): Tensor => mul(dy, p === 0 ? 0 : mul(p, pow(x, { p: p - 1 }))),
  ],
});

/** x held to [low, high]. The derivative is 1 inside, the ends included. */
export const clamp = defineOp<One, { low: number; high: number }>({
  name: "clamp",
  shape: same,
  forward: ([x], y, { low, high }) => unary("clamp_", x, y, low, high),
  saves: [["x0"]],
  vjp: ({ xs: [x], dy, attributes }) => [(): Tensor => mul(dy, inside(x, attributes))],
});

/** 1 where low <= x <= high, else 0. */
export const inside = defineOp<One, { low: number; high: number }>({
  name: "inside",
  shape: same,
  forward: ([x], y, { low, high }) => unary("inside", x, y, low, high),
});
