// One picture of what a generator made, whatever that is: images in a grid, or points of the plane as dots.
import { imageGrid, type Picture } from "./grid";
import { generatedColour, scatterPicture } from "./scatter";

/** Of samples (N, …shape): `shape` is (H, W, C), with values from -1 to 1, or 2 for points, which need no grid. */
export function samplePicture(
  samples: Float32Array,
  shape: readonly number[],
  rows: number,
  columns: number,
): Picture {
  if (shape.length === 1) return scatterPicture([{ points: samples, colour: generatedColour }]);
  return imageGrid(samples, rows, columns, shape);
}
