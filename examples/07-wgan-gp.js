// A WGAN with gradient penalty on eight gaussians, by the trainer that `monge train` runs.
import { closeDevice, openDevice } from "monge";
import { drawToy, fixedLatents, presetRun, presets, Trainer } from "monge/wgan";

await openDevice();
const points = drawToy("8gaussians", 10_000, 1);
const { network } = presets.toy;
const config = presetRun("toy", points, { batch: 128, steps: 300, network: { ...network, hidden: 64 } });
const trainer = new Trainer({ ...config, optimizer: { ...config.optimizer, learningRate: 1e-3 } }, points);

for (let step = 0; step < config.steps; step++) trainer.step().dispose();

const samples = await trainer.sample(fixedLatents(config, 500)).data();
const centres = Array.from({ length: 8 }, (_, i) =>
  [Math.cos, Math.sin].map((f) => Math.SQRT2 * f((i * Math.PI) / 4)),
);
const far = Array.from({ length: 500 }, (_, i) =>
  Math.min(...centres.map(([x, y]) => Math.hypot(samples[2 * i] - x, samples[2 * i + 1] - y))),
);
const near = far.filter((distance) => distance < 0.35).length;
console.log("near a centre", `${((100 * near) / 500).toFixed(0)} %`);
closeDevice();
