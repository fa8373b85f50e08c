// A classifier of handwritten digits: two convolutions, and how many of a second set it gets right.
import { closeDevice, grad, mean, noGrad, openDevice, Random, softmaxCrossEntropy, tidy } from "monge";
import { Adam, Conv2d, Flatten, Linear, ReLU, Sequential } from "monge/nn";
import { digits } from "./data.js";

await openDevice();
const random = new Random(1);
const network = new Sequential(
  new Conv2d(1, 8, 3, { random, stride: 2, padding: "same" }), // (N, 14, 14, 8)
  new ReLU(),
  new Conv2d(8, 16, 3, { random, stride: 2, padding: "same" }), // (N, 7, 7, 16)
  new ReLU(),
  new Flatten(),
  new Linear(7 * 7 * 16, 10, { random }),
);
const optimizer = new Adam(network.parameters(), { learningRate: 3e-3 });
const [batch, steps, tested] = [64, 100, 500];
const images = digits(batch * steps + tested);

for (let step = 0; step < steps; step++) {
  tidy(() => {
    const { x, labels } = images(step * batch, batch);
    const loss = mean(softmaxCrossEntropy(network.forward(x), labels));
    optimizer.step(grad(loss, network.parameters()));
  });
}

const { x, labels } = images(steps * batch, tested);
const logits = await noGrad(() => network.forward(x)).data();
const wanted = await labels.data();
const guesses = Array.from(wanted, (_, i) => {
  const row = logits.subarray(10 * i, 10 * i + 10);
  return row.indexOf(Math.max(...row));
});
const right = guesses.filter((guess, i) => guess === wanted[i]).length;
console.log("right", `${((100 * right) / tested).toFixed(1)} %`);
closeDevice();
