// The tutorial against the two papers on one digit: who draws fives, when, and for how long?
import { readFileSync } from "node:fs";
import { InputError } from "../../errors";
import type { Figures } from "../../wgan/evaluating";
import { markdownTable } from "../markdownTable";
import { bestOf } from "../outputs/metrics";
import type { Done, Experiment, TrainOptions } from "./experiment";
import { linePlot } from "./lines";
import { gridsOf, pictureRow, picturesOf } from "./pictures";

const shared: TrainOptions = {
  ...{ classes: 5, steps: 840, seed: 1 },
  ...{ "checkpoint-every": 60, "sample-every": 60, "evaluate-every": 60 },
};
const small: TrainOptions = {
  ...{ "network.generatorChannels": 4, "network.criticChannels": 4, batch: 4, "objective.criticSteps": 1 },
  ...{ steps: 2, "evaluate-every": 1, "sample-every": 1 },
};

/** The papers' ways for the tutorial's networks, as docs/presets.md has them. */
const ways: Readonly<Record<string, { title: string; options: TrainOptions }>> = {
  tutorial: { title: "tutorial", options: { preset: "tutorial" } },
  wgan: { title: "WGAN as the paper says", options: { preset: "wgan" } },
  "wgan-gp": {
    title: "WGAN-GP",
    options: {
      ...{ preset: "wgan", "objective.kind": "wgan-gp", "objective.warmUp": "null" },
      ...{ "network.criticNorm": "none", "optimizer.kind": "adam" },
      ...{ "optimizer.beta1": 0.5, "optimizer.beta2": 0.9 },
    },
  },
};
/** Steps whose samples the page shows. */
const shown = [120, 240, 420, 600, 840];

export const digit5: Experiment = {
  about: "One digit: the Keras tutorial, the WGAN paper and the gradient penalty on the same networks",
  data: "digits",
  trainings: (quick) =>
    Object.entries(ways).map(([name, { options }]) => ({
      name,
      options: { ...shared, ...options, ...(quick && small) },
    })),
  async results(done) {
    const rows = done.map((run) => {
      const best = bestOf(run.looks);
      const last = run.looks.at(-1)!;
      return [
        ...[ways[run.name].title, fives(last.figures), last.figures.frechet.toFixed(1)],
        ...[`${best.step}`, fives(best.figures), best.figures.frechet.toFixed(1)],
        last.figures.frechet_floor.toFixed(1),
      ];
    });
    const head = [
      ...["trained as", "taken for 5 at the end, %", "Fréchet distance"],
      ...["best step", "taken for 5 there, %", "Fréchet distance there", "floor"],
    ];
    const panel = (title: string, of: (figures: Figures) => number) => ({
      ...{ title, x: "training step", y: "" },
      lines: done.map(({ name, looks }) => ({
        ...{ of: ways[name].title, run: name },
        points: looks.map(({ step, figures }) => [step, of(figures)] as const),
      })),
    });
    const curves = await linePlot([
      panel("taken for a five, %", shareOfFives),
      panel("Fréchet distance", ({ frechet }) => frechet),
    ]);
    const grids = picturesOf(done, ({ name }) => `digit5-${name}.png`, rowOf);
    const pictures = done.map(
      ({ name }) => `\n${ways[name].title}:\n\n![Samples over the steps](digit5-${name}.png)\n`,
    );
    return {
      text:
        `${markdownTable(head, rows)}\n![Fives and distance over the steps](digit5.png)\n\n` +
        `The same latent vectors after ${stepsShown(done[0]).join(", ")} steps.\n${pictures.join("")}`,
      pictures: { "digit5.png": curves, ...grids },
    };
  },
};

/** In percent of all that were drawn. */
function shareOfFives(figures: Figures): number {
  const counts = Object.entries(figures).filter(([name]) => name.startsWith("class_"));
  const fives = counts[5]?.[1]; // whatever a folder calls the sixth class
  if (fives === undefined)
    throw new InputError("digit5: expected data of the digits 0 to 9, whose samples are counted by digit.");
  return (100 * fives) / counts.reduce((sum, [, count]) => sum + count, 0);
}
const fives = (figures: Figures) => shareOfFives(figures).toFixed(1);

/** Of the steps to be shown those that a run has, or of a short one all that it has; there are samples of each look. */
function stepsShown(run: Done): number[] {
  const steps = run.looks.map(({ step }) => step);
  const some = steps.filter((step) => shown.includes(step));
  return some.length > 0 ? some : steps;
}

function rowOf(run: Done): Uint8Array {
  const steps = stepsShown(run);
  const files = gridsOf(run, (step) => steps.includes(step));
  return pictureRow(files.map(({ file }) => readFileSync(file)));
}
