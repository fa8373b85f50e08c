// Shapes and the rules that many ops share: broadcasting, axes, and errors that name both shapes.
import { MOST_AXES } from "../kernels/block";

/** Sizes of the axes, the last one fastest; [] is a single number's. */
export type Shape = readonly number[];

/** How many numbers a tensor of that shape has. */
export const sizeOf = (shape: Shape): number => shape.reduce((a, b) => a * b, 1);
/** The shape as errors print it, e.g. "[2,3]". */
export const show = (shape: Shape): string => `[${shape.join(",")}]`;
/** Whether two shapes have the same sizes in the same order. */
export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((n, i) => n === b[i]);

/** `op: rule, got the shapes. Hint.` */
export function shapeError(op: string, rule: string, shapes: Shape[], hint = ""): Error {
  return new Error(`${op}: ${rule}, got ${shapes.map(show).join(" and ")}.${hint ? ` ${hint}` : ""}`);
}

/** Throws unless a tensor may have this shape: whole sizes, axes that kernels can count, numbers that u32 can index. */
export function checkShape(op: string, shape: Shape): void {
  const whole = shape.every((n) => Number.isInteger(n) && n >= 0);
  if (!whole) throw shapeError(op, "sizes must be whole numbers from 0 up", [shape]);
  if (shape.length > MOST_AXES) throw shapeError(op, `a tensor must have ${MOST_AXES} axes at most`, [shape]);
  // An axis of size 0 excuses no other: a sum over it has those.
  if (sizeOf(shape.map((n) => Math.max(n, 1))) > 2 ** 32)
    throw shapeError(op, "a tensor must have 2^32 numbers at most", [shape]);
}

/** The shape that a and b broadcast to by NumPy's rule: align at the end, 1 stretches. */
export function broadcastShapes(op: string, a: Shape, b: Shape): Shape {
  if (sameShape(a, b)) return a;
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const m = a[i - rank + a.length] ?? 1;
    const n = b[i - rank + b.length] ?? 1;
    if (m !== n && m !== 1 && n !== 1)
      throw shapeError(op, `sizes must be equal or 1 (axis ${i} of the result)`, [a, b]);
    return m === 1 ? n : m;
  });
}

/** One axis, or several. */
export type Axes = number | readonly number[];
export const listOf = (axes: Axes): readonly number[] => (typeof axes === "number" ? [axes] : axes);

/** Axes as sorted non-negative numbers; none given means all. Throws on one that is out of range or twice there. */
export function normalizeAxes(op: string, rank: number, given?: Axes): number[] {
  const axes = given === undefined ? undefined : listOf(given);
  if (!axes) return Array.from({ length: rank }, (_, i) => i);
  if (rank === 0 && axes.length > 0) throw shapeError(op, "there must be an axis", [[]]);
  const sorted = axes.map((axis) => (axis < 0 ? axis + rank : axis)).sort((a, b) => a - b);
  const isAxis = (n: number) => Number.isInteger(n) && n >= 0 && n < rank;
  if (!sorted.every((axis, i) => isAxis(axis) && axis !== sorted[i - 1]))
    throw new Error(`${op}: axes must be different and within rank ${rank}, got [${axes.join(",")}].`);
  return sorted;
}

/** The shape after a reduction over `axes`. */
export function reducedShape(shape: Shape, axes: readonly number[], keepDims: boolean): Shape {
  if (keepDims) return shape.map((n, i) => (axes.includes(i) ? 1 : n));
  return shape.filter((_, i) => !axes.includes(i));
}
