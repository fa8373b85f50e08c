// Reverse mode as a walk over the graph. That each op's own derivative is right is tested elsewhere.
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  add,
  assign,
  backward,
  blend,
  capture,
  clip,
  conv2dFilterGrad,
  defineOp,
  detach,
  grad,
  matmul,
  memory,
  mul,
  noGrad,
  ones,
  ops,
  pow,
  relu,
  requireGrad,
  reshape,
  rmspropUpdate,
  sgdUpdate,
  slotSize,
  square,
  sum,
  type Tensor,
  tanh,
  tensor,
  tidy,
  zeros,
} from "../../src/autograd/index";
import { unary } from "../../src/kernels/pointwise";
import { device } from "../device";

test.before(async () => {
  await device();
});

const leaf = (numbers: number[], shape?: number[]) => requireGrad(tensor(numbers, shape));
const numbers = async (x: Tensor) => Array.from(await x.data());

async function near(x: Tensor, wanted: number[]): Promise<void> {
  const got = await numbers(x);
  const close =
    got.length === wanted.length && got.every((n, i) => Math.abs(n - wanted[i]) < 1e-5 * (1 + Math.abs(n)));
  assert.ok(close, `got [${got}], wanted [${wanted}]`);
}

/** x² whose derivative counts how often it was asked for; `forget` takes it out of the list of ops again. */
function counted() {
  const counts = { a: 0, b: 0 };
  const op = defineOp<[a: Tensor, b: Tensor]>({
    name: "counted",
    shape: ([a]) => a,
    forward: ([a], y) => unary("square", a, y),
    vjp: ({ xs: [a, b], dy }) => [
      () => {
        counts.a++;
        return mul(dy, mul(a, 2));
      },
      () => {
        counts.b++;
        return mul(b, 0);
      },
    ],
  });
  ops.delete("counted");
  return { op, counts };
}

test("paths that meet add up: a diamond", async () => {
  const x = leaf([2, 3]);
  const y = square(x);
  const [dx] = grad(sum(add(mul(y, 3), mul(y, x))), [x]); // 3x² + x³
  await near(dx, [24, 45]);
});

test("a tensor that is both inputs of an op gets both parts", async () => {
  const x = leaf([2, 3]);
  await near(grad(sum(mul(x, x)), [x])[0], [4, 6]);
  const square2 = leaf([1, 2, 3, 4], [2, 2]);
  await near(grad(sum(matmul(square2, square2)), [square2])[0], [7, 11, 9, 13]);
});

test("each node runs once, however many paths lead to it", () => {
  const { op, counts } = counted();
  const x = leaf([1, 2]);
  const y = op(x, ones([2]));
  grad(sum(add(add(y, y), mul(y, y))), [x]);
  assert.equal(counts, { a: 1, b: 0 });
});

test("x may be the result of an op, together with what it was made of, and y itself", async () => {
  const x = leaf([2, 3]);
  const middle = square(x);
  const y = sum(mul(middle, 5));
  const [dy, dm, dx] = grad(y, [y, middle, x]);
  await near(dy, [1]);
  await near(dm, [5, 5]);
  await near(dx, [20, 30]);
});

test("y may be a leaf, and the same x may be asked for twice: each result is freed on its own", async () => {
  const x = leaf([7]);
  const [a, b] = grad(x, [x, x]);
  a.dispose();
  await near(b, [1]);
});

test("several xs come back in their order", async () => {
  const [a, b, c] = [leaf([2]), leaf([3]), leaf([5])];
  const y = mul(mul(a, b), c);
  const found = grad(y, [c, a, b]);
  for (const [i, wanted] of [6, 15, 10].entries()) await near(found[i], [wanted]);
});

test("dy flows into y: the result is the vector-Jacobian product", async () => {
  const x = leaf([1, 2, 3]);
  const dy = tensor([10, 0, -1]);
  await near(grad(square(x), [x], { dy })[0], [20, 0, -6]);
  assert.not(dy.isDisposed);
  // Nothing of dy is lost where it is the result itself.
  const [same] = grad(add(x, 1), [x], { dy });
  same.dispose();
  await near(dy, [10, 0, -1]);
});

test("y must have one entry or dy be given, and dy must have y's shape", () => {
  const x = leaf([1, 2, 3]);
  assert.throws(() => grad(square(x), [x]), /^grad: y must have one entry, or dy be given, got \[3\]\.$/);
  assert.throws(
    () => grad(square(x), [x], { dy: ones([2]) }),
    /^grad: dy must have y's shape, got \[2\] and \[3\]\.$/,
  );
});

