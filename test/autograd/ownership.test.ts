// Gradients are whole and belong to who asked for them: no storage shared with anything, no part missing in silence.
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  add,
  assign,
  backward,
  blend,
  capture,
  concat,
  defineOp,
  detach,
  grad,
  memory,
  mul,
  neg,
  noGrad,
  ones,
  ops,
  requireGrad,
  reshape,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
  tidy,
  transpose,
  zeros,
} from "../../src/autograd";
import { device } from "../device";
import { collectGarbage } from "../garbage";

const numbers = async (x: Tensor | undefined) => [...(await x!.data())];
const marked = (data: number[]) => requireGrad(tensor(data));
const spoil = (x: Tensor) => assign(x, new Float32Array(x.size).fill(-99));

test.before(async () => {
  await device();
});

const paths: Record<string, (a: Tensor, b: Tensor) => Tensor> = {
  add,
  sub,
  "add of itself": (a) => add(a, a),
  reshape: (a, b) => add(reshape(a, [2, 1]), reshape(b, [2, 1])),
  "two ways": (a, b) => add(add(a, 1), add(b, add(a, 2))),
  neg: (a, b) => neg(sub(neg(a), b)),
  "what a derivative saved": (a, b) => {
    // Hands on what it got, and what it saved: the shortest ways to share storage.
    const handOn = defineOp<[x: Tensor, w: Tensor]>({
      name: "test.handOn",
      shape: ([x]) => x,
      forward: ([x], y) => blend(y, x, 0, 1),
      saves: [[], ["x1"]],
      vjp: ({ xs: [, w], dy }) => [() => dy, () => w],
    });
    ops.delete("test.handOn"); // other tests walk through all ops
    return handOn(a, b);
  },
};

for (const [name, fn] of Object.entries(paths)) {
  for (const createGraph of [false, true]) {
    test(`gradients through ${name} share no storage, createGraph ${createGraph}`, async () => {
      const run = () => {
        const [a, b] = [marked([1, 2]), marked([3, 4])];
        const y = fn(a, b);
        return { a, b, y, dy: reshape(tensor([5, 6]), y.shape) };
      };
      const leaves = ({ a, b }: { a: Tensor; b: Tensor }) => (name === "add of itself" ? [a] : [a, b]);
      const first = run();
      const wanted = await Promise.all(grad(first.y, leaves(first), { dy: first.dy }).map(numbers));

      const asked = run();
      const got = grad(asked.y, leaves(asked), { dy: asked.dy, createGraph });
      const added = run();
      backward(added.y, { dy: added.dy, createGraph });
      const sets = [
        { tensors: got, others: [asked.dy, asked.a, asked.b] },
        { tensors: leaves(added).map((x) => x.grad!), others: [added.dy, added.a, added.b] },
      ];
      for (const { tensors, others } of sets) {
        for (const other of others) noGrad(() => spoil(other));
        for (const [i, each] of tensors.entries()) {
          assert.equal(await numbers(each), wanted[i]);
          spoil(each);
        }
      }
    });
  }
}

test("a gradient that is asked for twice comes twice", async () => {
  const a = marked([1, 2]);
  const [one, two] = grad(sum(square(a)), [a, a]);
  spoil(one);
  assert.equal(await numbers(two), [2, 4]);
});

test("backward adds in place to the grad that is there, and asks for a new one with createGraph", async () => {
  const a = marked([1, 2]);
  a.grad = ones([2]);
  const { grad: before } = a;
  backward(sum(square(a)));
  assert.is(a.grad, before);
  assert.equal(await numbers(before), [3, 5]);
  backward(sum(square(a)), { createGraph: true });
  assert.is.not(a.grad, before);
  assert.equal(await numbers(a.grad), [5, 9]);
});

