// What the tests of the heavy kernels share: each runs in every family and is held to float64 sums.
import * as assert from "uvu/assert";
import { type Block, product, release } from "../../src/kernels/block";
import { hasBiasGrad } from "../../src/kernels/conv";
import type { FactorGrad } from "../../src/kernels/gemm";
import { type Configuration, configurations } from "../../src/kernels/tuning/configurations";
import { tuning } from "../../src/kernels/tuning/table";
import { block, device, read } from "../device";
import { type F64, makeRandom, map, randomNormal, roundToF32 } from "../reference/array";

const random = makeRandom(7);
export const normal = (shape: readonly number[]): F64 => roundToF32(randomNormal(random, shape));

const absolute = (x: F64): F64 => map(x, Math.abs);

/** The usual configuration of each family, and what the table would choose (undefined). */
export async function families(): Promise<(Configuration | undefined)[]> {
  const all = configurations((await device()).info);
  const named = ["portable 64x32", "tiled 16x64x8, 4x4 a thread"];
  return [undefined, ...all.filter(({ name }) => named.includes(name))];
}

/** Runs `body` with every product in one configuration. */
export async function within<T>(configuration: Configuration | undefined, body: () => T): Promise<T> {
  const table = tuning(await device());
  table.forced = configuration;
  try {
    return body();
  } finally {
    table.forced = undefined;
  }
}

/**
 * Runs a product of two arrays in several configurations and compares with the reference, to 1e-5 of the sum of
 * |a||b|, which bounds what rounding in any order of summation can do.
 */
export async function check(
  name: string,
  [a, b]: [F64, F64],
  reference: (a: F64, b: F64) => F64,
  kernel: (a: Block, b: Block, y: Block) => void,
  inWhich?: readonly (Configuration | undefined)[],
): Promise<void> {
  const expected = reference(a, b);
  const scale = reference(absolute(a), absolute(b));
  const run = async (configuration: Configuration | undefined) => {
    const blocks = [a, b].map((x) => block(x.data, x.shape));
    const y = block(undefined, expected.shape);
    await within(configuration, () => kernel(blocks[0], blocks[1], y));
    const got = await read(y);
    for (const { storage } of [...blocks, y]) release(storage);
    return { configuration, got };
  };
  // Together: a browser looks for what is mapped only now and then.
  for (const { configuration, got } of await Promise.all((inWhich ?? (await families())).map(run))) {
    const bad = got.findIndex((v, i) => !(Math.abs(v - expected.data[i]) <= 1e-5 * scale.data[i] + 1e-30));
    const family = configuration?.name ?? "default";
    assert.is(bad, -1, `${name}, ${family}: ${got[bad]} at ${bad} instead of ${expected.data[bad]}`);
  }
}

/**
 * The gradient of a filter of that shape, and behind it that of a bias, as one array: its reference and its kernel; those
 * that are given, where no kernel makes both.
 */
export function filterAndBias(
  shape: readonly number[],
  by: (x: F64, dy: F64) => F64,
  run: (x: Block, dy: Block, dw: FactorGrad) => void,
) {
  const [size, columns] = [product(shape), shape[3]];
  const filter = block(undefined, shape);
  release(filter.storage);
  if (!hasBiasGrad(filter)) return [by, run] as const;
  const both = (x: F64, dy: F64): F64 => {
    const data = new Float64Array(size + columns);
    data.set(by(x, dy).data);
    for (const [i, v] of dy.data.entries()) data[size + (i % columns)] += v;
    return { shape: [data.length], data };
  };
  return [both, (x: Block, dy: Block, y: Block) => run(x, dy, { ...y, shape, size, sums: size })] as const;
}
