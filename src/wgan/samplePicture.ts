// One picture of what a generator made, whatever that is: images in a grid, or points of the plane as dots.
import { isInk } from "./dataset";
import { imageGrid, type Picture } from "./grid";
import { generatedColour, scatterPicture } from "./scatter";

/**
 * Of samples (N, …shape) of a model that was trained on such data: `shape` is (H, W, C), with values from -1 to 1, or 2
 * for points, which need no grid. Of MNIST's kind, grey images are ink on paper.
 */
export function samplePicture(
  samples: Float32Array,
  { shape, source }: { shape: readonly number[]; source: string },
  rows: number,
  columns: number,
): Picture {
  if (shape.length === 1) return scatterPicture([{ points: samples, colour: generatedColour }]);
  return imageGrid(samples, rows, columns, shape, isInk(source));
}
