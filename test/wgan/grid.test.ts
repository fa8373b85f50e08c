// Tiling generated images into one picture.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { imageGrid, squareGrid } from "../../src/wgan/grid";

test("-1 becomes white, +1 black, 0 grey, and values outside are clamped", () => {
  const { bytes, width, height } = imageGrid(Float32Array.of(-1, 1, 0, 5), 1, 1, 2);
  assert.equal([width, height, ...bytes], [2, 2, 255, 0, 128, 0]);
});

test("tiles stand row by row with two white pixels between, and empty places stay white", () => {
  const { bytes, width, height } = imageGrid(Float32Array.of(1, 0.2, -0.2), 2, 2, 1);
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

test("squareGrid has room for all and is near a square", () => {
  const shapes = [1, 2, 3, 4, 5, 10, 25, 100].map((n) => Object.values(squareGrid(n)).join("x"));
  assert.equal(shapes, ["1x1", "1x2", "2x2", "2x2", "2x3", "3x4", "5x5", "10x10"]);
});

test.run();
