// What a judgement of a generator holds: figures of several draws of samples. Beside each stands its floor, the same figure
// of real samples, and notes on what a figure can't say.

/** How many draws there are of generated samples, and of real ones. */
export const DRAWS = 10;
/** Classes whose counts fit on a line; of more they are not shown. */
export const MOST_COUNTED = 30;

/**
 * Is told how far a part of the work is, first with 0. Parts come one after the other, and the steps of a part take about
 * the same time.
 */
export type Hear = (part: string, done: number, of: number) => void;

/** A figure: one value a draw, or one of all draws together. */
export interface Figure {
  name: string;
  /** Decimals to show. */
  decimals: number;
  generated: number[];
  /** Of real samples against real ones, as many of each: what a perfect generator would have. */
  real: number[];
}

export interface Judgement {
  /** How many samples there are of what, in one line. */
  about: string;
  figures: Figure[];
  /** What is to be kept in mind. */
  notes: string[];
  /** Where a classifier judges: how many images it takes for each class, of all draws together. */
  classes?: { names: string[]; generated: number[]; real: number[] };
  /** Of images: those that lie nearest to a training image, and the training images that they lie nearest to. */
  neighbours?: Neighbours;
}

/** Four rows of as many images in [−1, 1], one behind the other: generated, their nearest, real, and their nearest. */
export interface Neighbours {
  pixels: Float32Array;
  columns: number;
}

export const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** The standard deviation of one value, over n − 1; of a single one there is none. */
export function deviationOf(values: readonly number[]): number | undefined {
  if (values.length < 2) return undefined;
  const mean = meanOf(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}
