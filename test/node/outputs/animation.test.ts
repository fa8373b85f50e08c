// The animation, read by another program's decoder.
import { GifReader } from "omggif";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { animation, mostFrames } from "../../../src/node/outputs/animation";
import type { Picture } from "../../../src/wgan/grid";
import { labelHeight, withStep } from "../../../src/wgan/label";

/** A picture of one value, or of three by turns. */
const plain = (size: number, ...values: number[]): Picture => ({
  bytes: Uint8ClampedArray.from({ length: size * size * values.length }, (_, i) => values[i % values.length]),
  width: size,
  height: size,
});
const read = (gif: Uint8Array) => new GifReader(Buffer.from(gif));

function pixels(reader: GifReader, frame: number): number[][] {
  const rgba = new Uint8Array(reader.width * reader.height * 4);
  reader.decodeAndBlitFrameRGBA(frame, rgba);
  return Array.from({ length: reader.width * reader.height }, (_, i) => [...rgba.subarray(4 * i, 4 * i + 3)]);
}

test("each frame shows its picture below its step, greys to within four", () => {
  const steps = [1, 250, 50_000];
  const frames = steps.map((step, i) => ({ step, picture: plain(90, [0, 130, 255][i]) }));
  const reader = read(animation(frames));
  assert.is(reader.numFrames(), 3);
  for (const [i, { step, picture }] of frames.entries()) {
    const expected = withStep(picture, step, 50_000);
    assert.equal([reader.width, reader.height], [expected.width, 90 + labelHeight]);
    pixels(reader, i).forEach((rgb, at) => {
      for (const value of rgb) assert.ok(Math.abs(value - expected.bytes[at]) <= 4.2);
    });
  }
});

test("colours stay what they are to within a few steps of 256", () => {
  const frames = [plain(60, 200, 30, 40), plain(60, 10, 90, 250)].map((picture, step) => ({ step, picture }));
  const reader = read(animation(frames));
  for (const [i, { picture }] of frames.entries()) {
    const rgb = pixels(reader, i).at(-reader.width)!;
    for (const [c, value] of rgb.entries()) assert.ok(Math.abs(value - picture.bytes[c]) <= 8, `${rgb}`);
  }
});

test("it runs for ever, the last frame longer, with at most 120 frames, the first and the last among them", () => {
  const frames = Array.from({ length: 1001 }, (_, step) => ({ step, picture: plain(2, step % 256) }));
  const reader = read(animation(frames));
  assert.is(reader.numFrames(), mostFrames);
  assert.is(reader.loopCount(), 0);
  const delays = Array.from({ length: mostFrames }, (_, i) => reader.frameInfo(i).delay);
  assert.ok(delays.slice(0, -1).every((delay) => delay === delays[0] && delay < 20));
  assert.is(delays.at(-1), 300);
});

test("of large pictures there are fewer, but ten", () => {
  const frames = (count: number, size: number) =>
    Array.from({ length: count }, (_, step) => ({ step, picture: plain(size, step) }));
  assert.is(read(animation(frames(50, 640))).numFrames(), 39);
  assert.is(read(animation(frames(11, 2000))).numFrames(), 10);
});

test("no frames, and pictures of different sizes, are refused", () => {
  assert.throws(() => animation([]), /no frames/);
  const frames = [plain(2, 0), plain(3, 0)].map((picture, step) => ({ step, picture }));
  assert.throws(() => animation(frames), /picture of step 1 is 3x3x1, that of step 0 2x2x1/);
});

test.run();
