// Float64 references of the pointwise ops, one definition a line: binary ones broadcast as numpy does,
// and functions that overflow in their textbook form stand here in a stable one.
import { type F64, make, map } from "./array";
import { broadcastShapes, broadcastTo } from "./rearrange";

type Binary = (a: F64, b: F64) => F64;
type Unary = (x: F64) => F64;

function binary(f: (a: number, b: number) => number): Binary {
  return (a, b) => {
    const shape = broadcastShapes(a.shape, b.shape);
    const [wideA, wideB] = [broadcastTo(a, shape).data, broadcastTo(b, shape).data];
    return map(make(shape), (_, i) => f(wideA[i], wideB[i]));
  };
}

const unary =
  (f: (x: number) => number): Unary =>
  (x) =>
    map(x, (value) => f(value));

export const add: Binary = binary((a, b) => a + b);
export const sub: Binary = binary((a, b) => a - b);
export const mul: Binary = binary((a, b) => a * b);
export const div: Binary = binary((a, b) => a / b);
export const maximum: Binary = binary((a, b) => Math.max(a, b));
export const minimum: Binary = binary((a, b) => Math.min(a, b));

export const neg: Unary = unary((x) => -x);
export const exp: Unary = unary(Math.exp);
export const log: Unary = unary(Math.log);
export const sqrt: Unary = unary(Math.sqrt);
export const rsqrt: Unary = unary((x) => 1 / Math.sqrt(x));
export const square: Unary = unary((x) => x * x);
export const abs: Unary = unary(Math.abs);
export const sin: Unary = unary(Math.sin);
export const cos: Unary = unary(Math.cos);
export const tanh: Unary = unary(Math.tanh);
export const sigmoid: Unary = unary((x) =>
  x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x)),
);
export const relu: Unary = unary((x) => Math.max(x, 0));
export const softplus: Unary = unary((x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))));
/** 0 at −∞, the limit. */
export const silu: Unary = unary((x) => (x === -Infinity ? -0 : x / (1 + Math.exp(-x))));
/** The tanh approximation (Hendrycks and Gimpel 2016). */
export const gelu: Unary = unary((x) => {
  const z = Math.exp(-2 * Math.sqrt(2 / Math.PI) * Math.abs(x + 0.044715 * x ** 3));
  if (x === -Infinity) return -0;
  return (x * (x < 0 ? z : 1)) / (1 + z);
});

export const leakyRelu = (x: F64, slope: number): F64 => map(x, (v) => (v > 0 ? v : slope * v));
export const pow = (x: F64, p: number): F64 => map(x, (v) => v ** p);
export const clamp = (x: F64, low: number, high: number): F64 =>
  map(x, (v) => Math.min(Math.max(v, low), high));

/** a where mask is not 0, else b; all three broadcast. */
export function where(mask: F64, a: F64, b: F64): F64 {
  const shape = broadcastShapes(mask.shape, a.shape, b.shape);
  const [m, wideA, wideB] = [mask, a, b].map((x) => broadcastTo(x, shape).data);
  return map(make(shape), (_, i) => (m[i] !== 0 ? wideA[i] : wideB[i]));
}
