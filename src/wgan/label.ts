// Writes "step 1200" above a picture. It needs only fourteen signs, so it has its own, and no font.
// A glyph is 5x7 pixels; a row is a number of five bits, the leftmost pixel first.
import { channelsOf, type Picture } from "./grid";

const glyphs: Record<string, readonly number[]> = {
  "0": [0b01110, 0b10001, 0b10011, 0b10101, 0b11001, 0b10001, 0b01110],
  "1": [0b00100, 0b01100, 0b00100, 0b00100, 0b00100, 0b00100, 0b01110],
  "2": [0b01110, 0b10001, 0b00001, 0b00110, 0b01000, 0b10000, 0b11111],
  "3": [0b11110, 0b00001, 0b00001, 0b01110, 0b00001, 0b00001, 0b11110],
  "4": [0b00010, 0b00110, 0b01010, 0b10010, 0b11111, 0b00010, 0b00010],
  "5": [0b11111, 0b10000, 0b11110, 0b00001, 0b00001, 0b10001, 0b01110],
  "6": [0b00110, 0b01000, 0b10000, 0b11110, 0b10001, 0b10001, 0b01110],
  "7": [0b11111, 0b00001, 0b00010, 0b00100, 0b01000, 0b01000, 0b01000],
  "8": [0b01110, 0b10001, 0b10001, 0b01110, 0b10001, 0b10001, 0b01110],
  "9": [0b01110, 0b10001, 0b10001, 0b01111, 0b00001, 0b00010, 0b01100],
  s: [0b00000, 0b00000, 0b01111, 0b10000, 0b01110, 0b00001, 0b11110],
  t: [0b01000, 0b01000, 0b11100, 0b01000, 0b01000, 0b01001, 0b00110],
  e: [0b00000, 0b00000, 0b01110, 0b10001, 0b11111, 0b10000, 0b01110],
  p: [0b00000, 0b00000, 0b11110, 0b10001, 0b11110, 0b10000, 0b10000],
  " ": [0, 0, 0, 0, 0, 0, 0],
};

/** Pixels of the picture for one of a glyph. */
const scale = 2;
const advance = 6 * scale;
const margin = 4;
/** The height of the strip with the text. */
export const labelHeight = 7 * scale + 2 * margin;

/**
 * A copy of the picture below a white strip with `step N`, widened to the right where the text needs more room, or
 * would need it for the step `longest`.
 */
export function withStep(picture: Picture, step: number, longest = step): Picture {
  const channels = channelsOf(picture);
  const text = `step ${step}`;
  const width = Math.max(picture.width, 2 * margin + `step ${longest}`.length * advance);
  const height = picture.height + labelHeight;
  const bytes = new Uint8ClampedArray(width * height * channels).fill(255);
  for (let y = 0; y < picture.height; y++) {
    const row = picture.bytes.subarray(y * picture.width * channels, (y + 1) * picture.width * channels);
    bytes.set(row, (y + labelHeight) * width * channels);
  }
  for (const [i, sign] of [...text].entries()) {
    for (let y = 0; y < 7 * scale; y++) {
      for (let x = 0; x < 5 * scale; x++) {
        const ink = (glyphs[sign][Math.floor(y / scale)] >> (4 - Math.floor(x / scale))) & 1;
        const at = ((margin + y) * width + margin + i * advance + x) * channels;
        if (ink) bytes.fill(0, at, at + channels);
      }
    }
  }
  return { bytes, width, height };
}
