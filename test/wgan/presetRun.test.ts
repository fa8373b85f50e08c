// A run of a preset for a program of one's own: what it takes from the data, and what it refuses.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { InputError } from "../../src/errors";
import { presetRun } from "../../src/wgan/presetRun";
import { presets } from "../../src/wgan/presets";
import { drawDigits } from "../../src/wgan/strokes";
import { drawToy } from "../../src/wgan/toys";
import { device } from "../device";

const digits = drawDigits({ count: 300, seed: 1, digits: [1, 7] });

test("it has the preset's settings, the changes, and what the data are", async () => {
  await device();
  const { data, adapter, ...config } = presetRun("small", digits, { seed: 7, batch: 16 });
  assert.is(config.seed, 7);
  assert.is(config.batch, 16);
  assert.equal(config.network, presets.small.network);
  const { count, shape, classCount, source } = data;
  assert.equal(
    { count, shape, classCount, source },
    { count: 300, shape: [28, 28, 1], classCount: 2, source: "strokes" },
  );
  assert.equal(presetRun("toy", drawToy("swissroll", 300, 1)).data.shape, [2]);
  assert.is(adapter.name, (await device()).info.name);
});

const refused: [what: string, run: () => unknown, message: RegExp][] = [
  ["a wrong value", () => presetRun("small", digits, { steps: 0 }), /^run: steps: expected /],
  [
    "a batch that is larger than the data",
    () => presetRun("small", digits, { batch: 301 }),
    /^run: batch: larger/,
  ],
  [
    "a network that can't make such samples",
    () => presetRun("small", drawToy("swissroll", 300, 1)),
    /^run: network\./,
  ],
  [
    "classes where there is one",
    () => presetRun("small", drawDigits({ count: 300, seed: 1, digits: [1] }), { conditional: true }),
    /^run: conditional: expected data of 2 to 256 classes, but there is 1\.$/,
  ],
];
for (const [what, run, message] of refused) {
  test(`it refuses ${what}, by the name of the setting`, async () => {
    await device();
    assert.throws(run, (error: Error) => error instanceof InputError && message.test(error.message));
  });
}

test.run();
