// The elementwise functions over the whole range of f32 against float64, each held to units in the last place; and the
// losses that are made of them, at logits of every size.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as engine from "../../src/autograd";
import { device } from "../device";
import { make } from "../reference/array";
import * as reference from "../reference/forward";
import { functions, measure } from "./accuracy";

test("every function keeps to its bound at every exponent, and drivers lose subnormal numbers alone", async () => {
  await device();
  const measured = await measure(64);
  for (const [i, { name, ulps, at, wrong }] of measured.entries()) {
    assert.is(wrong, undefined, `${name}: ${wrong}`);
    assert.ok(ulps <= functions[i].bound, `${name}: off by ${ulps} units in the last place, ${at}`);
  }
});

test("log and the roots take subnormal numbers for what they are, on every driver", async () => {
  await device();
  for (const { name, subnormal } of await measure(16)) {
    if (/^(log|sqrt|rsqrt)/.test(name)) assert.is(subnormal, "right", name);
  }
});

test("log1p in softplus has no seam where 1 + z changes its exponent", async () => {
  await device();
  // e^x from 0.41421 to 0.41422, one f32 after the other.
  const [first, last] = [0.41421, 0.41422].map((z) => Math.fround(Math.log(z)));
  const xs: number[] = [];
  for (let x = first; x <= last; x += 2 ** -24) xs.push(Math.fround(x));
  const got = await engine.softplus(engine.tensor(xs)).data();
  xs.forEach((x, i) => {
    const wanted = Math.log1p(Math.exp(x));
    assert.ok(Math.abs(got[i] - wanted) <= 3e-7 * wanted, `softplus(${x}): ${got[i]} for ${wanted}`);
  });
});

test("whole powers of whole numbers are exact", async () => {
  await device();
  const xs = Array.from({ length: 300 }, (_, i) => i - 150);
  for (const p of [0, 1, 2, 3, 4, 5]) {
    const got = await engine.pow(engine.tensor(xs), { p }).data();
    xs.forEach((x, i) => {
      if (Math.abs(x ** p) <= 2 ** 24) assert.is(got[i] + 0, x ** p + 0, `${x} to the ${p}`);
    });
  }
});

test("softmax and the cross-entropy are right however many small terms a row has", async () => {
  await device();
  for (const classes of [1000, 10_000, 100_000]) {
    const logits = make(
      [1, classes],
      Float64Array.from({ length: classes }, (_, i) => (i === 0 ? 0 : -17)),
    );
    const x = engine.requireGrad(engine.tensor([...logits.data], [1, classes]));
    const [most] = reference.softmax(logits).data;
    const [top] = await engine.softmax(x).data();
    assert.ok(Math.abs(top - most) <= 1e-6 * most, `softmax of ${classes}: ${top} for ${most}`);
    const loss = engine.softmaxCrossEntropy(x, engine.tensor(Uint32Array.of(0)));
    const [wanted] = reference.softmaxCrossEntropy(logits, [0]).data;
    const [got] = await loss.data();
    assert.ok(Math.abs(got - wanted) <= 1e-4 * wanted, `cross-entropy of ${classes}: ${got} for ${wanted}`);
    const [slope] = await engine.grad(engine.sum(loss), [x])[0].data();
    assert.ok(
      Math.abs(slope - (most - 1)) <= 2e-7 + 1e-4 * (1 - most),
      `its slope: ${slope} for ${most - 1}`,
    );
  }
});

test("softmax and the cross-entropy are right at logits of every size", async () => {
  await device();
  for (const size of [0, 1e-30, 1e-3, 1, 30, 1e6, 1e7, 1e30]) {
    // Two at the top in the first row; in the second the largest stands apart.
    const logits = make([2, 3], [size, size, -size, size, 0.5 * size, -size].map(Math.fround));
    for (const label of [0, 1, 2]) {
      const loss = engine.softmaxCrossEntropy(
        engine.tensor([...logits.data], [2, 3]),
        engine.tensor(Uint32Array.of(label, label)),
      );
      const wanted = reference.softmaxCrossEntropy(logits, [label, label]);
      (await loss.data()).forEach((v, row) => {
        const right = wanted.data[row];
        const said = `cross-entropy at ${size}, row ${row}, label ${label}: ${v} for ${right}`;
        assert.ok(Math.abs(v - right) <= 5e-7 * Math.abs(right) || (v < 1.2e-38 && right < 1.2e-38), said);
      });
    }
    const wanted = reference.softmax(logits);
    (await engine.softmax(engine.tensor([...logits.data], [2, 3])).data()).forEach((v, i) => {
      const right = wanted.data[i];
      assert.ok(
        Math.abs(v - right) <= 5e-7 * right || right < 1.2e-38,
        `softmax at ${size}: ${v} for ${right}`,
      );
    });
  }
});

test("sin and cos of a large number are those of one that is off by half a unit in the last place, and NaN at last", async () => {
  await device();
  const xs = Array.from({ length: 4000 }, (_, i) =>
    Math.fround(2 ** (13 + (9 * i) / 4000) * (i % 2 ? 1 : -1)),
  );
  const beyond = [2 ** 22, -(2 ** 22), 1e30, Number.NEGATIVE_INFINITY];
  for (const [name, f] of Object.entries({ sin: engine.sin, cos: engine.cos }) as [
    "sin" | "cos",
    typeof engine.sin,
  ][]) {
    const got = await f(engine.tensor([...xs, ...beyond])).data();
    xs.forEach((x, i) => {
      const error = Math.abs(got[i] - Math[name](x));
      assert.ok(error <= Math.abs(x) * 2 ** -24 + 1e-6, `${name}(${x}): ${got[i]} for ${Math[name](x)}`);
    });
    assert.ok([...got.slice(xs.length)].every(Number.isNaN), `${name} beyond: ${got.slice(xs.length)}`);
  }
});

test("near every multiple of π/2 sin and cos keep their digits", async () => {
  await device();
  const xs = Array.from({ length: 5200 }, (_, i) => Math.fround(((i + 1) * Math.PI) / 2));
  for (const [name, f] of Object.entries({ sin: engine.sin, cos: engine.cos }) as [
    "sin" | "cos",
    typeof engine.sin,
  ][]) {
    const got = await f(engine.tensor(xs)).data();
    xs.forEach((x, i) => {
      const right = Math[name](x);
      assert.ok(Math.abs(got[i] - right) <= 4e-7 * Math.abs(right), `${name}(${x}): ${got[i]} for ${right}`);
    });
  }
});

test("gelu's derivatives are finite and right far out", async () => {
  await device();
  const points = [-1e38, -1e20, -100, -9, -5, 5, 9, 100, 2e19, 1e38];
  const x = engine.requireGrad(engine.tensor(points));
  const [first] = engine.grad(engine.sum(engine.gelu(x)), [x], { createGraph: true });
  const [second] = engine.grad(engine.sum(first), [x]);
  const a = Math.sqrt(2 / Math.PI);
  const right = points.map((p) => {
    if (Math.abs(p) > 20) return p < 0 ? 0 : 1;
    const s = 1 / (1 + Math.exp(-2 * a * (p + 0.044715 * p ** 3)));
    return s + p * s * (1 - s) * 2 * a * (1 + 3 * 0.044715 * p * p);
  });
  (await first.data()).forEach((v, i) => {
    assert.ok(Math.abs(v - right[i]) <= 2e-5 * Math.abs(right[i]), `at ${points[i]}: ${v} for ${right[i]}`);
  });
  for (const [i, v] of (await second.data()).entries())
    assert.ok(Math.abs(v) < 1e-4, `second derivative at ${points[i]}: ${v}`);
});

test.run();
