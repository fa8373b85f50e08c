// The step above a picture.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { labelHeight, withStep } from "../../src/wgan/label";

const black = (size: number, channels: number) => ({
  bytes: new Uint8ClampedArray(size * size * channels),
  width: size,
  height: size,
});

test("the picture stands below the strip as it was, with white to its right where the text is wider", () => {
  for (const channels of [1, 3]) {
    const { bytes, width, height } = withStep(black(10, channels), 12);
    assert.is(height, 10 + labelHeight);
    assert.ok(width > 10);
    for (let y = labelHeight; y < height; y++) {
      const row = [...bytes.subarray(y * width * channels, (y + 1) * width * channels)];
      assert.equal(row, [
        ...new Array(10 * channels).fill(0),
        ...new Array((width - 10) * channels).fill(255),
      ]);
    }
  }
});

test("every step has a strip of its own, and all are as wide as the longest asks", () => {
  const steps = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 100, 999, 50_000];
  const strips = steps.map((step) => withStep(black(4, 1), step, 50_000));
  assert.is(new Set(strips.map(({ width }) => width)).size, 1);
  assert.is(new Set(strips.map(({ bytes }) => bytes.join())).size, steps.length);
  const rim = ({ bytes, width }: { bytes: Uint8ClampedArray; width: number }) =>
    Array.from({ length: labelHeight }, (_, y) => bytes[y * width + width - 1]);
  for (const strip of strips) assert.ok(rim(strip).every((byte) => byte === 255));
});

test.run();
