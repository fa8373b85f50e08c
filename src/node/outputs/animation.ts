// training.gif: the same latent vectors over time, the step written in each frame.
// All frames share one palette, so that what does not change does not flicker either.
import gifenc from "gifenc";
import { evenly } from "../../wgan/curves";
import { channelsOf, type Picture } from "../../wgan/grid";
import { withStep } from "../../wgan/label";

export interface Frame {
  step: number;
  picture: Picture;
}

/** The most frames that an animation has: choose with `evenly` before pictures are read, where there are more. */
export const mostFrames = 120;
/** The most pixels of all frames, but for ten that large pictures have as well: some bytes and ten milliseconds each 20,000. */
const mostPixels = 16_000_000;

const wholeDuration = 12_000; // milliseconds, of all frames but the last
const lastFrame = 3000;
/** Shades of grey: to the eye no fewer than 256, and the file is smaller. */
const greys = 32;

/**
 * The bytes of a GIF that shows the pictures for ever, at most `mostFrames` of them at even distances, of large ones
 * fewer. The last one stays longer. Throws RangeError without a frame, or if their sizes differ.
 */
export function animation(frames: readonly Frame[]): Uint8Array {
  const [first] = frames;
  if (!first) throw new RangeError("animation: no frames, expected at least one.");
  const fitting = Math.floor(mostPixels / (first.picture.width * first.picture.height));
  const chosen = evenly(frames, Math.min(mostFrames, Math.max(10, fitting)));
  const odd = chosen.find(({ picture }) => sizes(picture) !== sizes(first.picture));
  if (odd) {
    throw new RangeError(
      `animation: the picture of step ${odd.step} is ${sizes(odd.picture)}, that of step ${first.step} ${sizes(first.picture)}.`,
    );
  }
  const longest = Math.max(...chosen.map(({ step }) => step));
  const { palette, indices } = coloursOf(chosen);
  const gif = gifenc.GIFEncoder();
  const delay = Math.min(500, Math.max(60, wholeDuration / chosen.length));
  for (const [i, { step, picture }] of chosen.entries()) {
    const labelled = withStep(picture, step, longest);
    gif.writeFrame(indices(labelled), labelled.width, labelled.height, {
      palette: i === 0 ? palette : undefined,
      delay: i === chosen.length - 1 ? lastFrame : delay,
      repeat: 0,
    });
  }
  gif.finish();
  return gif.bytes();
}

const sizes = (picture: Picture) => `${picture.width}x${picture.height}x${channelsOf(picture)}`;

/** A palette for all frames, and how a picture is said in it. */
function coloursOf(frames: readonly Frame[]): {
  palette: number[][];
  indices(picture: Picture): Uint8Array;
} {
  if (channelsOf(frames[0].picture) === 1) {
    const grey = (index: number) => Math.round((index * 255) / (greys - 1));
    const nearest = Uint8Array.from({ length: 256 }, (_, byte) => Math.round((byte * (greys - 1)) / 255));
    return {
      palette: Array.from({ length: greys }, (_, index) => [grey(index), grey(index), grey(index)]),
      indices: ({ bytes }) => new Uint8Array(bytes.length).map((_, i) => nearest[bytes[i]]),
    };
  }
  // Sixteen frames tell the colours of all.
  const some = evenly(frames, 16).map(({ step, picture }) => rgba(withStep(picture, step)));
  const together = new Uint8Array(some.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const pixels of some) {
    together.set(pixels, at);
    at += pixels.length;
  }
  const palette = gifenc.quantize(together, 256, { format: "rgb565" });
  return { palette, indices: (picture) => gifenc.applyPalette(rgba(picture), palette, "rgb565") };
}

function rgba({ bytes, width, height }: Picture): Uint8Array {
  const pixels = new Uint8Array(width * height * 4).fill(255);
  for (let i = 0; i < width * height; i++) pixels.set(bytes.subarray(3 * i, 3 * i + 3), 4 * i);
  return pixels;
}
