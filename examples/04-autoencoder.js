// An autoencoder: 784 pixels through 16 numbers and back, by convolutions and their transposes.
import { closeDevice, grad, mean, noGrad, openDevice, Random, square, sub, tidy, variance } from "monge";
import {
  Adam,
  Conv2d,
  ConvTranspose2d,
  Flatten,
  LeakyReLU,
  Linear,
  Reshape,
  Sequential,
  Tanh,
} from "monge/nn";
import { digits } from "./data.js";

await openDevice();
const random = new Random(1);
const conv = { random, stride: 2, padding: "same" };
const encoder = new Sequential(
  new Conv2d(1, 8, 4, conv),
  new LeakyReLU({ slope: 0.2 }),
  new Conv2d(8, 16, 4, conv),
  new LeakyReLU({ slope: 0.2 }),
  new Flatten(),
  new Linear(784, 16, { random }),
);
const decoder = new Sequential(
  new Linear(16, 784, { random }),
  new LeakyReLU({ slope: 0.2 }),
  new Reshape([7, 7, 16]),
  new ConvTranspose2d(16, 8, 4, conv),
  new LeakyReLU({ slope: 0.2 }),
  new ConvTranspose2d(8, 1, 4, conv),
  new Tanh(),
);
const both = new Sequential(encoder, decoder);
const optimizer = new Adam(both.parameters(), { learningRate: 3e-3 });
const [batch, steps] = [64, 100];
const images = digits(batch * (steps + 1));
const error = (x) => mean(square(sub(both.forward(x), x)));

for (let step = 0; step < steps; step++) {
  tidy(() => optimizer.step(grad(error(images(step * batch, batch).x), both.parameters())));
}
const { x } = images(steps * batch, batch); // none of those it has seen
const left = (await noGrad(() => error(x)).item()) / (await variance(x).item());
console.log("unexplained", `${(100 * left).toFixed(1)} %`);
closeDevice();
