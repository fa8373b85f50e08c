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

// biome-ignore lint/suspicious/noApproximativeNumericConstant: the source writes these digits
const ringScale = 1.414;

const toys: Record<ToyName, (random: HostRandom) => [x: number, y: number]> = {
  /** A ring of eight: radius 2, deviation 0.02, all over 1.414. */
  "8gaussians": (random) => {
    const angle = (Math.PI / 4) * random.integer(8);
    const [x, y] = [2 * Math.cos(angle), 2 * Math.sin(angle)];
    return [(x + 0.02 * random.normal()) / ringScale, (y + 0.02 * random.normal()) / ringScale];
  },
  /** A grid of five by five: spacing 2, deviation 0.05, all over 2.828. */
  "25gaussians": (random) => {
    const [x, y] = [2 * (random.integer(5) - 2), 2 * (random.integer(5) - 2)];
    return [(x + 0.05 * random.normal()) / 2.828, (y + 0.05 * random.normal()) / 2.828];
  },
  /** The roll seen from its end: one and a half turns of a spiral, noise 0.25, all over 7.5. */
  swissroll: (random) => {
    const t = 1.5 * Math.PI * (1 + 2 * random.uniform());
    const [x, y] = [t * Math.cos(t), t * Math.sin(t)];
    return [(x + 0.25 * random.normal()) / 7.5, (y + 0.25 * random.normal()) / 7.5];
  },
};
