// The two-dimensional toys on which one can see what a critic does: points of a known density.
// They are those of the program of Gulrajani et al. 2017 (https://arxiv.org/abs/1704.00028, figure 2).
import { HostRandom } from "../kernels/threefry";

/** The names of all toys. */
export const toyNames = ["8gaussians", "25gaussians", "swissroll"] as const;
/** The name of a toy. */
export type ToyName = (typeof toyNames)[number];

/** Points in the plane. */
export interface PointDataset {
  kind: "points";
  /** (count, 2), about within [-1.5, 1.5] for the ring and the roll, within [-1.5, 1.5] for the grid. */
  points: Float32Array;
  count: number;
  /** For the run's record: the toy's name. */
  source: string;
}

/** `count` points of a toy, by the seed. */
export function drawToy(name: ToyName, count: number, seed: number): PointDataset {
  const random = new HostRandom(seed);
  const points = new Float32Array(2 * count);
  for (let i = 0; i < count; i++) points.set(toys[name](random), 2 * i);
  return { kind: "points", points, count, source: name };
}

/** A mixture of normal distributions of one deviation, and what the plane is divided by. */
interface Mixture {
  centres: readonly (readonly [x: number, y: number])[];
  deviation: number;
  scale: number;
}

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

/** A ring of eight: radius 2, deviation 0.02, all over 1.414. */
const ring: Mixture = {
  centres: numbers(8).map((i) => [2 * Math.cos((Math.PI / 4) * i), 2 * Math.sin((Math.PI / 4) * i)]),
  deviation: 0.02,
  // biome-ignore lint/suspicious/noApproximativeNumericConstant: the source writes these digits
  scale: 1.414,
};

/** A grid of five by five: spacing 2, deviation 0.05, all over 2.828. */
const grid: Mixture = {
  centres: numbers(25).map((i) => [2 * (Math.floor(i / 5) - 2), 2 * ((i % 5) - 2)]),
  deviation: 0.05,
  scale: 2.828,
};

function pointOf(
  { centres, deviation, scale }: Mixture,
  which: number,
  random: HostRandom,
): [number, number] {
  const [x, y] = centres[which];
  return [(x + deviation * random.normal()) / scale, (y + deviation * random.normal()) / scale];
}

const toys: Record<ToyName, (random: HostRandom) => [x: number, y: number]> = {
  "8gaussians": (random) => pointOf(ring, random.integer(8), random),
  "25gaussians": (random) => pointOf(grid, 5 * random.integer(5) + random.integer(5), random),
  /** The roll seen from its end: one and a half turns of a spiral, noise 0.25, all over 7.5. */
  swissroll: (random) => {
    const t = 1.5 * Math.PI * (1 + 2 * random.uniform());
    const [x, y] = [t * Math.cos(t), t * Math.sin(t)];
    return [(x + 0.25 * random.normal()) / 7.5, (y + 0.25 * random.normal()) / 7.5];
  },
};

/** The modes of a toy as its points have them, centres x, y, x, y… and their deviation; of the roll there are none. */
export function modesOf(name: ToyName): { centres: Float64Array; deviation: number } | undefined {
  if (name === "swissroll") return undefined;
  const { centres, deviation, scale } = name === "8gaussians" ? ring : grid;
  return { centres: Float64Array.from(centres.flat(), (x) => x / scale), deviation: deviation / scale };
}
