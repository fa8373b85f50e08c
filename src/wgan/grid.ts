// Lays a batch of generated images out as one picture. Images stay as they are, but those of MNIST's kind become dark ink
// on white paper: in training ink is +1 and paper -1, and the picture shows the negative, like matplotlib's gray_r.

/** A picture, row by row from the top: one byte a pixel for grey (255 is white), or three for red, green, blue. */
export interface Picture {
  bytes: Uint8ClampedArray;
  width: number;
  height: number;
}

/** The white gap between two tiles, in pixels. */
const gap = 2;

/** 1 for a grey picture, 3 for one in colours. Throws RangeError if its bytes are neither. */
export function channelsOf({ bytes, width, height }: Picture): 1 | 3 {
  const channels = bytes.length / (width * height);
  if (channels === 1 || channels === 3) return channels;
  throw new RangeError(
    `picture: ${bytes.length} bytes for ${width}x${height} pixels, expected one or three a pixel.`,
  );
}

/** The squarest grid with room for `count` tiles, at least as wide as it is high. */
export function squareGrid(count: number): { rows: number; columns: number } {
  const columns = Math.ceil(Math.sqrt(count));
  return { rows: Math.ceil(count / columns), columns };
}

/**
 * Tiles images (N, H, W, C), `shape` being the last three, into rows x columns, row by row. Values go from -1 to 1.
 * As ink, which is of one channel, -1 becomes white (255) and +1 black (0); else -1 becomes 0 and +1 255. Values outside
 * are clamped, NaN is black. Places without an image stay white.
 * Throws RangeError if the values aren't whole images of one or three channels, or more than the grid holds.
 */
export function imageGrid(
  values: Float32Array,
  rows: number,
  columns: number,
  shape: readonly number[] = [28, 28, 1],
  asInk = true,
): Picture {
  const [height, width, channels] = shape;
  const count = values.length / (height * width * channels);
  if (!Number.isInteger(count) || count > rows * columns || (channels !== 1 && channels !== 3)) {
    throw new RangeError(
      `imageGrid: ${values.length} values are ${count} images of ${shape.join("x")}, ` +
        `expected a whole number up to ${rows}x${columns}, of one or three channels.`,
    );
  }
  const across = columns * (width + gap) - gap;
  const down = rows * (height + gap) - gap;
  const bytes = new Uint8ClampedArray(across * down * channels).fill(255);
  for (let image = 0; image < count; image++) {
    const top = Math.floor(image / columns) * (height + gap);
    const left = (image % columns) * (width + gap);
    for (let y = 0; y < height; y++) {
      const from = (image * height + y) * width * channels;
      const to = ((top + y) * across + left) * channels;
      for (let i = 0; i < width * channels; i++) {
        const value = values[from + i];
        bytes[to + i] = (asInk && channels === 1 ? 1 - value : value + 1) * 127.5;
      }
    }
  }
  return { bytes, width: across, height: down };
}
