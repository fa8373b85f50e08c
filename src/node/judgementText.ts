// A judgement as a table for people, and as JSON.
import { deviationOf, type Figure, type Judgement, meanOf } from "../wgan/judging";

const shown = (values: readonly number[], decimals: number): string => {
  const deviation = deviationOf(values);
  const mean = meanOf(values).toFixed(decimals);
  return deviation === undefined ? mean : `${mean} ± ${deviation.toFixed(decimals)}`;
};

/** The lines of the table, each figure's mean over the draws ± the standard deviation of one draw. */
export function judgementLines({ about, figures, notes }: Judgement, classifier?: Accuracy): string[] {
  const rows = [
    ["", "generated", "real"],
    ...figures.map(({ name, decimals, generated, real }) => [
      name,
      shown(generated, decimals),
      shown(real, decimals),
    ]),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column].length)));
  const line = ([name, generated, real]: string[]) =>
    `${name.padEnd(widths[0])}  ${generated.padStart(widths[1])}  ${real.padStart(widths[2])}`.trimEnd();
  const judge = classifier
    ? [
        `the classifier is right on ${classifier.right} of ${classifier.of} test images, ${inPercent(classifier)} %`,
      ]
    : [];
  return [about, "", ...rows.map(line), "", ...[...judge, ...notes].map((note) => `- ${note}`)];
}

/** How good the classifier is: of how many test images it is right on how many. */
export interface Accuracy {
  right: number;
  of: number;
}

export const inPercent = ({ right, of }: Accuracy): string => ((100 * right) / of).toFixed(2);

/** All numbers, and `more` of what they are. JSON has no NaN: there it is null. */
export function judgementJson(
  { neighbours, ...judgement }: Judgement,
  more: Record<string, unknown>,
): string {
  const side = (values: number[]) => ({ mean: meanOf(values), deviation: deviationOf(values), values });
  const figures = judgement.figures.map(({ name, generated, real }: Figure) => ({
    ...{ name, generated: side(generated), real: side(real) },
  }));
  const draws = judgement.figures[0].generated.length;
  return `${JSON.stringify({ ...more, draws, ...judgement, figures }, null, 1)}\n`;
}
