// One picture of what a generator made, whatever that is: images in a grid, or points of the plane as dots.
import { imageGrid, type Picture } from "./grid";
import { generatedColour, scatterPicture } from "./scatter";

/** Of samples (N, …shape): `shape` is (H, W, C), or 2 for points, which need no `rows`, `columns` and `range`. */
export function samplePicture(
  samples: Float32Array,
  {
    shape,
    range,
    rows,
    columns,
  }: { shape: readonly number[]; range: "signed" | "unit"; rows: number; columns: number },
): Picture {
  if (shape.length === 1) return scatterPicture([{ points: samples, colour: generatedColour }]);
  return imageGrid(samples, rows, columns, shape, range);
}
