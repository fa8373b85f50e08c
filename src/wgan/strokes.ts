// Draws handwritten-looking digits, so that training works with no data set at hand and no network.
// A digit is a few pen strokes; each image bends, slants, turns and thickens them anew, fixed by a seed.
import { HostRandom } from "../kernels/threefry";
import type { ByteDataset } from "./dataset";

/** x, y, x, y… of a pen's path. */
type Path = number[];

/** Straight lines through the points. */
const lines = (points: Path): Path => points;

/** A smooth curve through the points (Catmull-Rom), as short straight pieces. */
function curve(points: Path): Path {
  const pieces = 5;
  const last = points.length / 2 - 1;
  const path: Path = points.slice(0, 2);
  for (let i = 0; i < last; i++) {
    for (let piece = 1; piece <= pieces; piece++) {
      const t = piece / pieces;
      for (const axis of [0, 1]) {
        const at = (j: number) => points[2 * Math.min(Math.max(j, 0), last) + axis];
        const [a, b, c, d] = [at(i - 1), at(i), at(i + 1), at(i + 2)];
        path.push(b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a))));
      }
    }
  }
  return path;
}

/** For each digit, the ways in which people write it: strokes in a box of 100 x 100, y downwards. */
const skeletons: Path[][][] = [
  [
    [curve([52, 1, 24, 12, 11, 50, 24, 88, 50, 100, 77, 88, 89, 50, 77, 12, 50, 0, 40, 4])],
    [curve([66, 6, 40, 2, 16, 30, 14, 66, 32, 96, 62, 96, 86, 62, 84, 26, 64, 4, 44, 10])],
  ],
  [
    [lines([50, 0, 50, 100])],
    [lines([50, 0, 49, 50, 50, 100])],
    [lines([28, 22, 52, 0, 50, 100])],
    [lines([28, 20, 50, 0, 50, 100]), lines([24, 100, 76, 99])],
  ],
  [
    [curve([14, 24, 28, 5, 52, 0, 76, 10, 79, 32, 62, 58, 36, 80, 10, 98]), lines([10, 98, 90, 96])],
    [curve([16, 20, 36, 2, 64, 3, 78, 24, 64, 54, 38, 84, 16, 97, 8, 86, 24, 78, 50, 90, 92, 94])],
    [curve([12, 14, 40, 2, 72, 8, 76, 32, 54, 60, 12, 98]), curve([12, 98, 34, 90, 60, 98, 88, 92])],
  ],
  [
    [
      curve([14, 14, 38, 0, 68, 6, 76, 26, 60, 42, 34, 48]),
      curve([34, 48, 66, 52, 84, 72, 72, 93, 42, 100, 10, 88]),
    ],
    [curve([18, 6, 48, 0, 78, 10, 70, 34, 44, 46]), curve([44, 46, 76, 54, 80, 78, 56, 98, 28, 98, 12, 92])],
    [lines([16, 4, 78, 2, 44, 42]), curve([44, 42, 74, 50, 84, 72, 66, 95, 38, 100, 10, 90])],
  ],
  [
    [curve([30, 2, 22, 26, 14, 50]), lines([14, 50, 48, 55, 84, 52]), lines([76, 4, 72, 50, 66, 100])],
    [lines([66, 0, 8, 64, 90, 64]), lines([66, 0, 64, 100])],
    [curve([24, 6, 16, 40, 32, 54, 60, 52, 74, 44]), lines([78, 4, 74, 44, 68, 100])],
  ],
  [
    [lines([82, 2, 32, 3, 24, 44]), curve([24, 44, 50, 36, 76, 46, 84, 68, 68, 92, 40, 100, 10, 90])],
    [
      curve([28, 4, 26, 24, 22, 42]),
      curve([22, 42, 50, 40, 76, 54, 76, 80, 52, 98, 24, 98, 10, 88]),
      lines([28, 4, 58, 6, 90, 0]),
    ],
    [curve([88, 4, 58, 2, 36, 8, 28, 30, 42, 46, 66, 58, 72, 80, 52, 98, 26, 98, 8, 86])],
  ],
  [
    [curve([68, 0, 40, 22, 20, 54, 18, 82, 42, 100, 72, 92, 80, 72, 60, 54, 34, 62, 20, 80])],
    [curve([46, 0, 30, 30, 20, 64, 30, 94, 58, 99, 80, 82, 76, 62, 54, 58, 32, 72, 26, 84])],
  ],
  [
    [lines([10, 8, 86, 4]), curve([86, 4, 62, 44, 40, 100])],
    [lines([10, 8, 84, 5, 44, 100])],
    [lines([12, 8, 84, 4, 40, 100]), lines([32, 54, 80, 50])],
    [curve([12, 26, 14, 10, 40, 12, 82, 4]), curve([82, 4, 64, 42, 56, 100])],
  ],
  [
    [
      curve([
        74, 14, 50, 0, 26, 12, 28, 32, 52, 50, 78, 70, 74, 92, 48, 100, 22, 90, 22, 70, 48, 50, 72, 32, 75,
        10,
      ]),
    ],
    [
      curve([50, 0, 28, 8, 26, 34, 50, 46, 74, 34, 72, 8, 50, 0]),
      curve([50, 46, 20, 60, 20, 88, 50, 100, 80, 88, 80, 60, 50, 46]),
    ],
  ],
  [
    [curve([78, 18, 54, 0, 24, 10, 14, 34, 32, 52, 60, 44, 78, 18]), lines([78, 18, 72, 60, 64, 100])],
    [
      curve([76, 12, 48, 0, 20, 14, 18, 38, 44, 48, 70, 32, 76, 12]),
      curve([76, 12, 80, 44, 70, 84, 46, 100, 20, 92]),
    ],
    [curve([72, 14, 46, 2, 20, 22, 28, 46, 56, 42, 76, 16, 74, 44, 66, 74, 40, 100])],
  ],
];

