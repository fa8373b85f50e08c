// For points that should be of a mixture of normal distributions: how many of its modes they hit, and how many points
// are near a mode (Srivastava et al. 2017, VEEGAN).
import { nearest, type Rows } from "./rows";

export interface ModeCount {
  /** Modes that are the nearest of some point within three deviations. */
  modes: number;
  /** Points within three deviations of a mode. Of the mixture itself in the plane it is 1 − exp(−9/2), 98.9 %. */
  share: number;
}

export function countModes(points: Rows, centres: Rows, deviation: number): ModeCount {
  const { places, distances } = nearest(points, centres);
  const close = places.filter((_, i) => distances[i] <= 3 * deviation);
  return { modes: new Set(close).size, share: close.length / points.count };
}
