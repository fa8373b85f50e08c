// The losses in the forms that other tools read: lines of JSON, one flat object at the end, TensorBoard's events.
// Numbers have nine significant digits as in losses.csv, which give an f32 back exactly.
import { join } from "node:path";
import { InputError } from "../../errors";
import { eventRecord } from "../../formats/tfevents";
import { medianFilter } from "../../wgan/curves";
import type { Figures } from "../../wgan/evaluating";
import { readText } from "../files";
import type { LossRow } from "../lossFile";

/** In nine digits. */
export const nine = (value: number) => Number(value.toPrecision(9));

/** A row by the names that it has in losses.csv. JSON has no NaN: there it becomes null. */
const named = (row: LossRow) => ({
  step: row.step,
  critic_real: nine(row.criticReal),
  critic_fake: nine(row.criticFake),
  generator: nine(row.generator),
  wasserstein: nine(row.wasserstein),
  seconds: Number(row.seconds.toFixed(3)),
});

/** One line of metrics.jsonl. */
export const metricsLine = (row: LossRow): string => `${JSON.stringify(named(row))}\n`;

/** What --evaluate-every measured after a step; `seconds` as in losses.csv. */
export interface EvaluationRow {
  step: number;
  seconds: number;
  figures: Figures;
}

/** The line of metrics.jsonl: the step and the figures; it has no losses. */
export const evaluationLine = ({ step, seconds, figures }: EvaluationRow): string =>
  `${JSON.stringify({ step, ...rounded(figures), seconds: Number(seconds.toFixed(3)) })}\n`;

const rounded = (figures: Figures) =>
  Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, nine(value)]));

/** What was measured so far, by a run's metrics.jsonl: lines without losses. Nothing where it isn't there. */
export function readEvaluations(run: string): EvaluationRow[] {
  const path = join(run, "metrics.jsonl");
  const lines = readText(path)?.split("\n") ?? [];
  return lines.flatMap((line) => {
    if (!line.endsWith("}") || isLoss(line)) return [];
    const { step, seconds, ...figures } = parsed(line, path);
    return [{ step, seconds, figures }];
  });
}

/** Whether a run has not measured after that step. */
export const lacksLook = (run: string, step: number): boolean =>
  !readEvaluations(run).some((each) => each.step === step);

function parsed(line: string, path: string) {
  try {
    return JSON.parse(line);
  } catch {
    throw new InputError(`${path}: damaged, expected a line of JSON, got ${line.slice(0, 40)}.`);
  }
}

/** Whether a line of metrics.jsonl is a row of losses. */
export const isLoss = (line: string): boolean => line.includes('"critic_real":');

/** The one whose distance, the first of its figures, is the least. */
export const bestOf = <T extends { figures: Figures }>(evaluations: readonly T[]): T =>
  evaluations.reduce((best, each) => (distanceOf(each.figures) < distanceOf(best.figures) ? each : best));

/** By what generators are compared: the first figure. */
export const distanceOf = (figures: Figures): number => Object.values(figures)[0];

/** What metrics.json tells: the last row, the end of the filtered estimate, the rate, and what was measured last and at best. */
export function finalMetrics(
  rows: readonly LossRow[],
  evaluations: readonly EvaluationRow[] = [],
): Record<string, number> {
  const last = rows.at(-1);
  if (!last) return {};
  const medians = medianFilter(rows.map(({ wasserstein }) => wasserstein));
  return {
    ...named(last),
    wasserstein_median: nine(medians[medians.length - 1]),
    steps_per_second: Number((last.step / last.seconds).toPrecision(4)),
    ...ofEvaluations(evaluations),
  };
}

function ofEvaluations(evaluations: readonly EvaluationRow[]): Record<string, number> {
  const last = evaluations.at(-1);
  if (!last) return {};
  const best = bestOf(evaluations);
  const [name] = Object.keys(last.figures);
  return { ...last.figures, [`best_${name}`]: distanceOf(best.figures), best_step: best.step };
}

/** The text of metrics.json. */
export const metricsText = (metrics: Record<string, number>): string =>
  `${JSON.stringify(metrics, null, 2)}\n`;

/** The record of a row for TensorBoard; `wallTime` in seconds since 1970. */
export function lossRecord(row: LossRow, wallTime: number): Uint8Array {
  const { critic_real, critic_fake, generator, wasserstein } = named(row);
  return eventRecord({
    wallTime,
    step: row.step,
    scalars: {
      "losses/critic_real": critic_real,
      "losses/critic_fake": critic_fake,
      "losses/generator": generator,
      "losses/wasserstein": wasserstein,
    },
  });
}

/** The record of what was measured after a step. */
export function evaluationRecord({ step, figures }: EvaluationRow, wallTime: number): Uint8Array {
  const scalars = Object.entries(rounded(figures)).map(([name, value]) => [`evaluation/${name}`, value]);
  return eventRecord({ wallTime, step, scalars: Object.fromEntries(scalars) });
}

/** The record of a step's picture, a PNG file that is grey or RGB as `encodePng` writes it. */
export function pictureRecord(step: number, png: Uint8Array, wallTime: number): Uint8Array {
  // The header chunk comes first in every PNG: width, height, bit depth, colour type.
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const [width, height, colourType] = [view.getUint32(16), view.getUint32(20), view.getUint8(25)];
  const channels = colourType === 0 ? 1 : 3;
  return eventRecord({ wallTime, step, images: { samples: { png, width, height, channels } } });
}