test("an x that y does not depend on throws and is named", () => {
  const [x, other] = [leaf([1]), leaf([1])];
  other.name = "critic.0.bias";
  assert.throws(
    () => grad(square(x), [x, other]),
    /^grad: y must depend on every x, got critic\.0\.bias f32\[1\], which it does not\. /,
  );
});

test("a graph that led to no gradient, since x has no part in it, is there for the next pass", async () => {
  const [w, other] = [leaf([3]), leaf([4])];
  const y = mul(square(w), 2);
  assert.throws(() => grad(y, [w, other]), /^grad: y must depend on every x/);
  await near(grad(y, [w])[0], [12]);
});

test("what leads to no x is not run: a frozen input costs nothing", () => {
  const { op, counts } = counted();
  const [x, frozen] = [leaf([1, 2]), leaf([3, 4])];
  const behind = op(frozen, frozen); // on no path to x
  grad(sum(mul(op(x, frozen), behind)), [x]);
  assert.equal(counts, { a: 1, b: 0 });
});

test("broadcasting is undone by sums to each input's shape", async () => {
  const x = leaf([1, 2, 3, 4, 5, 6], [2, 3]);
  const row = leaf([1, 1, 1]);
  const column = leaf([1, 1], [2, 1]);
  const one = leaf([2], []);
  const [dRow, dColumn, dOne] = grad(sum(mul(mul(mul(x, row), column), one)), [row, column, one]);
  assert.equal([dRow.shape, dColumn.shape, dOne.shape], [[3], [2, 1], []]);
  await near(dRow, [10, 14, 18]);
  await near(dColumn, [12, 30]);
  await near(dOne, [21]);
});

test("createGraph: first, second and third derivative of x³", async () => {
  const x = leaf([2]);
  const [first] = grad(pow(x, { p: 3 }), [x], { createGraph: true });
  const [second] = grad(first, [x], { createGraph: true });
  const [third] = grad(second, [x]);
  await near(first, [12]);
  await near(second, [12]);
  await near(third, [6]);
});

test("createGraph: a gradient may be part of a loss, with what it was made from", async () => {
  // (d/dx Σ w·x²)² by w, at x = 3, w = 2: (2wx)² → 8wx² = 144
  const [x, w] = [leaf([3]), leaf([2])];
  const [dx] = grad(sum(mul(w, square(x))), [x], { createGraph: true });
  await near(grad(square(dx), [w])[0], [144]);
});

test("createGraph: dy has a gradient too", async () => {
  const x = leaf([3]);
  const dy = leaf([5]);
  const [dx] = grad(square(x), [x], { dy, createGraph: true });
  await near(grad(dx, [dy])[0], [6]);
});

test("without createGraph nothing of a backward pass is recorded", () => {
  const x = leaf([2]);
  const [dx] = grad(pow(x, { p: 3 }), [x]);
  assert.not(dx.requiresGrad);
});

test("a graph serves one backward pass, or more with retainGraph", async () => {
  const x = leaf([2]);
  const y = square(tanh(x));
  const [a] = grad(y, [x], { retainGraph: true });
  const [b] = grad(y, [x]);
  assert.equal(await numbers(a), await numbers(b));
  assert.throws(
    () => grad(y, [x]),
    /^square: its graph was freed by an earlier backward pass\. Pass \{ retainGraph: true \} there\.$/,
  );
});

test("a tensor that was changed in place since is found and named", () => {
  const w = leaf([1, 2]);
  w.name = "critic.0.weight";
  const y = sum(square(w));
  assign(w, new Float32Array([3, 4]));
  assert.throws(
    () => grad(y, [w]),
    /^square: its input critic\.0\.weight f32\[2\] must be as it was then, got one that was changed in place/,
  );
  // A weight of a step's second dispatch: all that a step changes counts.
  const others = [ones([1]), ones([1]), ones([1])];
  const z = sum(square(w));
  rmspropUpdate(
    {
      weights: [...others, w],
      gradients: [ones([1]), ones([1]), ones([1]), ones([2])],
      slots: zeros([slotSize([...others, w])]),
      clips: [undefined, undefined, undefined, undefined],
    },
    { rate: 0.1, decay: 0.9, epsilon: 1e-7, epsilonInside: false },
  );
  assert.throws(() => grad(z, [w]), /changed in place/);
});

test("a change in place before its use does no harm, nor one through a view after the backward pass", async () => {
  const w = leaf([1, 2]);
  assign(w, new Float32Array([3, 4]));
  const [dw] = grad(sum(square(w)), [w]);
  assign(detach(w), new Float32Array([9, 9]));
  await near(dw, [6, 8]);
});

