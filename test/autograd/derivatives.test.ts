// Every op's values and first and second derivatives on the GPU against float64 differences of an independent
// forward; no op goes without cases. The kinks have their own file.
import { suite, test } from "uvu";
import * as assert from "uvu/assert";
import { defineOp, detach, mul, ops, type Tensor } from "../../src/autograd";
import { unary } from "../../src/kernels/pointwise";
import { make, map } from "../reference/array";
import { cases, composites, notDifferentiable } from "./cases";
import { bounds, check, type Errors } from "./check";

test("every op with a derivative has cases, and the others are listed", () => {
  const names = [...ops.keys()].sort();
  const differentiable = names.filter((name) => ops.get(name)!.vjp);
  assert.equal(Object.keys(cases).sort(), [...differentiable, ...composites].sort());
  assert.equal(
    names.filter((name) => !ops.get(name)!.vjp),
    notDifferentiable,
  );
});

// x² under a derivative of the reader's choice, to see that the checker sees.
async function squareWith(vjp: (x: Tensor, dy: Tensor) => Tensor): Promise<Errors> {
  const name = "wrong square";
  const op = defineOp<[x: Tensor]>({
    name,
    shape: ([x]) => x,
    forward: ([x], y) => unary("square", x, y),
    vjp: ({ xs: [x], dy }) => [() => vjp(x, dy)],
  });
  ops.delete(name);
  return check({
    name,
    inputs: [make([5], [-1.5, -0.5, 0.75, 1, 2])],
    engine: ([x]) => op(x),
    reference: ([x]) => map(x, (v) => v * v),
  });
}

test("the checker sees a derivative that is off by one in a thousand, or that has no derivative", async () => {
  const right = await squareWith((x, dy) => mul(dy, mul(2, x)));
  assert.ok(right.first < 1e-6 && right.second < 1e-6, JSON.stringify(right));
  const off = await squareWith((x, dy) => mul(dy, mul(2.002, x)));
  assert.ok(off.first > 0.9e-3 && off.second > 0.9e-3, JSON.stringify(off));
  const detached = await squareWith((x, dy) => mul(dy, mul(2, detach(x))));
  assert.ok(detached.first < 1e-6 && detached.second > 0.9, JSON.stringify(detached));
});

test.run();

const derivatives = suite("derivatives");

for (const [op, items] of Object.entries(cases)) {
  derivatives(op, async () => {
    const failures: string[] = [];
    for (const item of items) {
      const errors = await check(item);
      for (const order of Object.keys(bounds) as (keyof Errors)[]) {
        if (errors[order] <= bounds[order]) continue;
        failures.push(`${op} ${item.name}: ${order} ${errors[order].toExponential(1)}`);
      }
    }
    assert.is(failures.join("\n"), "");
  });
}

derivatives.run();
