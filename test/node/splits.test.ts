// The images to judge by: held out where a set has none, and of other sets those of the same classes, whose names tell.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { InputError } from "../../src/errors";
import { judgedImages } from "../../src/node/judgedImages";
import { loadSplits, type Splits } from "../../src/node/splits";
import type { ByteDataset } from "../../src/wgan/dataset";
import { cifarFile } from "../formats/cifarFiles";
import { imagesFile, labelsFile } from "../formats/idxFiles";
import { counting, npyFile } from "../formats/npyFiles";
import { pngFile } from "../formats/pngFiles";
import { temporaryFolder } from "./temporary";

const grey = (value: number): Uint8Array =>
  pngFile({ width: 8, height: 8, type: 0, body: new Uint8Array(64).fill(value) });

/** A folder of so many images of each class, each of one value: 50 times the class's place in `all`, and its own. */
const all = ["ant", "cat", "dog", "eel"];
function folder(counts: Record<string, number>, own = 0): string {
  const made = temporaryFolder();
  for (const [name, count] of Object.entries(counts)) {
    mkdirSync(join(made, name));
    for (let i = 0; i < count; i++) {
      writeFileSync(join(made, name, `${i}.png`), grey(50 * all.indexOf(name) + own + i));
    }
  }
  return made;
}

const of = (path: string) => ({ path, size: null, transposed: false });

/** Loads them, with what was said. */
async function load(path: string, test?: string): Promise<Splits & { said: string }> {
  const { log } = console;
  const lines: string[] = [];
  console.log = (line: string) => void lines.push(line);
  try {
    return { ...(await loadSplits(of(path), test)), said: lines.join("\n") };
  } finally {
    console.log = log;
  }
}

/** Of each image its class and the value of its first pixel. */
const seen = ({ labels, images, count }: ByteDataset): string[] =>
  Array.from({ length: count }, (_, i) => `${labels[i]}: ${images[(i * images.length) / count]}`).sort();

test("of a set without test images a sixth is held out by chance, but of each class one at least, and not all", async () => {
  const { train, test, whole, heldOut } = await load(folder({ ant: 2, cat: 7, dog: 13, eel: 1 }));
  assert.ok(heldOut);
  const held = [0, 1, 2, 3].map((label) => test.labels.filter((each) => each === label).length);
  assert.is(held[0], 1);
  assert.is(held[3], 0);
  assert.ok(held[1] >= 1 && held[2] >= 1 && test.count >= 4 && test.count <= 5, `${held}`);
  assert.equal([...seen(train), ...seen(test)].sort(), seen(whole));
  assert.is(new Set(seen(whole)).size, 23);
});

test("of every kind of data without test images some are held out", async () => {
  const idx = temporaryFolder();
  const labels = Array.from({ length: 24 }, (_, i) => i % 2);
  writeFileSync(join(idx, "train-images-idx3-ubyte"), imagesFile(24, 8, 8));
  writeFileSync(join(idx, "train-labels-idx1-ubyte"), labelsFile(labels));
  const cifar = temporaryFolder();
  for (const i of [1, 2, 3, 4, 5]) writeFileSync(join(cifar, `data_batch_${i}.bin`), cifarFile([i, i, 6]));
  const npy = temporaryFolder();
  writeFileSync(join(npy, "images.npy"), npyFile([24, 8, 8], counting(24 * 64)));
  for (const path of [idx, join(idx, "train-images-idx3-ubyte"), cifar, npy, folder({ ant: 12, cat: 12 })]) {
    const { train, test, whole, heldOut } = await load(path);
    assert.ok(heldOut && test.count > 0, path);
    assert.is(train.count + test.count, whole.count, path);
  }
});

test("test images of which nothing says the class are refused where there are several, of every kind", async () => {
  const idx = temporaryFolder();
  const labels = Array.from({ length: 24 }, (_, i) => i % 2);
  writeFileSync(join(idx, "train-images-idx3-ubyte"), imagesFile(24, 8, 8));
  writeFileSync(join(idx, "train-labels-idx1-ubyte"), labelsFile(labels));
  writeFileSync(join(idx, "t10k-images-idx3-ubyte"), imagesFile(12, 8, 8));
  const npy = temporaryFolder();
  writeFileSync(join(npy, "images.npy"), npyFile([4, 8, 8], counting(256)));
  const flat = temporaryFolder();
  for (const i of [0, 1, 2, 3]) writeFileSync(join(flat, `${i}.png`), grey(i));
  const named = folder({ ant: 3, cat: 3 });
  for (const [train, test] of [
    [join(idx, "train-images-idx3-ubyte"), undefined],
    [named, npy],
    [named, flat],
  ] as const) {
    const line = await load(train, test).then(
      () => assert.unreachable(train),
      (error) => error.message,
    );
    assert.match(
      line,
      /: nothing says of which class a test image is, expected labels or a folder for each class\.$/,
    );
  }
  assert.is(
    (await load(folder({ ant: 3 }), flat)).test.count,
    4,
    "of one class there is nothing to tell apart",
  );
});

test("other images have the classes that their names tell, whatever the order of the folders", async () => {
  const { train, test, said } = await load(
    folder({ cat: 3, eel: 3 }),
    folder({ ant: 2, cat: 2, eel: 2 }, 20),
  );
  assert.equal(train.classes, ["cat", "eel"]);
  assert.equal(test.classes, train.classes);
  assert.equal(seen(test), ["0: 70", "0: 71", "1: 170", "1: 171"]);
  assert.match(said, /left out of the test images, as the run's data have none: ant$/);
});

test("digits in files go with folders of those names", async () => {
  const files = temporaryFolder();
  writeFileSync(join(files, "t10k-images-idx3-ubyte"), imagesFile(3, 8, 8));
  writeFileSync(join(files, "t10k-labels-idx1-ubyte"), labelsFile([7, 3, 9]));
  const named = temporaryFolder();
  for (const digit of ["3", "7"]) {
    mkdirSync(join(named, digit));
    for (const i of [0, 1]) writeFileSync(join(named, digit, `${i}.png`), grey(i));
  }
  const { test } = await load(named, files);
  assert.equal(seen(test), ["3: 64", "7: 0"]); // the images count up: the second begins with 64
});

test("of one class on both sides a folder's name says nothing", async () => {
  const { test } = await load(folder({ ant: 3 }), folder({ cat: 2 }));
  assert.equal([...test.labels], [0, 0]);
});

test("images of none of the classes are refused", async () => {
  const error = await load(folder({ ant: 3, cat: 3 }), folder({ dog: 2, eel: 2 })).catch((error) => error);
  assert.instance(error, InputError);
  assert.match(error.message, /images of dog, eel, expected some of ant, cat, as the run's data have\.$/);
});

test("the test images may lack a class of the run", async () => {
  const path = folder({ cat: 3, eel: 3 });
  const data = { ...of(path), shape: [8, 8, 1], classes: ["cat", "eel"] };
  const log = console.log;
  console.log = () => {};
  try {
    const { wanted, test } = await judgedImages(
      { data } as Parameters<typeof judgedImages>[0],
      folder({ cat: 4 }, 20),
    );
    assert.equal([wanted, test.count], [[0, 1], 4]);
  } finally {
    console.log = log;
  }
});

test.run();