const size = 28;
/** MNIST fits a digit into 20 pixels and puts its centre of mass into the middle of the image. */
const boxSize = 20;

/**
 * Draws `count` digits in the manner of MNIST, in random order, with labels; source "strokes".
 * The same seed gives the same images. `digits` are those to choose from, by default all ten.
 */
export function drawDigits(options: { count: number; seed: number; digits?: number[] }): ByteDataset {
  const { count, seed, digits = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] } = options;
  const random = new HostRandom(seed);
  const images = new Uint8Array(count * size * size);
  const labels = new Uint16Array(count);
  for (let i = 0; i < count; i++) {
    labels[i] = digits[random.integer(digits.length)];
    const ways = skeletons[labels[i]];
    const width = 1.5 + 1.3 * (random.uniform() + random.uniform());
    const paths = place(bend(ways[random.integer(ways.length)], random), width, random);
    ink(paths, width, random, images.subarray(i * size * size, (i + 1) * size * size));
  }
  return { kind: "images", images, count, height: size, width: size, channels: 1, labels, source: "strokes" };
}

/** Moves the box's points by a smooth random field, so strokes that meet still meet, then slants and turns. */
function bend(paths: Path[], random: HostRandom): Path[] {
  const field = Array.from({ length: 18 }, () => 5 * random.normal());
  const shift = (x: number, y: number, axis: number) => {
    const [column, row] = [x < 50 ? 0 : 1, y < 50 ? 0 : 1];
    const [s, t] = [x / 50 - column, y / 50 - row];
    const at = (r: number, c: number) => field[2 * (3 * (row + r) + column + c) + axis];
    return (1 - t) * ((1 - s) * at(0, 0) + s * at(0, 1)) + t * ((1 - s) * at(1, 0) + s * at(1, 1));
  };
  const angle = 0.13 * random.normal();
  const slant = 0.1 + 0.2 * random.normal();
  const stretch = 0.6 + 0.4 * random.uniform();
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return paths.map((path) =>
    eachPoint(path, (x, y) => {
      const [u, v] = [(x - 50 + shift(x, y, 0)) * stretch, y - 50 + shift(x, y, 1)];
      const slanted = u - slant * v;
      return [cos * slanted - sin * v, sin * slanted + cos * v];
    }),
  );
}

/** Scales the strokes into MNIST's box and puts their centre of mass near the middle of the image. */
function place(paths: Path[], width: number, random: HostRandom): Path[] {
  const low = [Infinity, Infinity];
  const high = [-Infinity, -Infinity];
  const moment = [0, 0];
  let length = 0;
  for (const path of paths) {
    path.forEach((value, i) => {
      low[i % 2] = Math.min(low[i % 2], value);
      high[i % 2] = Math.max(high[i % 2], value);
    });
    for (let i = 2; i < path.length; i += 2) {
      const [ax, ay, bx, by] = path.slice(i - 2, i + 2);
      const piece = Math.hypot(bx - ax, by - ay);
      moment[0] += (piece * (ax + bx)) / 2;
      moment[1] += (piece * (ay + by)) / 2;
      length += piece;
    }
  }
  const extent = Math.max(high[0] - low[0], high[1] - low[1]);
  const scale = ((boxSize - width) / extent) * (0.9 + 0.1 * random.uniform());
  const offset = [0, 1].map((i) => size / 2 + 0.4 * random.normal() - (scale * moment[i]) / length);
  return paths.map((path) => eachPoint(path, (x, y) => [scale * x + offset[0], scale * y + offset[1]]));
}

const eachPoint = (path: Path, move: (x: number, y: number) => [number, number]): Path =>
  path.flatMap((_, i) => (i % 2 === 0 ? move(path[i], path[i + 1]) : []));

/** Inks every pixel by its distance to the strokes, with a soft edge, and adds a little noise to the ink. */
function ink(paths: Path[], width: number, random: HostRandom, image: Uint8Array): void {
  const reach = width / 2 + 0.6;
  const nearest = new Float64Array(size * size).fill(reach * reach);
  for (const path of paths) {
    for (let i = 2; i < path.length; i += 2) inkPiece(path, i, reach, nearest);
  }
  nearest.forEach((squared, pixel) => {
    const cover = Math.min((reach - Math.sqrt(squared)) / 1.2, 1);
    if (cover > 0) image[pixel] = 255 * cover * (1 - 0.15 * random.uniform() ** 2);
  });
}

/** Lowers the squared distances around one straight piece, the one that ends at path[i]. */
function inkPiece(path: Path, i: number, reach: number, nearest: Float64Array): void {
  const [ax, ay, bx, by] = [path[i - 2], path[i - 1], path[i], path[i + 1]];
  const [dx, dy] = [bx - ax, by - ay];
  const squaredLength = dx * dx + dy * dy || 1;
  const first = (a: number, b: number) => Math.max(0, Math.floor(Math.min(a, b) - reach));
  const last = (a: number, b: number) => Math.min(size - 1, Math.ceil(Math.max(a, b) + reach));
  for (let y = first(ay, by); y <= last(ay, by); y++) {
    for (let x = first(ax, bx); x <= last(ax, bx); x++) {
      const [px, py] = [x + 0.5 - ax, y + 0.5 - ay];
      const t = Math.min(Math.max((px * dx + py * dy) / squaredLength, 0), 1);
      const squared = (px - t * dx) ** 2 + (py - t * dy) ** 2;
      nearest[y * size + x] = Math.min(nearest[y * size + x], squared);
    }
  }
}
