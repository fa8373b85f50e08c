// Folders of images: every kind of PNG to the bytes that it means, sub-folders as classes, and what is passed over or
// refused. PNGs of all kinds are held to Pillow and arrays to NumPy where Python has them; sharp where it is installed.
import { spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { PNG } from "pngjs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { InputError } from "../../src/errors";
import { loadData } from "../../src/node/data";
import { ImageReader } from "../../src/node/imageFiles";
import { readImageFolder } from "../../src/node/imageFolder";
import type { ByteDataset } from "../../src/wgan/dataset";
import { damaged } from "../formats/damage";
import { counting } from "../formats/npyFiles";
import { chunk, joined, pngFile } from "../formats/pngFiles";
import { temporaryFolder } from "./temporary";

function folder(files: Record<string, Uint8Array | string>): string {
  const made = temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(made, name)), { recursive: true });
    writeFileSync(join(made, name), content);
  }
  return made;
}

async function load(dataDir: string, size?: number): Promise<{ data: ByteDataset; line: string }> {
  const lines: string[] = [];
  const dataset = await loadData({ dataDir, env: {}, size, log: (text) => lines.push(text) });
  assert.is(lines.length, 1, lines.join("\n"));
  return { data: dataset as ByteDataset, line: lines[0] };
}

/** The one line that loading ends with, or "none". */
async function complaint(body: () => Promise<unknown>): Promise<string> {
  try {
    await body();
  } catch (error) {
    assert.instance(error, InputError, (error as Error).stack);
    assert.match((error as Error).message, /^[^\n]+$/);
    return (error as Error).message;
  }
  return "none";
}
const failure = (dir: string, size?: number) => complaint(() => load(dir, size));
/** As where sharp is not installed. */
const withoutSharp = new ImageReader(() => Promise.reject(new Error("Cannot find package 'sharp'")));

const grey = (body: number[], width = 2) =>
  pngFile({ width, height: body.length / width, type: 0, body: Uint8Array.from(body) });
const rgb = (body: number[], width = 1) =>
  pngFile({ width, height: body.length / width / 3, type: 2, body: Uint8Array.from(body) });

const kinds: [name: string, file: Uint8Array, channels: 1 | 3, pixels: number[]][] = [
  ["grey", grey([0, 100, 200, 255]), 1, [0, 100, 200, 255]],
  [
    "grey of 1 bit",
    pngFile({ width: 10, height: 1, type: 0, depth: 1, body: Uint8Array.of(0b10110000, 0b01000000) }),
    1,
    [255, 0, 255, 255, 0, 0, 0, 0, 0, 255],
  ],
  [
    "grey of 2 bits",
    pngFile({ width: 4, height: 1, type: 0, depth: 2, body: Uint8Array.of(0b00011011) }),
    1,
    [0, 85, 170, 255],
  ],
  [
    "grey of 4 bits",
    pngFile({ width: 2, height: 1, type: 0, depth: 4, body: Uint8Array.of(0x5f) }),
    1,
    [85, 255],
  ],
  [
    "grey of 16 bits",
    pngFile({ width: 3, height: 1, type: 0, depth: 16, body: Uint8Array.of(0, 0, 100, 100, 255, 255) }),
    1,
    [0, 100, 255],
  ],
  [
    "grey with alpha",
    pngFile({ width: 2, height: 1, type: 4, body: Uint8Array.of(90, 0, 30, 128) }),
    1,
    [90, 30],
  ],
  [
    "grey with alpha of 16 bits",
    pngFile({ width: 1, height: 1, type: 4, depth: 16, body: Uint8Array.of(90, 90, 0, 7) }),
    1,
    [90],
  ],
  ["RGB", rgb([1, 2, 3, 4, 5, 6]), 3, [1, 2, 3, 4, 5, 6]],
  [
    "RGB of 16 bits",
    pngFile({ width: 1, height: 1, type: 2, depth: 16, body: Uint8Array.of(9, 9, 80, 80, 200, 200) }),
    3,
    [9, 80, 200],
  ],
  [
    "RGBA",
    pngFile({ width: 2, height: 1, type: 6, body: Uint8Array.of(1, 2, 3, 0, 4, 5, 6, 99) }),
    3,
    [1, 2, 3, 4, 5, 6],
  ],
  [
    "a palette",
    pngFile({ width: 3, height: 1, type: 3, body: Uint8Array.of(1, 0, 1), palette: [1, 2, 3, 7, 8, 9] }),
    3,
    [7, 8, 9, 1, 2, 3, 7, 8, 9],
  ],
  [
    "a palette of greys, of 2 bits",
    pngFile({
      ...{ width: 3, height: 1, type: 3, depth: 2 },
      ...{ body: Uint8Array.of(0b10000100), palette: [5, 5, 5, 60, 60, 60, 250, 250, 250] },
    }),
    1,
    [250, 5, 60],
  ],
  [
    "a palette with a transparent entry",
    pngFile({
      ...{ width: 2, height: 1, type: 3, body: Uint8Array.of(0, 1) },
      ...{ palette: [1, 2, 3, 7, 8, 9], transparency: [0] },
    }),
    3,
    [1, 2, 3, 7, 8, 9],
  ],
  [
    "RGB with a transparent colour",
    pngFile({ width: 1, height: 1, type: 2, body: Uint8Array.of(4, 5, 6), transparency: [0, 4, 0, 5, 0, 6] }),
    3,
    [4, 5, 6],
  ],
  [
    "grey with a transparent shade",
    pngFile({ width: 2, height: 1, type: 0, body: Uint8Array.of(40, 50), transparency: [0, 40] }),
    1,
    [40, 50],
  ],
  [
    "interlaced grey",
    // Of 2x2 pixels the first, sixth and seventh pass have some: (0, 0), (1, 0), then the second row.
    pngFile({
      ...{ width: 2, height: 2, type: 0, interlaced: true },
      body: Uint8Array.of(0, 10, 0, 20, 0, 30, 40),
    }),
    1,
    [10, 20, 30, 40],
  ],
];

