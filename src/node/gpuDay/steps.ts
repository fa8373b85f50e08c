// What a GPU day measures: the steps of its parts, each an existing program with its own output. Every step has a time
// limit; together those of a part are nine minutes at most. On a GPU most of them take far less.
import type { Part, Step } from "./part";
import { readBench, readProducts } from "./readBench";
import { readDoctor, readProfile, readTests, readTraining, readTuning } from "./readings";

/** Rows of the bench that fit into eight minutes with all peers, those first that matter most. */
const rows = {
  training: "rmsprop-clip|critic-update|generator-update|iteration",
  kernels:
    "matmul (nn|nt|tn) 1024|skinny 64x50|conv128|first-conv|last-conv|batch-norm|pointwise add|reduce column",
};

/** The parts, for real or as a dry run that a software driver on two cores does in a few minutes. */
export function parts(quick: boolean, peers: string): Part[] {
  const bench = (
    name: string,
    only: string,
    seconds: number,
    read = readBench,
    more: string[] = [],
  ): Step => {
    const json = `${name.replaceAll(" ", "-")}.json`;
    const args = ["--only", only, "--peers", peers, "--json", json, ...more];
    return { name, program: "bench/bench.mjs", args, seconds, read: read(json) };
  };
  /** Held against what the profile before it found the adapter to do at best. */
  const products = (json: string) => readProducts(json, "profile-toy.json");
  const profile = (preset: string, seconds: number): Step => ({
    ...{ name: `profile ${preset}`, program: "node/profile.js", seconds },
    args: ["--preset", preset, "--json", `profile-${preset}.json`],
    read: readProfile(`profile-${preset}.json`),
  });
  const train = (preset: string, seconds: number): Step => {
    const [steps, every] = quick ? [2, 1] : [300, 100];
    const counts = ["--steps", steps, "--sample-every", every, "--checkpoint-every", 0].map(String);
    return {
      ...{ name: `train ${preset}`, program: "node/train.js", seconds },
      args: ["--preset", preset, "--seed", "1", ...counts, "--out", `train-${preset}`],
      read: readTraining(`train-${preset}`),
    };
  };
  const tests = (only: string, seconds: number): Step => ({
    ...{ name: "kernel tests", program: "test/run.js", args: [only], seconds, read: readTests },
  });
  const tune = (preset: string, seconds: number): Step => ({
    ...{ name: "tune", program: "node/tune.js", args: ["--preset", preset, "--json", "tune.json"], seconds },
    read: readTuning("tune.json"),
  });
  const doctor: Step = {
    ...{ name: "doctor", program: "node/doctor.js", args: ["--json", "doctor.json"], seconds: 30 },
    read: readDoctor("doctor.json"),
  };
  const [ours, others] = ["the machine, its kernels, and training", "products, and the peers"];
  if (quick) {
    return [
      {
        title: ours,
        steps: [
          ...[doctor, tests("^kernels/(matmul|softmax)", 150), tune("toy", 60)],
          ...[profile("toy", 40), profile("small", 60), train("tutorial", 80), train("wgan", 100)],
        ],
      },
      {
        title: others,
        steps: [
          profile("toy", 40),
          bench("products", "matmul nn 512", 140, products),
          bench("bench training", "rmsprop-clip", 160),
          bench("bench kernels", "pointwise add|reduce sum", 160),
        ],
      },
    ];
  }
  return [
    {
      title: ours,
      steps: [
        ...[doctor, tests("^(gpu|kernels)/", 180), tune("tutorial", 75)],
        ...[profile("tutorial", 35), profile("wgan", 35), profile("small", 30)],
        ...[train("tutorial", 70), train("wgan", 75)],
      ],
    },
    {
      title: others,
      steps: [
        profile("toy", 30), // for what the card does at best, to hold the products against
        bench("products", "matmul nn (4096|8192)", 120, products, ["--large"]),
        bench("bench training", rows.training, 160),
        bench("bench kernels", rows.kernels, 200),
      ],
    },
  ];
}
