// A labelled set of images as bytes, its description in words, and the choice of classes to train on.
// It stays bytes until the GPU gathers a batch: 47 MB for all of MNIST's training images.
import { InputError } from "../errors";
import type { Images } from "../formats/images";
import type { PointDataset } from "./toys";

/** Labelled images, as bytes. */
export interface ByteDataset {
  kind: "images";
  /** (count, height, width, channels); of MNIST's kind, ink is 255 on paper 0. */
  images: Uint8Array;
  count: number;
  height: number;
  width: number;
  /** 1 for grey, 3 for red, green and blue. */
  channels: 1 | 3;
  /** One class number an image, as the files have them; all 0 where there are no classes. */
  labels: Uint16Array;
  /** The classes' names by their numbers, where the files give names. */
  classes?: string[];
  /** Whether nothing says of which class an image is: then all have the number 0. */
  unlabelled?: true;
  /** Where the images came from, for the run's record: "idx: DIR", "mnist: CACHE", "folder: DIR", "strokes". */
  source: string;
}

/** What a run trains on: images, or points in the plane. */
export type Dataset = ByteDataset | PointDataset;

/** Numbers of classes, each once and in order. */
export type Classes = "all" | number[];
/** Classes as a person names them: by number, or by the name of a folder. */
export type ClassChoice = "all" | readonly (number | string)[];

/** Whether images are of MNIST's kind: ink is 255 on paper 0, and the eye wants the negative. */
export const isInk = (source: string): boolean => /^(idx: |mnist: |strokes$|imported digits: )/.test(source);

/** Joins images and labels. Throws InputError if their counts differ, or there is nothing to train on. */
export function joinDataset(
  images: Images,
  labels: Uint16Array,
  source: string,
  classes?: string[],
): ByteDataset {
  const { count, height, width, channels, pixels } = images;
  if (count !== labels.length) {
    throw new InputError(
      `${source}: ${count} images but ${labels.length} labels, expected as many of each. ` +
        "Do both files belong to the same set?",
    );
  }
  if (count === 0) throw new InputError(`${source}: no images in it.`);
  if (height === 0 || width === 0) throw new InputError(`${source}: images of ${height}x${width} are empty.`);
  const named = classes && { classes };
  return { kind: "images", images: pixels, count, height, width, channels, labels, ...named, source };
}

/** "60,000 grey images of 28x28 in 10 classes (0 to 9)", or "100,000 points". */
export function describeDataset(dataset: Dataset): string {
  const count = dataset.count.toLocaleString("en-US");
  if (dataset.kind === "points") return `${count} points in the plane`;
  const { channels, height, width } = dataset;
  const kind = channels === 1 ? "grey" : "colour";
  const present = presentClasses(dataset);
  const classes = present.length > 1 ? ` in ${present.length} classes (${nameAll(dataset, present)})` : "";
  return `${count} ${kind} ${dataset.count === 1 ? "image" : "images"} of ${height}x${width}${classes}`;
}

/** The numbers of the classes that have images, in order. */
export const presentClasses = ({ labels }: ByteDataset): number[] =>
  [...new Set(labels)].sort((a, b) => a - b);

/** Reads `all`, `5`, `0,1` or `cat,dog`: numbers first, each once. Whether they are there is for the data to say. */
export function parseClasses(text: string): ClassChoice {
  if (text.trim() === "all") return "all";
  const parts = text.split(",").map((part) => part.trim());
  if (parts.includes("")) {
    throw new InputError(
      `classes: "${text}" is no choice of classes. Write one like 5, 0,1, all, or names of folders.`,
    );
  }
  const isNumber = (part: string) => /^(0|[1-9]\d*)$/.test(part);
  const numbers = parts.filter(isNumber).map(Number);
  const names = parts.filter((part) => !isNumber(part));
  return [...[...new Set(numbers)].sort((a, b) => a - b), ...new Set(names)];
}

/** The numbers of the chosen classes. Throws InputError if there are none of one, with those that are there. */
export function resolveClasses(dataset: ByteDataset, choice: ClassChoice): Classes {
  if (choice === "all") return "all";
  if (choice.length === 0) throw new InputError("classes: none chosen. Write some like 5, 0,1 or all.");
  const present = presentClasses(dataset);
  // A folder's name comes first, also one such as "1"; where there are no names, "05" is class 5.
  const numberOf = (chosen: number | string) => {
    const named = dataset.classes?.indexOf(String(chosen)) ?? -1;
    if (named >= 0) return named;
    return typeof chosen === "number" || /^\d+$/.test(chosen) ? Number(chosen) : -1;
  };
  const missing = choice.filter((chosen) => !present.includes(numberOf(chosen)));
  if (missing.length > 0) {
    throw new InputError(
      `classes: no images of ${missing.join(", ")} in ${dataset.source}. There are ${nameAll(dataset, present)}.`,
    );
  }
  return [...new Set(choice.map(numberOf))].sort((a, b) => a - b);
}

/**
 * A preset's choice of digits for who made none: it goes for grey images of digits, as MNIST's and its kin, and else
 * for all classes.
 */
export function usualClasses<T extends ClassChoice>(dataset: ByteDataset, digits: T): T | "all" {
  const { channels, classes } = dataset;
  const present = presentClasses(dataset);
  const areDigits = channels === 1 && !classes && present.length > 1 && present.every((label) => label < 10);
  const areThere = digits !== "all" && digits.every((digit) => present.includes(digit as number));
  return areDigits && areThere ? digits : "all";
}

/** The images of the chosen classes, in their order. Throws InputError if a class isn't in the data. */
export function selectClasses(dataset: ByteDataset, choice: ClassChoice): ByteDataset {
  return ofClasses(dataset, resolveClasses(dataset, choice));
}

/** The images of some classes, by their numbers; there may be none of one. */
export function ofClasses(dataset: ByteDataset, numbers: Classes): ByteDataset {
  if (numbers === "all") return dataset;
  const wanted = new Set(numbers);
  const size = dataset.height * dataset.width * dataset.channels;
  const labels = dataset.labels.filter((label) => wanted.has(label));
  const images = new Uint8Array(labels.length * size);
  let end = 0;
  dataset.labels.forEach((label, index) => {
    if (!wanted.has(label)) return;
    images.set(dataset.images.subarray(index * size, (index + 1) * size), end);
    end += size;
  });
  return { ...dataset, images, labels, count: labels.length };
}

/** A class's name: the folder's, or its number. */
export const nameOf = ({ classes }: ByteDataset, number: number): string => classes?.[number] ?? `${number}`;

/** Most runs of classes that a line names. */
const mostNamed = 20;

/** Some classes by their names, or by numbers with "0 to 9" for a run: "0 to 3, 7" and "cat, dog". */
export function nameAll({ classes }: ByteDataset, numbers: readonly number[]): string {
  const names = classes ? numbers.map((number) => classes[number] ?? String(number)) : runs(numbers);
  const more = names.length - mostNamed;
  return names.slice(0, mostNamed).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

function runs(numbers: readonly number[]): string[] {
  const found: [first: number, last: number][] = [];
  for (const number of numbers) {
    const run = found.at(-1);
    if (run && number === run[1] + 1) run[1] = number;
    else found.push([number, number]);
  }
  return found.flatMap(([first, last]) =>
    last - first > 1 ? [`${first} to ${last}`] : first === last ? [`${first}`] : [`${first}`, `${last}`],
  );
}
