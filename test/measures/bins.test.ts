// NDB on mixtures whose bins are known.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { HostRandom } from "../../src/kernels/threefry";
import { type Bins, binned, differentBins, makeBins } from "../../src/measures/bins";
import type { Rows } from "../../src/measures/rows";
import { drawRows } from "./draws";

/** Points of 100 narrow heaps; of those from `from` on only the share `weight` stays, and the rest goes to the first. */
const heaps = (seed: number, from = 100, weight = 1) =>
  drawRows(20_000, 1, seed, (random) => {
    const heap = random.integer(100);
    return (heap < from || random.uniform() < weight ? heap : 0) + 0.01 * random.normal();
  });

const count = (samples: Rows, { centres, counts }: Bins) => differentBins(binned(samples, centres), counts);

test("differentBins: two proportions by hand", () => {
  // 50 and 30 of 100: pooled 0.4, deviation √(0.4 · 0.6 · 0.02) = 0.0693, and 0.2 is 2.89 of them.
  assert.is(differentBins([50, 50], [30, 70]), 0);
  // 51 and 29: 3.18 deviations.
  assert.is(differentBins([51, 49], [29, 71]), 2);
  assert.is(differentBins([0, 10], [0, 10]), 0);
});

test("of one distribution hardly a bin differs", () => {
  const bins = makeBins(heaps(1), new HostRandom(1));
  assert.is(bins.centres.count, 100);
  assert.ok(count(heaps(2), bins) <= 2); // more with a chance of 0.3 %
});

test("ten heaps of a hundred that are missing are found, and ten that are thin, with the one that has their points", () => {
  const bins = makeBins(heaps(1), new HostRandom(1));
  for (const weight of [0, 0.5]) {
    const found = count(heaps(3, 90, weight), bins);
    assert.ok(found >= 11 && found < 15, `${found} with a weight of ${weight}`);
  }
});

test("a set that lies in one bin differs in all", () => {
  const bins = makeBins(heaps(1), new HostRandom(1));
  const one = drawRows(5_000, 1, 4, (random) => 7 + 0.01 * random.normal());
  assert.ok(count(one, bins) >= 95);
});

test.run();
