// Judges a generator of points: the modes that it hits, and the exact distance of its points from the toy's, beside the
// critic's estimate of that distance.
import { countModes } from "../measures/mixture";
import { rowsOf, slice } from "../measures/rows";
import { wasserstein } from "../measures/wasserstein";
import type { RunConfig } from "./config";
import { DRAWS, type Figure, type Hear, type Judgement } from "./judging";
import { drawToy, modesOf, type ToyName } from "./toys";

/** Points that modes are counted in, as in the published tables, and points that are paired off. */
export const COUNTED = 2500;
const PAIRED = 500;
/** Seeds of the toy's draws, none that a run trains on. */
const FIRST_SEED = 1000;

const clipped =
  "the critic's weights are clipped: its estimate is the distance times a constant that nobody knows";
/** What the critic's estimate is, by what it was trained by. */
const estimates: Record<RunConfig["objective"]["kind"], string> = {
  tutorial: clipped,
  wgan: clipped,
  "wgan-gp":
    "the critic's slope is only near 1, so that its estimate is near the distance, and no bound of it",
  gan: "the critic tells real from fake, and its slope is held by nothing: its estimate is no distance",
};

export interface JudgedPoints {
  toy: ToyName;
  /** Points (x, y, x, y…) of a new draw. */
  draw: (count: number) => Promise<Float32Array>;
  /** The mean of the critic over points; none where the run has no critic. */
  criticMean?: (points: Float32Array) => Promise<number>;
  /** What the critic was trained by, which says what its estimate is. */
  objective: RunConfig["objective"]["kind"];
  hear: Hear;
}

/** Points beside others of the toy: their distance, and where the toy has modes, how many are hit and the share near one. */
export function pointFigures(toy: ToyName, points: Float32Array, reference: Float32Array) {
  const found = modesOf(toy);
  const [a, b] = [points, reference].map((each) => slice(rowsOf(each, 2), 0, PAIRED));
  return {
    distance: wasserstein(a, b),
    hit: found && countModes(rowsOf(points, 2), rowsOf(found.centres, 2), found.deviation),
  };
}

export async function judgePoints(judged: JudgedPoints): Promise<Judgement> {
  const { toy, draw, criticMean, objective, hear } = judged;
  const found = modesOf(toy);
  const figure = (name: string, decimals: number): Figure => ({ name, decimals, generated: [], real: [] });
  const modes = figure(`modes hit, of ${(found?.centres.length ?? 0) / 2}`, 1);
  const share = figure("within 3 deviations of one, %", 1);
  const distance = figure("Wasserstein-1 distance", 4);
  const estimate = figure("the critic's estimate of it", 4);
  const about = `${DRAWS} draws of ${COUNTED} points`;
  for (let i = 0; i < DRAWS; i++) {
    hear(about, i, DRAWS);
    const fresh = (which: number) => drawToy(toy, COUNTED, FIRST_SEED + 2 * i + which).points;
    const reference = fresh(0);
    for (const [side, points] of [
      ["generated", await draw(COUNTED)],
      ["real", fresh(1)],
    ] as const) {
      const figures = pointFigures(toy, points, reference);
      if (figures.hit) {
        modes[side].push(figures.hit.modes);
        share[side].push(100 * figures.hit.share);
      }
      distance[side].push(figures.distance);
      if (criticMean) estimate[side].push((await criticMean(reference)) - (await criticMean(points)));
    }
  }
  return {
    about: `${about}, ${PAIRED} of them paired off with as many of the toy`,
    figures: [...(found ? [modes, share] : []), distance, ...(criticMean ? [estimate] : [])],
    notes: [
      ...(found ? ["of the toy itself 98.9 % lie within 3 deviations: 1 − exp(−9/2)"] : []),
      criticMean ? estimates[objective] : "the critic's estimate of it is left out: the run has no critic",
    ],
  };
}
