// Joining images with labels, and choosing digits.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { parseIdxImages } from "../../src/formats/idx";
import { joinDataset, parseDigits, selectDigits } from "../../src/wgan/dataset";
import { imagesFile } from "../formats/idxFiles";

const images = parseIdxImages(imagesFile(4), "f");
const dataset = joinDataset(images, Uint8Array.of(5, 0, 5, 7), "mnist: here");

test("parseDigits reads all, one digit and a list, sorted and each once", () => {
  assert.is(parseDigits("all"), "all");
  assert.equal(parseDigits("5"), [5]);
  assert.equal(parseDigits("7,0,7"), [0, 7]);
});

test("parseDigits refuses anything else", () => {
  for (const text of ["", "10", "-1", "0,", "0, 1", "five", "0x1", "1.0"]) {
    assert.throws(() => parseDigits(text), /is no choice of digits\. Write one like/, text);
  }
});

test("selectDigits keeps the images and labels of the digits, in order", () => {
  const fives = selectDigits(dataset, [5]);
  assert.equal([fives.count, ...fives.labels], [2, 5, 5]);
  assert.equal(fives.images.subarray(0, 784), images.pixels.subarray(0, 784));
  assert.equal(fives.images.subarray(784), images.pixels.subarray(2 * 784, 3 * 784));
  assert.is(fives.source, "mnist: here");
  assert.is(selectDigits(dataset, "all"), dataset);
});

test("selectDigits says which digits are there when one isn't", () => {
  assert.throws(() => selectDigits(dataset, [3, 5]), /no images of 3 in mnist: here\. There are 0, 5, 7\./);
  assert.throws(() => selectDigits(dataset, []), /none chosen/);
});

test("joinDataset refuses other counts, other sizes and nothing", () => {
  assert.throws(() => joinDataset(images, Uint8Array.of(1), "s"), /4 images but 1 labels/);
  assert.throws(
    () => joinDataset(parseIdxImages(imagesFile(1, 32, 28), "f"), Uint8Array.of(1), "s"),
    /32x28/,
  );
  assert.throws(() => joinDataset(parseIdxImages(imagesFile(0), "f"), Uint8Array.of(), "s"), /no images/);
});

test.run();
