// tidy, keep and dispose: what is freed, when, and what a use after that says. All numbers of memory() are exact,
// so each test reads them without an await between, in which the garbage collector could free other tests' tensors.
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  add,
  capture,
  detach,
  grad,
  keep,
  memory,
  mul,
  noGrad,
  ones,
  requireGrad,
  reshape,
  square,
  sum,
  type Tensor,
  tensor,
  tidy,
  untidied,
} from "../../src/autograd/index";
import { device } from "../device";
import { collectGarbage } from "../garbage";

test.before(async () => {
  await device();
});

/** By how many tensors and bytes `fn` raises what is live. */
function grown(fn: () => void): { tensors: number; bytes: number } {
  const before = memory();
  fn();
  const after = memory();
  return { tensors: after.tensors - before.tensors, bytes: after.bytes - before.bytes };
}

const none = { tensors: 0, bytes: 0 };

test("tidy frees what is made inside and not returned", () => {
  assert.equal(
    grown(() => {
      const peak = tidy(() => {
        const before = memory().tensors;
        mul(ones([100]), add(ones([100]), 1));
        return memory().tensors - before;
      });
      assert.is(peak, 4);
    }),
    none,
  );
});

test("tidy returns a tensor alive, and disposing it gives its bytes back", () => {
  let kept: Tensor | undefined;
  assert.equal(
    grown(() => {
      kept = tidy(() => add(ones([100]), 1));
    }),
    { tensors: 1, bytes: 448 }, // 400 bytes, as the pool rounds them
  );
  assert.equal(
    grown(() => kept!.dispose()),
    { tensors: -1, bytes: -448 },
  );
});

test("tidy returns arrays and plain objects of tensors, and other values as they are", () => {
  const { a, list, count } = tidy(() => ({ a: ones([2]), list: [ones([3]), [ones([4])]], count: 3 }));
  assert.not(a.isDisposed);
  assert.not((list[0] as Tensor).isDisposed);
  assert.not((list[1] as Tensor[])[0].isDisposed);
  assert.is(count, 3);
  for (const made of [a, list[0] as Tensor, (list[1] as Tensor[])[0]]) made.dispose();
});

test("tidy returns what refers to itself, or to one thing twice", () => {
  interface Ring {
    a: Tensor;
    again?: Ring;
    list?: unknown[];
  }
  const ring = tidy(() => {
    const made: Ring = { a: ones([2]) };
    made.again = made;
    made.list = [made, made.a, [made.a]];
    ones([3]);
    return made;
  });
  assert.not(ring.a.isDisposed);
  ring.a.dispose();
});

test("a tensor that an inner tidy returns is the outer one's to free", () => {
  let inner: Tensor | undefined;
  assert.equal(
    grown(() =>
      tidy(() => {
        inner = tidy(() => add(ones([4]), 1));
        assert.not(inner.isDisposed);
      }),
    ),
    none,
  );
  assert.ok(inner!.isDisposed);
});

test("an inner tidy leaves the tensors of the outer one alone", () => {
  tidy(() => {
    const outer = ones([4]);
    tidy(() => add(outer, 1));
    assert.not(outer.isDisposed);
  });
});

test("tidy frees everything when its function throws, and lets the error through", () => {
  assert.equal(
    grown(() => {
      assert.throws(
        () =>
          tidy(() => {
            tidy(() => {
              ones([10]);
              throw new Error("deep");
            });
          }),
        /^deep$/,
      );
    }),
    none,
  );
  // The stack of scopes is whole: a tensor made now belongs to nobody.
  const free = ones([1]);
  tidy(() => {});
  assert.not(free.isDisposed);
  free.dispose();
});

test("tidy refuses an async function and frees what it made so far", () => {
  assert.equal(
    grown(() => {
      assert.throws(() => tidy(async () => ones([10])), /^tidy: the function must not be async/);
    }),
    none,
  );
});

test("what holds for the time of a function refuses an async one, by its own name", () => {
  const late = async () => {
    await undefined;
    ones([10]);
  };
  for (const [name, run] of Object.entries({ tidy, untidied, noGrad, capture }))
    assert.throws(() => run(late), new RegExp(`^${name}: the function must not be async`));
});

