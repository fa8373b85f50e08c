// What a run shows when it ends, or when a resumed one does: all of it is made anew from the files of its folder.
// A picture that can't be made or written is told of and left out; the weights don't wait for it.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { evenly } from "../../wgan/curves";
import { reason, writeFileAtomic } from "../files";
import type { LossRow } from "../lossFile";
import { decodePng } from "../png";
import { counted } from "../progress";
import { animation, mostFrames } from "./animation";
import { evaluationPlot } from "./evaluationPlot";
import type { Picture } from "./html";
import { lossPlot } from "./lossPlot";
import { type EvaluationRow, finalMetrics, metricsText, readEvaluations } from "./metrics";
import { reportPage } from "./report";
import { svgToPng } from "./svgToPng";

export interface Ending {
  /** The run's folder: config.yaml, samples/, and latent.png and critic.png where there are such. */
  path: string;
  /** All rows of losses.csv. */
  rows: readonly LossRow[];
  /** One line under the report's title: what was trained on what, and how it ended. */
  summary: string;
  /** Is told, in one line, of each file that could not be written. */
  warn(line: string): void;
}

/**
 * Writes losses.svg, losses.png, training.gif, metrics.json and report.html, and evaluation.svg and .png where something was
 * measured. Throws nothing.
 */
export async function writeOutputs({ path, rows, summary, warn }: Ending): Promise<void> {
  const write = (name: string, content: Uint8Array | string) => writeFileAtomic(join(path, name), content);
  const attempt = async (what: string, make: () => Promise<void> | void) => {
    try {
      await make();
    } catch (error) {
      const why = error instanceof Error ? error.message : reason(error);
      warn(`${what}: left out, ${why.replace(/\s*\n\s*/g, " ")}`);
    }
  };
  const plot = async (name: string, make: () => Promise<string>) => {
    let made: string | undefined;
    await attempt(`${name}.svg`, async () => {
      const svg = await make();
      write(`${name}.svg`, svg);
      made = svg;
    });
    // After it, since resvg has no build for some machines.
    if (made === undefined) return;
    const svg = made;
    await attempt(`${name}.png`, async () => write(`${name}.png`, await svgToPng(svg, 1.5)));
  };
  let evaluations: EvaluationRow[] = [];
  await attempt("metrics.jsonl", () => {
    evaluations = readEvaluations(path);
  });
  await plot("losses", () => lossPlot(rows));
  if (evaluations.length > 0) await plot("evaluation", () => evaluationPlot(evaluations));
  await attempt("training.gif", () => {
    const samples = evenly(samplesOf(path), mostFrames);
    if (samples.length === 0) return;
    const frames = samples.map(({ step, file }) => ({ step, picture: decodePng(readFileSync(file)) }));
    write("training.gif", animation(frames));
  });
  const numbers = finalMetrics(rows, evaluations);
  await attempt("metrics.json", () => write("metrics.json", metricsText(numbers)));
  await attempt("report.html", () => {
    const config = readFileSync(join(path, "config.yaml"), "utf8");
    const title = basename(resolve(path));
    write(
      "report.html",
      reportPage({ title, summary, metrics: numbers, pictures: picturesOf(path), config }),
    );
  });
}

/** The pictures of samples/, by their steps. */
export function samplesOf(path: string): { step: number; file: string }[] {
  const folder = join(path, "samples");
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names
    .flatMap((name) => {
      const step = name.match(/^step-(\d+)\.png$/)?.[1];
      return step ? [{ step: Number(step), file: join(folder, name) }] : [];
    })
    .sort((a, b) => a.step - b.step);
}

/** Grids of single steps that the report shows beside the animation of all. */
const mostSamples = 6;

/** The report's pictures: those that are there, each with what it tells. */
function picturesOf(path: string): Picture[] {
  const known: (Omit<Picture, "file"> & { name: string })[] = [
    {
      name: "losses.png",
      title: "Losses",
      caption:
        "Above, the losses of critic and generator at each step; below, the Wasserstein estimate, which rises while the " +
        "critic learns and then should fall, with its median filter. All are in units of the critic's output.",
      wide: true,
    },
    {
      name: "evaluation.png",
      title: "Evaluation",
      caption:
        "How good samples of the same latent vectors were over the steps: their distance from the data beside that of " +
        "real ones, and where they lie.",
      wide: true,
    },
    {
      name: "training.gif",
      title: "Training",
      caption: "Samples of the same latent vectors over time.",
      pixels: true,
    },
    {
      name: "latent.png",
      title: "Latent space",
      caption:
        "Each row is a way between two latent vectors: a generator that has learnt changes smoothly on it.",
      pixels: true,
    },
    {
      name: "critic.png",
      title: "Critic",
      caption: "Generated samples over those of the data, and the level sets of the critic.",
    },
  ];
  const found = known.flatMap(({ name, ...picture }) => {
    const file = join(path, name);
    return existsSync(file) ? [{ ...picture, file: readFileSync(file) }] : [];
  });
  const samples = evenly(samplesOf(path), mostSamples).map(({ step, file }) => ({
    title: `Step ${step}`,
    caption: `Samples after ${counted(step, "step")}.`,
    file: readFileSync(file),
    pixels: true,
  }));
  return [...found, ...samples];
}
