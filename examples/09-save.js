// Saving and loading: a module's state and its optimiser's, as JSON. Training goes on as if it had not stopped.
import { readFileSync, writeFileSync } from "node:fs";
import { closeDevice, grad, mean, openDevice, Random, square, tidy } from "monge";
import { Adam, Linear } from "monge/nn";

const file = "saved.json";
const numbers = (_, value) => (value instanceof Float32Array ? { f32: [...value] } : value);
const arrays = (_, value) => (Array.isArray(value?.f32) ? Float32Array.from(value.f32) : value);

/** A network and its optimiser, and one step of them. */
function begin(seed) {
  const network = new Linear(3, 2, { random: new Random(seed) });
  const optimizer = new Adam(network.parameters(), { learningRate: 0.1 });
  const x = new Random(7).normal([16, 3]);
  const step = () => tidy(() => optimizer.step(grad(mean(square(network.forward(x))), network.parameters())));
  return { network, optimizer, step };
}

await openDevice();
const first = begin(1);
for (let i = 0; i < 5; i++) first.step();
const state = { network: await first.network.stateDict(), optimizer: await first.optimizer.state() };
writeFileSync(file, JSON.stringify(state, numbers));

const second = begin(2);
const saved = JSON.parse(readFileSync(file, "utf8"), arrays);
second.network.loadStateDict(saved.network);
second.optimizer.loadState(saved.optimizer);
for (const { step } of [first, second]) for (let i = 0; i < 5; i++) step();

const [a, b] = await Promise.all([first, second].map(({ network }) => network.weight.data()));
console.log(
  "same bits",
  a.every((value, i) => value === b[i]),
);
closeDevice();