for (const [name, file, channels, pixels] of kinds) {
  test(`a PNG in ${name} becomes its ${channels === 1 ? "shades" : "colours"}`, async () => {
    const { data } = await load(folder({ "a.png": file }));
    assert.equal([data.channels, [...data.images]], [channels, pixels]);
  });
}

test("if one image has colours, all are RGB; else all are grey", async () => {
  const files = { "a.png": grey([10, 20]), "b.PNG": grey([30, 40]) };
  assert.equal([...(await load(folder(files))).data.images], [10, 20, 30, 40]);
  const mixed = await load(folder({ ...files, "c.png": rgb([1, 2, 3, 4, 5, 6], 2) }));
  assert.equal([...mixed.data.images], [10, 10, 10, 20, 20, 20, 30, 30, 30, 40, 40, 40, 1, 2, 3, 4, 5, 6]);
  assert.match(mixed.line, /^data: 3 colour images of 1x2: a folder of images, \S+$/);
});

const one = (shade: number) => grey([shade], 1);

test("sub-folders are classes in sorted order; images are sorted in each", async () => {
  const dir = folder({ "owl/a.png": one(5), "cat/b.png": one(2), "cat/a.png": one(1), "dog/x.png": one(3) });
  const { data, line } = await load(dir);
  assert.equal([...data.images], [1, 2, 3, 5]);
  assert.equal([...data.labels], [0, 0, 1, 2]);
  assert.equal(data.classes, ["cat", "dog", "owl"]);
  assert.match(line, /^data: 4 grey images of 1x1 in 3 classes \(cat, dog, owl\): a folder of images, \S+$/);
});

test("sub-folders that are all named by numbers are classes of those numbers", async () => {
  const { data } = await load(folder({ "10/a.png": one(1), "9/a.png": one(2), "0/a.png": one(3) }));
  const pairs = [...data.labels].map((label, i) => [label, data.images[i]]);
  assert.equal(
    pairs.sort((a, b) => a[0] - b[0]),
    [
      [0, 3],
      [9, 2],
      [10, 1],
    ],
  );
  assert.is(data.classes, undefined);
  const padded = await load(folder({ "01/a.png": one(1), "02/a.png": one(2) }));
  assert.equal([padded.data.classes, [...padded.data.labels]], [undefined, [1, 2]]);
  const alike = await load(folder({ "1/a.png": one(1), "01/a.png": one(2) }));
  assert.equal(alike.data.classes, ["01", "1"]);
});

test("hidden files, other files and empty folders are passed over, and the line says so", async () => {
  const dir = folder({
    "cat/a.png": one(1),
    "cat/.b.png": "hidden",
    "cat/notes.txt": "",
    "dog/c.png": one(2),
    ".hidden/x.png": "hidden",
    "__MACOSX/x.png": "litter",
    "Thumbs.db": "litter",
    "labels.csv": "",
    "empty/.keep": "",
  });
  const { data, line } = await load(dir);
  assert.equal([data.count, data.classes], [2, ["cat", "dog"]]);
  assert.match(
    line,
    / in 2 classes \(cat, dog\): a folder of images, \S+ \(2 other files passed over; empty: empty\)$/,
  );
});

