// The kernel ladder: every rung is right, at sizes that no tile divides; and what a wrong rung is answered with.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { upload } from "../../src/kernels/block";
import { convolutionLadder, inputGradientLadder } from "../../src/ladder/convolution";
import { climb, type Ladder } from "../../src/ladder/ladder";
import { matmulLadder } from "../../src/ladder/matmul";
import { device } from "../device";

const odd = { images: 3, size: 7, ins: 8, outs: 12, kernel: 4, stride: 2, padding: 1 };
const ladders: [string, () => Ladder][] = [
  ["a product of 37 x 64 by 64 x 20", () => matmulLadder(37, 20, 64)],
  ["a product of one row", () => matmulLadder(1, 4, 128)],
  ["a convolution of stride 2", () => convolutionLadder(odd)],
  ["a convolution of stride 3, 5 x 5", () => convolutionLadder({ ...odd, size: 11, kernel: 5, stride: 3 })],
  ["an input gradient of stride 2", () => inputGradientLadder(odd)],
  [
    "an input gradient of stride 3, 5 x 5",
    () => inputGradientLadder({ ...odd, size: 11, kernel: 5, stride: 3 }),
  ],
  ["an input gradient of stride 1", () => inputGradientLadder({ ...odd, kernel: 3, stride: 1, padding: 0 })],
];

for (const [name, make] of ladders) {
  test(`${name}: every rung agrees with float64 sums`, async () => {
    await device();
    const ladder = make();
    const climbed = await climb(ladder, 1);
    assert.equal(
      climbed.map(({ rung }) => rung.name),
      ladder.rungs.map((rung) => rung.name),
    );
    assert.ok(climbed.every(({ ms, error }) => ms >= 0 && error <= 1e-5));
  });
}

test("a rung that computes wrongly, or leaves numbers out, is named", async () => {
  await device();
  const ladder = matmulLadder(8, 8, 64);
  const saying = (promise: Promise<unknown>) =>
    promise.then(
      () => "nothing",
      (error: Error) => error.message,
    );
  const idle = { name: "does nothing", run: () => {} };
  assert.match(
    await saying(climb({ ...ladder, rungs: [idle] }, 1)),
    /^ladder: does nothing: number 0 is NaN/,
  );
  const moved: Ladder = { ...ladder, terms: (index) => ladder.terms((index + 1) % 64) };
  assert.match(await saying(climb(moved, 1)), /^ladder: one number a thread: number 0 is/);
});

test("a rung that is wrong in a few lanes of a large product is found", async () => {
  await device();
  const ladder = matmulLadder(256, 256, 64);
  const [right] = ladder.rungs;
  const last = {
    name: "wrong in one number of 64",
    run: (...[a, b, c]: Parameters<typeof right.run>) => {
      right.run(a, b, c);
      const { storage } = c;
      for (let i = 63; i < c.size; i += 64)
        upload(new Float32Array([99]), { ...storage, offset: 4 * i, bytes: 4 });
    },
  };
  const said = await climb({ ...ladder, rungs: [last] }, 1).catch((error: Error) => error.message);
  assert.match(String(said), /^ladder: wrong in one number of 64: number \d+ is 99/);
});

test("sizes that the rungs do not take are refused", () => {
  assert.throws(() => matmulLadder(8, 6, 64), /n % 4 and k % 64 must be 0, got 6, 64/);
  assert.throws(() => matmulLadder(8, 8, 32), /must be 0, got 8, 32/);
  assert.throws(() => convolutionLadder({ ...odd, ins: 3 }), /channels % 4 must be 0/);
});

test.run();