const changes: Record<string, (x: Tensor) => void> = {
  assign: (x) => assign(x, new Float32Array(x.size)),
  blend: (x) => blend(x, ones(x.shape), 0.5, 1),
  clip: (x) => clip(x, { low: -1, high: 1 }),
  "a step": (x) =>
    sgdUpdate({ weights: [x], gradients: [ones(x.shape)], slots: zeros([0]), clips: [undefined] }, 1, 0),
  "through a view": (x) => clip(reshape(x, [2, 1]), { low: -1, high: 1 }),
  "through a detached view": (x) => clip(detach(x), { low: -1, high: 1 }),
  "by a replay": (x) => {
    const step = capture(() => blend(x, ones(x.shape), 1, 1));
    step.replay();
    step.dispose();
  },
};
for (const [name, change] of Object.entries(changes)) {
  test(`no gradient goes through numbers that were changed in place after an op made them: ${name}`, async () => {
    const [w, v, u] = [leaf([1, 2]), leaf([5, 5]), leaf([1, 1])];
    for (const op of [(x: Tensor) => mul(x, 3), (x: Tensor) => reshape(x, [2]), (x: Tensor) => add(x, v)]) {
      const h = op(w);
      change(h);
      assert.throws(
        () => grad(sum(add(h, 1)), [w]),
        /^grad: .* changed in place, or by a replay, before it was used/,
      );
      assert.throws(
        () => backward(sum(square(h))),
        /^backward: .* changed in place, or by a replay, before it was used/,
      );
      assert.throws(
        () => grad(h, [w], { dy: ones([2]) }),
        /^grad: .* changed in place, or by a replay, before it was used/,
      );
      // It may be data for others, and a leaf to its own gradient.
      await near(grad(sum(mul(h, u)), [u], { retainGraph: true })[0], [...(await h.data())]);
      await near(grad(sum(mul(h, 2)), [h])[0], [2, 2]);
    }
  });
}

test("a change in place through a view is found as well", () => {
  const w = leaf([1, 2]);
  const y = sum(square(w));
  assign(detach(w), new Float32Array([9, 9]));
  assert.throws(() => grad(y, [w]), /changed in place/);
});

test("noGrad and detach cut the graph", async () => {
  const x = leaf([2]);
  assert.not(noGrad(() => square(x)).requiresGrad);
  assert.throws(() => grad(square(detach(x)), [x]), /^grad: y must depend on every x/);
  await near(grad(mul(x, detach(square(x))), [x])[0], [4]);
});

test("noGrad ends with its function, though it throws", () => {
  const x = leaf([2]);
  assert.throws(() =>
    noGrad(() => {
      throw new Error("inside");
    }),
  );
  assert.ok(square(x).requiresGrad);
});

test("grad works under noGrad, and createGraph records there", async () => {
  const x = leaf([2]);
  const y = pow(x, { p: 3 });
  const [dx] = noGrad(() => grad(y, [x], { createGraph: true }));
  await near(grad(dx, [x])[0], [12]);
});

test("requiresGrad is set on leaves alone", () => {
  const y = square(leaf([1]));
  assert.throws(
    () => requireGrad(y),
    /^requiresGrad: x must be a leaf, got tensor f32\[1\], which an op made/,
  );
});

test("backward adds to .grad of every leaf with requiresGrad, and of no other", async () => {
  const [x, w, constant] = [leaf([2]), leaf([3]), tensor([5])];
  const loss = () => tidy(() => mul(mul(x, w), constant));
  tidy(() => backward(loss()));
  await near(x.grad!, [15]);
  tidy(() => backward(loss()));
  await near(x.grad!, [30]);
  await near(w.grad!, [20]);
  assert.is(constant.grad, undefined);
  x.grad = undefined;
  backward(loss());
  await near(x.grad!, [15]);
});

test("backward with createGraph keeps the history of what it has summed", async () => {
  const x = leaf([2]);
  backward(pow(x, { p: 3 }), { createGraph: true });
  backward(pow(x, { p: 3 }), { createGraph: true });
  await near(grad(x.grad!, [x])[0], [24]);
});

test("backward from a tensor that depends on no leaf throws", () => {
  assert.throws(
    () => backward(square(tensor([1]))),
    /^backward: y must depend on a tensor with requiresGrad, got/,
  );
});

test("an error inside a derivative frees everything, and recording goes on", () => {
  const failing = defineOp<[x: Tensor]>({
    name: "failing",
    shape: ([x]) => x,
    forward: ([x], y) => unary("square", x, y),
    vjp: ({ dy }) => [
      () => {
        mul(dy, 2);
        throw new Error("in the rule");
      },
    ],
  });
  ops.delete("failing");
  const x = leaf([1, 2]);
  const before = memory();
  tidy(() => {
    const y = sum(square(failing(x)));
    assert.throws(() => grad(y, [x]), /^in the rule$/);
    assert.ok(square(x).requiresGrad);
  });
  assert.is(memory().tensors, before.tensors);
  assert.is(memory().bytes, before.bytes);
});

