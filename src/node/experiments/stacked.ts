// How many of the thousand modes of stacked digits does a generator hit (Metz et al. 2017)? The first GAN beside both ways of
// a WGAN, on small networks.
import { STACKS } from "../../wgan/judgeStacked";
import { markdownTable } from "../markdownTable";
import { bestOf } from "../outputs/metrics";
import type { Experiment, Training, TrainOptions } from "./experiment";
import { linePlot } from "./lines";
import { lastGrid, picturesOf } from "./pictures";

const shared: TrainOptions = {
  ...{ preset: "small", data: "stacked", classes: "all", steps: 2000, seed: 1, "evaluate-every": 400 },
  ...{ "log-every": 100, "sample-every": 400, "checkpoint-every": 200 },
};
const tiny: TrainOptions = {
  ...{ "network.generatorChannels": 4, "network.criticChannels": 4, batch: 4 },
  ...{ steps: 2, "evaluate-every": 2, "sample-every": 2, "objective.criticSteps": 1 },
};

/** The critic's norm is that of each way's source; a penalty allows none across a batch. */
const ways: Readonly<Record<string, { title: string; options: TrainOptions }>> = {
  "wgan-gp": { title: "WGAN-GP", options: {} },
  wgan: {
    title: "WGAN, clip 0.01",
    options: {
      ...{ "objective.kind": "wgan", "objective.criticSteps": 5, "network.criticInit": 0.02 },
      ...{ "network.criticNorm": "batch", "optimizer.kind": "rmsprop", "optimizer.learningRate": "5e-4" },
    },
  },
  gan: {
    title: "GAN",
    options: { "objective.kind": "gan", "objective.criticSteps": 1, "network.criticNorm": "batch" },
  },
};

const gridFile = ({ name }: Training) => `stacked-${name}.png`;

export const stacked: Experiment = {
  about: "Modes of stacked digits, reduced: 16 channels instead of 128, 2,000 steps instead of 200,000",
  data: "stacks",
  trainings: (quick) =>
    Object.entries(ways).map(([name, { options }]) => ({
      name,
      options: { ...shared, ...options, ...(quick && tiny) },
    })),
  async results(done) {
    const rows = done.map((run) => {
      const [last, best] = [run.looks.at(-1)!, bestOf(run.looks)];
      return [
        ...[ways[run.name].title, `${last.figures.modes}`, last.figures.modes_kl.toFixed(3)],
        ...[`${best.figures.modes}, ${best.figures.modes_kl.toFixed(3)} at ${best.step}`],
      ];
    });
    const head = [
      ...["trained as", "modes hit, of 1,000", "KL to uniform"],
      "modes and KL at best, and the step",
    ];
    const { modes_kl_floor: floor, real_read_right: right } = done[0].looks[0].figures;
    const panel = (title: string, figure: string) => ({
      ...{ title, x: "training step", y: "" },
      lines: done.map(({ name, looks }) => ({
        ...{ of: ways[name].title, run: name },
        points: looks.map(({ step, figures }) => [step, figures[figure]] as const),
      })),
    });
    const curves = await linePlot([
      panel("modes hit", "modes"),
      panel("KL of the modes to uniform", "modes_kl"),
    ]);
    return {
      text:
        `${markdownTable(head, rows)}\nOf ${STACKS.toLocaleString("en")} stacks each. Real stacks have a KL of ` +
        `${floor.toFixed(3)}, the floor. The classifier reads all three digits right of ${(100 * right).toFixed(1)} % of ` +
        `them.\n\n![Modes and KL over the steps](stacked.png)\n\nSamples at the end, from left to right: ` +
        `${done.map(({ name }) => ways[name].title).join("; ")}.\n\n${done.map((run) => `![${ways[run.name].title}](${gridFile(run)})`).join(" ")}\n`,
      pictures: {
        "stacked.png": curves,
        ...picturesOf(done, gridFile, lastGrid),
      },
    };
  },
};
