// A conditional GAN: both networks are told the class, here which of three heaps a point is from.
import {
  add,
  capture,
  closeDevice,
  concat,
  detach,
  grad,
  matmul,
  mean,
  mul,
  noGrad,
  oneHot,
  openDevice,
  Random,
  sub,
  tensor,
} from "monge";
import { Adam, LeakyReLU, Linear, Sequential } from "monge/nn";
import { gradientPenalty } from "monge/wgan";

await openDevice();
const random = new Random(1);
const layers = (inputs, outputs) => [
  new Linear(inputs, 32, { random }),
  new LeakyReLU({ slope: 0.2 }),
  new Linear(32, 32, { random }),
  new LeakyReLU({ slope: 0.2 }),
  new Linear(32, outputs, { random }),
];
const generator = new Sequential(...layers(2 + 3, 2));
const critic = new Sequential(...layers(2 + 3, 1));
const adam = { learningRate: 3e-3, beta1: 0, beta2: 0.9 };
const optimizers = [generator, critic].map((network) => new Adam(network.parameters(), adam));
const labels = oneHot(tensor(Uint32Array.from({ length: 96 }, (_, i) => i % 3)), { classes: 3 });
const centres = tensor([-2, 0, 0, 2, 2, 0], [3, 2]);
const told = (x) => concat([x, labels], { axis: 1 });
const real = () => add(matmul(labels, centres), mul(random.normal([96, 2]), 0.2));
const fake = () => generator.forward(told(random.normal([96, 2])));
const score = (x) => mean(critic.forward(told(x)));

const criticStep = capture(() => {
  const [x, y] = [real(), detach(fake())];
  const penalty = gradientPenalty({ forward: (z) => critic.forward(told(z)) }, x, y, random);
  const loss = add(sub(score(y), score(x)), penalty);
  optimizers[1].step(grad(loss, critic.parameters()));
});
const generatorStep = capture(() => {
  optimizers[0].step(grad(mul(score(fake()), -1), generator.parameters()));
});
for (let step = 0; step < 300; step++) {
  for (let i = 0; i < 5; i++) criticStep.replay();
  generatorStep.replay();
}
const points = await noGrad(() => matmul(labels, mul(fake(), 1 / 32), { transposeA: true })).data(); // a mean a class
console.log("centres of fakes", [...points].map((c) => c.toFixed(1)).join(" "));
closeDevice();
