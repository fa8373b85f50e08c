// What --data may name: IDX files under all their names, arrays, CIFAR-10's files, toys; and what is said of each.
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { InputError } from "../../src/errors";
import { type DataOptions, loadData } from "../../src/node/data";
import type { ByteDataset } from "../../src/wgan/dataset";
import { cifarFile } from "../formats/cifarFiles";
import { damaged } from "../formats/damage";
import { imagesFile, labelsFile, withHeader } from "../formats/idxFiles";
import { counting, npyFile } from "../formats/npyFiles";
import { temporaryFolder } from "./temporary";

type Given = Partial<DataOptions>;

function folder(files: Record<string, Uint8Array | string>): string {
  const made = temporaryFolder();
  for (const [name, content] of Object.entries(files)) writeFileSync(join(made, name), content);
  return made;
}

/** What is loaded, and the line that says so. */
async function load(dataDir: string, given: Given = {}): Promise<{ data: ByteDataset; line: string }> {
  const lines: string[] = [];
  const dataset = await loadData({ dataDir, env: {}, log: (text) => lines.push(text), ...given });
  assert.is(lines.length, 1, lines.join("\n"));
  if (dataset.kind !== "images") throw new Error("no images");
  return { data: dataset, line: lines[0] };
}

async function failure(dataDir: string, given: Given = {}): Promise<string> {
  try {
    await load(dataDir, given);
  } catch (error) {
    assert.instance(error, InputError, (error as Error).stack);
    const { message } = error as Error;
    assert.match(message, /^[^\n]+[^\n\s]$/);
    return message;
  }
  return "none";
}

const three = { images: imagesFile(3, 5, 4), labels: labelsFile([11, 0, 26]) };

const pairs: [images: string, labels: string][] = [
  ["train-images-idx3-ubyte", "train-labels-idx1-ubyte"],
  ["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"],
  ["train-images.idx3-ubyte", "train-labels.idx1-ubyte"],
  ["train-images.idx3-ubyte", "train-labels-idx1-ubyte.gz"],
  ["emnist-letters-train-images-idx3-ubyte.gz", "emnist-letters-train-labels-idx1-ubyte.gz"],
  ["emnist-letters-train-images-idx3-ubyte", "emnist-letters-train-labels-idx1-ubyte"],
  ["Train-Images-idx3-ubyte", "Train-Labels-idx1-ubyte"],
];
for (const [images, labels] of pairs) {
  test(`IDX files are found as ${images} and ${labels}, of any size and with labels above 9`, async () => {
    const packed = (name: string, bytes: Uint8Array) => (name.endsWith(".gz") ? gzipSync(bytes) : bytes);
    const dir = folder({ [images]: packed(images, three.images), [labels]: packed(labels, three.labels) });
    const { data, line } = await load(dir);
    assert.equal(
      [data.count, data.height, data.width, data.channels, ...data.labels],
      [3, 5, 4, 1, 11, 0, 26],
    );
    assert.equal([...data.images], [...three.images.subarray(16)]);
    assert.match(line, /^data: 3 grey images of 5x4 in 3 classes \(0, 11, 26\): IDX files/);
    assert.ok(line.includes(dir));
    // One images file may be named as well.
    const named = await load(join(dir, images));
    assert.equal([...named.data.labels], [11, 0, 26]);
    assert.match(named.data.source, /^idx: .*images.idx3-ubyte/i);
  });
}

test("32-bit labels, and images in four axes of one or three channels, are read", async () => {
  const words = withHeader([0xc01, 2], new Uint8Array([0, 0, 1, 44, 0, 0, 0, 7]));
  for (const channels of [1, 3]) {
    const { data } = await load(
      folder({
        "train-images-idx4-ubyte": withHeader([0x804, 2, 4, 3, channels], counting(24 * channels)),
        "train-labels-idx1-int": words,
      }),
    );
    assert.equal([data.height, data.width, data.channels, ...data.labels], [4, 3, channels, 300, 7]);
  }
});

