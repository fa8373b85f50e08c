// NaN and infinities in every op: the cases of nonFiniteCases.ts, and planted into the cases of all derivatives, where
// the float64 reference says what must come out.
import { suite, test } from "uvu";
import * as assert from "uvu/assert";
import {
  cos,
  exp,
  gelu,
  grad,
  log,
  ops,
  requireGrad,
  rsqrt,
  sigmoid,
  silu,
  sin,
  softplus,
  sqrt,
  sum,
  tanh,
  tensor,
} from "../../src/autograd";
import { device } from "../device";
import { type F64, makeRandom } from "../reference/array";
import { cases } from "./cases";
import { type Case, toTensor } from "./check";
import { isRight, observe, show, type Values } from "./nonFinite";
import { nonFinite } from "./nonFiniteCases";

/** Ops that give numbers for NaN, by intent; pow has such a case, too: x⁰ is 1. */
const answers = ["equal", "greater", "greaterEqual", "inside", "toU32"];

const hasNan = (values: Values): boolean =>
  !(values instanceof Uint32Array) && ("shape" in values ? values.of : values).some(Number.isNaN);

test("every op has cases, with NaN in each input that can hold one, and what comes out of it is NaN", () => {
  for (const [name, op] of ops) {
    const items = nonFinite[name] ?? [];
    assert.ok(items.length > 0, `${name} has no case`);
    const inputs = items[0].inputs.length;
    for (let i = 0; i < inputs; i++) {
      const takes = op.takes?.[i] ?? "f32";
      if (takes === "u32") continue;
      const planted = items.filter(({ inputs }) => i < inputs.length && hasNan(inputs[i]));
      assert.ok(planted.length > 0, `${name} has no case with NaN in input ${i}`);
      if (answers.includes(name)) continue;
      assert.ok(
        planted.some((item) => item.y.some(Number.isNaN)),
        `${name} hides NaN in input ${i}`,
      );
    }
  }
});

test("every case gives what is right", async () => {
  await device();
  const wrong = (await observe())
    .filter((observation) => !isRight(observation))
    .map(({ op, what, right, got }) => `${op}: ${what}: ${show(got)} for ${show(right)}`);
  assert.is(wrong.join("\n"), "");
});

test("what is smooth has a NaN for its second derivative at NaN, too", async () => {
  await device();
  const smooth = { exp, log, sqrt, rsqrt, sin, cos, tanh, sigmoid, softplus, gelu, silu };
  for (const [name, f] of Object.entries(smooth)) {
    const x = requireGrad(tensor([1, Number.NaN]));
    const [first] = grad(sum(f(x)), [x], { createGraph: true });
    const [second] = grad(sum(first), [x]);
    for (const [which, derivative] of Object.entries({ first, second })) {
      const [one, bad] = await derivative.data();
      assert.ok(Number.isFinite(one) && Number.isNaN(bad), `${name}, ${which}: ${one}, ${bad}`);
    }
  }
});

test.run();

const planted = suite("planted into the cases of derivatives");
const random = makeRandom(17);

/** A copy with one value of one input changed, and where; none where it is empty. */
function plant(inputs: F64[], which: number, value: number): { xs: F64[]; at: number } | undefined {
  const { shape, data } = inputs[which];
  if (data.length === 0) return undefined;
  const at = Math.floor(random.uniform() * data.length);
  const xs = inputs.map((x, i) => (i === which ? { shape, data: data.with(at, value) } : x));
  return { xs, at };
}

/** The first entry of an output that differs: in kind, or by 1e-4 of its size or of the largest finite one's. */
function difference(got: ArrayLike<number>, { data }: F64): number {
  const largest = data.reduce((most, v) => (Number.isFinite(v) ? Math.max(most, Math.abs(v)) : most), 0);
  return data.findIndex((v, i) => !Object.is(got[i], v) && !(Math.abs(got[i] - v) <= 1e-4 * largest));
}

/** What is wrong where a number that is not finite stands in each input in turn. */
function differences(op: string, item: Case): Promise<string[]>[] {
  const values = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  return item.inputs.flatMap((_, which) =>
    values.map(async (value) => {
      const made = plant(item.inputs, which, value);
      if (!made) return [];
      const wanted = [item.reference(made.xs)].flat();
      const outputs = [item.engine(made.xs.map(toTensor))].flat();
      const results = await Promise.all(outputs.map((output) => output.data()));
      return results.flatMap((got, k) => {
        const bad = difference(got, wanted[k]);
        if (bad < 0) return [];
        const where = `${op} ${item.name}, ${value} at ${made.at} of input ${which}: output ${k}`;
        return `${where} is ${got[bad]} at ${bad} for ${wanted[k].data[bad]}`;
      });
    }),
  );
}

for (const [op, items] of Object.entries(cases)) {
  planted(op, async () => {
    await device();
    // All at once: a browser looks for what is mapped only now and then.
    const found = await Promise.all(items.flatMap((item) => differences(op, item)));
    assert.is(found.flat().join("\n"), "");
  });
}

planted.run();