const late: Record<string, () => { y: Tensor; x: Tensor }> = {
  "never marked": () => {
    const [q, p] = [marked([2]), tensor([3])];
    return { y: sum(add(mul(q, p), square(p))), x: p };
  },
  "marked after a recorded op used it": () => {
    const [q, p] = [marked([2]), tensor([3])];
    const first = mul(q, p);
    return { y: sum(add(first, square(requireGrad(p)))), x: p };
  },
  "marked after an op used it that was not recorded": () => {
    const p = tensor([3]);
    const first = square(p);
    return { y: sum(add(first, square(requireGrad(p)))), x: p };
  },
  "marked after a chain of such ops": () => {
    const p = tensor([3]);
    const first = transpose(reshape(mul(square(p), tensor([5])), [1, 1]));
    return { y: sum(add(first, square(requireGrad(p)))), x: p };
  },
  "marked after a use whose result is only saved": () => {
    const p = tensor([3]);
    const first = square(p);
    requireGrad(p);
    return { y: sum(mul(p, add(mul(p, 0), first))), x: p };
  },
  "marked itself, the result of such an op, after another used it": () => {
    const p = square(tensor([3]));
    const first = mul(p, p);
    return { y: sum(add(first, square(requireGrad(p)))), x: p };
  },
  "marked after a use whose result was freed before": () => {
    const p = tensor([3]);
    const [first, q] = [square(p), marked([2])];
    const second = mul(first, q);
    first.dispose();
    return { y: sum(add(second, square(requireGrad(p)))), x: p };
  },
  "marked after it was summed with more tensors than are remembered": () => {
    const p = tensor([3]);
    const others = Array.from({ length: 100 }, (_, i) => tensor([i]));
    const first = mul(concat([...others, p, p]), 2);
    return { y: add(sum(first), sum(square(requireGrad(p)))), x: p };
  },
  "marked after such a sum, and before what was made of it without a record": () => {
    const p = tensor([3]);
    const others = Array.from({ length: 100 }, (_, i) => tensor([i]));
    const many = concat([...others, p]);
    return { y: add(sum(square(requireGrad(p))), sum(mul(many, 2))), x: p };
  },
  "marked before its sum met more tensors than are remembered": () => {
    const p = tensor([3]);
    const first = mul(p, 2);
    const other = square(requireGrad(p));
    return {
      y: sum(add(other, sum(concat([first, ...Array.from({ length: 100 }, () => tensor([1]))])))),
      x: p,
    };
  },
  "marked after a chain of more tensors than are remembered": () => {
    const p = tensor([3]);
    const chain = [p];
    for (let i = 0; i < 100; i++) chain.push(add(chain[i], 1));
    return { y: add(square(requireGrad(p)), chain[100]), x: p };
  },
  "unmarked for a while": () => {
    const p = marked([3]);
    const first = square(p);
    p.requiresGrad = false;
    const second = square(p);
    p.requiresGrad = true;
    return { y: sum(add(first, second)), x: p };
  },
};

for (const [name, make] of Object.entries(late)) {
  test(`a gradient that would lack a part is refused: ${name}`, () => {
    const { y, x } = make();
    assert.throws(() => grad(y, [x]), /^grad: /);
    if (name === "never marked") return;
    assert.throws(() => backward(make().y), /^backward: .* would lack/);
  });
}

test("what is not part of y, or was cut off by detach or noGrad, does not make a gradient incomplete", async () => {
  const p = tensor([3]);
  const elsewhere = square(p); // not part of y
  const cut = noGrad(() => square(p));
  const off = detach(square(p));
  requireGrad(p);
  const y = sum(add(add(square(p), cut), off));
  assert.equal(await numbers(grad(y, [p])[0]), [6]);
  assert.equal(await numbers(elsewhere), [9]);
});

