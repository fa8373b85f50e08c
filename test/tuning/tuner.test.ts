// The tuner: what it picks computes what the default does, and its cache is read by the next process or, where it is
// of no use, ignored with one line.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Block, release } from "../../src/kernels/block";
import { conv2d, conv2dFilterGrad } from "../../src/kernels/conv";
import { extentOf, type Gemm, watchGemms } from "../../src/kernels/gemm";
import { matmul } from "../../src/kernels/matmul";
import { candidates, configurations, defaultFor } from "../../src/kernels/tuning/configurations";
import { Tuning, tuning } from "../../src/kernels/tuning/table";
import { describeTuning, loadTuning, saveTuning, type TuningStore } from "../../src/tuning/text";
import { label, tune } from "../../src/tuning/tuner";
import { block, device, read } from "../device";
import { normal } from "../kernels/families";
import { skip } from "../platform";

const test = suite("tuner");

/** A store in memory. */
const memory = (text?: string): TuningStore & { text?: string } => ({
  text,
  read() {
    return this.text;
  },
  write(written) {
    this.text = written;
  },
});

test("a product is tuned although its bias and its padded rows are gone", async () => {
  const gpu = await device();
  const [x, w, bias] = [normal([2, 8, 8, 16]), normal([3, 3, 16, 1]), normal([1])];
  const [a, b, c] = [x, w, bias].map((each) => block(each.data, each.shape));
  const y = block(undefined, [2, 8, 8, 1]);
  const { storage } = c;
  let alive = true;
  const mortal = {
    ...c,
    get storage() {
      if (!alive) throw new Error("used after it was freed");
      return storage;
    },
  };
  const calls: Gemm[] = [];
  const window = { stride: [1, 1], padding: [1, 1, 1, 1] } as const;
  watchGemms(
    (call) => calls.push(call),
    () => {
      conv2d(a, b, y, window, mortal); // by patches of 9 numbers, 12 apart
      matmul(a, b, y, { batch: 1, m: 128, n: 1, k: 16, ...sides }, mortal);
    },
  );
  alive = false;
  try {
    for (const { wrong, tried } of await tune(gpu, calls, memory())) {
      assert.equal(wrong, []);
      assert.ok(tried >= candidates(gpu.info).length);
    }
  } finally {
    tuning(gpu).lines.clear();
    for (const each of [a.storage, b.storage, storage, y.storage]) release(each);
  }
});

for (const software of [true, false])
  test(`where ${software ? "the default" : "a candidate"} computes wrongly, it is named and not kept`, () =>
    namesWrong(software));

async function namesWrong(software: boolean): Promise<void> {
  const gpu = await device();
  const { info } = gpu;
  if (info.subgroupSize === 0) return skip("no kernels by subgroups here");
  const before = { ...info };
  const [a, b] = [normal([40, 64]), normal([64, 48])].map((x) => block(x.data, x.shape));
  const y = block(undefined, [40, 48]);
  const calls: Gemm[] = [];
  watchGemms(
    (call) => calls.push(call),
    () => matmul(a, b, y, { batch: 1, m: 40, n: 48, k: 64, ...sides }),
  );
  await read(y);
  try {
    // Shuffles across more lanes than there are: wrong, while the portable kernel and a GPU's tiles are right.
    Object.assign(info, { subgroupSize: 2 * before.subgroupSize, software });
    const [result] = await tune(gpu, calls, memory());
    assert.ok(result.wrong.some((name) => name.startsWith("subgroup ")));
    assert.is(result.wrong.includes(result.before.kernel), software);
    assert.not.ok(result.wrong.includes(result.after.kernel));
    assert.ok(result.after.ms > 0 && result.after.ms <= result.before.ms);
    assert.is(label(tuning(gpu).configure(extentOf(calls[0]))), result.after.kernel);
  } finally {
    Object.assign(info, before);
    tuning(gpu).lines.clear();
  }
  for (const { storage } of [a, b, y]) release(storage);
}

const sides = { transposeA: false, transposeB: false, stepA: 0, stepB: 0 };
const extent = { kind: "nn", rows: 40, columns: 48, sum: 600, copies: 1 };

