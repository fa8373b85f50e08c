// IDX files by their names: which sets a folder holds, and which labels belong to which images.
// MNIST and its relatives use similar names, and unpacking tools change them a little.
import { readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { InputError } from "../errors";
import { type IdxContent, parseIdxImages, parseIdxLabels } from "../formats/idx";
import type { Images } from "../formats/images";
import { kindOf, readWhole, unpackIdx } from "./wholeFiles";

export type Split = "train" | "test";

/** A file that its name tells of: "emnist-letters-train-images-idx3-ubyte.gz". */
interface Named {
  /** "emnist-letters", or "" where the name begins with "train". */
  set: string;
  split: Split;
  content: IdxContent;
  path: string;
}

export interface IdxSet {
  set: string;
  images: string;
  /** Only missing beside an images file that a person named. */
  labels?: string;
  /** Whether these are training images, as there are no test images. */
  noTest?: true;
}

const pattern = /^(?:(.+)[-_.])?(train|t10k|test)-(images|labels)[-.]idx\d-[a-z]+(?:\.gz)?$/i;

/**
 * The set of a folder, or undefined where no file has such a name.
 * Throws InputError if there are several, or one without its images or labels.
 */
export function findIdxSet(folder: string, namedBy: string, split: Split): IdxSet | undefined {
  const all = listIdx(folder);
  if (all.length === 0) return undefined;
  // Test images of another set are none of this one.
  const sets = new Set(all.filter((file) => file.split === "train").map(({ set }) => set));
  const own = all.filter((file) => file.split === split && (sets.size !== 1 || sets.has(file.set)));
  if (split === "test" && own.length === 0) return { ...findIdxSet(folder, namedBy, "train")!, noTest: true };
  const images = own.filter(({ content }) => content === "images");
  const [first, ...more] = new Set((images.length > 0 ? images : own).map(({ set }) => set));
  const set = first ?? all[0].set;
  if (more.length > 0) {
    const sets = [first, ...more].map((name) => name || "MNIST's own names").join(", ");
    throw new InputError(
      `${namedBy} ${folder}: several sets there: ${sets}. Name one images file, such as ${images[0].path}.`,
    );
  }
  const [imagesName, labelsName] = usualNames(set, split);
  const find = (content: IdxContent, name: string) => {
    const path = own.find((file) => file.set === set && file.content === content)?.path;
    if (path) return path;
    throw new InputError(
      `${namedBy} ${folder}: no ${name} there, expected ${imagesName} and ${labelsName}, each plain or with .gz.`,
    );
  };
  return { set, images: find("images", imagesName), labels: find("labels", labelsName) };
}

/** An images file that a person named, with its labels if they are beside it, or the test set's beside it where there is one. */
export function idxSetOf(path: string, split: Split): IdxSet {
  const folder = dirname(path);
  const [own] = nameParts(basename(path), path);
  if (!own) {
    const labels = join(folder, basename(path).replace("images", "labels").replace("idx3", "idx1"));
    return { set: "", images: path, ...(labels !== path && kindOf(labels) === "file" && { labels }) };
  }
  const isOther = split === "test" && own.split === "train";
  const from = isOther ? "test" : own.split;
  const beside = listIdx(folder).filter((file) => file.set === own.set && file.split === from);
  const images = isOther ? beside.find(({ content }) => content === "images")?.path : path;
  const labels = beside.find(({ content }) => content === "labels")?.path;
  if (images) return { set: own.set, images, ...(labels !== undefined && { labels }) };
  return { ...idxSetOf(path, "train"), noTest: true };
}

/** Reads a set's images and labels; without labels all are of class 0. Throws InputError if they are malformed. */
export function readIdxSet({ images, labels }: IdxSet): { images: Images; labels: Uint16Array } {
  const read = parseIdxImages(unpackIdx(readWhole(images), images, "images"), images);
  if (labels === undefined) return { images: read, labels: new Uint16Array(read.count) };
  return { images: read, labels: parseIdxLabels(unpackIdx(readWhole(labels), labels, "labels"), labels) };
}

function usualNames(set: string, split: Split): [images: string, labels: string] {
  const before = set === "" ? "" : `${set}-`;
  // MNIST's own test set is named after its 10,000 images; later sets say "test".
  const name = split === "train" ? "train" : set === "" ? "t10k" : "test";
  return [`${before}${name}-images-idx3-ubyte`, `${before}${name}-labels-idx1-ubyte`];
}

/** The files with such names, plain ones first. Some unpackers make a folder of the name with the file inside. */
function listIdx(folder: string): Named[] {
  const paths = readdirSync(folder)
    .filter((name) => pattern.test(name))
    .sort()
    .flatMap((name) => {
      const path = join(folder, name);
      if (kindOf(path) !== "folder") return [path];
      return readdirSync(path)
        .filter((inner) => pattern.test(inner) && kindOf(join(path, inner)) === "file")
        .map((inner) => join(path, inner));
    });
  return paths
    .flatMap((path) => nameParts(basename(path), path))
    .sort((a, b) => Number(a.path.endsWith(".gz")) - Number(b.path.endsWith(".gz")));
}

function nameParts(name: string, path: string): Named[] {
  const [, set = "", split, content] = name.match(pattern) ?? [];
  if (split === undefined) return [];
  return [
    {
      set,
      split: split.toLowerCase() === "train" ? "train" : "test",
      content: content.toLowerCase() as IdxContent,
      path,
    },
  ];
}
