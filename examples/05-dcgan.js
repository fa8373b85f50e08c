// A GAN of convolutions with the classic loss (Goodfellow et al. 2014, Radford et al. 2016), on digits.
import { add, closeDevice, detach, grad, mean, neg, noGrad, openDevice, Random, softplus, tidy } from "monge";
import {
  Adam,
  BatchNorm2d,
  Conv2d,
  ConvTranspose2d,
  Flatten,
  LeakyReLU,
  Linear,
  normal,
  ReLU,
  Reshape,
  Sequential,
  Tanh,
} from "monge/nn";
import { digits } from "./data.js";

await openDevice();
const random = new Random(1);
const conv = { random, stride: 2, padding: "same", init: normal(0.02) };
const generator = new Sequential(
  new Linear(32, 7 * 7 * 32, { random, init: normal(0.02) }),
  new Reshape([7, 7, 32]),
  new BatchNorm2d(32),
  new ReLU(),
  new ConvTranspose2d(32, 16, 4, conv),
  new BatchNorm2d(16),
  new ReLU(),
  new ConvTranspose2d(16, 1, 4, conv),
  new Tanh(),
);
const discriminator = new Sequential(
  new Conv2d(1, 16, 4, conv),
  new LeakyReLU({ slope: 0.2 }),
  new Conv2d(16, 32, 4, conv),
  new LeakyReLU({ slope: 0.2 }),
  new Flatten(),
  new Linear(7 * 7 * 32, 1, { random, init: normal(0.02) }),
);
const adam = { learningRate: 1e-3, beta1: 0.5 };
const optimizers = [generator, discriminator].map((network) => new Adam(network.parameters(), adam));
const [batch, steps] = [32, 150];
const images = digits(batch * steps);
const fakes = () => generator.forward(random.normal([batch, 32]));
const isReal = (x) => mean(softplus(neg(discriminator.forward(x)))); // −log D(x)
const isFake = (x) => mean(softplus(discriminator.forward(x))); // −log (1 − D(x))

for (let step = 0; step < steps; step++) {
  tidy(() => {
    const loss = add(isReal(images(step * batch, batch).x), isFake(detach(fakes())));
    optimizers[1].step(grad(loss, discriminator.parameters()));
  });
  tidy(() => optimizers[0].step(grad(isReal(fakes()), generator.parameters())));
}
const ink = async (x) => (await mean(x).item()).toFixed(2); // −1 is an empty page
console.log("mean of real", await ink(images(0, 500).x), "of fake", await ink(noGrad(fakes)));
closeDevice();
