// evaluation.svg and evaluation.png: what --evaluate-every measured over the steps, each kind of figure in a panel of its own.
import type { EvaluationRow } from "./metrics";
import { drawn, plotStyle, stepAxis } from "./vega";

/** The size of each panel, without its axes. */
const [width, height] = [760, 200];

interface Panel {
  title: string;
  /** Names of figures, and how the legend has them. */
  series: readonly (readonly [name: string, label: string])[];
}

/** The plot as an SVG's text; the rows have figures of the same names, and there is one at least. */
export function evaluationPlot(rows: readonly EvaluationRow[]): Promise<string> {
  const [first, last] = [rows[0].step, rows[rows.length - 1].step];
  return drawn({
    ...plotStyle,
    vconcat: panelsOf(Object.keys(rows[0].figures)).map(({ title, series }) => ({
      width,
      height,
      data: {
        values: series.flatMap(([name, label]) =>
          rows.map(({ step, figures }) => ({ step, value: figures[name] ?? null, series: label })),
        ),
      },
      mark: { type: "line" as const, strokeWidth: 1.8, point: rows.length < 60 },
      encoding: {
        x: stepAxis(first, last),
        y: { field: "value", type: "quantitative" as const, title, scale: { zero: true } },
        color: {
          field: "series",
          type: "nominal" as const,
          scale: { domain: series.map(([, label]) => label), scheme: "tableau10" as const },
          legend: { orient: "top" as const, title: null, symbolStrokeWidth: 3 },
        },
      },
    })),
    resolve: { scale: { color: "independent" } },
  });
}

/** Of the distances, and of the figures that have a panel of their own. */
const distances: Readonly<Record<string, string>> = {
  frechet: "Fréchet distance",
  wasserstein_1: "Wasserstein-1 distance",
  modes_kl: "KL of modes to uniform",
};
const singles: Readonly<Record<string, string>> = { modes: "modes hit", near_a_mode: "share near a mode" };

/** The distance beside its floor, the classes together, and each other figure by itself. */
function panelsOf(names: readonly string[]): Panel[] {
  const [distance, floor, ...others] = names;
  const classes = others.filter((name) => name.startsWith("class_"));
  const single = others.filter((name) => Object.hasOwn(singles, name));
  return [
    {
      title: distances[distance],
      series: [
        [distance, "generated"],
        [floor, "real ones, the floor"],
      ],
    },
    ...single.map((name) => ({
      title: singles[name],
      series: [[name, "generated"]] as const,
    })),
    ...(classes.length > 0
      ? [{ title: "taken for", series: classes.map((name) => [name, name.slice("class_".length)] as const) }]
      : []),
  ];
}