async function full(): Promise<TuningStore & { text: string }> {
  const { info } = await device();
  const table = new Tuning(info);
  table.set(extent, { ...configurations(info)[1], parts: 3 }, 1, 2);
  const store = memory();
  saveTuning(table, store);
  return store as TuningStore & { text: string };
}

test("tuned products agree with the defaults', in a table that a second process reads", async () => {
  const gpu = await device();
  const [a, b] = [normal([40, 600]), normal([600, 48])].map((x) => block(x.data, x.shape));
  const [x, dy] = [normal([6, 9, 9, 8]), normal([6, 9, 9, 12])].map((z) => block(z.data, z.shape));
  const [y, dw] = [block(undefined, [40, 48]), block(undefined, [3, 3, 8, 12])];
  const run = () => {
    matmul(a, b, y, { batch: 1, m: 40, n: 48, k: 600, ...sides });
    conv2dFilterGrad(x, dy, dw, { stride: [1, 1], padding: [1, 1, 1, 1] });
  };
  const calls: Gemm[] = [];
  watchGemms((call) => calls.push(call), run);
  assert.is(calls.length, 2);
  const before = [await read(y), await read(dw)];
  const store = memory();
  const close = (got: ArrayLike<number>, expected: ArrayLike<number>) =>
    assert.ok(Array.from(got).every((value, i) => Math.abs(value - expected[i]) < 1e-3));
  try {
    assert.is(loadTuning(tuning(gpu), store), undefined);
    const results = await tune(gpu, calls, store);
    assert.is(results.length, 2);
    for (const result of results) {
      assert.equal(result.wrong, []);
      assert.ok(result.tried >= candidates(gpu.info).length);
      assert.ok(result.after.ms > 0 && result.after.ms <= result.before.ms);
    }
    assert.match(describeTuning(tuning(gpu)), /, tuned \(2 shapes, [0-9a-f]{8}\)$/);
    run();
    close(await read(y), before[0]);
    close(await read(dw), before[1]);

    const second = new Tuning(gpu.info);
    assert.is(loadTuning(second, store), undefined);
    assert.is(describeTuning(second), describeTuning(tuning(gpu)));
  } finally {
    tuning(gpu).lines.clear();
  }
  for (const { storage } of [a, b, x, dy, y, dw] as Block[]) release(storage);
});

test("what was kept is what runs, parts and all; other shapes keep the default", async () => {
  const { info } = await device();
  const table = new Tuning(info);
  assert.is(loadTuning(table, await full()), undefined);
  assert.equal(table.configure(extent), { ...configurations(info)[1], parts: 3 });
  assert.equal(table.configure({ ...extent, rows: 33 }), { ...configurations(info)[1], parts: 3 });
  const other = { ...extent, rows: 4000 };
  assert.equal(table.configure(other), defaultFor(info, other));
});

test("a damaged cache is ignored with one line", async () => {
  const { info } = await device();
  const { text } = await full();
  const damaged = [
    text.slice(0, -20),
    "",
    "[1]\n",
    '{"adapters": 3}',
    '{"adapters": {"a": null}}',
    text.replace(/"kernel": "[^"]*"/, '"kernel": "imagined 3x3"'),
    text.replace(/"kernel": "[^"]*"/, '"kernel": null'),
    text.replace('"parts": 3', '"parts": -1'),
    text.replace(/\{ "kernel".*\}/, "null"),
  ];
  for (const [i, each] of damaged.entries()) {
    const table = new Tuning(info);
    const said = loadTuning(table, memory(each));
    const harmless = i === 2; // a list has no sections, so there is nothing to ignore
    assert.is(said === undefined, harmless, each);
    if (!harmless) assert.match(said!, /^tuning: ignored, [^\n]*npm run tune[^\n]*$/);
    assert.equal(table.configure(extent), defaultFor(info, extent));
  }
});

