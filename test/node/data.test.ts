// Where the data comes from: --data, MONGE_DATA, the cache, a mirror, and at last the program's own pen.
// What a path may hold is in dataPath.test.ts.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { InputError } from "../../src/errors";
import { type DataOptions, loadData } from "../../src/node/data";
import { sha256 } from "../../src/node/download";
import type { ByteDataset } from "../../src/wgan/dataset";
import { imagesFile, labelsFile } from "../formats/idxFiles";
import { deadMirror, serving, startMirror } from "./mirror";
import { temporaryFolder } from "./temporary";

const files: Record<string, Uint8Array> = {
  "train-images-idx3-ubyte.gz": gzipSync(imagesFile(3)),
  "train-labels-idx1-ubyte.gz": gzipSync(labelsFile([5, 0, 4])),
  "t10k-images-idx3-ubyte.gz": gzipSync(imagesFile(2)),
  "t10k-labels-idx1-ubyte.gz": gzipSync(labelsFile([7, 2])),
};
const sums = Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, sha256(bytes)]));

const folderWith = (names: string[]): string => {
  const folder = temporaryFolder();
  for (const name of names) writeFileSync(join(folder, name), files[name]);
  return folder;
};
const whole = folderWith(Object.keys(files));
const silent = () => {};
const load = async (options: DataOptions) => (await loadData(options)) as ByteDataset;

const failure = async (options: Partial<DataOptions>): Promise<string> => {
  try {
    await load({ env: {}, log: silent, ...options });
  } catch (error) {
    assert.instance(error, InputError);
    return (error as Error).message;
  }
  return "none";
};

test("--data comes first, then MONGE_DATA, plain or gzipped, training or test", async () => {
  const plain = temporaryFolder();
  writeFileSync(join(plain, "train-images-idx3-ubyte"), imagesFile(1));
  writeFileSync(join(plain, "train-labels-idx1-ubyte"), labelsFile([9]));
  const env = { MONGE_DATA: whole };
  const named = await load({ dataDir: plain, env, log: silent });
  assert.equal([named.source, named.count, ...named.labels], [`idx: ${plain}`, 1, 9]);
  const byEnv = await load({ env, log: silent });
  assert.equal([byEnv.source, ...byEnv.labels], [`idx: ${whole}`, 5, 0, 4]);
  assert.equal([...(await load({ env, log: silent, split: "test" })).labels], [7, 2]);
});

test("a folder that was named must hold the files: nothing else is tried", async () => {
  const partial = folderWith(["train-images-idx3-ubyte.gz"]);
  const missing = /no train-labels-idx1-ubyte there, expected train-images-idx3-ubyte and train-labels/;
  assert.match(await failure({ dataDir: partial }), missing);
  assert.match(await failure({ env: { MONGE_DATA: partial } }), /^MONGE_DATA .*no train-labels/);
  assert.match(await failure({ dataDir: "/no/such" }), /^--data \/no\/such: no such file or folder/);
  assert.match(await failure({ dataDir: join(whole, "t10k-labels-idx1-ubyte.gz") }), /expected images/);
});

test("a download fills the cache, is checked, and isn't repeated", async () => {
  const mirror = await startMirror(serving(files));
  const base = temporaryFolder();
  const cache = join(base, "monge", "mnist");
  const lines: string[] = [];
  const again = () =>
    load({
      env: { XDG_CACHE_HOME: base },
      log: (line) => lines.push(line),
      mirrors: [mirror.url],
      sums,
    });
  const data = await again();
  assert.equal([data.source, ...data.labels], [`mnist: ${cache}`, 5, 0, 4]);
  assert.equal(readdirSync(cache), ["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"]);
  assert.is(lines.length, 3);
  assert.is(lines[2], `data: 3 grey images of 28x28 in 3 classes (0, 4, 5): MNIST, ${cache}`);
  await again();
  assert.is(mirror.requests.length, 2);

  writeFileSync(join(cache, "train-labels-idx1-ubyte.gz"), "damaged");
  await again();
  assert.equal(mirror.requests.slice(2), ["train-labels-idx1-ubyte.gz"]);
  assert.equal(
    new Uint8Array(readFileSync(join(cache, "train-labels-idx1-ubyte.gz"))),
    new Uint8Array(files["train-labels-idx1-ubyte.gz"]),
  );
  await mirror.close();
});

