// What a ladder is: one product in several forms, each checked against float64 sums and timed side by side.
import { gpu } from "../gpu/gpu";
import {
  allocate,
  type Block,
  type Dispatch,
  dispatch,
  download,
  product,
  release,
  upload,
} from "../kernels/block";
import { Profiler } from "../kernels/measuring/profiler";
import { kernelSpan } from "../kernels/measuring/summary";
import { HostRandom } from "../kernels/threefry";
import { inTable, type LadderShader } from "./shaders";

export interface Rung {
  name: string;
  /** Records the kernel: c from a and b. */
  run(a: Block, b: Block, c: Block): void;
  /** Whether it is a step that one would try and that gains little or loses. */
  aside?: boolean;
}

export interface Ladder {
  /** What is computed, with its sizes. */
  title: string;
  /** Floating-point operations that the result needs. */
  work: number;
  shapes: { a: readonly number[]; b: readonly number[]; c: readonly number[] };
  /** Which numbers of a and of b make up number `index` of c: the sum of their products. */
  terms(index: number): Iterable<readonly [a: number, b: number]>;
  rungs: Rung[];
}

/** A rung that is one shader; `grid` is rounded up. */
export function rung(
  name: string,
  shader: LadderShader,
  call: Pick<Dispatch, "constants" | "params" | "work"> & { grid: readonly number[] },
  aside = false,
): Rung {
  const [x, y, z = 1] = call.grid.map(Math.ceil);
  return {
    ...{ name, aside },
    run: (a, b, c) =>
      dispatch({
        ...{ ...call, shader: inTable(shader), entry: "main", grid: [x, y, z] },
        ...{ reads: [a.storage, b.storage], writes: [c.storage] },
      }),
  };
}

export interface Climbed {
  rung: Rung;
  /** Median of the rounds, in milliseconds. */
  ms: number;
  /** Largest error of all numbers checked, as a part of the sum of their terms' magnitudes. */
  error: number;
}

/** What an f32 sum may be off, as a part of the sum of its terms' magnitudes. */
const TOLERANCE = 1e-5;
/** So many results are checked, drawn at random where there are more: float64 sums on the host are slow. */
const SAMPLES = 2048;

/** Checks every rung and times them in rounds, one after the other in each. Throws when a rung computes wrongly. */
export async function climb(ladder: Ladder, rounds: number): Promise<Climbed[]> {
  const random = new HostRandom(1);
  const numbers = (shape: readonly number[]) =>
    Float32Array.from({ length: product(shape) }, () => 2 * random.uniform() - 1);
  const { shapes, rungs } = ladder;
  const values = { a: numbers(shapes.a), b: numbers(shapes.b) };
  const [a, b, c] = [block(shapes.a), block(shapes.b), block(shapes.c)];
  try {
    upload(values.a, a.storage);
    upload(values.b, b.storage);
    const samples = Array.from({ length: Math.min(c.size, SAMPLES) }, (_, i) => {
      const index = c.size <= SAMPLES ? i : Math.floor(random.uniform() * c.size);
      return { index, ...exact(ladder.terms(index), values.a, values.b) };
    });
    const errors: number[] = [];
    for (const rung of rungs) {
      upload(new Float32Array(c.size).fill(Number.NaN), c.storage); // what no thread writes must show
      rung.run(a, b, c);
      const got = await download(c.storage, c.size, "f32");
      const off = samples.map(({ index, value, scale }) => Math.abs(got[index] - value) / (scale || 1));
      const bad = off.findIndex((error) => !(error <= TOLERANCE));
      if (bad >= 0 || got.some(Number.isNaN)) {
        const { index, value } = samples[Math.max(bad, 0)];
        throw new Error(`ladder: ${rung.name}: number ${index} is ${got[index]}, expected ${value}.`);
      }
      errors.push(Math.max(0, ...off));
    }
    const times: number[][] = rungs.map(() => []);
    for (let round = 0; round < rounds; round++) {
      for (const [i, rung] of rungs.entries()) {
        const profiler = new Profiler(gpu());
        rung.run(a, b, c);
        times[i].push(kernelSpan(await profiler.stop()));
      }
    }
    return rungs.map((rung, i) => ({ rung, ms: median(times[i]), error: errors[i] }));
  } finally {
    for (const { storage } of [a, b, c]) release(storage);
  }
}

/** A sum of products in float64, and the sum of their magnitudes, which bounds rounding. */
function exact(terms: ReturnType<Ladder["terms"]>, a: Float32Array, b: Float32Array) {
  let [value, scale] = [0, 0];
  for (const [i, j] of terms) {
    value += a[i] * b[j];
    scale += Math.abs(a[i] * b[j]);
  }
  return { value, scale };
}

/** Sizes as titles say them: 64 x 64. */
export const by = (...sizes: number[]): string => sizes.join(" x ");

function block(shape: readonly number[]): Block {
  const size = product(shape);
  return { storage: allocate(size, "ladder"), shape: [...shape], size, dtype: "f32" };
}

const median = (numbers: number[]): number =>
  numbers.toSorted((x, y) => x - y)[Math.floor(numbers.length / 2)];
