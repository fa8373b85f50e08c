// Where sample puts its images: one picture for people, or the bytes that the data would have, for other programs.
import { rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { InputError } from "../errors";
import { encodeIdxImages } from "../formats/idx";
import { encodeNpy } from "../formats/npy";
import type { RunConfig } from "../wgan/config";
import { samplePicture } from "../wgan/samplePicture";
import { makeFolders, reason, requireWritable, writeNamed } from "./files";
import { encodePng } from "./png";
import type { Progress } from "./progress";
import { requireEmpty } from "./runFolder";

type Kind = "picture" | "npy" | "idx" | "folder";

/** More would be a picture that no program opens. */
const mostInPicture = 10_000;

/** What the name asks for. Throws InputError unless such images can be written there. */
export function requireOut(out: string, { shape }: RunConfig["data"], count: number): Kind {
  const kind = kindOf(out);
  if (shape.length === 1 && (kind === "idx" || kind === "folder"))
    throw new InputError(`--out ${out}: the run makes points, expected a .png or .npy file.`);
  if (kind === "picture" && count > mostInPicture)
    throw new InputError(
      `--count ${count}: at most ${mostInPicture} in a picture; .npy, IDX or a folder take more.`,
    );
  if (kind !== "folder") requireWritable(out);
  else requireEmpty(out);
  return kind;
}

function kindOf(out: string): Kind {
  if (/.\.png$/i.test(out)) return "picture";
  if (/.\.npy$/i.test(out)) return "npy";
  if (/.-ubyte$/.test(out)) return "idx";
  if (!basename(out).includes(".")) return "folder";
  throw new InputError(
    `--out "${out}": expected the name of a .png file, a .npy file, an IDX file (…-ubyte) or a folder.`,
  );
}

/** Writes samples (N, …shape) with values from -1 to 1, or points, `columns` of them a row. `progress` hears of files. Throws InputError. */
export function writeSamples(
  kind: Kind,
  out: string,
  values: Float32Array,
  data: RunConfig["data"],
  columns: number,
  progress: Pick<Progress, "update">,
): void {
  const [height, width, last] = data.shape;
  const size = data.shape.reduce((product, each) => product * each, 1);
  const count = values.length / size;
  if (kind === "picture") {
    const picture = samplePicture(values, data, Math.ceil(count / columns), columns);
    return writeNamed(out, encodePng(picture));
  }
  if (data.shape.length === 1) return writeNamed(out, encodeNpy(values, [count, size]));
  const channels = last === 3 ? 3 : 1;
  const bytes = new Uint8ClampedArray(values.length);
  for (let i = 0; i < values.length; i++) bytes[i] = (values[i] + 1) * 127.5;
  const pixels = new Uint8Array(bytes.buffer);
  const sizes = [count, height, width, ...(channels === 3 ? [channels] : [])];
  if (kind === "npy") return writeNamed(out, encodeNpy(pixels, sizes));
  if (kind === "idx") return writeNamed(out, encodeIdxImages({ count, height, width, channels, pixels }));
  const nameOf = (i: number) => join(out, `${String(i).padStart(6, "0")}.png`);
  let made = 0;
  try {
    makeFolders(out);
    for (; made < count; made++) {
      const one = { bytes: bytes.subarray(made * size, (made + 1) * size), width, height };
      writeFileSync(nameOf(made), encodePng(one));
      progress.update(made);
    }
  } catch (error) {
    removeSome(Array.from({ length: made + 1 }, (_, i) => nameOf(i)));
    throw error instanceof InputError
      ? error
      : new InputError(`${out}: can't be written (${reason(error)}).`);
  }
}

/** Removes what can be: some of the images are no use, and in the way of another try. */
function removeSome(files: readonly string[]): void {
  try {
    for (const file of files) rmSync(file, { force: true });
  } catch {
    // What is told is why they could not be written.
  }
}