test("the test set is the one named t10k or test", async () => {
  const test = { images: imagesFile(2, 5, 4), labels: labelsFile([3, 4]) };
  for (const [before, name] of [
    ["", "t10k"],
    ["", "test"],
    ["emnist-digits-", "test"],
  ]) {
    const dir = folder({
      [`${before}train-images-idx3-ubyte`]: three.images,
      [`${before}train-labels-idx1-ubyte`]: three.labels,
      [`${before}${name}-images-idx3-ubyte`]: test.images,
      [`${before}${name}-labels-idx1-ubyte`]: test.labels,
    });
    assert.equal([...(await load(dir, { split: "test" })).data.labels], [3, 4]);
    const train = join(dir, `${before}train-images-idx3-ubyte`);
    assert.equal([...(await load(train, { split: "test" })).data.labels], [3, 4]);
    assert.equal([...(await load(train)).data.labels], [11, 0, 26]);
    const named = join(dir, `${before}${name}-images-idx3-ubyte`);
    for (const split of ["train", "test"] as const)
      assert.equal([...(await load(named, { split })).data.labels], [3, 4], "the labels of the very file");
  }
  const alone = folder({ "train-images-idx3-ubyte": three.images, "train-labels-idx1-ubyte": three.labels });
  for (const path of [alone, join(alone, "train-images-idx3-ubyte")]) {
    const { data, line } = await load(path, { split: "test" });
    assert.equal([...data.labels], [11, 0, 26]);
    assert.match(line, /\(no test set of its own\)$/);
  }
  const mixed = folder({
    ...{ "one-train-images-idx3-ubyte": three.images, "one-train-labels-idx1-ubyte": three.labels },
    ...{ "two-test-images-idx3-ubyte": test.images, "two-test-labels-idx1-ubyte": test.labels },
  });
  assert.equal(
    [...(await load(mixed, { split: "test" })).data.labels],
    [11, 0, 26],
    "no test of another set",
  );
  const half = folder({
    ...{ "train-images-idx3-ubyte": three.images, "train-labels-idx1-ubyte": three.labels },
    "t10k-labels-idx1-ubyte": test.labels,
  });
  assert.match(
    await failure(half, { split: "test" }),
    /no t10k-images-idx3-ubyte there, expected t10k-images/,
  );
});

test("several sets in one folder are named, and one of them may be chosen by its file", async () => {
  const set = (name: string, labels: number[]) => ({
    [`${name}train-images-idx3-ubyte`]: imagesFile(labels.length, 5, 4),
    [`${name}train-labels-idx1-ubyte`]: labelsFile(labels),
  });
  const dir = folder({ ...set("emnist-letters-", [1, 2]), ...set("emnist-digits-", [3]), ...set("", [4]) });
  const line = await failure(dir);
  assert.match(line, /^--data \S+: several sets there: .+\. Name one images file, such as \S+-ubyte\.$/);
  for (const name of ["emnist-letters", "emnist-digits", "MNIST's own names"]) assert.ok(line.includes(name));
  assert.equal([...(await load(join(dir, "emnist-digits-train-images-idx3-ubyte"))).data.labels], [3]);
  assert.equal([...(await load(join(dir, "train-images-idx3-ubyte"))).data.labels], [4]);
});

test("a folder of a file's name is passed over where the file is there, and looked into where it isn't", async () => {
  const dir = folder({
    "train-images-idx3-ubyte.gz": gzipSync(three.images),
    "train-labels-idx1-ubyte": three.labels,
  });
  mkdirSync(join(dir, "train-images-idx3-ubyte"));
  assert.is((await load(dir)).data.count, 3);
  const unpacked = folder({ "train-labels-idx1-ubyte": three.labels });
  mkdirSync(join(unpacked, "train-images-idx3-ubyte"));
  assert.match(await failure(unpacked), /no train-images-idx3-ubyte there, expected/);
  writeFileSync(join(unpacked, "train-images-idx3-ubyte", "train-images.idx3-ubyte"), three.images);
  assert.is((await load(unpacked)).data.count, 3);
});

test("links are followed, and one that leads nowhere is no file", async () => {
  const from = folder({ images: three.images, labels: three.labels });
  const dir = temporaryFolder();
  symlinkSync(join(from, "images"), join(dir, "train-images-idx3-ubyte"));
  symlinkSync(join(from, "labels"), join(dir, "train-labels-idx1-ubyte"));
  assert.is((await load(dir)).data.count, 3);
  const broken = temporaryFolder();
  symlinkSync(join(from, "gone"), join(broken, "train-images-idx3-ubyte"));
  symlinkSync(join(from, "labels"), join(broken, "train-labels-idx1-ubyte"));
  assert.match(await failure(broken), /train-images-idx3-ubyte: no such file or folder/);
});

