// Tiling generated images into one picture.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { channelsOf, imageGrid, squareGrid } from "../../src/wgan/grid";

const square = (size: number) => [size, size, 1];

test("-1 becomes white, +1 black, 0 grey, and values outside are clamped", () => {
  const { bytes, width, height } = imageGrid(Float32Array.of(-1, 1, 0, 5), 1, 1, square(2));
  assert.equal([width, height, ...bytes], [2, 2, 255, 0, 128, 0]);
});

test("tiles stand row by row with two white pixels between, and empty places stay white", () => {
  const { bytes, width, height } = imageGrid(Float32Array.of(1, 0.2, -0.2), 2, 2, square(1));
  assert.equal([width, height], [4, 4]);
  const white = [255, 255];
  assert.equal([...bytes.subarray(0, 4)], [0, ...white, 102]);
  assert.equal([...bytes.subarray(4, 12)], new Array(8).fill(255));
  assert.equal([...bytes.subarray(12)], [153, ...white, 255]);
});

test("imageGrid refuses a part of an image and more images than places", () => {
  assert.throws(() => imageGrid(new Float32Array(785), 1, 2), /whole number/);
  assert.throws(() => imageGrid(new Float32Array(3 * 784), 1, 2), /3 images of 28x28/);
});

test("every grey of a 28x28 grid is the one that it always was", () => {
  const values = Float32Array.from({ length: 3 * 784 }, (_, i) => Math.sin(i) * 1.1);
  const { bytes, width } = imageGrid(values, 1, 3);
  const expected = Uint8ClampedArray.from({ length: bytes.length }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    const [tile, within] = [Math.floor(x / 30), x % 30];
    return within < 28 ? (1 - values[(tile * 28 + y) * 28 + within]) * 127.5 : 255;
  });
  assert.equal([...bytes], [...expected]);
});

test("images of three channels are shown as they are, of any height and width", () => {
  const shape = [1, 2, 3];
  const { bytes, width, height } = imageGrid(Float32Array.of(-1, 1, 0, 2, -2, 0.5), 2, 1, shape);
  assert.equal([width, height], [2, 4]);
  assert.equal([...bytes], [0, 255, 128, 255, 0, 191, ...new Array(18).fill(255)]);
});

test("NaN is black, in grey and in colours", () => {
  const nan = Float32Array.of(Number.NaN, Number.NaN, Number.NaN);
  assert.equal([...imageGrid(nan, 1, 1, [1, 3, 1]).bytes], [0, 0, 0]);
  assert.equal([...imageGrid(nan, 1, 1, [1, 1, 3]).bytes], [0, 0, 0]);
});

test("imageGrid refuses two channels, and channelsOf bytes that are neither grey nor RGB", () => {
  const two = [1, 1, 2];
  assert.throws(() => imageGrid(new Float32Array(2), 1, 1, two), /one or three channels/);
  assert.throws(
    () => channelsOf({ bytes: new Uint8ClampedArray(5), width: 2, height: 2 }),
    /5 bytes for 2x2/,
  );
  assert.is(channelsOf({ bytes: new Uint8ClampedArray(12), width: 2, height: 2 }), 3);
});

test("squareGrid has room for all and is near a square", () => {
  const shapes = [1, 2, 3, 4, 5, 10, 25, 100].map((n) => Object.values(squareGrid(n)).join("x"));
  assert.equal(shapes, ["1x1", "1x2", "2x2", "2x2", "2x3", "3x4", "5x5", "10x10"]);
});

test.run();
