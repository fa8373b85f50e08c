// Gradients that a kernel writes side by side into one buffer: programs may do with them what they do with any others.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import * as m from "../../src/autograd";
import { sgdUpdate } from "../../src/autograd/inplace";
import { device } from "../device";

const test = suite("ranges");

const numbers = async (x: m.Tensor) => [...(await x.data())];

/** Pairs of one shape that lie side by side: a product's dw and db, a batch norm's dgamma and dbeta. */
const pairs: Record<string, () => [m.Tensor, m.Tensor]> = {
  "dw and db"() {
    const random = new m.Random(1);
    const [x, w, bias] = [[2, 5, 5, 3], [1, 1, 3, 1], [1]].map((shape) =>
      m.requireGrad(random.normal(shape)),
    );
    const [dw, db] = m.grad(m.sum(m.square(m.conv2d(x, w, { bias }))), [w, bias]);
    return [m.slice(dw, { starts: [0, 0, 0, 0], sizes: [1, 1, 1, 1] }), m.reshape(db, [1, 1, 1, 1])];
  },
  "the whole dw, and db"() {
    const random = new m.Random(2);
    const [x, w, bias] = [[2, 4, 4, 1], [1, 1, 1, 8], [8]].map((shape) =>
      m.requireGrad(random.normal(shape)),
    );
    const [dw, db] = m.grad(m.sum(m.square(m.conv2d(x, w, { bias }))), [w, bias]);
    return [m.reshape(dw, [8]), db];
  },
  "dw and db of one column"() {
    const random = new m.Random(5);
    const [x, w, bias] = [[6, 1], [1, 1], [1]].map((shape) => m.requireGrad(random.normal(shape)));
    const [dw, db] = m.grad(m.sum(m.square(m.matmul(x, w, { bias }))), [w, bias]);
    return [m.reshape(dw, [1]), db];
  },
  "dgamma and dbeta"() {
    const random = new m.Random(3);
    const [x, gamma, beta] = [[6, 4], [4], [4]].map((shape) => m.requireGrad(random.normal(shape)));
    const [y] = m.batchNorm(x, gamma, beta, 1e-3);
    return m.grad(m.sum(m.square(y)), [gamma, beta]) as [m.Tensor, m.Tensor];
  },
};

const changes: Record<string, (target: m.Tensor, source: m.Tensor) => void> = {
  assign: m.assign,
  blend: (target, source) => m.blend(target, source, 0.5, 2),
  "blend of many": (target, source) => m.blendAll([target, m.zeros(target.shape)], [source, source], 1, 1),
  "a step of descent"(target, source) {
    sgdUpdate({ weights: [target], gradients: [source], slots: m.zeros([0]), clips: [undefined] }, 0.1, 0);
  },
};

for (const [name, make] of Object.entries(pairs))
  for (const [what, change] of Object.entries(changes))
    test(`${name}: ${what} from one into the other is as from a copy, now and in a replay`, async () => {
      await device();
      const [wanted, source] = make().map((x) => m.clone(x));
      change(wanted, source);
      const [a, b] = make();
      change(a, b);
      assert.equal(await numbers(a), await numbers(wanted));
      assert.equal(await numbers(b), await numbers(source));
      const [c, d] = make();
      const step = m.capture(() => change(c, d));
      step.replay();
      change(wanted, source);
      assert.equal(await numbers(c), await numbers(wanted));
      step.dispose();
    });

test("weights and biases that several convolutions share have the gradients of each, added up", async () => {
  await device();
  const random = new m.Random(4);
  const x = random.normal([2, 4, 4, 3]);
  const [w1, w2, bias] = [[1, 1, 3, 3], [1, 1, 3, 3], [3]].map((shape) =>
    m.requireGrad(random.normal(shape)),
  );
  const forward = (biasOf: (i: number) => m.Tensor) => {
    const conv = (y: m.Tensor, w: m.Tensor, i: number) => m.conv2d(y, w, { bias: biasOf(i) });
    return m.sum(m.square(conv(conv(conv(conv(x, w1, 0), w2, 1), w1, 2), w2, 3)));
  };
  const [dw1, dw2, db] = m.grad(
    forward(() => bias),
    [w1, w2, bias],
  );
  const apart = [0, 1, 2, 3].map(() => m.requireGrad(m.detach(m.clone(bias))));
  const [ew1, ew2, ...parts] = m.grad(
    forward((i) => apart[i]),
    [w1, w2, ...apart],
  );
  const close = async (got: m.Tensor, wanted: m.Tensor) => {
    const [a, b] = [await numbers(got), await numbers(wanted)];
    const scale = Math.max(...b.map(Math.abs));
    assert.ok(
      a.every((v, i) => Math.abs(v - b[i]) <= 1e-5 * scale),
      `${a} for ${b}`,
    );
  };
  await close(dw1, ew1);
  await close(dw2, ew2);
  await close(
    db,
    parts.reduce((a, b) => m.add(a, b)),
  );
});

test.run();