test("an images file under another name is read, without labels where none are beside it", async () => {
  const dir = folder({
    "faces.idx": three.images,
    "my-images.idx": three.images,
    "my-labels.idx": three.labels,
  });
  const { data, line } = await load(join(dir, "faces.idx"));
  assert.equal([...data.labels], [0, 0, 0]);
  assert.match(line, /^data: 3 grey images of 5x4: IDX files, \S+faces\.idx \(no labels beside it\)$/);
  assert.equal([...(await load(join(dir, "my-images.idx"))).data.labels], [11, 0, 26]);
});

test("the header decides what is too large: 80,000 images are fine, and a gz that lies is not unpacked", async () => {
  const many = folder({
    "train-images-idx3-ubyte.gz": gzipSync(imagesFile(80_000), { level: 1 }),
    "train-labels-idx1-ubyte.gz": gzipSync(labelsFile(new Array(80_000).fill(26))),
  });
  assert.is((await load(many)).data.count, 80_000);

  const withImages = (bytes: Uint8Array) =>
    failure(folder({ "train-images-idx3-ubyte.gz": bytes, "train-labels-idx1-ubyte": three.labels }));
  const body = new Uint8Array(50_000_000);
  assert.match(
    await withImages(gzipSync(withHeader([2051, 3, 5, 4], body), { level: 1 })),
    /some trailing bytes after the 3 images of 5x4 \(60 bytes\) that the header says/,
  );
  assert.match(
    await withImages(gzipSync(withHeader([2051, 0xffffffff, 28, 28], new Uint8Array(9)))),
    /truncated, the header says 4294967295 images of 28x28 \(\d+ bytes\), more than \d+ gzipped bytes can hold/,
  );
  assert.match(await withImages(gzipSync(three.images).subarray(0, 40)), /damaged gzip file|truncated/);
  assert.match(await withImages(gzipSync(gzipSync(three.images))), /It is gzipped twice/);
});

