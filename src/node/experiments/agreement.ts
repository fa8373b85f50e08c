// How far the critic's estimate and the distance of the samples agree over the looks of a run: Spearman's correlation.
import { rankCorrelation } from "../../measures/ranks";
import type { Look } from "./experiment";

/** In two digits. The looks have a Fréchet distance. */
export const agreement = (looks: readonly Look[]): string =>
  rankCorrelation(
    looks.map(({ figures }) => figures.estimate),
    looks.map(({ figures }) => figures.frechet),
  ).toFixed(2);
