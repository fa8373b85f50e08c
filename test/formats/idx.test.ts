// IDX files: sound ones are read, and each way of being broken has its own one-line complaint.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { InputError } from "../../src/errors";
import { parseIdxImages, parseIdxLabels } from "../../src/formats/idx";
import { imagesFile, labelsFile, withHeader } from "./idxFiles";

const complaint = (body: () => unknown): string => {
  try {
    body();
  } catch (error) {
    assert.instance(error, InputError);
    return (error as Error).message;
  }
  return "none";
};

test("images come back with their sizes and bytes, also out of a shared buffer", () => {
  const file = imagesFile(3, 2, 5);
  const pool = new Uint8Array(file.length + 7);
  pool.set(file, 7);
  const images = parseIdxImages(pool.subarray(7), "f");
  assert.equal([images.count, images.rows, images.columns], [3, 2, 5]);
  assert.equal([...images.pixels], [...file.subarray(16)]);
  assert.is(images.pixels.buffer.byteLength, 30);
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

test("a wrong magic number says what the file seems to be", () => {
  assert.match(
    complaint(() => parseIdxImages(withHeader([2049, 8, 1, 1], new Uint8Array(0)), "f")),
    /file of labels.*swapped/,
  );
  assert.match(
    complaint(() => parseIdxLabels(imagesFile(1), "f")),
    /file of images.*swapped/,
  );
  const gzip = withHeader([0x1f8b0800, 0, 0, 0], new Uint8Array(0));
  assert.match(
    complaint(() => parseIdxImages(gzip, "f")),
    /gzipped/,
  );
  const page = new TextEncoder().encode("<!doctype html><title>Log in</title>");
  assert.match(
    complaint(() => parseIdxLabels(page, "f")),
    /wrong magic number 1008821359, expected 2049/,
  );
});

test.run();
