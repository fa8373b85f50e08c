// The ladder of the matrix product C = A · B, from one number a thread to the engine's own kernel.
import { gpu } from "../gpu/gpu";
import { matmul } from "../kernels/matmul";
import { by, type Ladder, rung } from "./ladder";
import type { LadderShader } from "./shaders";

/** m is free, n a multiple of 4 and k one of 64, which keeps the rungs free of checks that teach nothing. */
export function matmulLadder(m: number, n: number, k: number): Ladder {
  if (n % 4 !== 0 || k % 64 !== 0) throw new Error(`ladder: n % 4 and k % 64 must be 0, got ${n}, ${k}.`);
  const [params, work] = [{ m, n, k }, 2 * m * n * k];
  /** `tile`: the rows and columns of one workgroup. */
  const step = (name: string, shader: LadderShader, tile: number[], constants = {}, aside = false) =>
    rung(name, shader, { constants, params, work, grid: [n / tile[1], m / tile[0]] }, aside);
  const rungs = [
    step("one number a thread", "matmul_scalar", [8, 8]),
    step("1 x 4 a thread, vec4 loads", "matmul_vec4", [8, 32]),
    step("4 x 4 a thread, in registers", "matmul_registers", [32, 32], { ROWS: 4 }),
    step("8 x 4 a thread, in registers", "matmul_registers", [64, 32], { ROWS: 8 }),
    step("4 x 4 a thread, tiles in workgroup memory", "matmul_workgroup", [32, 32]),
  ];
  const { subgroupSize, sized } = gpu().info;
  const lanes = sized ? 0 : subgroupSize; // these shaders do not ask for a size
  // The rows of A have to fill the lanes, and the rungs keep at most 16 vec4 of A a lane.
  if (lanes >= 4 && lanes <= 64) {
    const least = (rows: number) => Math.max(1, lanes / rows);
    const shuffled = (name: string, STEPS: number, SUBGROUPS: number, aside: boolean) => {
      const constants = { SG: lanes, STEPS, SUBGROUPS };
      return step(name, "matmul_subgroup", [16, 4 * lanes * SUBGROUPS], constants, aside);
    };
    const blocks = (name: string, ROWS: number) =>
      step(name, "matmul_blocks", [ROWS, 4 * lanes], { SG: lanes, ROWS, STEPS: least(ROWS) });
    rungs.push(
      shuffled("16 rows a subgroup, A by shuffles", least(16), 1, false),
      shuffled("the same, sum unrolled 4 times as far", 4 * least(16), 1, true),
      shuffled("the same, 4 subgroups a workgroup", least(16), 4, true),
      blocks("16 rows, four steps at a time", 16),
      blocks("32 rows, four steps at a time", 32),
    );
  }
  rungs.push({ name: "the engine", run: (a, b, c) => matmul(a, b, c, { batch: 1, m, n, k }) });
  return {
    title: `matrix product, ${by(m, k)} by ${by(k, n)}`,
    work,
    shapes: { a: [m, k], b: [k, n], c: [m, n] },
    *terms(index) {
      const [row, column] = [Math.floor(index / n), index % n];
      for (let i = 0; i < k; i++) yield [row * k + i, i * n + column];
    },
    rungs,
  };
}
