// Lays a batch of generated images out as one picture, dark ink on white paper, for the eye.
// Training works on ink = +1 and paper = -1; a picture shows the negative, like matplotlib's gray_r.

/** A grey picture, row by row, one byte a pixel: 255 is white. */
export interface GreyPicture {
  bytes: Uint8ClampedArray;
  width: number;
  height: number;
}

/** The white gap between two tiles, in pixels. */
const gap = 2;

/** The squarest grid with room for `count` tiles, at least as wide as it is high. */
export function squareGrid(count: number): { rows: number; columns: number } {
  const columns = Math.ceil(Math.sqrt(count));
  return { rows: Math.ceil(count / columns), columns };
}

/**
 * Tiles images (N, size, size, 1) of values in [-1, 1] into rows x columns, row by row: -1 becomes white (255)
 * and +1 black (0), values outside are clamped, NaN is black. Places without an image stay white.
 * Throws RangeError if the values aren't whole images, or more than the grid holds.
 */
export function imageGrid(values: Float32Array, rows: number, columns: number, size = 28): GreyPicture {
  const count = values.length / (size * size);
  if (!Number.isInteger(count) || count > rows * columns) {
    throw new RangeError(
      `imageGrid: ${values.length} values are ${count} images of ${size}x${size}, ` +
        `expected a whole number up to ${rows}x${columns}.`,
    );
  }
  const width = columns * (size + gap) - gap;
  const height = rows * (size + gap) - gap;
  const bytes = new Uint8ClampedArray(width * height).fill(255);
  for (let image = 0; image < count; image++) {
    const top = Math.floor(image / columns) * (size + gap);
    const left = (image % columns) * (size + gap);
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        const value = values[(image * size + y) * size + x];
        bytes[(top + y) * width + left + x] = (1 - value) * 127.5;
      }
    }
  }
  return { bytes, width, height };
}