test("grad in a tidy leaves its results and nothing else", () => {
  const x = leaf([1, 2]);
  const before = memory();
  const [dx] = tidy(() => grad(sum(square(tanh(x))), [x]));
  assert.is(memory().tensors, before.tensors + 1);
  dx.dispose();
  assert.is(memory().bytes, before.bytes);
});

test("second derivatives leave nothing either", () => {
  const x = leaf([1, 2]);
  const before = memory();
  tidy(() => {
    const [dx] = grad(sum(pow(tanh(x), { p: 3 })), [x], { createGraph: true });
    return grad(sum(square(dx)), [x])[0].shape;
  });
  assert.is(memory().tensors, before.tensors);
});

test("what a graph has saved is freed as the backward pass goes, not at its end", () => {
  const x = requireGrad(ones([1 << 16]));
  const activation = 1 << 18; // bytes
  let late = 0;
  const first = defineOp<[x: Tensor]>({
    name: "first",
    shape: ([x]) => x,
    forward: ([x], y) => unary("square", x, y),
    vjp: ({ dy }) => [
      () => {
        late = memory().bytes;
        return dy;
      },
    ],
  });
  ops.delete("first");
  tidy(() => {
    // Inside a tidy of its own, so that the activations belong to the graph alone.
    const y = tidy(() => {
      let h = first(x);
      for (let i = 0; i < 8; i++) h = relu(h);
      return sum(h);
    });
    const start = memory().bytes;
    grad(y, [x]);
    // Of ten, x, the output of `first` and its gradient are left at the end of the pass.
    assert.is(Math.round((start - late) / activation), 7);
  });
  x.dispose();
});

test("what an op used before it was marked is missed in a gradient, though it was disposed of since", async () => {
  const [x, late] = [requireGrad(tensor([2, 3])), tensor([4, 5])];
  const before = mul(late, 3);
  requireGrad(late);
  late.dispose();
  const y = sum(mul(x, tanh(before)));
  assert.throws(() => backward(y), /^backward: the gradient of .* would lack what mul got/);
});

/** Three uses of each leaf, weighed; the first gradients of the first two come from one tensor. */
function usedThrice(leaves: Tensor[], weights: Tensor[][]): Tensor {
  const [a, b] = leaves;
  const uses = weights.flatMap((row) => row.map((weight, i) => sum(mul(leaves[i], weight))));
  return uses.reduce((y, use) => add(y, use), sum(add(add(a, b), a)));
}

test("a leaf's terms add up many leaves a dispatch, to the bits of one after the other, in a replay too", async () => {
  const shapes = [[5], [5], [0], [], [3, 7], [2, 2], [1], [9], [4]];
  const leaves = shapes.map((shape, i) => requireGrad(mul(ones(shape), i)));
  const odd = [1.1, Number.NaN, -0.3, Number.POSITIVE_INFINITY, 3e7, 1 / 3];
  const row =
    (k: number) =>
    ({ size, shape }: Tensor) =>
      tensor(
        Float32Array.from({ length: size }, (_, i) => odd[(k * i + k) % 6]),
        shape,
      );
  const weights = [1, 2, 5].map((k) => leaves.map(row(k)));
  const wanted = await Promise.all(
    grad(usedThrice(leaves, weights), leaves, { createGraph: true }).map(numbers),
  );
  const y = usedThrice(leaves, weights);
  const { stream } = await device();
  const adds: string[] = [];
  const recorded = (label: string) => void (/add|blend/.test(label) && adds.push(label));
  stream.observer = { alone: false, recorded } as unknown as typeof stream.observer;
  const got = grad(y, leaves);
  stream.observer = undefined;
  assert.equal(await Promise.all(got.map(numbers)), wanted);
  assert.ok(adds.length <= 8, adds.join());
  const step = capture(() => grad(usedThrice(leaves, weights), leaves));
  step.replay();
  assert.equal(await Promise.all(step.result.map(numbers)), wanted);
  step.dispose();
});

test("a filter gradient is right with the longest strides and paddings", async () => {
  await device();
  const far = 2 ** 29;
  for (const channels of [1, 8]) {
    const [x, dy] = [ones([1, 2, 2, channels]), ones([1, 3, 3, channels])];
    const dw = conv2dFilterGrad(x, dy, 2, { stride: far, padding: far });
    assert.equal([...(await dw.data())], new Array(4 * channels * channels).fill(1));
  }
});

test.run();
