// The plot of the losses: what is named in it, that its text is drawn without the system's fonts, and long runs.
import { Resvg } from "@resvg/resvg-js";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { lossPlot } from "../../../src/node/outputs/lossPlot";
import { svgToPng } from "../../../src/node/outputs/svgToPng";
import { decodePng } from "../../../src/node/png";
import type { Picture } from "../../../src/wgan/grid";
import { madeUpRows } from "./rows";

const svg = await lossPlot(madeUpRows(600));
const png = await svgToPng(svg, 1.5);

/** Pixels near black between two heights, in parts of the whole: only text is black. */
function dark({ bytes, width, height }: Picture, from: number, to: number): number {
  let count = 0;
  for (let i = Math.floor(from * height) * width; i < Math.floor(to * height) * width; i++) {
    if (bytes[3 * i] < 90 && bytes[3 * i + 1] < 90 && bytes[3 * i + 2] < 90) count++;
  }
  return count;
}

test("the plot names its series, its axes and their units", () => {
  const texts = [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map(([, text]) => text);
  for (const name of [
    ...["critic on real", "critic on fake", "generator", "Wasserstein estimate", "median over 101 steps"],
    ...[
      "loss (critic's output)",
      "distance (critic's output)",
      "training step (one update of the generator)",
      "600",
    ],
  ]) {
    assert.ok(
      texts.includes(name.replace("'", "&#x27;")) || texts.includes(name),
      `${name} of ${texts.join("|")}`,
    );
  }
});

test("the legend is written in the PNG although the system's fonts are not read", () => {
  const legend = dark(decodePng(png), 0, 0.05);
  assert.ok(legend > 500, `${legend} dark pixels`);
  const bare = new Resvg(svg, { background: "white", font: { loadSystemFonts: false } }).render().asPng();
  assert.is(
    dark(decodePng(bare), 0, 0.05),
    0,
    "without a font resvg draws no text, and this test would see it",
  );
});

test("a run of 50,000 rows makes a plot of no more than two points a pixel, and keeps its peaks", async () => {
  const rows = madeUpRows(50_000);
  rows[30_000].generator = 1000;
  const long = await lossPlot(rows);
  const paths = [...long.matchAll(/<path aria-label="[^"]*"[^>]* d="([^"]*)"|<path[^>]* d="([^"]{2000,})"/g)];
  const longest = Math.max(...paths.map(([, a, b]) => (a ?? b).split("L").length));
  assert.ok(longest > 1000 && longest <= 1520, `${longest} points`);
  const size = (await svgToPng(long, 1.5)).length;
  assert.ok(long.length < 400_000 && size < 400_000, `${long.length}, ${size}`);
  assert.match(long, />1,000</);
});

test("a median over fewer rows than its window is not drawn", async () => {
  assert.not.match(await lossPlot(madeUpRows(100)), /median/);
  assert.match(await lossPlot(madeUpRows(101)), /median over 101 steps/);
});

test("one row, rows that are not finite and no row at all make a plot as well", async () => {
  const [row] = madeUpRows(1);
  const nan = { ...row, step: 2, criticReal: Number.NaN, wasserstein: Number.POSITIVE_INFINITY };
  for (const rows of [[], [row], [nan], [row, nan, { ...row, step: 3 }]]) {
    const plot = await lossPlot(rows);
    assert.match(plot, /critic on real/);
    assert.not.match(plot, /NaN|Infinity/);
  }
});

test.run();
