// The loss of the first GAN, of a critic of one weight: its values and derivatives against the formulas, and that its
// trainer lowers both.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { grad, mul, requireGrad, tensor, tidy } from "../../src/autograd";
import { crossEntropy } from "../../src/wgan/objectives";
import { Trainer } from "../../src/wgan/trainer";
import { device } from "../device";
import { smallTrainer } from "./smallTrainer";

await device();

const points = [-3, -0.5, 0, 2, 30];
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

for (const sign of [-1, 1] as const)
  test(`E log(1 + exp(${sign} f)) and its derivative by the critic's weight`, async () => {
    const w = requireGrad(tensor([0.7]));
    const [loss, slope] = tidy(() => {
      const x = tensor(points, [points.length, 1]);
      const value = crossEntropy({ forward: (x) => mul(x, w) }, x, sign);
      return [value, grad(value, [w])[0]];
    });
    const of = (x: number) => sign * 0.7 * x;
    const wanted = mean(points.map((x) => Math.max(of(x), 0) + Math.log1p(Math.exp(-Math.abs(of(x))))));
    const [value, derivative] = [(await loss.data())[0], (await slope.data())[0]];
    assert.ok(Math.abs(value - wanted) < 1e-6 * wanted, `${value}, expected ${wanted}`);
    const steep = mean(points.map((x) => sign * x * sigmoid(of(x))));
    assert.ok(Math.abs(derivative - steep) < 1e-6 * Math.abs(steep), `${derivative}, expected ${steep}`);
    for (const each of [w, loss, slope]) each.dispose();
  });

test("a critic that knows nothing has a loss of log 2 on either side, and learns from there", async () => {
  const trainer = smallTrainer("toy", {
    changes: { objective: { kind: "gan", criticSteps: 1, warmUp: null } },
  });
  trainer.critic.loadStateDict(
    Object.fromEntries(
      Object.entries(await trainer.critic.stateDict()).map(([name, { shape, data }]) => [
        name,
        { shape, data: name.startsWith("7.") ? data.map(() => 0) : data },
      ]),
    ),
  );
  const [first, ...later] = await Trainer.read(Array.from({ length: 20 }, () => trainer.step()));
  // Of two updates the second comes after a step of the optimiser.
  for (const loss of [first.criticReal, first.criticFake])
    assert.ok(Math.abs(loss - Math.LN2) < 1e-3, `${loss}`);
  const last = later.at(-1)!;
  assert.ok(last.criticReal + last.criticFake < 2 * Math.LN2, JSON.stringify(last));
  trainer.dispose();
});

test.run();
