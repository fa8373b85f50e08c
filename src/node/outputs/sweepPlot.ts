// The figure of a sweep: the estimate of the distance over the steps. For each point of the grid it has the mean over the
// seeds, and a band of one standard deviation.
import { evenly, meanAndDeviation, medianFilter, medianWindow } from "../../wgan/curves";
import type { LossRow } from "../lossFile";
import { drawn, plotStyle, stepAxis } from "./vega";

const [width, height] = [760, 420];
/** Colours that the eye tells apart; of more points they become a scale from dark to light, in the grid's order. */
const most = 10;

/** A point of the grid: its name, and the rows of each run. */
export interface Point {
  name: string;
  runs: readonly (readonly LossRow[])[];
}

/** The figure as an SVG's text. At a step the mean is that of the runs that have come so far. */
export function sweepPlot(points: readonly Point[]): Promise<string> {
  const last = Math.max(1, ...points.flatMap(({ runs }) => runs.map((rows) => rows.at(-1)?.step ?? 0)));
  // As in a run's own plot: of fewer steps than its window the median would be all but one number.
  const filtered = last >= medianWindow;
  const steps = evenly(
    Array.from({ length: last }, (_, i) => i + 1),
    width / 2,
  );
  const values = points.flatMap(({ name, runs }) => {
    const series = runs.map((rows) => bySteps(rows, filtered));
    return steps.map((step) => {
      const { mean, deviation } = meanAndDeviation(series.map((of) => of.get(step) ?? Number.NaN));
      const band = Number.isFinite(deviation) ? { low: mean - deviation, high: mean + deviation } : {};
      return { step, point: name, mean: Number.isFinite(mean) ? mean : null, ...band };
    });
  });
  const title = `${filtered ? `distance, median over ${medianWindow} steps` : "distance"} (critic's output)`;
  return drawn({
    ...plotStyle,
    width,
    height,
    data: { values },
    encoding: {
      x: stepAxis(1, last),
      color: {
        field: "point",
        type: "nominal",
        sort: null,
        scale: {
          domain: points.map(({ name }) => name),
          scheme: points.length > most ? "viridis" : "tableau10",
        },
        legend: { orient: "bottom", columns: 2, labelLimit: width / 2, title: null, symbolOpacity: 1 },
      },
    },
    layer: [
      {
        mark: { type: "area", opacity: 0.18 },
        encoding: { y: { field: "low", type: "quantitative", title }, y2: { field: "high" } },
        transform: [{ filter: "isValid(datum.low)" }],
      },
      {
        mark: { type: "line", strokeWidth: 1.8, strokeJoin: "round" },
        encoding: { y: { field: "mean", type: "quantitative", title, scale: { zero: false } } },
      },
    ],
  });
}

function bySteps(rows: readonly LossRow[], filtered: boolean): Map<number, number> {
  const estimates = rows.map(({ wasserstein }) => wasserstein);
  const shown = filtered ? medianFilter(estimates) : estimates;
  return new Map(rows.map(({ step }, i) => [step, shown[i]]));
}
