// CIFAR-10's binary records: planes become channels, and other files of such a name are told.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { parseCifar, parseCifarNames } from "../../src/formats/cifar";
import { cifarFile } from "./cifarFiles";

test("each image's three planes become the last axis, after its label", () => {
  const file = cifarFile([6, 9]);
  const { images, labels } = parseCifar(file, "f");
  assert.equal([...labels], [6, 9]);
  const { pixels, ...sizes } = images;
  assert.equal(sizes, { count: 2, height: 32, width: 32, channels: 3 });
  for (const [image, y, x, c] of [
    [0, 0, 0, 0],
    [0, 3, 17, 1],
    [1, 31, 31, 2],
    [1, 0, 30, 0],
  ]) {
    const plane = 3073 * image + 1 + 1024 * c + 32 * y + x;
    assert.is(pixels[((image * 32 + y) * 32 + x) * 3 + c], file[plane]);
  }
});

test("another length, CIFAR-100 and labels above 9 are told", () => {
  const read = (bytes: Uint8Array) => () => parseCifar(bytes, "b.bin");
  assert.throws(
    read(new Uint8Array(0)),
    /^b\.bin: 0 bytes, expected CIFAR-10's binary version: 3073 for each/,
  );
  assert.throws(read(cifarFile([1]).subarray(1)), /3072 bytes, expected/);
  assert.throws(read(new Uint8Array(2 * 3074)), /Is it CIFAR-100\?$/);
  assert.throws(read(cifarFile([1, 10])), /label 1 \(from 0\) is 10, expected .* labels 0 to 9/);
});

test("the names of the classes are the lines of batches.meta.txt", () => {
  assert.equal(parseCifarNames("airplane\nautomobile\r\nbird\n\n"), ["airplane", "automobile", "bird"]);
});

test.run();
