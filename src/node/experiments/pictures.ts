// Pictures of samples beside each other, for an experiment's page.
import { readFileSync } from "node:fs";
import { InputError } from "../../errors";
import { channelsOf } from "../../wgan/grid";
import { samplesOf } from "../outputs/outputs";
import { decodePng, encodePng } from "../png";
import type { Done } from "./experiment";

/** Pixels between two pictures. */
const gap = 12;

/**
 * The picture that is made of each run's samples, by the names of their files; none where its folder is not here, so that the
 * file that is beside the page stays.
 */
export const picturesOf = (
  runs: readonly Done[],
  file: (run: Done) => string,
  make: (run: Done) => Uint8Array,
): Record<string, Uint8Array> =>
  Object.fromEntries(
    runs.filter(({ path }) => path !== undefined).map((run) => [file(run), make(run)] as const),
  );

/** The pictures of samples of a run's steps, at least one. Throws InputError where its folder has none. */
export function gridsOf({ path }: Done, wanted = (_step: number) => true): { file: string }[] {
  const grids = samplesOf(path!).filter(({ step }) => wanted(step));
  if (grids.length > 0) return grids;
  throw new InputError(`${path}: no samples there any more; remove the folder, and it is trained again.`);
}

/** The last of them. */
export const lastGrid = (run: Done): Uint8Array => readFileSync(gridsOf(run).at(-1)!.file);

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
