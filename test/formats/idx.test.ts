// IDX files: sound ones are read, and each way of being broken has its own one-line complaint.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { parseIdxImages, parseIdxLabels } from "../../src/formats/idx";
import { transpose } from "../../src/formats/images";
import { complaint } from "../complaint";
import { imagesFile, labelsFile, withHeader } from "./idxFiles";

test("images come back with their sizes and bytes, in three axes or four, also out of a shared buffer", () => {
  const file = imagesFile(3, 2, 5);
  const pool = new Uint8Array(file.length + 7);
  pool.set(file, 7);
  const { pixels, ...sizes } = parseIdxImages(pool.subarray(7), "f");
  assert.equal(sizes, { count: 3, height: 2, width: 5, channels: 1 });
  assert.equal([...pixels], [...file.subarray(16)]);
  for (const channels of [1, 3]) {
    const body = Uint8Array.from({ length: 20 * channels }, (_, i) => i);
    const four = parseIdxImages(withHeader([0x804, 2, 2, 5, channels], body), "f");
    assert.equal(four, { count: 2, height: 2, width: 5, channels, pixels: body });
  }
});

test("labels of every type of integers come back, above 9 as well", () => {
  for (const [type, size] of [
    [8, 1],
    [9, 1],
    [11, 2],
    [12, 4],
  ]) {
    const body = new Uint8Array(3 * size);
    for (const [i, label] of [26, 0, 127].entries()) body[size * (i + 1) - 1] = label;
    assert.equal([...parseIdxLabels(withHeader([256 * type + 1, 3], body), "f")], [26, 0, 127], `${type}`);
  }
  const words = withHeader([0xc01, 2], new Uint8Array([0, 0, 0xff, 0xff, 0, 0, 1, 0]));
  assert.equal([...parseIdxLabels(words, "f")], [65_535, 256]);
});

test("labels that are negative or above 65535 are refused", () => {
  const words = (bytes: number[]) => withHeader([0xc01, 1], Uint8Array.from(bytes));
  assert.match(
    complaint(() => parseIdxLabels(words([0xff, 0xff, 0xff, 0xff]), "f")),
    /^f: label 0 \(from 0\) is -1, expected whole numbers from 0 to 65535\.$/,
  );
  assert.match(
    complaint(() => parseIdxLabels(words([0, 1, 0, 0]), "f")),
    /is 65536/,
  );
});

test("labels come back", () => {
  assert.equal([...parseIdxLabels(labelsFile([5, 0, 4]), "f")], [5, 0, 4]);
});

test("a truncated file, a trailing byte and a header of 4 billion images are told apart", () => {
  const file = imagesFile(2);
  assert.match(
    complaint(() => parseIdxImages(file.subarray(0, 100), "a.idx")),
    /^a\.idx: truncated.*1568 bytes.* 84 follow/,
  );
  assert.match(
    complaint(() => parseIdxImages(file.subarray(0, 9), "f")),
    /truncated.*9 bytes.*header of 16/,
  );
  assert.match(
    complaint(() => parseIdxImages(new Uint8Array(0), "f")),
    /truncated/,
  );
  assert.match(
    complaint(() => parseIdxImages(Uint8Array.of(...file, 0), "f")),
    /1 trailing bytes/,
  );
  const huge = withHeader([2051, 0xffffffff, 0xffffffff, 0xffffffff], new Uint8Array(10));
  assert.match(
    complaint(() => parseIdxImages(huge, "f")),
    /truncated/,
  );
});

test("another type or other axes are named, and what is read", () => {
  const image = (magic: number, ...sizes: number[]) =>
    complaint(() => parseIdxImages(withHeader([magic, ...sizes], new Uint8Array(0)), "f"));
  const label = (magic: number, ...sizes: number[]) =>
    complaint(() => parseIdxLabels(withHeader([magic, ...sizes], new Uint8Array(0)), "f"));
  assert.is(
    image(0xd03, 10, 28, 28),
    "f: IDX of 32-bit floats in 3 axes (10x28x28), expected images: unsigned bytes in 3 axes " +
      "(count, height, width), or 4 (and 1 or 3 channels).",
  );
  assert.is(
    label(0xe01, 10),
    "f: IDX of 64-bit floats in 1 axis (10), expected labels: integers of 8, 16 or 32 bits in 1 axis (count).",
  );
  assert.match(label(0xc02, 10, 8), /IDX of 32-bit integers in 2 axes \(10x8\), expected labels/);
  assert.match(image(0x805, 1, 1, 1, 1, 1), /in 5 axes/);
  assert.match(image(0x804, 0, 1, 1, 4), /the last of 4 axes has 4 channels, expected 1 .* or 3/);
});

test("what is no IDX file, or the other one of two, says what it seems to be", () => {
  assert.match(
    complaint(() => parseIdxImages(labelsFile([8]), "f")),
    /IDX of unsigned bytes in 1 axis \(1\).*swapped/,
  );
  assert.match(
    complaint(() => parseIdxLabels(imagesFile(1), "f")),
    /in 3 axes \(1x28x28\).*swapped/,
  );
  const gzip = withHeader([0x1f8b0800, 0, 0, 0], new Uint8Array(0));
  assert.match(
    complaint(() => parseIdxImages(gzip, "f")),
    /gzipped/,
  );
  const page = new TextEncoder().encode("<!doctype html><title>Log in</title>");
  assert.match(
    complaint(() => parseIdxLabels(page, "f")),
    /^f: no IDX file, it begins with the bytes 3c 21 64 6f; expected labels: .* Is it one of MNIST's kind/,
  );
});

test("images turn with transpose, colours as well, and come back when turned twice", () => {
  const pixels = Uint8Array.from({ length: 2 * 2 * 3 * 3 }, (_, i) => i);
  const images = { count: 2, height: 2, width: 3, channels: 3, pixels } as const;
  const once = transpose(images);
  assert.equal([once.height, once.width], [3, 2]);
  const at = (of: typeof once, i: number, y: number, x: number, c: number) =>
    of.pixels[((i * of.height + y) * of.width + x) * 3 + c];
  for (let i = 0; i < 2; i++)
    for (let y = 0; y < 2; y++)
      for (let x = 0; x < 3; x++)
        for (let c = 0; c < 3; c++) assert.is(at(once, i, x, y, c), at(images, i, y, x, c));
  assert.equal(transpose(once), images);
});

test.run();
