// Draws what vega-lite describes. It and vega are imported when a plot is asked for, for they are large.
import type { TopLevelSpec } from "vega-lite";
import { fontFamily } from "./svgToPng";

/** What all plots have in common; each adds what it shows. */
export const plotStyle = {
  $schema: "https://vega.github.io/schema/vega-lite/v6.json",
  background: "white",
  padding: 12,
  config: {
    font: fontFamily,
    axis: { labelFontSize: 12, titleFontSize: 13, titleFontWeight: "normal" as const },
    legend: { labelFontSize: 13, labelLimit: 300 },
  },
};

/** The axis of a plot over training steps, from `first` to `last`. */
export const stepAxis = (first: number, last: number) => ({
  field: "step",
  type: "quantitative" as const,
  title: "training step (one update of the generator)",
  scale: { domain: [first, Math.max(last, first + 1)], nice: false },
  axis: { grid: false, tickMinStep: 1, tickCount: 8, labelOverlap: false, labelFlush: false },
});

/** The plot as an SVG's text. */
export async function drawn(spec: TopLevelSpec): Promise<string> {
  const [vega, { compile }] = await Promise.all([import("vega"), import("vega-lite")]);
  const view = new vega.View(vega.parse(compile(spec).spec), { renderer: "none", logLevel: vega.Error });
  const svg = await view.toSVG();
  view.finalize();
  return svg;
}