test("links to images and to folders are followed; one that leads nowhere is told by its name", async () => {
  const from = folder({ "a.png": one(7), "set/b.png": one(8) });
  const dir = folder({ "cat/c.png": one(9) });
  symlinkSync(join(from, "a.png"), join(dir, "cat", "linked.png"));
  symlinkSync(join(from, "set"), join(dir, "dog"));
  assert.equal([...(await load(dir)).data.images], [9, 7, 8]);
  symlinkSync(join(from, "gone.png"), join(dir, "cat", "nowhere.png"));
  assert.match(await failure(dir), /nowhere\.png: no such file or folder\.$/);
  const circle = folder({ "cat/c.png": one(9) });
  symlinkSync("circle", join(circle, "circle"));
  symlinkSync("circle.png", join(circle, "cat", "circle.png"));
  assert.match(await failure(circle), /circle\.png: can't be read \(ELOOP\)/);
});

test("images that lie deeper, or both here and in folders, are not left out in silence", async () => {
  const deep = folder({ "train/cat/a.png": one(1), "test/cat/b.png": one(1) });
  assert.match(
    await failure(deep),
    /images lie too deep, in test.cat; expected IMAGE or CLASS\/IMAGE\. Name the folder of the classes, such as \S+test\.$/,
  );
  const both = folder({ "a.png": one(1), "cat/b.png": one(1) });
  assert.match(await failure(both), /images both in it and in its folder cat; expected one or the other\.$/);
  assert.match(await failure(folder({ "cat/notes.txt": "" })), /no data set there/);
});

test("a broken image among good ones is told by its name", async () => {
  const file = grey([1, 2, 3, 4]);
  const bad = (bytes: Uint8Array) => failure(folder({ "a.png": file, "bad.png": bytes, "c.png": file }));
  const changed = file.slice();
  changed[file.length - 20] ^= 1; // in the packed data: the sum is off
  assert.match(await bad(changed), /bad\.png: damaged PNG \(.+\)\.$/);
  assert.match(await bad(file.subarray(0, 45)), /bad\.png: damaged PNG \(truncated\)\.$/);
  assert.match(await bad(new Uint8Array(0)), /bad\.png: /);
  const huge = grey([1, 2, 3, 4]);
  new DataView(huge.buffer).setUint32(16, 0x7fffffff);
  new DataView(huge.buffer).setUint32(20, 0x7fffffff);
  assert.match(await bad(huge), /bad\.png: damaged PNG \(2147483647x2147483647 pixels in \d+ bytes\)\.$/);
  const bomb = joined([
    pngFile({ width: 2, height: 2, type: 0, interlaced: true, body: new Uint8Array(3_000_000) }),
  ]);
  assert.match(await bad(bomb), /bad\.png: damaged PNG/);
  const foreign = joined([file.subarray(0, 33), chunk("CgBI", counting(4)), file.subarray(33)]);
  assert.match(await bad(foreign), /bad\.png: damaged PNG/);
});

test("600 damaged PNGs of all kinds are read soundly or refused in one line", async () => {
  const reader = new ImageReader(() => Promise.reject(new Error("no sharp")));
  let refused = 0;
  const dir = temporaryFolder();
  for (const [i, [, file]] of kinds.entries()) {
    for (const bytes of damaged(file, 38, i)) {
      writeFileSync(join(dir, "a.png"), bytes);
      const line = await complaint(async () => {
        const { dataset } = (await readImageFolder(dir, "--data", undefined, reader))!;
        const { count, height, width, channels } = dataset;
        assert.is(dataset.images.length, count * height * width * channels);
      });
      if (line !== "none") refused++;
    }
  }
  assert.ok(refused > 400, `${refused}`);
});

test("images of different sizes, and other images than PNG, need sharp: one line says how to get it", async () => {
  const sizes = folder({ "a.png": grey([1, 2]), "b.png": grey([1, 2, 3], 3) });
  const read = (dir: string, size?: number) =>
    complaint(() => readImageFolder(dir, "--data", size, withoutSharp));
  assert.match(
    await read(sizes),
    /^images of different sizes: \S+a\.png has 2x1, \S+b\.png 3x1 \(width x height\)\. --size N .* npm install --no-save sharp$/,
  );
  assert.match(
    await read(sizes, 4),
    /a\.png: 2x1 pixels\. To crop and scale images the package sharp is needed: npm install --no-save sharp$/,
  );
  const jpeg = folder({ "a.jpg": Uint8Array.of(0xff, 0xd8, 0xff, 0xe0) });
  assert.match(
    await read(jpeg),
    /a\.jpg: no PNG\. To read other images the package sharp is needed: npm install/,
  );
  // A PNG by another name needs nothing, nor does a size that all images have.
  const named = await readImageFolder(folder({ "a.jpg": one(9) }), "--data", 1, withoutSharp);
  assert.equal([...named!.dataset.images], [9]);
});

const sharpName = "sharp"; // no literal, which a bundler would follow
const sharp = (await import(sharpName).catch(() => undefined))?.default;
const withSharp = sharp ? test : test.skip;
if (!sharp)
  console.log("imageFolder.test: sharp isn't installed, so JPEG, WebP and --size aren't tested with it");

withSharp(
  "a transparent pixel keeps the colour that stands in the file, scaled or not (needs sharp)",
  async () => {
    const colour = [200, 100, 50];
    const half = (x: number) => (x % 32 < 16 ? 255 : 0);
    const pixels = Uint8Array.from({ length: 32 * 32 * 4 }, (_, i) =>
      i % 4 < 3 ? colour[i % 4] : half(i >> 2),
    );
    const image = sharp(pixels, { raw: { width: 32, height: 32, channels: 4 } });
    const grey = Uint8Array.from({ length: 32 * 32 * 2 }, (_, i) => (i % 2 ? half(i >> 1) : 180));
    const files = {
      "a.png": await image.png().toBuffer(),
      "b.webp": await image.webp({ lossless: true, exact: true }).toBuffer(),
      "c.png": await sharp(grey, { raw: { width: 32, height: 32, channels: 2 } })
        .png()
        .toBuffer(),
    };
    for (const size of [undefined, 16]) {
      const { data } = await load(folder(files), size);
      const each = data.images.length / 3;
      const wanted = [colour, colour, [180, 180, 180]];
      for (const [image, rgb] of wanted.entries())
        for (let i = 0; i < each; i++)
          assert.ok(
            Math.abs(data.images[image * each + i] - rgb[i % 3]) <= 1,
            `size ${size}, image ${image}: ${data.images[image * each + i]} for ${rgb[i % 3]}`,
          );
    }
  },
);

withSharp(
  "JPEG, WebP and PNG of mixed sizes are cropped in the middle and scaled (needs sharp)",
  async () => {
    // Wide and tall images: the middle square is bright, what is cropped is dark.
    const striped = (width: number, height: number, channels: 1 | 3) => {
      const side = Math.min(width, height);
      const [left, top] = [(width - side) / 2, (height - side) / 2];
      const isInside = (x: number, y: number) => x >= left && x < left + side && y >= top && y < top + side;
      const pixels = Uint8Array.from({ length: width * height * channels }, (_, i) => {
        const p = Math.floor(i / channels);
        return isInside(p % width, Math.floor(p / width)) ? 200 : 10;
      });
      return sharp(pixels, { raw: { width, height, channels } });
    };
    const dir = folder({
      "a.jpg": await striped(96, 32, 3).jpeg({ quality: 100 }).toBuffer(),
      "b.webp": await striped(32, 64, 3).webp({ lossless: true }).toBuffer(),
      "c.png": await striped(48, 16, 1).png().toBuffer(),
      "d.jpeg": await striped(16, 16, 1).toColourspace("b-w").jpeg().toBuffer(),
    });
    const { data, line } = await load(dir, 16);
    assert.match(line, /^data: 4 colour images of 16x16: a folder of images/);
    for (let image = 0; image < 4; image++) {
      const inner = data.images.subarray(768 * image, 768 * (image + 1));
      const dark = inner.filter((value) => value < 150).length;
      assert.ok(dark < 0.15 * 768, `image ${image}: ${dark} dark`);
      const middle = inner[3 * (8 * 16 + 8)];
      assert.ok(Math.abs(middle - 200) < 4, `image ${image}: ${middle}`);
    }
  },
);

withSharp(
  "grey JPEGs stay grey, a JPEG named .png is read, and cameras' turns are undone (needs sharp)",
  async () => {
    const raw = { width: 4, height: 2, channels: 3 } as const;
    const pixels = Uint8Array.from({ length: 24 }, (_, i) => (i % 12 < 6 ? 20 : 220));
    const turned = await sharp(pixels, { raw })
      .withMetadata({ orientation: 6 })
      .jpeg({ quality: 100 })
      .toBuffer();
    const { data } = await load(folder({ "a.png": turned }));
    assert.equal([data.height, data.width, data.channels], [4, 2, 3]);
    assert.ok(data.images[0] < 60 && data.images[3 * 7] > 180, `${data.images}`);
    const shades = await sharp(Uint8Array.of(10, 60, 120, 240), { raw: { width: 2, height: 2, channels: 1 } })
      .toColourspace("b-w")
      .jpeg({ quality: 100 })
      .toBuffer();
    const greys = await load(folder({ "a.jpg": shades }));
    assert.equal([greys.data.channels, greys.data.images.length], [1, 4]);
    assert.match(
      await failure(folder({ "a.jpg": shades.subarray(0, 60) })),
      /a\.jpg: damaged, or no image that sharp/,
    );
  },
);

/** Python with Pillow and NumPy: Debian's has them as packages of its own. */
const python = ["/usr/bin/python3", "python3"].find(
  (name) => spawnSync(name, ["-c", "import PIL, numpy"]).status === 0,
);
const withPython = python ? test : test.skip;
if (!python) console.log("imageFolder.test: Python lacks Pillow or NumPy, so they don't judge the readers");

function pythonMakes(dir: string, script: string): void {
  const { status, stderr } = spawnSync(python!, ["-c", script, dir], { encoding: "utf8" });
  assert.is(status, 0, stderr);
}

withPython("what Pillow writes in each of its modes is read as Pillow reads it (needs Pillow)", async () => {
  const base = temporaryFolder();
  pythonMakes(
    base,
    `
import sys, os, numpy as np
from PIL import Image
rng = np.random.default_rng(1)
base = sys.argv[1]
noise = lambda *s: rng.integers(0, 256, s, dtype=np.uint8)
colour = Image.fromarray(noise(13, 11, 3))
images = {
  'L': Image.fromarray(noise(13, 11)), '1': Image.fromarray(noise(13, 11)).convert('1'),
  'LA': Image.fromarray(noise(13, 11, 2), 'LA'), 'RGB': colour, 'RGBA': Image.fromarray(noise(13, 11, 4)),
  'P': colour.quantize(200), 'P4': colour.quantize(11), 'P2': colour.quantize(2),
}
for name, image in images.items():
  os.mkdir(os.path.join(base, name))
  image.save(os.path.join(base, name, 'a.png'))
  back = Image.open(os.path.join(base, name, 'a.png'))
  np.save(os.path.join(base, name + '.npy'), np.array(back.convert('L' if name in ('L', '1', 'LA') else 'RGB'))[None])
`,
  );
  for (const name of ["L", "1", "LA", "RGB", "RGBA", "P", "P4", "P2"]) {
    const { data } = await load(join(base, name));
    const { data: expected } = await load(join(base, `${name}.npy`));
    assert.equal(
      [data.height, data.width, data.channels, ...data.images],
      [expected.height, expected.width, expected.channels, ...expected.images],
      name,
    );
  }
});

withPython(
  "what NumPy saves is read: images of both shapes, labels of all integers (needs NumPy)",
  async () => {
    const base = temporaryFolder();
    const types = ["int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", ">i4", ">u8"];
    pythonMakes(
      base,
      `
import sys, os, numpy as np
for i, name in enumerate(${JSON.stringify(types)}):
  folder = os.path.join(sys.argv[1], str(i)); os.mkdir(folder)
  shape = (6, 3, 4) if i % 2 else (6, 3, 4, 3)
  a = np.arange(np.prod(shape)).reshape(shape).astype('uint8')
  np.save(os.path.join(folder, 'images.npy'), a)
  np.save(os.path.join(folder, 'labels.npy'), np.array([0, 5, 26, 100, 3, 1]).astype(name))
np.save(os.path.join(sys.argv[1], 'fortran.npy'), np.asfortranarray(a))
np.save(os.path.join(sys.argv[1], 'floats.npy'), a.astype('float32'))
`,
    );
    for (const [i, name] of types.entries()) {
      const { data } = await load(join(base, String(i)));
      const channels = i % 2 ? 1 : 3;
      assert.equal([data.count, data.height, data.width, data.channels], [6, 3, 4, channels], name);
      assert.equal([...data.labels], [0, 5, 26, 100, 3, 1], name);
      assert.equal(
        [...data.images],
        Array.from({ length: 72 * channels }, (_, k) => k % 256),
        name,
      );
    }
    assert.match(await failure(join(base, "fortran.npy")), /in Fortran order, expected C order/);
    assert.match(
      await failure(join(base, "floats.npy")),
      /float32 of shape \(6, 3, 4\), expected images: uint8/,
    );
  },
);

test("what pngjs itself writes is read back", async () => {
  const png = new PNG({ width: 5, height: 3 });
  png.data = Buffer.from(counting(60));
  const { data } = await load(folder({ "a.png": PNG.sync.write(png, { colorType: 6 }) }));
  assert.equal(
    [...data.images],
    [...counting(60)].filter((_, i) => i % 4 < 3),
  );
});

test.run();
