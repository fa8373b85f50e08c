// Writes a picture as a PNG, one byte a pixel for grey or three for colours, and reads back what it wrote.
// pngjs does the deflating; this file keeps its options in one place.
import { PNG } from "pngjs";
import { channelsOf, type Picture } from "../wgan/grid";

/** The bytes of a PNG file, grey or RGB as the picture is. Throws RangeError if its bytes are neither. */
export function encodePng(picture: Picture): Buffer {
  const colorType = channelsOf(picture) === 1 ? 0 : 2;
  const { bytes, width, height } = picture;
  const png = new PNG({ width, height });
  png.data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return PNG.sync.write(png, { colorType, inputColorType: colorType, inputHasAlpha: false });
}

/** The picture in a PNG file, grey where the file is; transparency is left out. Throws Error if it is no sound PNG. */
export function decodePng(file: Uint8Array): Picture {
  const png = PNG.sync.read(Buffer.from(file.buffer, file.byteOffset, file.byteLength));
  const channels = (png as PNG & { color: boolean }).color ? 3 : 1;
  const bytes = new Uint8ClampedArray(png.width * png.height * channels);
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = png.data[Math.floor(i / channels) * 4 + (i % channels)];
  }
  return { bytes, width: png.width, height: png.height };
}
