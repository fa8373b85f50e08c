// Matrix products, batched, with either factor transposed. The derivative of one form is the other two:
// d(A·B) → dy·Bᵀ and Aᵀ·dy.
import { matmul as matmulKernel } from "../../kernels/matmul";
import { type Backward, checkInputs, defineOp, type Thunks } from "../op";
import { broadcastShapes, type Shape, shapeError, sizeOf } from "../shape";
import type { Tensor } from "../tensor";
import { biasGrad, checkBias, type Factors, gradsTogether, type WithBias } from "./bias";
import { transpose } from "./rearrange";
import { broadcastTo } from "./sum";

interface Transposes {
  transposeA: boolean;
  transposeB: boolean;
}

const matmulGrad = ({
  xs: [a, b],
  dy,
  attributes: { transposeA, transposeB },
}: Backward<Factors, Tensor, Transposes>): Thunks => [
  () =>
    transposeA
      ? matmul(b, dy, { transposeA: transposeB, transposeB: true })
      : matmul(dy, b, { transposeB: !transposeB }),
  () =>
    transposeB
      ? matmul(dy, a, { transposeA: true, transposeB: transposeA })
      : matmul(a, dy, { transposeA: !transposeA }),
  () => biasGrad(dy),
];

const matmulOp = defineOp<Factors, Transposes>({
  name: "matmul",
  shape: (shapes, { transposeA, transposeB }) => {
    const [a, b] = shapes;
    const [m, k] = lastTwo(a, transposeA);
    const [k2, n] = lastTwo(b, transposeB);
    if (k !== k2) {
      const hint = k === n ? `Did you mean { transposeB: ${!transposeB} }?` : "";
      throw shapeError("matmul", `inner sizes must be equal, ${k} is not ${k2}`, [a, b], hint);
    }
    checkBias("matmul", shapes, n);
    return [...broadcastShapes("matmul", a.slice(0, -2), b.slice(0, -2)), m, n];
  },
  forward: ([a, b, bias], y, { transposeA, transposeB }) => {
    const [m, k] = lastTwo(a.shape, transposeA);
    const n = y.shape.at(-1)!;
    const batch = sizeOf(y.shape.slice(0, -2));
    const step = (x: Tensor, rows: number, columns: number) =>
      x.size === rows * columns ? 0 : rows * columns;
    const dims = { batch, m, n, k, transposeA, transposeB };
    matmulKernel(a, b, y, { ...dims, stepA: step(a, m, k), stepB: step(b, k, n) }, bias);
  },
  saves: [["x1"], ["x0"]],
  vjp: matmulGrad,
  fusedVjp: (context) => {
    const { xs, dy, attributes } = context;
    const [a, b, bias] = xs;
    const plain = matmulGrad(context);
    // Of one column: dyᵀ · a, and the sum of dy.
    if (bias?.size !== 1 || dy.shape.length > 2 || b.size === 0) return plain;
    const dims = { batch: 1, m: 1, n: b.size, k: dy.size, transposeB: attributes.transposeA };
    return [plain[0], ...gradsTogether(xs, dy, (db) => matmulKernel(dy, a, db, dims))];
  },
});

/** Which side is read as its transpose, and what is added. */
export type MatmulOptions = Partial<Transposes> & WithBias;

/**
 * a (…, M, K) @ b (…, K, N) → (…, M, N), plus the bias (N) where there is one. `transposeA` reads a as (…, K, M),
 * `transposeB` b as (…, N, K). Leading axes broadcast. Throws when the inner sizes differ.
 */
export function matmul(a: Tensor, b: Tensor, options: MatmulOptions = {}): Tensor {
  const { transposeA = false, transposeB = false, bias } = options;
  checkInputs({ name: "matmul" }, bias ? [a, b, bias] : [a, b]);
  if (a.shape.length < 2 || b.shape.length < 2)
    throw shapeError("matmul", "a and b must have two axes or more", [a.shape, b.shape], "reshape adds one.");
  // Aᵀ·Bᵀ has no kernel of its own: nothing in a network needs it, so it pays one transposition.
  if (transposeA && transposeB) return matmul(transpose(a), b, { transposeB, bias });
  const lead = broadcastShapes("matmul", a.shape.slice(0, -2), b.shape.slice(0, -2));
  const [left, right, sides] = [stretched(a, lead), stretched(b, lead), { transposeA, transposeB }];
  return bias ? matmulOp(left, right, bias, sides) : matmulOp(left, right, sides);
}

/** Kernels take one matrix for all or one for each; what lies between is repeated. */
function stretched(x: Tensor, lead: Shape): Tensor {
  const own = sizeOf(x.shape.slice(0, -2));
  if (own === 1 || own === sizeOf(lead)) return x;
  return broadcastTo(x, { shape: [...lead, ...x.shape.slice(-2)] });
}

function lastTwo(shape: Shape, swapped: boolean): [number, number] {
  const [rows, columns] = [shape.at(-2)!, shape.at(-1)!];
  return swapped ? [columns, rows] : [rows, columns];
}
