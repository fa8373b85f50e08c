// The drawn digits: the same from the same seed, all ten, placed and inked like MNIST's.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { drawDigits } from "../../src/wgan/strokes";

test("the same seed draws the same bytes, another seed others", () => {
  const first = drawDigits({ count: 20, seed: 1 });
  assert.equal(drawDigits({ count: 20, seed: 1 }), first);
  assert.not.equal(drawDigits({ count: 20, seed: 2 }).images, first.images);
});

test("all ten digits are drawn about equally often, or those asked for", () => {
  const { labels, source, count } = drawDigits({ count: 2000, seed: 3 });
  assert.equal([source, count, labels.length], ["strokes", 2000, 2000]);
  for (let digit = 0; digit < 10; digit++) {
    const share = labels.filter((label) => label === digit).length / 2000;
    assert.ok(share > 0.07 && share < 0.13, `${digit}: ${share}`);
  }
  const some = drawDigits({ count: 50, seed: 3, digits: [4, 9] }).labels;
  assert.equal([...new Set(some)].sort(), [4, 9]);
});

test("every digit lies inside the image, near its middle, on clean paper, with dark ink", () => {
  const { images } = drawDigits({ count: 500, seed: 4 });
  for (let i = 0; i < 500; i++) {
    const image = images.subarray(784 * i, 784 * (i + 1));
    let [mass, x, y, border] = [0, 0, 0, 0];
    image.forEach((ink, pixel) => {
      const [column, row] = [pixel % 28, Math.floor(pixel / 28)];
      mass += ink;
      x += ink * (column + 0.5);
      y += ink * (row + 0.5);
      if (Math.min(column, row) === 0 || Math.max(column, row) === 27) border += ink;
    });
    assert.ok(Math.max(...image) > 200, `image ${i} is pale`);
    assert.ok(Math.abs(x / mass - 14) < 3 && Math.abs(y / mass - 14) < 3, `image ${i} is off its middle`);
    assert.ok(border / mass < 0.02, `image ${i} runs over the edge`);
  }
});

test("two images of one digit differ", () => {
  const { images } = drawDigits({ count: 2, seed: 5, digits: [5] });
  assert.not.equal(images.subarray(0, 784), images.subarray(784));
});

test.run();
