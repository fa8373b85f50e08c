// Every op's values and first and second derivatives on the GPU against float64 differences of an independent
// forward; no op goes without cases. The kinks have their own file.
import { suite, test } from "uvu";
import * as assert from "uvu/assert";
import { ops } from "../../src/autograd";
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
