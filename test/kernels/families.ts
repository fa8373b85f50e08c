// What the tests of the heavy kernels share: each runs in both families and is held to float64 sums.
import * as assert from "uvu/assert";
import { type Block, release } from "../../src/kernels/block";
import { block, device, read } from "../device";
import { type F64, makeRandom, map, randomNormal, roundToF32 } from "../reference/array";

const random = makeRandom(7);
export const normal = (shape: readonly number[]): F64 => roundToF32(randomNormal(random, shape));

const absolute = (x: F64): F64 => map(x, Math.abs);

/**
 * Runs a product of two arrays in both families and compares with the reference, to 1e-5 of the sum of |a||b|,
 * which bounds what rounding in any order of summation can do.
 */
export async function check(
  name: string,
  [a, b]: [F64, F64],
  reference: (a: F64, b: F64) => F64,
  kernel: (a: Block, b: Block, y: Block) => void,
): Promise<void> {
  const { info } = await device();
  const expected = reference(a, b);
  const scale = reference(absolute(a), absolute(b));
  const lanes = info.subgroupSize;
  for (const size of new Set([lanes, 0])) {
    const [first, second] = [block(a.data, a.shape), block(b.data, b.shape)];
    const y = block(undefined, expected.shape);
    info.subgroupSize = size;
    try {
      kernel(first, second, y);
    } finally {
      info.subgroupSize = lanes;
    }
    const got = await read(y);
    const bad = got.findIndex((v, i) => !(Math.abs(v - expected.data[i]) <= 1e-5 * scale.data[i] + 1e-30));
    const family = size > 0 ? "subgroup" : "portable";
    assert.is(bad, -1, `${name}, ${family}: ${got[bad]} at ${bad} instead of ${expected.data[bad]}`);
    for (const { storage } of [first, second, y]) release(storage);
  }
}
