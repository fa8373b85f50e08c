// Pictures of samples beside each other, for an experiment's page.
import { channelsOf } from "../../wgan/grid";
import { decodePng, encodePng } from "../png";

/** Pixels between two pictures. */
const gap = 12;

/** PNG files of one size in a row, as one PNG's bytes. */
export function pictureRow(files: readonly Uint8Array[]): Uint8Array {
  const pictures = files.map((file) => decodePng(file));
  const { width, height } = pictures[0];
  const channels = channelsOf(pictures[0]);
  const whole = (width + gap) * pictures.length - gap;
  const bytes = new Uint8ClampedArray(whole * height * channels).fill(255);
  pictures.forEach((picture, i) => {
    for (let y = 0; y < height; y++)
      bytes.set(
        picture.bytes.subarray(y * width * channels, (y + 1) * width * channels),
        (y * whole + i * (width + gap)) * channels,
      );
  });
  return encodePng({ bytes, width: whole, height });
}
