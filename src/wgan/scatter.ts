// Draws points of the plane as dots: what a grid of images is for two-dimensional toys.
// The window is fixed, so that the pictures of a run can be compared; points outside of it aren't shown.
import type { Picture } from "./grid";

/** Points (N, 2), x and y by turns, and how they are drawn: each channel of the colour from 0 to 255. */
export interface Dots {
  points: Float32Array;
  colour: readonly [red: number, green: number, blue: number];
}

/** Half the window's side: all three toys, as Gulrajani et al. scale them, lie within 2 of the origin. */
export const toyExtent = 2.25;
export const dataColour = [232, 119, 34] as const;
export const generatedColour = [24, 117, 74] as const;

const radius = 1.75; // pixels
const opacity = 0.75;

/** A square picture of `size` pixels a side, of the window from -extent to extent; later dots lie over earlier ones. */
export function scatterPicture(layers: readonly Dots[], size = 320, extent = toyExtent): Picture {
  const bytes = new Uint8ClampedArray(size * size * 3).fill(255);
  const scale = size / (2 * extent);
  for (const { points, colour } of layers) {
    for (let i = 0; i + 1 < points.length; i += 2) {
      const [x, y] = [(points[i] + extent) * scale, (extent - points[i + 1]) * scale];
      if (x >= 0 && x < size && y >= 0 && y < size) stamp(x, y, colour);
    }
  }
  return { bytes, width: size, height: size };

  /** One dot about a place in pixels, its rim smoothed by how much of each pixel it covers. */
  function stamp(x: number, y: number, colour: Dots["colour"]): void {
    const reach = radius + 0.5;
    for (let row = Math.max(0, Math.floor(y - reach)); row < Math.min(size, y + reach); row++) {
      for (let column = Math.max(0, Math.floor(x - reach)); column < Math.min(size, x + reach); column++) {
        const distance = Math.hypot(column + 0.5 - x, row + 0.5 - y);
        const weight = opacity * Math.min(1, Math.max(0, reach - distance));
        for (let channel = 0; channel < 3; channel++) {
          const at = (row * size + column) * 3 + channel;
          bytes[at] += weight * (colour[channel] - bytes[at]);
        }
      }
    }
  }
}
