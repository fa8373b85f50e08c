// A folder of images as a data set: the images in it, or its sub-folders as classes, in sorted order, one level deep.
import { readdirSync } from "node:fs";
import { extname, join } from "node:path";
import { InputError } from "../errors";
import { maxLabel } from "../formats/images";
import { type ByteDataset, joinDataset } from "../wgan/dataset";
import { unreadable } from "./files";
import { type ImageInfo, ImageReader } from "./imageFiles";
import { counted, createSoloProgress } from "./progress";
import { kindOf } from "./wholeFiles";

const endings = [".png", ".jpg", ".jpeg", ".webp"];
/** What systems leave in folders by themselves. */
const litter = ["Thumbs.db", "desktop.ini", "__MACOSX"];

/** What is in a folder, names sorted, without what is hidden. */
interface Listing {
  images: string[];
  folders: string[];
  others: string[];
}

export interface FoundImages {
  dataset: ByteDataset;
  /** What was passed over, for the line that says what was found. */
  notes: string[];
}

/**
 * The images of a folder, or undefined where there are none. All are brought to grey, or where one has colours to RGB.
 * Throws InputError if images are damaged or of several sizes, or lie both here and deeper.
 */
export async function readImageFolder(
  folder: string,
  namedBy: string,
  size?: number,
  reader = new ImageReader(),
): Promise<FoundImages | undefined> {
  const top = list(folder);
  const classes = top.folders.map((name) => ({ name, ...list(join(folder, name)) }));
  requireFlat(folder, namedBy, classes);
  const filled = classes.filter(({ images }) => images.length > 0);
  if (top.images.length > 0 && filled.length > 0) {
    throw new InputError(
      `${namedBy} ${folder}: images both in it and in its folder ${filled[0].name}; expected one or the other.`,
    );
  }
  const paths = top.images.map((name) => join(folder, name));
  const numbers = numberClasses(filled.map(({ name }) => name));
  const labels: number[] = paths.map(() => 0);
  filled.forEach(({ name, images }, i) => {
    for (const image of images) {
      paths.push(join(folder, name, image));
      labels.push(numbers.labels[i]);
    }
  });
  if (paths.length === 0) return undefined;

  const infos: ImageInfo[] = [];
  for (const path of paths) infos.push(await reader.info(path));
  const side = requireOneSize(infos, size);
  const channels = infos.some(({ colour }) => colour) ? 3 : 1;
  const pixels = makePixels(infos.length, side, channels);
  const each = side.height * side.width * channels;
  const progress = createSoloProgress(infos.length, process.stdout);
  try {
    for (const [i, info] of infos.entries()) {
      pixels.set(await reader.read(info, channels, size), i * each);
      progress.update(i + 1);
    }
  } finally {
    progress.done();
  }
  const images = { count: infos.length, ...side, channels, pixels } as const;
  const others = [...top.others, ...classes.flatMap((each) => each.others)].length;
  return {
    dataset: {
      ...joinDataset(images, Uint16Array.from(labels), `folder: ${folder}`, numbers.names),
      ...(filled.length === 0 && { unlabelled: true }),
    },
    notes: [
      ...(others > 0 ? [`${counted(others, "other file")} passed over`] : []),
      ...(filled.length > 0 && filled.length < classes.length
        ? [
            `empty: ${classes
              .filter((each) => !filled.includes(each))
              .map(({ name }) => name)
              .join(", ")}`,
          ]
        : []),
    ],
  };
}

function list(folder: string): Listing {
  const listing: Listing = { images: [], folders: [], others: [] };
  let names: string[];
  try {
    names = readdirSync(folder).sort();
  } catch (error) {
    throw unreadable(folder, error);
  }
  for (const name of names) {
    if (name.startsWith(".") || litter.includes(name)) continue;
    const isImage = endings.includes(extname(name).toLowerCase());
    // Links are followed; one that leads nowhere is left to complain when it is read.
    if (kindOf(join(folder, name)) === "folder") listing.folders.push(name);
    else (isImage ? listing.images : listing.others).push(name);
  }
  return listing;
}

/** Throws InputError where images lie deeper than in the classes' folders, since nobody would miss them. */
function requireFlat(folder: string, namedBy: string, classes: ({ name: string } & Listing)[]): void {
  for (const { name, folders } of classes) {
    const deep = folders.find((inner) => list(join(folder, name, inner)).images.length > 0);
    if (deep === undefined) continue;
    throw new InputError(
      `${namedBy} ${folder}: images lie too deep, in ${join(name, deep)}; expected IMAGE or CLASS/IMAGE. ` +
        `Name the folder of the classes, such as ${join(folder, name)}.`,
    );
  }
}

/** Numbers for classes: those that all names are, else the names' places in their order. */
function numberClasses(names: string[]): { labels: number[]; names?: string[] } {
  if (names.length > maxLabel) throw new InputError(`${names.length} classes, expected ${maxLabel} at most.`);
  const areNumbers = names.every((name) => /^\d+$/.test(name) && Number(name) <= maxLabel);
  const labels = names.map(Number);
  if (areNumbers && new Set(labels).size === names.length) return { labels };
  return { labels: names.map((_, i) => i), names };
}

/** The size of all images. Throws InputError unless there is one, or one to which they can be brought. */
function requireOneSize(infos: ImageInfo[], size?: number): { height: number; width: number } {
  if (size !== undefined) return { height: size, width: size };
  const [{ width, height, path }] = infos;
  const other = infos.find((info) => info.width !== width || info.height !== height);
  if (!other) return { height, width };
  throw new InputError(
    `images of different sizes: ${path} has ${width}x${height}, ${other.path} ${other.width}x${other.height} ` +
      "(width x height). --size N crops their middle and scales it to NxN, with the package sharp: " +
      "npm install --no-save sharp",
  );
}

function makePixels(count: number, { height, width }: { height: number; width: number }, channels: number) {
  try {
    return new Uint8Array(count * height * width * channels);
  } catch {
    const gigabytes = (count * height * width * channels) / 1e9;
    throw new InputError(
      `${count} images of ${height}x${width} take ${gigabytes.toFixed(1)} GB, more than there is memory. ` +
        "--size N makes them smaller.",
    );
  }
}
