// monge's side: its public ops; mongeTraining.ts has its training.
// Results are freed as soon as they are queued, except for those of the latest run, which may be read.

import {
  add,
  batchNorm,
  conv2d,
  conv2dFilterGrad,
  convTranspose2d,
  grad,
  keep,
  leakyRelu,
  matmul,
  requireGrad,
  settle,
  sum,
  type Tensor,
  tanh,
  tensor,
  tidy,
} from "../../src/autograd";
import { openGpu } from "../../src/kernels/open";
import { tuning } from "../../src/kernels/tuning/table";
import type { HostArray } from "../../src/nn";
import { tuningStore } from "../../src/node/tuningStore";
import { describeTuning, loadTuning } from "../../src/tuning/text";
import { benchGpu } from "../gpu";
import { train } from "./mongeTraining";
import type { Case, Side, Work } from "./side";

export async function open(): Promise<Side> {
  // The bench itself naps while it waits for any side, so the engine must not nap on top of it.
  const gpu = await openGpu(benchGpu(), {
    wait: (promise) => promise,
    memoryBudget: 16 * 2 ** 30,
    warn: (line) => console.error(line),
  });
  const ignored = loadTuning(tuning(gpu), tuningStore(process.env)); // as `npm run train` does
  if (ignored) console.log(ignored);
  return {
    name: "monge",
    device: gpu.device,
    kernels: describeTuning(tuning(gpu)),
    prepare,
    train,
    finish: () => settle(0),
  };
}

function prepare(work: Work, inputs: HostArray[]): Case {
  const held = inputs.map(({ shape, data }) => keep(tensor(data, shape)));
  const op = operation(work, held);
  let latest: Tensor[] = [];
  const forget = () => {
    for (const result of latest) result.dispose();
  };
  return {
    run() {
      forget();
      latest = tidy(op).map(keep);
    },
    read: async () => {
      const read: Float32Array[] = [];
      for (const result of latest) read.push((await result.data()) as Float32Array);
      return read;
    },
    dispose() {
      forget();
      for (const input of held) input.dispose();
    },
  };
}

function operation(work: Work, inputs: Tensor[]): () => Tensor[] {
  const [x, w, dy] = inputs;
  switch (work.kind) {
    case "matmul":
      return () => [matmul(x, w, work)];
    case "conv": {
      const options = { stride: work.stride, padding: "same" } as const;
      const forward = () => conv2d(x, w, options);
      const inputGradient = () =>
        convTranspose2d(dy, w, { ...options, outputSize: [work.x[1], work.x[2]] as const });
      const filterGradient = () => conv2dFilterGrad(x, dy, [work.w[0], work.w[1]], options);
      if (work.pass === "forward") return () => [forward()];
      if (work.pass === "input-gradient") return () => [inputGradient()];
      if (work.pass === "filter-gradient") return () => [filterGradient()];
      return () => [inputGradient(), filterGradient()];
    }
    case "batch-norm": {
      const [, gamma, beta, upstream] = inputs;
      if (work.pass === "forward") return () => batchNorm(x, gamma, beta, 1e-3);
      for (const leaf of [x, gamma, beta]) requireGrad(leaf);
      return () => {
        const [y] = batchNorm(x, gamma, beta, 1e-3);
        return [y, ...grad(y, [x, gamma, beta], { dy: upstream })];
      };
    }
    case "pointwise":
      if (work.op === "add") return () => [add(x, w)];
      if (work.op === "tanh") return () => [tanh(x)];
      return () => [leakyRelu(x, { slope: 0.2 })];
    case "reduce":
      return work.op === "sum" ? () => [sum(x)] : () => [sum(x, { axes: [0] })];
  }
}
