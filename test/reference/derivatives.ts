// Derivatives by central differences in float64, first and second, along given directions or entry by entry:
// the independent judge of every derivative rule, and of the derivatives of derivatives.
import { axpy, dot, type F64, make, map } from "./array";

export type Scalar = (inputs: F64[]) => number;
export type Op = (inputs: F64[]) => F64[];

// The sixth-order stencil: f'(0) ≈ Σ weight·(f(k·h) − f(−k·h)) / h, with error h⁶·f⁽⁷⁾/140.
const STENCIL = [3 / 4, -3 / 20, 1 / 60];

/** Truncation is near 1e-20 and rounding near 1e-13 at this step, for functions and derivatives of size 1. */
const FIRST_STEP = 1e-3;
/** Two nested differences divide rounding by the square of the step, so the best step is longer. */
const SECOND_STEP = 1e-2;

function differentiate(f: (t: number) => number, h: number): number {
  return STENCIL.reduce((sum, weight, k) => sum + weight * (f((k + 1) * h) - f(-(k + 1) * h)), 0) / h;
}

const moved = (inputs: F64[], t: number, directions: F64[]): F64[] =>
  inputs.map((x, i) => axpy(x, t, directions[i]));

/** L(inputs) = Σ ⟨dy_j, out_j⟩: its gradient is what a backward pass from the cotangents dys gives. */
export const pairing =
  (f: Op, dys: F64[]): Scalar =>
  (inputs) =>
    f(inputs).reduce((sum, y, j) => sum + dot(y, dys[j]), 0);

/** The same with the cotangents as further inputs, after the op's own `count` inputs, to perturb them too. */
export const openPairing =
  (f: Op, count: number): Scalar =>
  (inputs) =>
    pairing(f, inputs.slice(count))(inputs.slice(0, count));

/** d/dt L(x + t·v): compare with Σ ⟨gradient_i, v_i⟩. Values reach 3h·v to both sides of x. */
export function directional(L: Scalar, inputs: F64[], directions: F64[], h = FIRST_STEP): number {
  return differentiate((t) => L(moved(inputs, t, directions)), h);
}

/** d/ds d/dt L(x + s·u + t·v): compare with Σ ⟨∇⟨∇L, u⟩, v⟩. Costs 36 evaluations. */
export function secondDirectional(L: Scalar, inputs: F64[], u: F64[], v: F64[], h = SECOND_STEP): number {
  return differentiate((t) => differentiate((s) => L(moved(moved(inputs, t, v), s, u)), h), h);
}

/**
 * For a backward pass as a function of inputs and cotangents, M(x, dy) = ⟨∇ₓ Σ⟨dy, f(x)⟩, u⟩: the derivative
 * of M along v in the inputs and w in the cotangents. With v = 0 it is ⟨∂M/∂dy, w⟩ alone.
 */
export function secondDirectionalWithCotangents(
  f: Op,
  inputs: F64[],
  dys: F64[],
  u: F64[],
  v: F64[],
  w: F64[],
  h = SECOND_STEP,
): number {
  const still = dys.map((dy) => make(dy.shape));
  return secondDirectional(
    openPairing(f, inputs.length),
    [...inputs, ...dys],
    [...u, ...still],
    [...v, ...w],
    h,
  );
}

/** ∂L/∂(entry `index` of input `which`). */
export function entryDerivative(
  L: Scalar,
  inputs: F64[],
  which: number,
  index: number,
  h = FIRST_STEP,
): number {
  return differentiate((t) => {
    const shifted = map(inputs[which], (value, i) => (i === index ? value + t : value));
    return L(inputs.map((x, i) => (i === which ? shifted : x)));
  }, h);
}

/** The whole gradient, entry by entry: six evaluations an entry, so for small inputs. */
export const gradients = (L: Scalar, inputs: F64[], h = FIRST_STEP): F64[] =>
  inputs.map((x, which) => map(x, (_, index) => entryDerivative(L, inputs, which, index, h)));
