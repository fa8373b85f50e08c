// A line through points, by gradient descent: a tensor that is trained, a loss, its gradients, a step.
import {
  add,
  closeDevice,
  full,
  grad,
  mean,
  mul,
  openDevice,
  Random,
  requireGrad,
  square,
  sub,
  tidy,
  zeros,
} from "monge";
import { SGD } from "monge/nn";

await openDevice();
const random = new Random(1);
const x = random.normal([100]);
const y = add(add(mul(x, 2), 0.5), random.normal([100], 0, 0.1)); // y = 2 x + 0.5, and noise
const slope = requireGrad(zeros([]));
const intercept = requireGrad(full([], 1));
const optimizer = new SGD([slope, intercept], { learningRate: 0.1 });

for (let step = 0; step < 100; step++) {
  tidy(() => {
    const loss = mean(square(sub(add(mul(x, slope), intercept), y)));
    optimizer.step(grad(loss, [slope, intercept]));
  });
}
console.log("slope", (await slope.item()).toFixed(2), "intercept", (await intercept.item()).toFixed(2));
closeDevice();
