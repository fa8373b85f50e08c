// The figures of experiments: panels of lines, one line a run, in the colour of what the run belongs to.
import { svgToPng } from "../outputs/svgToPng";
import { drawn, plotStyle } from "../outputs/vega";

export interface Line {
  /** What the legend has, one colour each. */
  of: string;
  /** Tells the runs of one colour apart. */
  run: string;
  points: readonly (readonly [x: number, y: number])[];
}

export interface LinePanel {
  title: string;
  /** The axes' titles, and whether that of y is of powers of ten. */
  x: string;
  y: string;
  logY?: boolean;
  lines: readonly Line[];
}

/** The panels in rows of `columns`, as a PNG's bytes. Values that are not finite leave a gap. */
export async function linePlot(
  panels: readonly LinePanel[],
  { columns = 2, width = 380, height = 240 } = {},
): Promise<Uint8Array> {
  const names = [...new Set(panels.flatMap(({ lines }) => lines.map(({ of }) => of)))];
  const axis = (title: string, { zero = false, log = false, whole = false }) => ({
    type: "quantitative" as const,
    title,
    scale: log ? { type: "log" as const } : { zero },
    axis: { grid: true, tickCount: 6, ...(log && { format: "~g" }), ...(whole && { tickMinStep: 1 }) },
  });
  const svg = await drawn({
    ...plotStyle,
    columns,
    concat: panels.map(({ title, x, y, logY, lines }) => ({
      width,
      height,
      title,
      data: {
        values: lines.flatMap(({ of, run, points }) =>
          points.map((point, place) => ({
            ...{ of, run, place, x: point[0] },
            y: Number.isFinite(point[1]) && !(logY && point[1] <= 0) ? point[1] : null,
          })),
        ),
      },
      mark: { type: "line" as const, strokeWidth: 1.6, opacity: 0.85, point: { size: 12 } },
      encoding: {
        x: { field: "x", ...axis(x, { whole: isWhole(lines) }) },
        y: { field: "y", ...axis(y, { zero: true, log: logY }) },
        detail: { field: "run" },
        order: { field: "place", type: "quantitative" as const }, // as they come, not from left to right
        color: {
          field: "of",
          type: "nominal" as const,
          sort: null,
          scale: { domain: names, scheme: "tableau10" as const },
          legend: {
            orient: "bottom" as const,
            title: null,
            symbolStrokeWidth: 3,
            columns: 2,
            labelLimit: 400,
          },
        },
      },
    })),
  });
  return svgToPng(svg, 1.25);
}

/** Whether all lie at whole numbers, as steps and layers do. */
const isWhole = (lines: readonly Line[]) =>
  lines.every(({ points }) => points.every(([x]) => Number.isInteger(x)));
