// One image file to bytes: PNG by pngjs, all else and any scaling by the package sharp, where it is installed.
// Transparency is dropped, as the field's loaders do: what counts is the colour in the file.
import { inflateSync } from "node:zlib";
import { PNG } from "pngjs";
import { InputError } from "../errors";
import { isPng, type PngHeader, parsePngHeader } from "../formats/pngHeader";
import { readWhole } from "./wholeFiles";

/** An image's size and kind, known before it is unpacked. */
export interface ImageInfo {
  path: string;
  width: number;
  height: number;
  colour: boolean;
  /** Whether it is one that sharp has to read, and then whether it has alpha. */
  foreign: boolean;
  alpha: boolean;
}

interface Picture {
  width: number;
  height: number;
  channels: number;
  pixels: Uint8Array;
}

/** What we use of sharp, which need not be installed. */
interface SharpImage {
  metadata(): Promise<{
    width: number;
    height: number;
    space?: string;
    orientation?: number;
    hasAlpha?: boolean;
  }>;
  rotate(): SharpImage;
  resize(width: number, height: number, options: { fit: "cover"; position: "centre" }): SharpImage;
  removeAlpha(): SharpImage;
  toColourspace(space: "srgb" | "b-w"): SharpImage;
  raw(): SharpImage;
  toBuffer(options: { resolveWithObject: true }): Promise<{
    data: Uint8Array;
    info: { width: number; height: number; channels: number };
  }>;
}
type Sharp = (input: Uint8Array, options?: { raw: Omit<Picture, "pixels"> }) => SharpImage;

/** Reads images, with sharp where that is there; `load` gets it. */
export class ImageReader {
  private sharp: Promise<Sharp | undefined> | undefined;

  constructor(private readonly load: () => Promise<unknown> = loadSharp) {}

  /** What a file says of itself. Throws InputError if it is damaged, or needs sharp and that isn't there. */
  async info(path: string): Promise<ImageInfo> {
    const bytes = readWhole(path);
    if (isPng(bytes)) {
      const { width, height, colour } = parsePngHeader(bytes, path);
      return { path, width, height, colour, foreign: false, alpha: false };
    }
    const sharp = await this.required(`${path}: no PNG. To read other images`);
    const {
      width,
      height,
      space,
      orientation = 1,
      hasAlpha = false,
    } = await sharped(path, () => sharp(bytes).metadata());
    const lying = orientation > 4; // of a camera that was held upright
    const [across, down] = lying ? [height, width] : [width, height];
    return { path, width: across, height: down, colour: space !== "b-w", foreign: true, alpha: hasAlpha };
  }

  /**
   * Bytes (height, width, channels), cropped and scaled to a square of `size` where one is given.
   * Throws InputError if the file is damaged, or sharp is needed and isn't there.
   */
  async read(info: ImageInfo, channels: 1 | 3, size?: number): Promise<Uint8Array> {
    const { path, foreign } = info;
    const bytes = readWhole(path);
    const fits = size === undefined || (info.width === size && info.height === size);
    if (!foreign && fits) return asChannels(decodePng(bytes, path), channels);
    const sharp = await this.required(
      `${path}: ${info.width}x${info.height} pixels. To crop and scale images`,
    );
    const sized = (image: SharpImage) =>
      fits || size === undefined ? image : image.resize(size, size, { fit: "cover", position: "centre" });
    if (foreign && !info.alpha)
      // in one, since sharp unpacks a JPEG no larger than it has to
      return asChannels(await sharped(path, () => decoded(sized(sharp(bytes).rotate()), channels)), channels);
    const picture = foreign
      ? await sharped(path, () => decoded(sharp(bytes).rotate(), channels))
      : { ...info, channels, pixels: asChannels(decodePng(bytes, path), channels) };
    if (fits) return asChannels(picture, channels);
    // Without its alpha by now: sharp would blend with that, and blacken what is transparent.
    const { width, height, pixels } = picture;
    const image = sharp(pixels, { raw: { width, height, channels: picture.channels } });
    return asChannels(await sharped(path, () => decoded(sized(image), channels)), channels);
  }

  /** sharp; `why` begins the line that says that it is missing. */
  async required(why: string): Promise<Sharp> {
    this.sharp ??= this.load().then(
      (module) => (module as { default: Sharp }).default,
      () => undefined,
    );
    const sharp = await this.sharp;
    if (sharp) return sharp;
    throw new InputError(`${why} the package sharp is needed: npm install --no-save sharp`);
  }
}

/** By a name that no bundler follows: sharp is no dependency. */
function loadSharp(): Promise<unknown> {
  const name = "sharp";
  return import(name);
}

async function sharped<T>(path: string, body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(
      `${path}: damaged, or no image that sharp reads (${(error as Error).message.trim().replace(/\s*\n\s*/g, "; ")}).`,
    );
  }
}

/** What sharp makes of an image, without its alpha. */
async function decoded(image: SharpImage, channels: 1 | 3): Promise<Picture> {
  const plain = image.removeAlpha().toColourspace(channels === 1 ? "b-w" : "srgb");
  const { data, info } = await plain.raw().toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  return {
    width,
    height,
    channels: info.channels,
    pixels: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  };
}

/** A PNG's pixels, RGBA. Throws InputError if it is damaged. */
function decodePng(bytes: Uint8Array, path: string): Picture {
  const header = parsePngHeader(bytes, path);
  try {
    // pngjs unpacks interlaced data without a bound.
    if (header.interlaced) inflateSync(Buffer.concat(header.data), { maxOutputLength: header.unpacked });
    const { width, height, data } = PNG.sync.read(Buffer.from(opaque(bytes, header)));
    return { width, height, channels: 4, pixels: data };
  } catch (error) {
    // What a library trips over is of no help to who has the file.
    const known = error instanceof Error && !(error instanceof TypeError) && error.message.length < 80;
    throw new InputError(`${path}: damaged PNG${known ? ` (${error.message})` : ""}.`);
  }
}

/**
 * The file without what pngjs trips over: what makes some colours transparent, which it turns to black, and bytes behind
 * the end.
 */
function opaque(bytes: Uint8Array, { transparency, end }: PngHeader): Uint8Array {
  let kept = bytes.subarray(0, end);
  for (const [from, to] of transparency.toReversed()) {
    kept = Buffer.concat([kept.subarray(0, from), kept.subarray(to)]);
  }
  return kept;
}

/** The first channel alone, or three; grey is spread over all three. */
function asChannels({ pixels, channels, width, height }: Picture, wanted: 1 | 3): Uint8Array {
  if (channels === wanted) return pixels;
  const made = new Uint8Array(width * height * wanted);
  for (let p = 0; p < width * height; p++) {
    for (let c = 0; c < wanted; c++) made[p * wanted + c] = pixels[p * channels + (channels > 2 ? c : 0)];
  }
  return made;
}
