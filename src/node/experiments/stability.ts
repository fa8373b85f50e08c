// Does training stand what the WGAN paper took away, batch norm and convolutions (Arjovsky et al. 2017, section 4.3)? The
// first GAN beside both ways of a WGAN, on small networks.
import type { Figures } from "../../wgan/evaluating";
import { markdownTable } from "../markdownTable";
import { bestOf } from "../outputs/metrics";
import { agreement } from "./agreement";
import type { Experiment, Training, TrainOptions } from "./experiment";
import { linePlot } from "./lines";
import { lastGrid, picturesOf } from "./pictures";

const shared: TrainOptions = {
  ...{ preset: "small", classes: "all", steps: 600, seed: 1, "network.hidden": 128, "evaluate-every": 50 },
  ...{ "log-every": 100, "sample-every": 600, "checkpoint-every": 100 },
};
const tiny: TrainOptions = {
  ...{ "network.generatorChannels": 4, "network.criticChannels": 4, "network.hidden": 8, batch: 4 },
  ...{ steps: 2, "evaluate-every": 1, "sample-every": 2, "objective.criticSteps": 1 },
};

const networks: Readonly<Record<string, { title: string; options: TrainOptions }>> = {
  norm: { title: "convolutions, batch norm in the generator", options: {} },
  "no-norm": { title: "convolutions, no norm", options: { "network.generatorNorm": "none" } },
  mlp: { title: "an mlp of 128 units for the generator", options: { "network.generator": "mlp" } },
};
const ways: Readonly<Record<string, { title: string; options: TrainOptions }>> = {
  gan: {
    title: "GAN",
    options: { "objective.kind": "gan", "objective.criticSteps": 1, "optimizer.learningRate": "2e-4" },
  },
  wgan: {
    title: "WGAN, clip 0.01",
    options: {
      ...{ "objective.kind": "wgan", "objective.criticSteps": 5, "network.criticInit": 0.02 },
      ...{ "optimizer.kind": "rmsprop", "optimizer.learningRate": "5e-4" },
    },
  },
  "wgan-gp": { title: "WGAN-GP", options: {} },
};

export const stability: Experiment = {
  about: "Without batch norm, and without convolutions: does training stand it? Small networks, all digits",
  data: "digits",
  trainings: (quick) =>
    Object.entries(networks).flatMap(([network, { options }]) =>
      Object.entries(ways).map(([way, { options: own }]) => ({
        name: `${network}-${way}`,
        options: { ...shared, ...options, ...own, ...(quick && tiny) },
      })),
    ),
  async results(done) {
    const looks = Object.entries(networks).flatMap(([network, { title }]) =>
      Object.entries(ways).flatMap(([way, { title: trained }]) =>
        done
          .filter(({ name }) => name === `${network}-${way}`)
          .map((run) => ({ run, network, title, trained })),
      ),
    );
    const rows = looks.map(({ run, title, trained }) => {
      const last = run.looks.at(-1)!;
      const best = bestOf(run.looks);
      return [
        ...[
          title,
          trained,
          last.figures.frechet.toFixed(1),
          `${best.figures.frechet.toFixed(1)} at ${best.step}`,
        ],
        ...[largestShare(last.figures), `${fewest(last.figures)}`, agreement(run.looks)],
      ];
    });
    const floor = done[0].looks[0].figures.frechet_floor.toFixed(1);
    const head = [
      ...["networks", "trained as", "Fréchet distance", "at best, and the step"],
      ...["most taken for one digit, %", "digits below 2 %", "correlation"],
    ];
    const panels = Object.entries(networks)
      .map(([network, { title }]) => ({
        ...{ title, x: "training step", y: "Fréchet distance", logY: true },
        lines: looks
          .filter((look) => look.network === network)
          .map(({ run, trained }) => ({
            ...{ of: trained, run: run.name },
            points: run.looks.map(({ step, figures }) => [step, figures.frechet] as const),
          })),
      }))
      .filter(({ lines }) => lines.length > 0);
    const shown = Object.entries(networks).flatMap(([network, { title }]) => {
      const beside = looks.filter((look) => look.network === network);
      return beside.length > 0 ? [{ title, beside }] : [];
    });
    const rowsOfGrids = shown.map(
      ({ title, beside }) =>
        `\n${title}: ${beside.map(({ trained }) => trained).join("; ")}.\n\n` +
        `${beside.map(({ run, trained }) => `![${trained}](${gridFile(run)})`).join(" ")}\n`,
    );
    return {
      text: `${markdownTable(head, rows)}\nThe floor of the Fréchet distance is ${floor}. The correlation is Spearman's, of the critic's estimate with the distance over the looks.\n\n![The distance over the steps](stability.png)\n\nSamples at the end, from left to right.\n${rowsOfGrids.join("")}`,
      pictures: {
        "stability.png": await linePlot(panels, { columns: 3, width: 280 }),
        ...picturesOf(done, gridFile, lastGrid),
      },
    };
  },
};

const gridFile = ({ name }: Training) => `stability-${name}.png`;

const countsOf = (figures: Figures) =>
  Object.entries(figures).flatMap(([name, count]) => (name.startsWith("class_") ? [count] : []));
const shares = (figures: Figures) => {
  const counts = countsOf(figures);
  return counts.map((count) => count / counts.reduce((sum, each) => sum + each, 0));
};
const largestShare = (figures: Figures) => (100 * Math.max(...shares(figures))).toFixed(0);
const fewest = (figures: Figures) => shares(figures).filter((share) => share < 0.02).length;
