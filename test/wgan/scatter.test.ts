// Points as dots of a picture.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { imageGrid } from "../../src/wgan/grid";
import { samplePicture } from "../../src/wgan/samplePicture";
import { generatedColour, scatterPicture } from "../../src/wgan/scatter";

const at = ({ bytes, width }: { bytes: Uint8ClampedArray; width: number }, x: number, y: number) => [
  ...bytes.subarray((y * width + x) * 3, (y * width + x) * 3 + 3),
];
const red = [255, 0, 0] as const;

test("a point stands where its coordinates say, y upwards, and the rest is white", () => {
  const picture = scatterPicture([{ points: Float32Array.of(1, 1), colour: red }], 80, 2);
  assert.equal([picture.width, picture.height, picture.bytes.length], [80, 80, 80 * 80 * 3]);
  const [r, g, b] = at(picture, 60, 20);
  assert.ok(r === 255 && g < 80 && g === b, `${[r, g, b]}`);
  assert.equal(at(picture, 60, 60), [255, 255, 255]);
  assert.equal(at(picture, 20, 20), [255, 255, 255]);
});

test("points outside the window, and such that are not finite, are not shown", () => {
  const points = Float32Array.of(3, 0, 0, -3, Number.NaN, 0, 0, Number.POSITIVE_INFINITY);
  const { bytes } = scatterPicture([{ points, colour: red }], 40, 2);
  assert.ok(bytes.every((byte) => byte === 255));
});

test("dots at the picture's edge are cut, and later ones lie over earlier ones", () => {
  const corner = Float32Array.of(-2, 2);
  const picture = scatterPicture(
    [
      { points: corner, colour: red },
      { points: corner, colour: [0, 0, 255] },
    ],
    40,
    2,
  );
  const [r, , b] = at(picture, 0, 0);
  assert.ok(b > r, `${at(picture, 0, 0)}`);
  assert.equal(at(picture, 39, 0), [255, 255, 255]);
});

test("samples are shown as what their shape says: points as dots, images in a grid", () => {
  const values = Float32Array.of(0.1, 0.2, 0.3, 0.4);
  const dots = scatterPicture([{ points: values, colour: generatedColour }]);
  assert.equal(samplePicture(values, { shape: [2], source: "swissroll" }, 1, 2), dots);
  for (const [source, asInk] of [
    ["idx: mnist", true],
    ["mnist: cache", true],
    ["strokes", true],
    ["imported digits: g.h5", true],
    ["imported: g.h5", false],
    ["folder: idx: photos", false],
    ["npy: faces.npy", false],
  ] as const)
    assert.equal(
      samplePicture(values, { shape: [1, 2, 1], source }, 1, 2),
      imageGrid(values, 1, 2, [1, 2, 1], asInk),
    );
});

test.run();