test("keep takes a tensor out of all scopes", () => {
  let kept: Tensor | undefined;
  tidy(() =>
    tidy(() => {
      kept = keep(ones([4]));
    }),
  );
  assert.not(kept!.isDisposed);
  kept!.dispose();
});

test("keep of a tensor that is freed already throws: it would be freed twice", () => {
  const x = ones([4]);
  x.dispose();
  assert.throws(() => keep(x), /after it was freed/);
});

test("untidied: what is made inside is nobody's, and keep still takes an outer tensor out of its scope", () => {
  let free: Tensor | undefined;
  let outer: Tensor | undefined;
  tidy(() => {
    outer = ones([4]);
    free = untidied(() => {
      keep(outer!);
      tidy(() => ones([4]));
      return ones([4]);
    });
  });
  assert.not(free!.isDisposed);
  assert.not(outer!.isDisposed);
  free!.dispose();
  outer!.dispose();
});

test("dispose frees once, however often it is called", () => {
  const x = ones([100]);
  assert.equal(
    grown(() => {
      x.dispose();
      x.dispose();
    }),
    { tensors: -1, bytes: -448 },
  );
});

test("tensors that share storage free it together with the last of them", () => {
  const x = ones([4, 5]);
  const views = [reshape(x, [20]), detach(x)];
  assert.equal(
    grown(() => x.dispose()),
    none,
  );
  assert.equal(
    grown(() => {
      for (const view of views) view.dispose();
    }),
    { tensors: -1, bytes: -256 },
  );
});

test("a use after free throws, names the op and the tensor, and says how to keep it", async () => {
  const x = ones([2, 3]);
  x.name = "critic.weight";
  const freed = tidy(() => {
    const y = add(x, 1);
    y.name = "inside";
    return [y.shape, y] as const;
  })[1];
  freed.dispose();
  const says = (op: string) =>
    new RegExp(`^${op}: a tensor must not be used after it was freed, got inside f32\\[2,3\\]\\. Return it`);
  assert.throws(() => mul(x, freed), says("mul"));
  assert.throws(() => grad(freed, [x]), says("grad"));
  // These make no copy: a freed one would come back with storage that somebody else has by now.
  assert.throws(() => reshape(freed, [6]), says("reshape"));
  assert.throws(() => detach(freed), says("detach"));
  const told = await freed.data().then(
    () => "nothing",
    (error: Error) => error.message,
  );
  assert.match(told, says("data"));
  x.dispose();
});

test("an op that throws half-way leaves nothing alive", async () => {
  const { pool } = await device();
  const x = requireGrad(ones([100]));
  const allocate = pool.allocate;
  pool.allocate = () => {
    throw new Error("full");
  };
  assert.throws(() => square(x), /^full$/);
  pool.allocate = allocate;
  assert.equal(
    grown(() => x.dispose()),
    { tensors: -1, bytes: -448 },
  );
});

test("a graph keeps what its derivatives need past tidy, and gives it back when y is disposed", () => {
  const x = requireGrad(ones([100]));
  let y: Tensor | undefined;
  assert.equal(
    grown(() => {
      y = tidy(() => sum(square(add(x, 1))));
    }).tensors,
    2, // y, and what square saves
  );
  assert.equal(grown(() => y!.dispose()).tensors, -2);
  x.dispose();
});

test("a graph of ten thousand nodes goes without a deep recursion", () => {
  const x = requireGrad(ones([1]));
  assert.equal(
    grown(() =>
      tidy(() => {
        let y = x;
        for (let i = 0; i < 10_000; i++) y = reshape(y, [1]);
        return grad(y, [x])[0].shape;
      }),
    ),
    none,
  );
  x.dispose();
});

test("outside of tidy the garbage collector frees a tensor that nobody refers to, and its graph", async () => {
  const before = await collectGarbage();
  (() => {
    const x = requireGrad(tensor([1, 2, 3]));
    square(add(x, 1)).toString();
  })();
  assert.is(memory().tensors, before + 3);
  assert.is(await collectGarbage(), before);
});

test("a tensor that was disposed is not freed again by the garbage collector", async () => {
  const x = ones([100]);
  const view = detach(x);
  (() => detach(x).dispose())();
  await collectGarbage();
  assert.equal(Array.from(await view.data()), new Array(100).fill(1));
  x.dispose();
  view.dispose();
});

test.run();
