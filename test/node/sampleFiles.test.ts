// What sample writes for other programs: the same bytes in every format, with the polarity of the data.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PNG } from "pngjs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { parseIdxImages } from "../../src/formats/idx";
import { parseNpyImages } from "../../src/formats/npy";
import { decodePng } from "../../src/node/png";
import type { Progress } from "../../src/node/progress";
import { requireOut, writeSamples } from "../../src/node/sampleFiles";
import { complaint } from "../complaint";
import { runConfig } from "./runConfig";
import { temporaryFolder } from "./temporary";

const base = temporaryFolder();
const shaped = (...shape: number[]) => ({ ...runConfig.data, shape });
const silent = { update: () => {} };
const write = (
  name: string,
  values: readonly number[],
  data: ReturnType<typeof shaped>,
  progress: Pick<Progress, "update"> = silent,
) => {
  const out = join(base, name);
  const numbers = Float32Array.from(values);
  writeSamples(requireOut(out, data, numbers.length), out, numbers, data, 2, progress);
  return out;
};

for (const [name, data, values] of [
  ["grey", shaped(1, 2, 1), [-1, 1, 0.5, -0.5, -3, 3]],
  ["colour", shaped(1, 1, 3), [-1, 1, 0.5, -0.5, -3, 3]],
] as const) {
  test(`${name} images are the same bytes as .npy, IDX and PNG files: -1 is 0 and 1 is 255, though digits are ink`, () => {
    const bytes = [0, 255, 191, 64, 0, 255];
    const [height, width, channels] = data.shape;
    const count = bytes.length / (height * width * channels);
    const expected = { count, height, width, channels, pixels: bytes };
    const array = write(`${name}.npy`, values, data);
    const idx = write(`${name}-idx-ubyte`, values, data);
    for (const images of [parseNpyImages(readFileSync(array), array), parseIdxImages(readFileSync(idx), idx)])
      assert.equal({ ...images, pixels: [...images.pixels] }, expected);
    const folder = write(`${name}-images`, values, data);
    const files = readdirSync(folder).sort();
    assert.equal(
      files,
      Array.from({ length: count }, (_, i) => `00000${i}.png`),
    );
    assert.equal(
      files.flatMap((file) => [...decodePng(readFileSync(join(folder, file))).bytes]),
      bytes,
    );
  });
}

test("of a folder that takes some images alone nothing is left, so that another try finds it empty", () => {
  const broken = {
    update(done: number) {
      if (done === 1) throw Object.assign(new Error("no space"), { code: "ENOSPC" });
    },
  };
  assert.throws(
    () => write("some", [-1, 0, 1, 0.5], shaped(1, 1, 1), broken),
    /some: can't be written \(ENOSPC\)\.$/,
  );
  assert.equal(readdirSync(join(base, "some")), []);
});

test("the picture is for the eye: digits are dark on white", () => {
  const { data, width, height } = PNG.sync.read(readFileSync(write("a.png", [-1, 1, 1, 1], shaped(1, 1, 1))));
  assert.equal([width, height, data[0], data[4 * 3]], [4, 4, 255, 0]);
});

test("points are an array of f32, which NumPy finds at a multiple of 64 bytes", () => {
  const bytes = readFileSync(write("points.npy", [1, 2, 3, 0.1], shaped(2)));
  const head = bytes.subarray(10, 128).toString("latin1");
  assert.match(head, /^\{'descr': '<f4', 'fortran_order': False, 'shape': \(2, 2\), \} *\n$/);
  assert.equal(
    [...new Float32Array(new Uint8Array(bytes.subarray(128)).buffer)],
    [1, 2, 3, Math.fround(0.1)],
  );
});

test("what can't be written there gets one line before anything is drawn", () => {
  const grey = shaped(1, 1, 1);
  mkdirSync(join(base, "held"));
  writeFileSync(join(base, "held", "notes"), "mine");
  const refused = (name: string, data = grey, count = 1) =>
    complaint(() => requireOut(join(base, name), data, count)).replaceAll(base, "DIR");
  assert.is(
    refused("a.jpg"),
    '--out "DIR/a.jpg": expected the name of a .png file, a .npy file, an IDX file (…-ubyte) or a folder.',
  );
  assert.is(refused("held"), "--out DIR/held: isn't empty. Name a new or an empty folder.");
  assert.match(refused("no/a.npy"), /^DIR\/no\/a\.npy: its folder DIR\/no: no such file or folder\.$/);
  assert.is(
    refused("points", shaped(2)),
    "--out DIR/points: the run makes points, expected a .png or .npy file.",
  );
  assert.match(refused("a.png", grey, 10_001), /^--count 10001: at most 10000 in a picture; /);
  assert.equal(readdirSync(join(base, "held")), ["notes"]);
});

test.run();
