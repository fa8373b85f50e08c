// Whatever bytes a reader is given, it ends in a sound result or in an InputError of one line that names the file.
// What it makes is never larger than what it was given, so that no header can ask for more memory than there is.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { InputError } from "../../src/errors";
import { parseCifar } from "../../src/formats/cifar";
import { parseIdxImages, parseIdxLabels } from "../../src/formats/idx";
import type { Images } from "../../src/formats/images";
import { parseNpyImages, parseNpyLabels } from "../../src/formats/npy";
import { parsePngHeader } from "../../src/formats/pngHeader";
import { cifarFile } from "./cifarFiles";
import { damaged } from "./damage";
import { imagesFile, labelsFile, withHeader } from "./idxFiles";
import { counting, npyFile } from "./npyFiles";
import { pngFile } from "./pngFiles";

const soundImages = ({ count, height, width, channels, pixels }: Images) =>
  count * height * width * channels === pixels.length;
const soundLabels = (labels: Uint16Array) => labels instanceof Uint16Array;

const readers: Record<string, [files: Uint8Array[], read: (bytes: Uint8Array) => boolean]> = {
  "IDX images": [
    [imagesFile(3, 4, 5), withHeader([0x804, 2, 2, 2, 3], counting(24))],
    (bytes) => soundImages(parseIdxImages(bytes, "f")),
  ],
  "IDX labels": [
    [labelsFile([1, 2, 3]), withHeader([0xc01, 2], new Uint8Array(8))],
    (bytes) => soundLabels(parseIdxLabels(bytes, "f")),
  ],
  ".npy images": [
    [npyFile([3, 4, 5], counting(60)), npyFile([2, 2, 2, 3], counting(24), { version: 2 })],
    (bytes) => soundImages(parseNpyImages(bytes, "f")),
  ],
  ".npy labels": [
    [npyFile([4], new Uint8Array(32), { descr: "<i8" }), npyFile([4, 1], counting(8), { descr: ">u2" })],
    (bytes) => soundLabels(parseNpyLabels(bytes, "f")),
  ],
  "CIFAR-10": [
    [cifarFile([1, 2])],
    (bytes) => {
      const { images, labels } = parseCifar(bytes, "f");
      return soundImages(images) && soundLabels(labels) && images.count === labels.length;
    },
  ],
  "PNG headers": [
    [
      pngFile({ width: 4, height: 3, type: 2, body: counting(36) }),
      pngFile({ width: 9, height: 2, type: 3, depth: 1, body: counting(4), palette: [0, 0, 0, 9, 9, 9] }),
    ],
    (bytes) => parsePngHeader(bytes, "f").unpacked <= 1032 * bytes.length,
  ],
};

for (const [name, [files, read]] of Object.entries(readers)) {
  test(`${name}: 2,000 damaged files are read soundly or refused in one line`, () => {
    let refused = 0;
    for (const [i, file] of files.entries()) {
      assert.ok(read(file));
      for (const bytes of damaged(file, 2000 / files.length, i)) {
        try {
          assert.ok(read(bytes));
        } catch (error) {
          assert.instance(error, InputError, `${(error as Error).stack}`);
          assert.match((error as Error).message, /^f: [^\n]+[.?]$/);
          assert.ok((error as Error).message.length < 300);
          refused++;
        }
      }
    }
    assert.ok(refused > 500 && refused < 2000, `${refused}`);
  });
}

test.run();
