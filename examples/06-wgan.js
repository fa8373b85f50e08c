// A Wasserstein GAN as Arjovsky, Chintala and Bottou (2017) have it, by hand: points in the plane, a clipped critic.
import {
  add,
  capture,
  closeDevice,
  detach,
  grad,
  mean,
  mul,
  neg,
  openDevice,
  Random,
  sub,
  tensor,
} from "monge";
import { Linear, ReLU, RMSprop, Sequential } from "monge/nn";

await openDevice();
const random = new Random(1);
const layers = (inputs, outputs) => [
  new Linear(inputs, 32, { random }),
  new ReLU(),
  new Linear(32, 32, { random }),
  new ReLU(),
  new Linear(32, outputs, { random }),
];
const generator = new Sequential(...layers(2, 2));
const critic = new Sequential(...layers(2, 1));
const rmsprop = { learningRate: 1e-3, form: "torch" };
const generatorOptimizer = new RMSprop(generator.parameters(), rmsprop);
const criticOptimizer = new RMSprop(critic.parameters(), { ...rmsprop, clip: () => [-0.1, 0.1] });
const centre = tensor([2, -1]);
const real = () => add(mul(random.normal([128, 2]), 0.3), centre);
const fake = () => generator.forward(random.normal([128, 2]));
const score = (x) => mean(critic.forward(x));

const criticStep = capture(() => {
  const distance = sub(score(real()), score(detach(fake())));
  criticOptimizer.step(grad(neg(distance), critic.parameters()));
});
const generatorStep = capture(() => {
  generatorOptimizer.step(grad(neg(score(fake())), generator.parameters()));
});
for (let step = 0; step < 200; step++) {
  for (let i = 0; i < 5; i++) criticStep.replay();
  generatorStep.replay();
}
const found = await mean(fake(), { axes: [0] }).data();
console.log("centre of fakes", [...found].map((c) => c.toFixed(2)).join(" "));
closeDevice();
