// Float64 references of the ops that only move values: broadcasting, shapes, slices, concatenation
// and rows picked by index (with scatterAdd, the adjoint of gather).
import { type F64, fill, make, offsets, size, strides } from "./array";

/** numpy's rule: shapes align at the right, and sizes agree or are 1. */
export function broadcastShapes(...shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  const out = new Array<number>(rank).fill(1);
  for (const shape of shapes) {
    for (let axis = 0; axis < shape.length; axis++) {
      const at = rank - shape.length + axis;
      if (shape[axis] === 1) continue;
      if (out[at] !== 1 && out[at] !== shape[axis]) {
        throw new Error(`broadcastShapes: ${shapes.map((s) => `[${s}]`).join(" and ")} do not broadcast`);
      }
      out[at] = shape[axis];
    }
  }
  return out;
}

/** Picks x.data[start + offset] for every position of `shape` under the given strides. */
function view(x: F64, shape: readonly number[], by: readonly number[], start = 0): F64 {
  const from = offsets(shape, by);
  const out = make(shape);
  for (let i = 0; i < from.length; i++) out.data[i] = x.data[start + from[i]];
  return out;
}

export function broadcastTo(x: F64, shape: readonly number[]): F64 {
  const extra = shape.length - x.shape.length;
  const own = strides(x.shape);
  const by = shape.map((n, axis) => {
    if (axis < extra || (x.shape[axis - extra] === 1 && n !== 1)) return 0;
    if (x.shape[axis - extra] !== n) throw new Error(`broadcastTo: [${x.shape}] does not fit [${shape}]`);
    return own[axis - extra];
  });
  return view(x, shape, by);
}

export const reshape = (x: F64, shape: readonly number[]): F64 => make(shape, x.data);

/** Axis i of the result is axis perm[i] of x. */
export function transpose(x: F64, perm: readonly number[]): F64 {
  const own = strides(x.shape);
  return view(
    x,
    perm.map((axis) => x.shape[axis]),
    perm.map((axis) => own[axis]),
  );
}

/** Every steps[axis]-th along each axis. */
export function slice(
  x: F64,
  starts: readonly number[],
  sizes: readonly number[],
  steps: readonly number[] = sizes.map(() => 1),
): F64 {
  const own = strides(x.shape);
  const start = starts.reduce((sum, from, axis) => sum + from * own[axis], 0);
  return view(
    x,
    sizes,
    own.map((stride, axis) => stride * steps[axis]),
    start,
  );
}

/** `value` around x, `before[axis]` and `after[axis]` of them along each axis. */
export function pad(x: F64, before: readonly number[], after: readonly number[], value = 0): F64 {
  const out = fill(
    x.shape.map((n, axis) => before[axis] + n + after[axis]),
    value,
  );
  return place(out, x, before);
}

/** The parts of x along an axis that have these sizes. */
export function split(x: F64, sizes: readonly number[], axis: number): F64[] {
  return sizes.map((size, i) => {
    const start = sizes.slice(0, i).reduce((sum, n) => sum + n, 0);
    const at = (values: readonly number[], own: number) => values.map((n, d) => (d === axis ? own : n));
    return slice(
      x,
      at(
        x.shape.map(() => 0),
        start,
      ),
      at(x.shape, size),
    );
  });
}

export const stack = (parts: readonly F64[], axis: number): F64 =>
  concat(
    parts.map((part) => reshape(part, part.shape.toSpliced(axis, 0, 1))),
    axis,
  );

export function concat(parts: readonly F64[], axis: number): F64 {
  const at = axis < 0 ? axis + parts[0].shape.length : axis;
  const shape = [...parts[0].shape];
  shape[at] = parts.reduce((sum, part) => sum + part.shape[at], 0);
  const out = make(shape);
  let start = 0;
  for (const part of parts) {
    place(
      out,
      part,
      shape.map((_, i) => (i === at ? start : 0)),
    );
    start += part.shape[at];
  }
  return out;
}

/** Writes x into `out` at a corner. */
function place(out: F64, x: F64, corner: readonly number[]): F64 {
  const own = strides(out.shape);
  const start = corner.reduce((sum, from, axis) => sum + from * own[axis], 0);
  const to = offsets(x.shape, own);
  for (let i = 0; i < to.length; i++) out.data[start + to[i]] = x.data[i];
  return out;
}

/** Rows of x by index: (rows, ...) and n indices give (n, ...). */
export function gather(x: F64, indices: ArrayLike<number>): F64 {
  const row = size(x.shape.slice(1));
  const out = make([indices.length, ...x.shape.slice(1)]);
  for (let i = 0; i < indices.length; i++) {
    out.data.set(x.data.subarray(indices[i] * row, (indices[i] + 1) * row), i * row);
  }
  return out;
}

/** Adds row i of dy to row indices[i] of a zero array of `rows` rows; an index may repeat. */
export function scatterAdd(dy: F64, indices: ArrayLike<number>, rows: number): F64 {
  const row = size(dy.shape.slice(1));
  const out = make([rows, ...dy.shape.slice(1)]);
  for (let i = 0; i < indices.length; i++) {
    for (let j = 0; j < row; j++) out.data[indices[i] * row + j] += dy.data[i * row + j];
  }
  return out;
}