test("a cache that cannot be read is ignored with one line", async () => {
  const { info } = await device();
  const store = memory();
  store.read = () => {
    throw new Error("no permission");
  };
  assert.match(
    loadTuning(new Tuning(info), store)!,
    /^tuning: ignored, its cache can't be used \(no permission\)/,
  );
});

test("a cache of another driver or version is ignored with one line, and stays when ours is written", async () => {
  const { info } = await device();
  const { text } = await full();
  const stale = memory(text.replace(/ \| monge [^"]*/, " | monge 0.0.0"));
  const table = new Tuning(info);
  assert.match(
    loadTuning(table, stale)!,
    /^tuning: ignored, it was made for .* monge 0\.0\.0\. `npm run tune` renews it\.$/,
  );
  assert.equal(table.configure(extent), defaultFor(info, extent));
  table.set(extent, candidates(info)[0], 1, 1);
  saveTuning(table, stale);
  assert.match(stale.text!, / monge 0\.0\.0"/);
  assert.is(loadTuning(new Tuning(info), stale), undefined);
  assert.is(loadTuning(new Tuning({ ...info, name: "another adapter" }), memory(text)), undefined);
});

test("a cache of other kernels is ignored with one line, and goes when ours is written", async () => {
  const { info } = await device();
  const { text } = await full();
  const stale = memory(text.replace(/, kernels [^"]*/, ", kernels 00000000"));
  const table = new Tuning(info);
  assert.is(
    loadTuning(table, stale),
    "tuning: ignored, it was made for kernels that have changed since. `npm run tune` renews it.",
  );
  table.set(extent, candidates(info)[0], 1, 1);
  saveTuning(table, stale);
  assert.not.match(stale.text!, /00000000/);
  assert.is(loadTuning(new Tuning(info), stale), undefined);
});

test("a damaged cache is replaced by the next tuning", async () => {
  const { info } = await device();
  const store = memory("{");
  const table = new Tuning(info);
  table.set(extent, candidates(info)[0], 1, 1);
  saveTuning(table, store);
  assert.is(loadTuning(new Tuning(info), store), undefined);
});

test("defaults: GPUs tile by the size of C, processors don't", () => {
  const adapter = { name: "a", driver: "b", software: false, subgroupSize: 0 };
  const name = (rows: number, columns: number, sum: number, copies = 1) =>
    defaultFor(adapter, { kind: "nn", rows, columns, sum, copies }).name;
  assert.match(name(4096, 4096, 4096), /^tiled 128x128/);
  assert.match(name(64 * 49, 64, 1024), /^tiled (128|64)x64/);
  assert.match(name(64, 64, 1568, 16), /^tiled (64|32)x/);
  assert.match(name(1, 64, 3136), /^tiled 16x64/);
  const large = { kind: "nn", rows: 4096, columns: 4096, sum: 4096, copies: 1 };
  assert.is(defaultFor({ ...adapter, software: true }, large).name, "portable 64x32");
  assert.match(defaultFor({ ...adapter, software: true, subgroupSize: 8 }, large).name, /^subgroup 32x32/);
});

test("configurations stay within WebGPU's default limits, and have names of their own", () => {
  for (const subgroupSize of [0, 4, 8, 16, 32, 64]) {
    const all = configurations({ name: "a", driver: "b", software: false, subgroupSize });
    assert.is(new Set(all.map(({ name }) => name)).size, all.length);
    for (const { name, shader, constants, tile } of all) {
      if (shader === "gemm_tiled") {
        const { RX, RY, TR, TC, KT } = constants;
        assert.ok(RX * RY >= 64 && RX * RY <= 256, name);
        assert.equal(tile, [RY * TR, RX * TC]);
        assert.ok(16 * KT * ((RY * TR) / 4 + 1 + (RX * TC) / 4 + 1) <= 16384, name);
        assert.ok((KT * (RY * TR + RX * TC)) / 16 <= RX * RY, `${name}: more blocks than threads`);
      }
      if (constants.TM) {
        const registers = (constants.TM * constants.KQ) / constants.SG;
        assert.ok(Number.isInteger(registers) && registers >= 1 && registers <= 4, name);
      }
    }
  }
});

test.run();
