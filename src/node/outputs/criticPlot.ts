// critic.png of a two-dimensional toy: the critic's level lines, with generated and real points, as in figure 1 of
// Gulrajani et al. 2017. Lines that are evenly spaced on the page mean a slope that is the same everywhere.
import { evenly } from "../../wgan/curves";
import { evenLevels, levelSet } from "../../wgan/levels";
import { dataColour, generatedColour, toyExtent } from "../../wgan/scatter";
import { fontFamily, svgToPng } from "./svgToPng";

const size = 560;
const [left, top, below] = [52, 16, 76];
const levels = 16;
const mostPoints = 1000;

/** What is drawn: points (N, 2), and the critic's values on a square grid over the window (see `criticPlaces`). */
export interface CriticView {
  data: Float32Array;
  generated: Float32Array;
  critic: Float32Array;
}

/** Where the critic is asked: `side` x `side` points of the window, (side * side, 2), row by row from the least y. */
export function criticPlaces(side: number, extent = toyExtent): Float32Array {
  const at = (i: number) => -extent + (2 * extent * i) / (side - 1);
  return Float32Array.from({ length: side * side * 2 }, (_, i) =>
    at(i % 2 === 0 ? (i >> 1) % side : Math.floor((i >> 1) / side)),
  );
}

/** The picture, as an SVG's text and as a PNG's bytes. Throws RangeError if the critic's values are no square grid. */
export async function criticPlot(
  { data, generated, critic }: CriticView,
  extent = toyExtent,
): Promise<{ svg: string; png: Uint8Array }> {
  const side = Math.round(Math.sqrt(critic.length));
  if (side * side !== critic.length || side < 2) {
    throw new RangeError(
      `criticPlot: ${critic.length} values of the critic, expected those of a square grid.`,
    );
  }
  const x = (value: number) => (left + ((value + extent) * size) / (2 * extent)).toFixed(1);
  const y = (value: number) => (top + ((extent - value) * size) / (2 * extent)).toFixed(1);
  const inGrid = (index: number) => -extent + (2 * extent * index) / (side - 1);

  const lines = evenLevels(critic, levels).map((level, i) => {
    const ends = levelSet({ values: critic, columns: side }, level);
    let path = "";
    for (let j = 0; j < ends.length; j += 4) {
      const [x0, y0, x1, y1] = ends.slice(j, j + 4).map(inGrid);
      path += `M${x(x0)} ${y(y0)}L${x(x1)} ${y(y1)}`;
    }
    return `<path d="${path}" fill="none" stroke="${shade(i / (levels - 1))}" stroke-width="1.4" stroke-linecap="round"/>`;
  });
  const dots = (points: Float32Array, colour: readonly number[], radius: number) => {
    const places = Array.from({ length: points.length >> 1 }, (_, i) => [points[2 * i], points[2 * i + 1]]);
    const inside = places.filter((place) => place.every((value) => Math.abs(value) <= extent));
    const circles = evenly(inside, mostPoints).map(
      ([px, py]) => `<circle cx="${x(px)}" cy="${y(py)}" r="${radius}"/>`,
    );
    return `<g fill="rgb(${colour.join(",")})" fill-opacity="0.75">${circles.join("")}</g>`;
  };
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${left + size + 16}" height="${top + size + below}"`,
    ` font-family="${fontFamily}" font-size="13"><rect width="100%" height="100%" fill="white"/>`,
    ...lines,
    // The data's dots are small and come last: neither kind hides the other, however well they agree.
    dots(generated, generatedColour, 2.4),
    dots(data, dataColour, 1.3),
    `<rect x="${left}" y="${top}" width="${size}" height="${size}" fill="none" stroke="#444"/>`,
    ...[-2, -1, 0, 1, 2]
      .filter((tick) => Math.abs(tick) <= extent)
      .flatMap((tick) => [
        `<path d="M${x(tick)} ${top + size}v5M${left} ${y(tick)}h-5" stroke="#444"/>`,
        `<text x="${x(tick)}" y="${top + size + 20}" text-anchor="middle">${minus(tick)}</text>`,
        `<text x="${left - 10}" y="${Number(y(tick)) + 4}" text-anchor="end">${minus(tick)}</text>`,
      ]),
    legend(top + size + 54),
    "</svg>",
  ].join("");
  return { svg, png: await svgToPng(svg, 1.5) };
}

const minus = (value: number) => String(value).replace("-", "−");

function legend(y: number): string {
  const dot = (x: number, colour: readonly number[], text: string) =>
    `<circle cx="${x}" cy="${y - 4}" r="4" fill="rgb(${colour.join(",")})"/><text x="${x + 10}" y="${y}">${text}</text>`;
  const shades = Array.from({ length: 8 }, (_, i) => {
    const colour = shade(i / 7);
    return `<path d="M${left + 220 + i * 9} ${y - 4}h8" stroke="${colour}" stroke-width="4"/>`;
  });
  return [
    dot(left + 6, dataColour, "data"),
    dot(left + 86, generatedColour, "generated"),
    ...shades,
    `<text x="${left + 300}" y="${y}">the critic's level sets, low to high</text>`,
  ].join("");
}

/** A colour for 0 to 1, from dark violet over blue to yellow, of rising lightness. */
function shade(t: number): string {
  const stops = [
    [68, 20, 100],
    [59, 82, 160],
    [33, 150, 155],
    [110, 200, 90],
    [225, 205, 40],
  ];
  const at = Math.min(stops.length - 2, Math.floor(t * (stops.length - 1)));
  const part = t * (stops.length - 1) - at;
  return `rgb(${stops[at].map((from, i) => Math.round(from + part * (stops[at + 1][i] - from))).join(",")})`;
}
