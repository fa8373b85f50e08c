// XOR, which no line divides: layers one after the other, and a step that is captured once and replayed.
import {
  capture,
  closeDevice,
  grad,
  mean,
  mul,
  noGrad,
  openDevice,
  Random,
  sigmoid,
  softplus,
  sub,
  tensor,
} from "monge";
import { Adam, Linear, Sequential, Tanh } from "monge/nn";

await openDevice();
const random = new Random(1);
const network = new Sequential(new Linear(2, 8, { random }), new Tanh(), new Linear(8, 1, { random }));
const optimizer = new Adam(network.parameters(), { learningRate: 0.05 });
const x = tensor([0, 0, 0, 1, 1, 0, 1, 1], [4, 2]);
const y = tensor([0, 1, 1, 0], [4, 1]);

const step = capture(() => {
  const logits = network.forward(x);
  const loss = mean(sub(softplus(logits), mul(y, logits))); // the binary cross-entropy
  optimizer.step(grad(loss, network.parameters()));
  return loss;
});
for (let i = 1; i < 300; i++) step.replay();

const answers = await noGrad(() => sigmoid(network.forward(x))).data();
console.log(
  "loss",
  (await step.result.item()).toFixed(4),
  "answers",
  [...answers].map((p) => p.toFixed(2)).join(" "),
);
closeDevice();
