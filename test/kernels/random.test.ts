// Random numbers on the GPU: the host's bits exactly, at every size and across the counter's carry.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Block, product } from "../../src/kernels/block";
import { type Draw, randomInteger, randomNormal, randomUniform } from "../../src/kernels/random";
import { threefry2x32 } from "../../src/kernels/threefry";
import { block, device, read } from "../device";

const SIZES = [0, 1, 2, 3, 63, 64, 65, 255, 256, 257, 511, 513];

/** What the host draws: `count` words from the counter on. */
function words({ key, counter }: Draw, count: number): number[] {
  const start = (BigInt(counter[1]) << 32n) + BigInt(counter[0]);
  return Array.from({ length: Math.ceil(count / 2) }, (_, i) => {
    const at = start + BigInt(i);
    return threefry2x32(key[0], key[1], Number(at & 0xffffffffn), Number((at >> 32n) & 0xffffffffn));
  })
    .flat()
    .slice(0, count);
}

const DRAWS: Draw[] = [
  { key: [3, 7], counter: [0, 0] },
  { key: [0xffffffff, 0x12345678], counter: [0xfffffffe, 5] }, // the carry comes after two blocks
];

const integers = (n: number): Block => block(new Uint32Array(n), [n]);

test("uniform numbers are the upper 24 bits of the host's words, exactly", async () => {
  await device();
  for (const draw of DRAWS) {
    const made = SIZES.map((n) => {
      const [unit, wide] = [block(undefined, [n]), block(undefined, [n])];
      randomUniform(unit, () => draw, 0, 1);
      randomUniform(wide, () => draw, -1, 1);
      return { n, unit, wide };
    });
    for (const { n, unit, wide } of made) {
      const wanted = words(draw, n).map((word) => (word >>> 8) * 2 ** -24);
      assert.equal([...(await read(unit))], wanted);
      assert.equal(
        [...(await read(wide))],
        wanted.map((u) => 2 * u - 1),
      );
    }
  }
});

test("whole numbers are the host's words times the bound over 2^32, exactly", async () => {
  await device();
  for (const draw of DRAWS) {
    for (const bound of [1, 2, 10, 60_000, 65_537, 0xffffffff]) {
      const made = [3, 257].map((n) => ({ n, y: integers(n) }));
      for (const { y } of made) randomInteger(y, () => draw, bound);
      for (const { n, y } of made) {
        const wanted = words(draw, n).map((word) => Number((BigInt(word) * BigInt(bound)) >> 32n));
        assert.equal([...(await read(y))], wanted, `below ${bound}`);
      }
    }
  }
});

test("the GPU gives Random123's known answers for 20 rounds", async () => {
  await device();
  const ones = 0xffffffff;
  const vectors: [Draw, number[]][] = [
    [{ key: [0, 0], counter: [0, 0] }, [0x6b200159, 0x99ba4efe]],
    [{ key: [ones, ones], counter: [ones, ones] }, [0x1cb996fc, 0xbb002be7]],
    [{ key: [0x13198a2e, 0x03707344], counter: [0x243f6a88, 0x85a308d3] }, [0xc4923a9c, 0x483df7a0]],
  ];
  for (const [draw, wanted] of vectors) {
    const y = integers(2);
    // Below 2^32 − 1 a word w > 0 becomes w − 1, so no bit is lost.
    randomInteger(y, () => draw, ones);
    assert.equal(
      [...(await read(y))].map((v) => (v + 1) >>> 0),
      wanted,
    );
  }
});

test("normal numbers are Box and Muller's of the host's words", async () => {
  await device();
  for (const draw of DRAWS) {
    const n = 4097;
    const y = block(undefined, [n]);
    randomNormal(y, () => draw, 0, 1);
    const bits = words(draw, n + 1).map((word) => word >>> 8);
    (await read(y)).forEach((v, i) => {
      const [first, second] = [bits[i - (i % 2)], bits[i - (i % 2) + 1]];
      const radius = Math.sqrt(-2 * Math.log((first + 1) * 2 ** -24));
      const angle = 2 * Math.PI * second * 2 ** -24;
      const wanted = radius * (i % 2 === 0 ? Math.cos(angle) : Math.sin(angle));
      assert.ok(Math.abs(v - wanted) <= 1e-5, `entry ${i}: ${v} for ${wanted}`);
    });
  }
});

test("a normal's mean and deviation are what was asked for, and no number is infinite", async () => {
  await device();
  const y = block(undefined, [100_000]);
  randomNormal(y, () => DRAWS[0], 3, 0.5);
  const values = [...(await read(y))];
  const mean = values.reduce((a, b) => a + b) / product(y.shape);
  const deviation = Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / product(y.shape));
  assert.ok(Math.abs(mean - 3) < 0.01 && Math.abs(deviation - 0.5) < 0.01, `${mean}, ${deviation}`);
  assert.ok(values.every(Number.isFinite));
});

test.run();
