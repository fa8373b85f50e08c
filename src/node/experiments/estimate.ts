// Does the critic's estimate say how good the samples are? Its rank correlation with their distance from the data, over a run.

import { medianWindow } from "../../wgan/curves";
import { markdownTable } from "../markdownTable";
import { bestOf } from "../outputs/metrics";
import { agreement } from "./agreement";
import type { Done, Experiment, TrainOptions } from "./experiment";
import { linePlot } from "./lines";

const seeds = [1, 2];
const shared: TrainOptions = {
  ...{ classes: 5, steps: 800, "evaluate-every": 20 },
  ...{ "network.generatorChannels": 16, "network.criticChannels": 16, "network.latent": 32 },
  ...{ "log-every": 100, "sample-every": 0, "checkpoint-every": 100 },
};
const quickly: TrainOptions = {
  ...{ "network.generatorChannels": 4, "network.criticChannels": 4, batch: 4, "objective.criticSteps": 1 },
  ...{ steps: 6, "evaluate-every": 1 },
};

const ways: Readonly<Record<string, { title: string; options: TrainOptions }>> = {
  "wgan-gp": { title: "WGAN-GP, rate 1e-3", options: { preset: "small" } },
  "wgan-gp-slow": {
    title: "WGAN-GP, rate 2e-4",
    options: { preset: "small", "optimizer.learningRate": "2e-4" },
  },
  wgan: { title: "WGAN, clip 0.01", options: { preset: "wgan" } },
  tutorial: { title: "tutorial", options: { preset: "tutorial" } },
  gan: {
    title: "GAN",
    options: {
      ...{ preset: "small", "objective.kind": "gan", "objective.criticSteps": 1 },
      ...{ "optimizer.learningRate": "2e-4" },
    },
  },
};

export const estimate: Experiment = {
  about: "Does the critic's estimate tell how good the samples are? Small networks of 16 channels",
  data: "digits",
  trainings: (quick) =>
    (quick ? [1] : seeds).flatMap((seed) =>
      Object.entries(ways).map(([way, { options }]) => ({
        name: `${way}-seed-${seed}`,
        options: { ...shared, ...options, ...(quick && quickly), seed },
      })),
    ),
  async results(done) {
    const rows = done.map((run) => {
      const { looks } = run;
      const least = bestOf(looks).figures.frechet;
      return [
        ...[titleOf(run), `${run.options.seed}`, `${looks.length}`],
        ...[agreement(looks), agreement(looks.slice(looks.length >> 1))],
        ...[least.toFixed(1), looks.at(-1)!.figures.frechet.toFixed(1)],
      ];
    });
    const head = [
      ...["trained as", "seed", "looks", "correlation", "in the second half"],
      ...["least Fréchet distance", "at the end"],
    ];
    const first = done.filter(({ options }) => options.seed === seeds[0]);
    const panels = first.map((run) => ({
      ...{
        title: `${titleOf(run)}, seed ${seeds[0]}`,
        x: "estimate, filtered (critic's output)",
        y: "Fréchet distance",
        logY: true,
      },
      lines: [
        {
          ...{ of: "one look after another", run: run.name },
          points: run.looks.map(({ figures }) => [figures.estimate, figures.frechet] as const),
        },
      ],
    }));
    return {
      text:
        `${markdownTable(head, rows)}\nThe estimate is minus the sum of the critic's two losses, its median over ` +
        `${medianWindow} steps; correlation is Spearman's.\n\n![Distance over estimate](estimate.png)\n`,
      pictures: { "estimate.png": await linePlot(panels) },
    };
  },
};

const titleOf = ({ name }: Done) => ways[name.replace(/-seed-\d+$/, "")].title;
