// Writes docs/derivatives.md: the largest error of every op's derivatives, from the cases and the checker that the
// tests run. usage: npm run derivatives
import { writeFileSync } from "node:fs";
import { cases, composites, notDifferentiable } from "./autograd/cases";
import { bounds, check, type Errors } from "./autograd/check";
import { device } from "./device";

const orders = Object.keys(bounds) as (keyof Errors)[];
const { info } = await device();
const rows: string[] = [];
let failed = 0;
let count = 0;
for (const [op, items] of Object.entries(cases).sort(([a], [b]) => a.localeCompare(b))) {
  const worst: Errors = { forward: 0, first: 0, second: 0 };
  for (const item of items) {
    const errors = await check(item);
    for (const order of orders) worst[order] = Math.max(worst[order], errors[order]);
  }
  const passes = orders.every((order) => worst[order] <= bounds[order]);
  if (!passes) failed++;
  count += items.length;
  const name = composites.includes(op) ? `${op} (composite)` : op;
  const numbers = orders.map((order) => worst[order].toExponential(1));
  rows.push(`| ${name} | ${passes ? "1, 2" : "**fails**"} | ${items.length} | ${numbers.join(" | ")} |`);
}

const text = `# Derivatives
Every differentiable op, checked on the GPU in first and second order. \`npm run derivatives\` writes this page; the
tests hold the same cases to the same bounds, and fail when an op has none.

Run on: ${info.name} (${info.driver}).

- **Reference.** An independent forward in float64, in plain TypeScript loops (\`test/reference/\`), differentiated by
  central differences of sixth order. No derivative rule of the engine takes part. Both sides start from the same
  f32 inputs, which lie away from kinks and poles; \`test/autograd/kinks.test.ts\` looks at the kinks themselves.
- **First order.** The gradients of L = Σ⟨dy, y⟩ by every input for a random dy, from a backward pass that is not
  recorded (where the fused derivatives run) and from one that is. Compared along three random directions in each
  input alone, relative to the root mean square of the reference's values along them; and for up to about 48 entries of
  each input, relative to the largest of them. Bound: ${bounds.first.toExponential(0)}.
- **Second order.** The gradients of M = Σ⟨∂L/∂x, u⟩, for random u, by every input and by dy, along three random
  directions in each alone, relative to the root mean square of the reference's values. Bound: ${bounds.second.toExponential(0)}.
- **Values.** The outputs, relative to the largest entry. Bound: ${bounds.forward.toExponential(0)}.
- A gradient that is a thousandth of the case's largest, or less, is measured against that thousandth.

The shapes include rank 0, size 1, primes, channel counts that 4 does not divide, broadcasting from either side, and
numbers as operands. Each figure is the largest over all cases: ${count} in all.

| op | orders | cases | values | first order | second order |
|---|---|---|---|---|---|
${rows.join("\n")}

Without a derivative, by intent: ${notDifferentiable.join(", ")}.
`;
writeFileSync("docs/derivatives.md", text);
console.log(`docs/derivatives.md: ${rows.length} ops, ${count} cases, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
