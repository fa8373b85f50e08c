// Data sets of small images that are easily told apart: stripes, a way of lying for each class, under noise.
import { HostRandom } from "../../src/kernels/threefry";
import type { ByteDataset } from "../../src/wgan/dataset";

/** `count` images of `size` squared, classes `labels` in turn. */
export function patterns(
  count: number,
  labels: number[],
  seed: number,
  channels: 1 | 3 = 1,
  size = 12,
): ByteDataset {
  const random = new HostRandom(seed);
  const images = new Uint8Array(count * size * size * channels);
  const own = Uint16Array.from({ length: count }, (_, i) => labels[i % labels.length]);
  const pixel = (which: number, x: number, y: number) => [x, y, x + y, x - y + size][which % 4] % 4 < 2;
  for (let at = 0; at < images.length; at++) {
    const place = Math.floor(at / channels);
    const [x, y, image] = [place % size, Math.floor(place / size) % size, Math.floor(place / size ** 2)];
    const ink = pixel(image % labels.length, x, y) ? 190 : 60;
    images[at] = Math.min(255, Math.max(0, ink + 30 * random.normal()));
  }
  return {
    kind: "images",
    images,
    count,
    height: size,
    width: size,
    channels,
    labels: own,
    source: "patterns",
  };
}
