// The ladder of the matrix product C = A · B, from one number a thread to the engine's own kernel.

import { gpu } from "../../gpu/gpu";
import { type Block, dispatch } from "../block";
import { matmul } from "../matmul";
import type { LadderShader } from "./shaders";
import "./shaders";
import { by, type Ladder, type Rung } from "./ladder";

/** Outputs of one workgroup: rows and columns. */
type Tile = readonly [number, number];

/** m is free, n a multiple of 4 and k one of 64, which keeps the rungs free of checks that teach nothing. */
export function matmulLadder(m: number, n: number, k: number): Ladder {
  if (n % 4 !== 0 || k % 64 !== 0)
    throw new Error(`ladder: n must be a multiple of 4 and k of 64, got ${n}, ${k}.`);
  const rung = (
    name: string,
    shader: LadderShader,
    [height, width]: Tile,
    constants: Record<string, number> = {},
    aside = false,
  ): Rung => ({
    ...{ name, aside },
    run: (a: Block, b: Block, c: Block) =>
      dispatch({
        ...{ shader, constants, entry: "main", params: { m, n, k }, work: 2 * m * n * k },
        reads: [a.storage, b.storage],
        writes: [c.storage],
        grid: [Math.ceil(n / width), Math.ceil(m / height)],
      }),
  });
  const rungs = [
    rung("one number a thread", "ladder/matmul_scalar", [8, 8]),
    rung("1 x 4 a thread, vec4 loads", "ladder/matmul_vec4", [8, 32]),
    rung("4 x 4 a thread, in registers", "ladder/matmul_registers", [32, 32], { ROWS: 4 }),
    rung("8 x 4 a thread, in registers", "ladder/matmul_registers", [64, 32], { ROWS: 8 }),
    rung("4 x 4 a thread, tiles in workgroup memory", "ladder/matmul_workgroup", [32, 32]),
  ];
  const { subgroupSize, sized } = gpu().info;
  const lanes = sized ? 0 : subgroupSize; // these shaders do not ask for a size
  // The rows of A have to fill the lanes, and the rungs keep at most 16 vec4 of A a lane.
  if (lanes >= 4 && lanes <= 64) {
    const least = (rows: number) => Math.max(1, lanes / rows);
    const shuffled = (name: string, steps: number, subgroups: number, aside: boolean) =>
      rung(
        name,
        "ladder/matmul_subgroup",
        [16, 4 * lanes * subgroups],
        { SG: lanes, STEPS: steps, SUBGROUPS: subgroups },
        aside,
      );
    const blocks = (name: string, rows: number) =>
      rung(name, "ladder/matmul_blocks", [rows, 4 * lanes], { SG: lanes, ROWS: rows, STEPS: least(rows) });
    rungs.push(
      shuffled("16 rows a subgroup, A by shuffles", least(16), 1, false),
      shuffled("the same, sum unrolled 4 times as far", 4 * least(16), 1, true),
      shuffled("the same, 4 subgroups a workgroup", least(16), 4, true),
      blocks("16 rows, four steps at a time", 16),
      blocks("32 rows, four steps at a time", 32),
    );
  }
  const sides = { transposeA: false, transposeB: false, strideA: 0, strideB: 0 };
  rungs.push({ name: "the engine", run: (a, b, c) => matmul(a, b, c, { batch: 1, m, n, k, ...sides }) });
  return {
    title: `matrix product, ${by(m, k)} by ${by(k, n)}`,
    work: 2 * m * n * k,
    shapes: { a: [m, k], b: [k, n], c: [m, n] },
    exact: (a, b, index) => {
      const [row, column] = [Math.floor(index / n), index % n];
      let [value, scale] = [0, 0];
      for (let i = 0; i < k; i++) {
        const term = a[row * k + i] * b[i * n + column];
        value += term;
        scale += Math.abs(term);
      }
      return { value, scale };
    },
    rungs,
  };
}