test("transposed turns the images, and EMNIST's files tell that they need it", async () => {
  const dir = folder({
    "emnist-letters-train-images-idx3-ubyte": imagesFile(2, 5, 4),
    "emnist-letters-train-labels-idx1-ubyte": labelsFile([1, 26]),
  });
  const plain = await load(dir);
  assert.match(plain.line, /of emnist-letters, .*EMNIST's files hold images transposed: --transposed turns/);
  const { data, line } = await load(dir, { transposed: true });
  assert.not.match(line, /transposed/);
  assert.equal([data.height, data.width], [4, 5]);
  const pixel = (of: ByteDataset, i: number, y: number, x: number) =>
    of.images[(i * of.height + y) * of.width + x];
  for (let i = 0; i < 2; i++)
    for (let y = 0; y < 5; y++)
      for (let x = 0; x < 4; x++) assert.is(pixel(data, i, x, y), pixel(plain.data, i, y, x));
});

test(".npy is read with labels.npy beside it, or without, from a folder or by its name", async () => {
  const labels = npyFile([3], new Uint8Array(new BigInt64Array([4n, 5n, 300n]).buffer), { descr: "<i8" });
  const both = folder({
    "images.npy": npyFile([3, 2, 4, 3], counting(72)),
    "labels.npy": labels,
    "x.npy": "?",
  });
  const { data, line } = await load(both);
  assert.equal([data.count, data.height, data.width, data.channels, ...data.labels], [3, 2, 4, 3, 4, 5, 300]);
  assert.match(line, /^data: 3 colour images of 2x4 in 3 classes \(4, 5, 300\): an array, \S+images\.npy$/);
  const one = folder({ "digits.npy": npyFile([2, 2, 4], counting(16)) });
  for (const path of [one, join(one, "digits.npy")])
    assert.match(
      (await load(path)).line,
      /^data: 2 grey images of 2x4: an array, \S+ \(no labels\.npy beside it\)$/,
    );
  const several = folder({ "a.npy": "", "b.npy": "" });
  assert.match(
    await failure(several),
    /several \.npy files there: a\.npy, b\.npy\. Name one, such as \S+a\.npy\.$/,
  );
  assert.match(
    await failure(folder({ "a.npy": npyFile([1, 2], counting(2)) })),
    /a\.npy: uint8 of shape \(1, 2\)/,
  );
  assert.match((await load(one, { split: "test" })).line, /no test set of its own/);
});

test("CIFAR-10's files are read in their order, with the classes' names, training or test", async () => {
  const batches = Object.fromEntries(
    [1, 2, 3, 4, 5].map((i) => [`data_batch_${i}.bin`, cifarFile([i, 9 - i])]),
  );
  const meta = "airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n\n";
  const dir = folder({ ...batches, "test_batch.bin": cifarFile([0]), "batches.meta.txt": meta });
  const { data, line } = await load(dir);
  assert.equal([...data.labels], [1, 8, 2, 7, 3, 6, 4, 5, 5, 4]);
  assert.is(data.classes?.[8], "ship");
  assert.match(
    line,
    /^data: 10 colour images of 32x32 in 8 classes \(automobile, .*, ship\): CIFAR-10's binary files/,
  );
  assert.equal([...(await load(dir, { split: "test" })).data.labels], [0]);
  assert.equal([...(await load(join(dir, "data_batch_3.bin"))).data.labels], [3, 6]);
  const untested = await load(folder(batches), { split: "test" });
  assert.is(untested.data.count, 10);
  assert.match(untested.line, /\(no test set of its own\)$/);
  const partial = folder({ "data_batch_1.bin": cifarFile([1]), "data_batch_3.bin": cifarFile([1]) });
  assert.match(await failure(partial), /no data_batch_2\.bin, data_batch_4\.bin, data_batch_5\.bin there/);
});

test("a toy is drawn by its name, the same points every time", async () => {
  for (const name of ["8gaussians", "25gaussians", "swissroll"]) {
    const lines: string[] = [];
    const toy = (given: Given = {}) =>
      loadData({ dataDir: name, env: {}, log: (line) => lines.push(line), ...given });
    const first = await toy();
    assert.equal([first.kind, first.count, first.source], ["points", 100_000, name]);
    assert.equal(await toy(), first);
    assert.not.equal(await toy({ split: "test" }), first);
    assert.is(lines[0], `data: 100,000 points in the plane: ${name}, drawn by the program`);
  }
});

test("what is no data set is told, with what is read", async () => {
  const dir = folder({ "photo.jpg": "?", "all.zip": "PK", "notes.txt": "hello" });
  assert.match(await failure(folder({})), /^--data \S+: no data set there, expected IDX files .* PNG images/);
  assert.match(await failure(folder({ "notes.txt": "" })), /no data set there/);
  assert.match(await failure(join(dir, "photo.jpg")), /one image, expected the folder that holds them all/);
  assert.match(await failure(join(dir, "all.zip")), /an archive, expected a folder\. Unpack it first/);
  assert.match(await failure(join(dir, "notes.txt")), /notes\.txt: no IDX file/);
  assert.match(await failure(join(dir, "none")), /^--data \S+none: no such file or folder/);
  assert.match(
    await failure("8gaussian"),
    /^--data 8gaussian: no such file or folder\. Did you mean 8gaussians\?$/,
  );
  assert.match(await failure("swisroll"), /Did you mean swissroll\?$/);
  assert.match(await failure("/dev/null"), /\/dev\/null: no regular file/);
  assert.match(
    await failure(folder({ "images.npy": npyFile([2, 2, 4], counting(16)) }), { size: 64 }),
    /^--size 64: only folders of images are cropped and scaled; \S+ has images of 2x4\.$/,
  );
});

test("500 damaged gz files are read soundly or refused in one line", async () => {
  const dir = folder({ "train-labels-idx1-ubyte": three.labels });
  let refused = 0;
  for (const bytes of damaged(gzipSync(three.images), 500, 7)) {
    writeFileSync(join(dir, "train-images-idx3-ubyte.gz"), bytes);
    if ((await failure(dir)) !== "none") refused++;
  }
  assert.ok(refused > 400, `${refused}`);
});

test.run();
