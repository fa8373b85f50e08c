// Truncated latent vectors: none is outside, those inside stay, and what is drawn anew is a normal cut off at the limit.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { HostRandom } from "../../src/kernels/threefry";
import { truncateLatents } from "../../src/wgan/truncate";

const size = { latent: 3, labels: 2 };
const normal = { deviation: 0.5, limit: 0.7 };

test("numbers within the limit stay, those beyond it are drawn anew, and labels are no numbers", () => {
  const before = Float32Array.of(0.1, -0.35, 0.36, 1, 0, -2, 0, Number.POSITIVE_INFINITY, 0, 1);
  const after = truncateLatents(before, size, normal, new HostRandom(3));
  assert.equal(
    [0, 1, 3, 4, 6, 8, 9].map((i) => after[i]),
    [0, 1, 3, 4, 6, 8, 9].map((i) => before[i]),
  );
  for (const i of [2, 5, 7]) assert.ok(Math.abs(after[i]) <= 0.35 && after[i] !== 0, `${after[i]}`);
  assert.equal(truncateLatents(before, size, normal, new HostRandom(3)), after, "same seed, same vectors");
});

test("the deviation is that of a normal cut off at the limit", () => {
  const random = new HostRandom(1);
  const vectors = Float32Array.from({ length: 60_000 }, () => random.normal());
  const cut = truncateLatents(
    vectors,
    { latent: 60, labels: 0 },
    { deviation: 1, limit: 1 },
    new HostRandom(2),
  );
  const variance = cut.reduce((sum, value) => sum + value * value, 0) / cut.length;
  // 1 - 2 φ(1) / (2 Φ(1) - 1), and five of its standard errors.
  assert.ok(Math.abs(variance - 0.29112) < 0.006, `${variance}`);
});

test.run();
