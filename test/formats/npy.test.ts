// NumPy's .npy: images of bytes and labels of any integers are read, anything else is named in one line.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { parseNpyImages, parseNpyLabels } from "../../src/formats/npy";
import { complaint } from "../complaint";
import { counting, npyFile } from "./npyFiles";

test("images of three and four axes come back, of every version of the format", () => {
  for (const version of [1, 2, 3] as const) {
    const grey = parseNpyImages(npyFile([3, 2, 5], counting(30), { version }), "f");
    assert.equal(grey, { count: 3, height: 2, width: 5, channels: 1, pixels: counting(30) });
    const colour = parseNpyImages(npyFile([2, 2, 5, 3], counting(60), { version, descr: "<u1" }), "f");
    assert.equal(colour, { count: 2, height: 2, width: 5, channels: 3, pixels: counting(60) });
  }
});

const labels = [7, 0, 65_535, 26];
const integers: Record<string, [bytes: number, write: (view: DataView, at: number, value: number) => void]> =
  {
    "<i8": [8, (view, at, value) => view.setBigInt64(at, BigInt(value), true)],
    ">i8": [8, (view, at, value) => view.setBigInt64(at, BigInt(value))],
    "<u8": [8, (view, at, value) => view.setBigUint64(at, BigInt(value), true)],
    "<i4": [4, (view, at, value) => view.setInt32(at, value, true)],
    ">i4": [4, (view, at, value) => view.setInt32(at, value)],
    "<u4": [4, (view, at, value) => view.setUint32(at, value, true)],
    ">u2": [2, (view, at, value) => view.setUint16(at, value)],
    "<u2": [2, (view, at, value) => view.setUint16(at, value, true)],
    "<i2": [2, (view, at, value) => view.setInt16(at, value, true)],
    "|u1": [1, (view, at, value) => view.setUint8(at, value)],
    "|i1": [1, (view, at, value) => view.setInt8(at, value)],
  };

for (const [descr, [bytes, write]] of Object.entries(integers)) {
  test(`labels of ${descr} come back, in one axis or in a column`, () => {
    const fitting = labels.map((label) =>
      descr === "<i2" ? label % 32_768 : bytes === 1 ? label % 128 : label,
    );
    const body = new Uint8Array(4 * bytes);
    for (const [i, label] of fitting.entries()) write(new DataView(body.buffer), bytes * i, label);
    for (const shape of [[4], [4, 1]]) {
      assert.equal([...parseNpyLabels(npyFile(shape, body, { descr }), "f")], fitting);
    }
    // NumPy says Fortran order of what is both.
    assert.equal([...parseNpyLabels(npyFile([4], body, { descr, fortran: true }), "f")], fitting);
  });
}

test("labels that are negative or above 65535 are refused", () => {
  const words = (value: number) => new Uint8Array(Int32Array.of(1, value).buffer);
  const read = (value: number) => () => parseNpyLabels(npyFile([2], words(value), { descr: "<i4" }), "l.npy");
  assert.match(
    complaint(read(-1)),
    /^l\.npy: label 1 \(from 0\) is -1, expected whole numbers from 0 to 65535\.$/,
  );
  assert.match(complaint(read(65_536)), /label 1 \(from 0\) is 65536/);
});

test("another dtype, shape or order is named, with what is read and how to get it", () => {
  const image = (shape: number[], descr: string, size: number, fortran = false) =>
    complaint(() =>
      parseNpyImages(
        npyFile(shape, new Uint8Array(shape.reduce((a, b) => a * b, size)), { descr, fortran }),
        "f",
      ),
    );
  assert.match(
    image([3, 2, 2], "<f4", 4),
    /^f: float32 of shape \(3, 2, 2\), expected images: uint8 .* \(a \* 255\)\.round\(\)\.astype\('uint8'\)\.$/,
  );
  assert.match(image([3, 2, 2], "<f8", 8), /^f: float64 of/);
  assert.match(image([3, 2, 2], "|i1", 1), /^f: int8 of/);
  assert.match(image([3, 2, 2], "|b1", 1), /^f: bool of/);
  assert.match(image([3], "|u1", 1), /^f: uint8 of shape \(3,\), expected images/);
  assert.match(image([], "|u1", 1), /^f: uint8 of shape \(\), expected/);
  assert.match(image([3, 2, 2, 4], "|u1", 1), /last of 4 axes has 4 channels, expected 1 \(grey\) or 3/);
  assert.match(
    image([3, 2, 2], "|u1", 1, true),
    /^f: in Fortran order, expected C order\. .*ascontiguousarray/,
  );
  assert.match(image([3, 2, 2], "<U3", 12), /^f: text of/);
  assert.match(image([3, 2, 2], "|O", 8), /^f: objects of/);
  const label = (shape: number[], descr: string, size: number) =>
    complaint(() =>
      parseNpyLabels(npyFile(shape, new Uint8Array(shape.reduce((a, b) => a * b, size)), { descr }), "f"),
    );
  assert.match(
    label([3], "<f4", 4),
    /^f: float32 of shape \(3,\), expected labels: integers of shape \(N,\)\.$/,
  );
  assert.match(label([3, 10], "|u1", 1), /^f: uint8 of shape \(3, 10\), expected labels/);
  const records = "{'descr': [('a', '<i4')], 'fortran_order': False, 'shape': (3,), }";
  assert.match(
    complaint(() => parseNpyImages(npyFile([3], new Uint8Array(12), { header: records }), "f")),
    /records of several fields/,
  );
});

test("a file that is cut, too long, or no .npy says so", () => {
  const file = npyFile([3, 2, 5], counting(30));
  assert.match(
    complaint(() => parseNpyImages(file.subarray(0, file.length - 1), "f")),
    /^f: truncated, uint8 of shape \(3, 2, 5\) take 30 bytes but 29 follow the header\. Write it again\.$/,
  );
  assert.match(
    complaint(() => parseNpyImages(Uint8Array.of(...file, 0), "f")),
    /^f: too long, .* 30 bytes but 31/,
  );
  for (const length of [0, 5, 11])
    assert.match(
      complaint(() => parseNpyImages(file.subarray(0, length), "f")),
      /^f: no \.npy file/,
    );
  assert.match(
    complaint(() => parseNpyImages(file.subarray(0, 40), "f")),
    /a header of \d+ bytes does not fit in its 40 bytes/,
  );
  const huge = npyFile([1e9, 1e9, 1e9], counting(3));
  assert.match(
    complaint(() => parseNpyImages(huge, "f")),
    /truncated/,
  );
  const newer = file.slice();
  newer[6] = 4;
  assert.match(
    complaint(() => parseNpyImages(newer, "f")),
    /version 4 of the \.npy format, expected 1 to 3/,
  );
  for (const header of ["{}", "{'descr': '|u1', 'fortran_order': False, 'shape': (-1, 2, 2), }"])
    assert.match(
      complaint(() => parseNpyImages(npyFile([], counting(4), { header }), "f")),
      /no sound \.npy file/,
    );
});

test.run();