test("a leaf from before or after more tensors than are remembered is no part of them", async () => {
  const [early, others] = [marked([3]), Array.from({ length: 100 }, (_, i) => tensor([i]))];
  const many = concat(others);
  const late = marked([4]);
  const y = sum(mul(mul(many, 1), mul(early, late)));
  const [byEarly, byLate] = grad(y, [early, late], { retainGraph: true });
  assert.equal(await numbers(byEarly), [4950 * 4]);
  assert.equal(await numbers(byLate), [4950 * 3]);
  backward(y);
  assert.equal(await numbers(late.grad), [4950 * 3]);
});

test("a long chain of unrecorded ops remembers no tensor that is gone", () => {
  let x = tensor([1]);
  for (let i = 0; i < 1000; i++) {
    const next = mul(x, 1);
    x.dispose();
    x = next;
  }
  const seen = new Set([x.variable]);
  for (const each of seen) for (const source of (each.sources ?? []) as typeof seen) seen.add(source);
  assert.ok(seen.size < 4, `it remembers ${seen.size}`);
});

test("a gradient that is refused leaves the graph as it was", async () => {
  const [x, other] = [marked([3]), marked([4])];
  const y = sum(square(x));
  assert.throws(() => grad(y, [x, other]), /^grad: y must depend on every x/);
  assert.equal(await numbers(grad(y, [x])[0]), [6]);
});

test("backward leaves all grads as they were when one of them was freed", async () => {
  const [a, b] = [marked([1]), marked([2, 3, 4])];
  a.grad = ones([1]);
  b.grad = zeros([3]);
  b.grad.dispose();
  for (const createGraph of [false, true])
    assert.throws(() => backward(sum(mul(a, b)), { createGraph }), /^backward: .*freed/);
  assert.equal(await numbers(a.grad), [1]);
});

test("a grad that a captured step sets and frees is no riddle", () => {
  const x = marked([1, 2]);
  const step = capture(() => {
    x.grad = ones([2]);
    x.grad.dispose();
  });
  step.replay();
  assert.ok(x.grad?.isDisposed);
  step.dispose();
});

for (const [name, dyOf] of Object.entries({ itself: (g: Tensor) => g, "a view": (g: Tensor) => detach(g) })) {
  test(`a grad may be the dy of the next backward: ${name}`, async () => {
    const [a, b] = [marked([1, 2]), marked([3, 4])];
    a.grad = tensor([10, 20]);
    b.grad = ones([2]);
    const y = add(a, b);
    backward(y, { dy: dyOf(a.grad), retainGraph: true });
    assert.equal(await numbers(a.grad), [20, 40]);
    assert.equal(await numbers(b.grad), [11, 21]);
    backward(add(b, a), { dy: dyOf(a.grad) });
    assert.equal(await numbers(a.grad), [40, 80]);
    assert.equal(await numbers(b.grad), [31, 61]);
  });
}

test("a grad is f32 and has its leaf's shape, or it is refused and the old one stays", async () => {
  const x = marked([1, 2]);
  const was = ones([2]);
  x.grad = was;
  for (const bad of [tensor([1]), ones([1, 2]), tensor(new Uint32Array(2))])
    assert.throws(() => {
      x.grad = bad;
    }, /^grad: the grad of tensor f32\[2\] must be f32 and have its shape, got tensor [uf]32\[.*\]\.$/);
  assert.is(x.grad, was);
  assert.equal(await numbers(was), [1, 1]);
});

test("a leaf that was dropped is collected with its grad and the graph of that", async () => {
  const before = await collectGarbage();
  (() => {
    const x = requireGrad(tensor([1, 2, 3]));
    backward(sum(square(square(x))), { createGraph: true });
  })();
  assert.is(await collectGarbage(), before);
});

