// Joining images with labels, saying what is there, and choosing classes by number or by name.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { parseIdxImages } from "../../src/formats/idx";
import {
  type ByteDataset,
  describeDataset,
  joinDataset,
  parseClasses,
  resolveClasses,
  selectClasses,
  usualClasses,
} from "../../src/wgan/dataset";
import { drawToy } from "../../src/wgan/toys";
import { complaint } from "../complaint";
import { imagesFile } from "../formats/idxFiles";

const images = parseIdxImages(imagesFile(4), "f");
const dataset = joinDataset(images, Uint16Array.of(5, 0, 5, 7), "mnist: here");
const named = joinDataset(images, Uint16Array.of(0, 2, 1, 2), "folder: pets", ["cat", "dog", "owl"]);

/** A set of one-pixel images with such labels. */
const labelled = (labels: number[]): ByteDataset =>
  joinDataset(
    { count: labels.length, height: 1, width: 1, channels: 1, pixels: Uint8Array.from(labels) },
    Uint16Array.from(labels),
    "here",
  );

test("parseClasses reads all, numbers of any size, names, and both; each once, numbers sorted and first", () => {
  assert.is(parseClasses("all"), "all");
  assert.equal(parseClasses("5"), [5]);
  assert.equal(parseClasses("7,0,7"), [0, 7]);
  assert.equal(parseClasses("26, 3,10"), [3, 10, 26]);
  assert.equal(parseClasses("owl,cat,owl"), ["owl", "cat"]);
  assert.equal(parseClasses("owl,10,2"), [2, 10, "owl"]);
  assert.equal(parseClasses("007,-1,1.0"), ["007", "-1", "1.0"]);
});

test("parseClasses refuses an empty place", () => {
  for (const text of ["", " ", "0,", ",", "0,,1"]) {
    assert.throws(() => parseClasses(text), /is no choice of classes\. Write one like/, text);
  }
});

test("selectClasses keeps the images and labels of the classes, in order", () => {
  const fives = selectClasses(dataset, [5]);
  assert.equal([fives.count, ...fives.labels], [2, 5, 5]);
  assert.equal(fives.images.subarray(0, 784), images.pixels.subarray(0, 784));
  assert.equal(fives.images.subarray(784), images.pixels.subarray(2 * 784, 3 * 784));
  assert.is(fives.source, "mnist: here");
  assert.is(selectClasses(dataset, "all"), dataset);
});

test("selectClasses knows colour images' size", () => {
  const pixels = Uint8Array.from({ length: 36 }, (_, i) => i);
  const colour = joinDataset(
    { count: 3, height: 2, width: 2, channels: 3, pixels },
    Uint16Array.of(1, 2, 1),
    "s",
  );
  assert.equal([...selectClasses(colour, [2]).images], [...pixels.subarray(12, 24)]);
});

test("classes are chosen by name or by number, and a record of the run has their numbers", () => {
  assert.equal(resolveClasses(named, ["owl", 0]), [0, 2]);
  assert.equal(resolveClasses(named, ["owl", 2]), [2]);
  assert.is(resolveClasses(named, "all"), "all");
  assert.equal([...selectClasses(named, ["owl"]).labels], [2, 2]);
  assert.equal(selectClasses(named, ["owl"]).classes, ["cat", "dog", "owl"]);
});

test("a folder's own name comes before a number, and without names a text of digits is a number", () => {
  const folders = { ...named, classes: ["1", "2", "cat"] };
  assert.equal(resolveClasses(folders, [1, "cat"]), [0, 2]);
  assert.equal(resolveClasses(folders, ["2"]), [1]);
  const { classes, ...numbers } = named;
  assert.equal(resolveClasses(numbers, ["2", "00"]), [0, 2]);
});

test("a class that isn't there is named together with those that are", () => {
  const refused = (set: ByteDataset, choice: (number | string)[]) =>
    complaint(() => selectClasses(set, choice));
  assert.is(refused(dataset, [3, 5]), "classes: no images of 3 in mnist: here. There are 0, 5, 7.");
  assert.match(refused(dataset, ["cat"]), /no images of cat in mnist: here\. There are 0, 5, 7\./);
  assert.match(refused(named, ["cow", 9]), /no images of cow, 9 in folder: pets\. There are cat, dog, owl\./);
  assert.match(refused(labelled([1, 2, 3, 4, 26, 30, 31]), [0]), /There are 1 to 4, 26, 30, 31\./);
  const many = labelled(Array.from({ length: 60 }, (_, i) => 2 * i));
  assert.match(refused(many, [1]), /There are 0, 2, .*, 38 and 40 more\./);
  assert.match(refused(dataset, []), /none chosen/);
});

test("without a choice a preset's digit is taken from digits, and all of any other data", () => {
  assert.equal(usualClasses(labelled([0, 5, 9]), [5]), [5]);
  for (const other of [
    named,
    labelled([0, 0, 0]),
    labelled([1, 5, 26]),
    labelled([0, 1]),
    { ...labelled([0, 5, 9]), channels: 3 as const },
  ])
    assert.is(usualClasses(other, [5]), "all");
  assert.is(usualClasses(labelled([0, 5, 9]), "all"), "all");
});

test("a line tells how many images of which size and classes there are", () => {
  assert.is(describeDataset(dataset), "4 grey images of 28x28 in 3 classes (0, 5, 7)");
  assert.is(describeDataset(named), "4 grey images of 28x28 in 3 classes (cat, dog, owl)");
  assert.is(
    describeDataset(labelled([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])),
    "10 grey images of 1x1 in 10 classes (0 to 9)",
  );
  assert.is(describeDataset(labelled(new Array(12_345).fill(0))), "12,345 grey images of 1x1");
  assert.is(describeDataset({ ...labelled([0]), channels: 3 }), "1 colour image of 1x1");
  assert.is(describeDataset(drawToy("swissroll", 5_000, 1)), "5,000 points in the plane");
});

test("joinDataset refuses other counts, empty images and none", () => {
  assert.throws(() => joinDataset(images, Uint16Array.of(1), "s"), /4 images but 1 labels/);
  assert.throws(() => joinDataset(parseIdxImages(imagesFile(0), "f"), Uint16Array.of(), "s"), /no images/);
  const flat = parseIdxImages(imagesFile(1, 28, 0), "f");
  assert.throws(() => joinDataset(flat, Uint16Array.of(1), "s"), /images of 28x0 are empty/);
});

test.run();
