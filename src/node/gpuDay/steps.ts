// What a GPU day measures: the steps of its parts, each an existing program with its own output. Every step has a time
// limit; together those of a part are nine minutes at most. On a GPU most of them take far less.
import type { Part, Step } from "./part";
import { readBench, readProducts } from "./readBench";
import { readDoctor, readProfile, readTests, readTraining, readTuning } from "./readings";

/** What is measured: for real, or little of everything, as a software driver on two cores does it in a few minutes. */
const amounts = {
  real: {
    tests: "^(gpu|kernels)/",
    /** A dry run takes a batch of its own. */
    batch: [],
    tuned: "tutorial",
    profiled: ["tutorial", "wgan", "small"],
    steps: ["--steps", "300", "--sample-every", "100"],
    products: ["--only", "^matmul nn (4096|8192)$", "--large"],
    training: "^(rmsprop-clip|critic-update|generator-update|iteration)",
    host: "^host",
    kernels: "^(matmul nn 1024|conv128|first-conv|last-conv|batch-norm|pointwise add|reduce column)",
  },
  quick: {
    tests: "^kernels/(softmax|reduce|random)",
    batch: ["--batch", "4"],
    tuned: "small",
    profiled: ["small"],
    steps: ["--steps", "1", "--sample-every", "1"],
    products: ["--only", "^matmul nn 512"],
    training: "^rmsprop-clip",
    host: "^host eager",
    kernels: "^(pointwise add|reduce sum)",
  },
};

/** A dry run may be beside other work on few cores: its steps have so many times their limits, and the part its own. */
const SLOWER = 3;

/** The parts; `peers` as the bench takes them. */
export function parts(quick: boolean, peers: string): Part[] {
  const amount = quick ? amounts.quick : amounts.real;
  const profile = (preset: string, seconds: number): Step => ({
    ...{ name: `profile ${preset}`, program: "node/profile.js", seconds },
    args: ["--preset", preset, ...amount.batch, "--json", `profile-${preset}.json`],
    read: readProfile(`profile-${preset}.json`),
  });
  const train = (preset: string, seconds: number): Step => {
    const given = [...amount.batch, ...amount.steps, "--seed", "1", "--checkpoint-every", "0"];
    return {
      ...{ name: `train ${preset}`, program: "node/train.js", seconds },
      args: ["--preset", preset, ...given, "--out", `train-${preset}`],
      read: readTraining(`train-${preset}`),
    };
  };
  const bench = (name: string, rows: string[], seconds: number, read = readBench): Step => {
    const json = `${name.replaceAll(" ", "-")}.json`;
    const args = [...rows, "--peers", peers, "--json", json];
    return { name, program: "bench/bench.mjs", args, seconds, read: read(json) };
  };
  const all = [
    {
      title: "the machine, its kernels, and training",
      steps: [
        {
          ...{ name: "doctor", program: "node/doctor.js", args: ["--json", "doctor.json"], seconds: 30 },
          read: readDoctor("doctor.json"),
        },
        {
          ...{ name: "kernel tests", program: "test/run.js", args: [amount.tests], seconds: 150 },
          read: readTests,
        },
        {
          ...{ name: "tune", program: "node/tune.js", seconds: 95 },
          args: ["--preset", amount.tuned, ...amount.batch, "--json", "tune.json"],
          read: readTuning("tune.json"),
        },
        ...amount.profiled.map((preset) => profile(preset, 40)),
        ...[train("tutorial", 65), train("wgan", 70)],
      ],
    },
    {
      title: "products, and the peers",
      steps: [
        profile("small", 40), // for what the adapter does at best, to hold the products against
        bench("products", amount.products, 120, (json) => readProducts(json, "profile-small.json")),
        bench("bench training", ["--only", amount.training], 150),
        bench("bench host", ["--only", amount.host], 60),
        bench("bench kernels", ["--only", amount.kernels], 160),
      ],
    },
  ];
  if (quick) for (const step of all.flatMap(({ steps }) => steps)) step.seconds *= SLOWER;
  return all;
}