test("backward in a capture is as eager over replays: into a grad that is there, or one that is set inside", async () => {
  const [w, v] = [marked([3]), marked([3])];
  w.grad = zeros([1]);
  const into = capture(() => backward(sum(square(w))));
  const anew = capture(() => {
    v.grad = undefined;
    backward(sum(square(v)));
    backward(sum(mul(v, 100)));
  });
  for (let i = 0; i < 3; i++) {
    into.replay();
    anew.replay();
  }
  assert.equal(await numbers(w.grad), [24]);
  assert.equal(await numbers(v.grad), [106]);
  v.grad = undefined;
  assign(v, new Float32Array([5]));
  anew.replay();
  assert.equal(await numbers(v.grad), [110]);
  w.grad = undefined;
  assert.throws(() => into.replay(), /^replay: the grad of .* must be the tensor/);
  into.dispose();
  anew.dispose();
  assert.equal(await numbers(v.grad), [110]);
});

test("a grad that a captured step adds to and then sets is not added to again: the next replay says so", () => {
  const ends: ((w: Tensor) => void)[] = [
    (w) => {
      w.grad = undefined;
    },
    (w) => {
      w.grad = zeros([1]);
    },
    (w) => {
      w.grad = undefined;
      backward(sum(square(w)));
    },
  ];
  for (const end of ends) {
    const w = marked([3]);
    w.grad = zeros([1]);
    const step = capture(() => {
      backward(sum(square(w)));
      end(w);
    });
    assert.throws(
      () => step.replay(),
      /^replay: the grad of .* Set it inside of the capture, before backward/,
    );
    step.dispose();
  }
});

test("what a replay could not repeat is refused: a grad that is not there, a graph from outside", () => {
  const w = marked([3]);
  const outside = sum(square(w));
  assert.throws(() => capture(() => backward(sum(square(w)))), /^backward: inside of a capture the grad/);
  assert.throws(() => capture(() => grad(outside, [w])), /^grad: inside of a capture the graph/);
  assert.throws(
    () => capture(() => backward(outside, { retainGraph: true })),
    /^backward: inside of a capture/,
  );
  assert.is(w.grad, undefined);
});

/** Tensors that are alive beside those of the outside while `y` is. */
function held(make: () => Tensor): number {
  const before = memory().tensors;
  const y = tidy(make);
  const count = memory().tensors - before;
  y.dispose();
  return count;
}

test("a graph keeps the numbers that its derivatives need, and no others", () => {
  const w = marked([1, 2, 3, 4]);
  const [c, d] = [tensor([1, 2, 3, 4]), tensor([1, 2, 3, 4])];
  assert.is(
    held(() => sum(add(add(add(w, 1), 1), 1))),
    1,
  );
  assert.is(
    held(() => sum(mul(mul(mul(w, 2), 2), 2))),
    1,
  );
  assert.is(
    held(() => sum(mul(mul(add(w, 0), c), d))),
    1,
  ); // c and d are not made inside
  assert.is(
    held(() => sum(square(add(w, 1)))),
    2,
  ); // and what is squared
});

test("what no derivative needs may change in place; what one needs may not", async () => {
  const w = marked([1, 2]);
  const x = add(w, 1);
  const y = sum(add(x, 1));
  noGrad(() => spoil(x));
  assert.equal(await numbers(grad(y, [w])[0]), [1, 1]);
  const z = square(add(w, 1));
  const u = add(w, 1);
  const needed = sum(square(u));
  spoil(u);
  assert.throws(() => grad(needed, [w]), /changed in place/);
  z.dispose();
});

test("every op with a derivative says what it saves, and one that uses more is told so", () => {
  const silent = [...ops.values()].filter(({ vjp, saves }) => vjp && !saves);
  assert.equal(
    silent.map(({ name }) => name),
    [],
  );
  const forgetful = defineOp<[x: Tensor]>({
    name: "test.forgetful",
    shape: ([x]) => x,
    forward: ([x], y) => blend(y, x, 0, 1),
    saves: [[]],
    vjp: ({ xs: [x], dy }) => [() => mul(x, dy)],
  });
  const w = marked([1]);
  assert.throws(
    () => grad(sum(forgetful(w)), [w]),
    /^mul: the numbers of .* were not saved\. Name it in its op's `saves`/,
  );
});

test.run();
