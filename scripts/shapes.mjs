// Draws images to try --data with: circles, squares and triangles in a folder each, as PNG files.
// usage: node scripts/shapes.mjs FOLDER [SIZE] [grey]
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PNG } from "pngjs";
import { fail } from "./shell.mjs";

const [folder, size = "32", kind = "colour"] = process.argv.slice(2);
const pixels = Number(size);
if (!folder || !(pixels >= 8 && pixels <= 512) || !["colour", "grey"].includes(kind))
  fail("usage: node scripts/shapes.mjs FOLDER [SIZE from 8 to 512, default 32] [grey]");
if (existsSync(folder) && readdirSync(folder).length > 0)
  fail(`${folder}: isn't empty. Name a new folder for the images.`);

/** How far inside a shape of radius 1 a point lies; below 0 it is outside. */
const shapes = {
  circle: (x, y) => 1 - Math.hypot(x, y),
  square: (x, y) => 0.8 - Math.max(Math.abs(x), Math.abs(y)),
  triangle: (x, y) => Math.min(0.6 - y, (1 + y - 1.7 * Math.abs(x)) / 2),
};
const COUNT = 400;
/** PNG's names for grey and for red, green and blue. */
const colorType = kind === "grey" ? 0 : 2;

for (const [name, inside] of Object.entries(shapes)) {
  mkdirSync(join(folder, name), { recursive: true });
  for (let i = 0; i < COUNT; i++) {
    const radius = pixels * (0.25 + 0.15 * Math.random());
    const [left, top] = [0, 0].map(() => pixels / 2 + (pixels / 2 - radius) * (2 * Math.random() - 1) * 0.8);
    const shade = () => 90 + Math.floor(166 * Math.random());
    const colour = kind === "grey" ? new Array(3).fill(shade()) : [shade(), shade(), shade()];
    const image = new PNG({ width: pixels, height: pixels });
    for (let at = 0; at < pixels * pixels; at++) {
      const [x, y] = [at % pixels, Math.floor(at / pixels)];
      const depth = radius * inside((x + 0.5 - left) / radius, (y + 0.5 - top) / radius);
      const cover = Math.min(1, Math.max(0, depth + 0.5)); // edges a pixel wide
      image.data.set([...colour.map((value) => Math.round(value * cover)), 255], 4 * at);
    }
    writeFileSync(join(folder, name, `${i}.png`), PNG.sync.write(image, { colorType }));
  }
}
console.log(`${COUNT} images of ${pixels}x${pixels} each in ${Object.keys(shapes).join(", ")}: ${folder}`);