test("MNIST is not scaled, and that is told before anything is downloaded", async () => {
  const mirror = await startMirror(serving(files));
  for (const dataDir of [undefined, "stacked"])
    assert.match(
      await failure({ dataDir, size: 14, env: { XDG_CACHE_HOME: temporaryFolder() }, mirrors: [mirror.url] }),
      /^--size 14: only folders of images are cropped and scaled; MNIST has images of 28x28\.$/,
    );
  assert.is(mirror.requests.length, 0);
  await mirror.close();
});

test("with both mirrors down the program draws, and says so in one line", async () => {
  const lines: string[] = [];
  const options = {
    env: { XDG_CACHE_HOME: temporaryFolder() },
    log: (line: string) => lines.push(line),
    mirrors: [await deadMirror(), await deadMirror()],
    sums,
  };
  const drawn = await load(options);
  assert.equal([drawn.source, drawn.count], ["strokes", 10_000]);
  assert.is(lines.length, 1);
  assert.match(
    lines[0],
    /^data: no MNIST found \(.*ECONNREFUSED.*\): training on digits drawn by the program/,
  );
  assert.match(lines[0], /name a folder with --data DIR$/);
  const held = await load({ ...options, split: "test" });
  assert.is(held.count, 2_000);
  assert.not.equal(held.images.subarray(0, 784), drawn.images.subarray(0, 784));
});

test("stacked: stacks of the digits that are found; where they are not all ten, one line says so", async () => {
  const folder = temporaryFolder();
  const digits = Array.from({ length: 20 }, (_, i) => i % 10);
  for (const name of ["train", "t10k"]) {
    writeFileSync(join(folder, `${name}-images-idx3-ubyte`), imagesFile(20));
    writeFileSync(join(folder, `${name}-labels-idx1-ubyte`), labelsFile(digits));
  }
  const lines: string[] = [];
  const options = {
    dataDir: "stacked",
    env: { MONGE_DATA: folder },
    log: (line: string) => lines.push(line),
  };
  const train = await load(options);
  assert.equal([train.count, train.height, train.channels, Math.max(...train.labels)], [60_000, 28, 3, 999]);
  assert.match(
    lines[0],
    /^data: 60,000 colour images of 28x28 in 1000 classes .*: stacked from 20 grey images /,
  );
  const held = await load({ ...options, split: "test" });
  assert.is(held.count, 26_000);
  assert.not.equal(held.labels.slice(0, 50), train.labels.slice(0, 50));
  assert.match(
    await failure({ dataDir: "stacked", env: { MONGE_DATA: whole } }),
    /^stacked: expected grey images of the digits 0 to 9 to stack, got 3 grey images of 28x28/,
  );
  assert.match(await failure({ dataDir: "stakced" }), /\. Did you mean stacked\?$/);
});

test("a cache that can't be written stops nothing: what is downloaded is used, and one line a file says so", async () => {
  const mirror = await startMirror(serving(files));
  const base = temporaryFolder();
  mkdirSync(join(base, "monge"));
  writeFileSync(join(base, "monge", "mnist"), "a file in the way");
  const lines: string[] = [];
  const env = { XDG_CACHE_HOME: base };
  const data = await load({ env, log: (line) => lines.push(line), mirrors: [mirror.url], sums });
  assert.equal([...data.labels], [5, 0, 4]);
  assert.is(lines.length, 3);
  for (const line of lines.slice(0, 2))
    assert.match(line, /^data: downloaded train-\S+, which can't be kept in .* \(E\w+\)$/);
  await mirror.close();
});

const real = process.env.MONGE_DATA;
const testReal = real ? test : test.skip;
testReal("MNIST itself loads: 60,000 training images, 5,421 fives (needs MONGE_DATA)", async () => {
  const train = await load({ dataDir: real, env: {}, log: silent });
  assert.equal([train.count, train.labels.filter((label) => label === 5).length], [60_000, 5_421]);
  const held = await load({ dataDir: real, env: {}, log: silent, split: "test" });
  assert.equal([held.count, ...held.labels.subarray(0, 4)], [10_000, 7, 2, 1, 0]);
});
if (!real) console.log("data.test: MONGE_DATA is unset, so MNIST itself isn't tested");

test.run();
