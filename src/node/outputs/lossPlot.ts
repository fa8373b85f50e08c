// losses.svg and losses.png: the three losses, and below them the Wasserstein estimate with its median filter.
// Many rows are drawn as few, so that neither file nor time grows with the run.
import { envelope, medianFilter, medianWindow } from "../../wgan/curves";
import type { LossRow } from "../lossFile";
import { drawn, plotStyle, stepAxis } from "./vega";

/** The size of each plot, without its axes. */
const [width, height] = [760, 260];
/** Rows that are drawn of each series: two a pixel, so that thinning can't be seen. */
const most = 2 * width;

const losses = [
  ["criticReal", "critic on real", "#1f77b4"],
  ["criticFake", "critic on fake", "#e87722"],
  ["generator", "generator", "#18754a"],
] as const;
const estimates = [
  ["wasserstein", "Wasserstein estimate", "#b3a2cd"],
  ["median", `median over ${medianWindow} steps`, "#4b2a86"],
] as const;

/**
 * The plot of a run's losses, as an SVG's text. Rows that are not finite leave a gap. Of fewer rows than its window the
 * median would be all but one number, and is left out.
 */
export async function lossPlot(rows: readonly LossRow[]): Promise<string> {
  const medians = medianFilter(rows.map(({ wasserstein }) => wasserstein));
  const all = rows.map((row, i) => ({ ...row, median: medians[i] }));
  const names = [...losses, ...estimates].map(([name]) => name);
  const few = envelope(all, names, most);
  const [first, last] = [rows[0]?.step ?? 0, rows.at(-1)?.step ?? 0];
  return drawn({
    ...plotStyle,
    vconcat: [
      panel(losses, "loss"),
      panel(rows.length < medianWindow ? estimates.slice(0, 1) : estimates, "distance"),
    ],
    resolve: { scale: { color: "independent" } },
  });

  function panel(series: readonly (readonly [string, string, string])[], title: string) {
    const values = series.flatMap(([name, label]) =>
      few.map((row) => {
        const value = row[name as keyof typeof row];
        return { step: row.step, value: Number.isFinite(value) ? value : null, series: label };
      }),
    );
    return {
      width,
      height,
      data: { values },
      mark: {
        type: "line" as const,
        strokeWidth: 1.5,
        opacity: 0.8,
        strokeJoin: "round" as const,
        point: few.length < 40,
      },
      encoding: {
        x: stepAxis(first, last),
        y: {
          field: "value",
          type: "quantitative" as const,
          title: `${title} (critic's output)`,
          scale: values.some(({ value }) => value !== null) ? { zero: false } : { domain: [0, 1] },
        },
        color: {
          field: "series",
          type: "nominal" as const,
          scale: { domain: series.map(([, label]) => label), range: series.map(([, , colour]) => colour) },
          legend: { orient: "top" as const, title: null, symbolStrokeWidth: 3 },
        },
      },
    };
  }
}
