// Writes a grey picture as a PNG, one byte a pixel.
// pngjs does the deflating; this file keeps its options in one place.
import { PNG } from "pngjs";
import type { GreyPicture } from "../wgan/grid";

/** The bytes of a greyscale PNG file. Throws RangeError if the picture's bytes aren't width * height. */
export function encodePng({ bytes, width, height }: GreyPicture): Buffer {
  if (bytes.length !== width * height) {
    throw new RangeError(`encodePng: ${bytes.length} bytes for ${width}x${height} pixels.`);
  }
  const png = new PNG({ width, height });
  png.data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return PNG.sync.write(png, { colorType: 0, inputColorType: 0, inputHasAlpha: false });
}
