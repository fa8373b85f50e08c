// Does a generator find all modes of a mixture? The ring of 8 and the grid of 25, for the first GAN, a WGAN that clips and two
// with a gradient penalty.
import { meanAndDeviation } from "../../wgan/curves";
import { markdownTable } from "../markdownTable";
import type { Done, Experiment, TrainOptions } from "./experiment";
import { linePlot } from "./lines";

const seeds = [1, 2, 3];
const data = { "25gaussians": "grid of 25", "8gaussians": "ring of 8" } as const;

type Toy = keyof typeof data;

/** What differs from the preset, and from toy to toy, and how the page calls it. */
const ways: Readonly<
  Record<string, { title: string; options: TrainOptions; on?: Partial<Record<Toy, TrainOptions>> }>
> = {
  "gp-fast": {
    title: "WGAN-GP, rate 3e-3 falling",
    on: { "25gaussians": { batch: 1024 } }, // 40 points a mode; of the ring the preset has 32
    options: {
      ...{ "objective.criticSteps": 3, "objective.gradientPenalty": 0.01 },
      ...{ "optimizer.learningRate": "3e-3", "optimizer.schedule": "linear" },
    },
  },
  gp: { title: "WGAN-GP as published", options: {} },
  clip: {
    title: "WGAN as published",
    options: { "objective.kind": "wgan", "optimizer.kind": "rmsprop" },
  },
  "gan-fast": {
    title: "GAN, rate 1e-3 falling",
    options: {
      ...{ "objective.kind": "gan", "objective.criticSteps": 1 },
      ...{ "optimizer.learningRate": "1e-3", "optimizer.schedule": "linear" },
    },
  },
};

const shared: TrainOptions = {
  ...{ preset: "toy", "network.hidden": 128, steps: 5000, "evaluate-every": 250 },
  ...{ "log-every": 250, "sample-every": 0, "checkpoint-every": 250 },
};
const small: TrainOptions = { "network.hidden": 8, batch: 8, steps: 4, "evaluate-every": 2, "log-every": 2 };

export const toys: Experiment = {
  about: "Modes of a mixture: which objective finds the 8 of a ring, and the 25 of a grid?",
  data: "toys",
  trainings: (quick) =>
    Object.entries(ways).flatMap(([way, { options, on }]) =>
      (quick ? seeds.slice(0, 1) : seeds).flatMap((seed) =>
        (Object.keys(data) as Toy[]).map((toy) => ({
          name: `${toy}-${way}-seed-${seed}`,
          options: { ...shared, ...options, ...on?.[toy], ...(quick && small), data: toy, seed },
        })),
      ),
    ),
  async results(done) {
    const groups = Object.entries(data).flatMap(([toy, of]) =>
      Object.entries(ways).map(([way, { title }]) => ({
        ...{ toy, of, title },
        runs: done.filter(({ name }) => name.startsWith(`${toy}-${way}-seed-`)),
      })),
    );
    const rows = groups
      .filter(({ runs }) => runs.length > 0)
      .map(({ of, title, runs }) => [
        ...[of, title, `${runs.length} of ${seeds.length}`],
        runs.map((run) => last(run, "modes").toFixed(0)).join(", "),
        runs.map((run) => (100 * last(run, "near_a_mode")).toFixed(1)).join(", "),
        meanAndDeviation(runs.map((run) => last(run, "wasserstein_1"))).mean.toFixed(3),
        meanAndDeviation(runs.map((run) => last(run, "wasserstein_1_floor"))).mean.toFixed(3),
      ]);
    const head = [
      ...["data", "trained as", "runs", "modes hit, by seed", "within 3 deviations of one, %, by seed"],
      ...["Wasserstein-1 distance", "floor"],
    ];
    const panels = Object.entries(data).flatMap(([toy, of]) =>
      (["modes", "near_a_mode"] as const).map((figure) => ({
        title: `${of}, ${figure === "modes" ? "modes hit" : "share near a mode"}`,
        ...{ x: "training step", y: "" },
        lines: groups
          .filter((group) => group.toy === toy)
          .flatMap(({ title, runs }) =>
            runs.map(({ name, looks }) => ({
              ...{ of: title, run: name },
              points: looks.map(({ step, figures }) => [step, figures[figure]] as const),
            })),
          ),
      })),
    );
    return {
      text: `${markdownTable(head, rows)}\n![Modes and share of each run over its steps](toys.png)\n`,
      pictures: { "toys.png": await linePlot(panels) },
    };
  },
};

const last = ({ looks }: Done, name: string): number => looks.at(-1)?.figures[name] ?? Number.NaN;
