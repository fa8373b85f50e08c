// The data set on the GPU, from which batches are gathered by index. They are bytes there. If they are larger than
// the adapter's largest binding, several buffers share them, and each has the same stretch of every image. So a batch
// reads the same buffers whatever its indices are, and a captured step can be replayed.
import { byteTensor, concat, gather, keep, reshape, type Tensor, takeBytes, tensor, tidy } from "../autograd";
import { InputError } from "../errors";
import { gpu } from "../gpu/gpu";
import type { ByteDataset, Dataset } from "./dataset";
import type { PointDataset } from "./toys";

/** What a batch's numbers are made of: byte * scale + shift. */
export interface Mapping {
  scale: number;
  shift: number;
}

/** The bytes of one stretch of every image: (count, width) in a buffer of its own. */
interface Part {
  data: Tensor;
  width: number;
}

export class ImageStore {
  private readonly parts: Part[];
  private readonly shape: [height: number, width: number, channels: number];

  /**
   * Uploads the images. `limit` is how many bytes a buffer may have, by default what the open device binds.
   * Throws InputError where there are more images than that.
   */
  constructor(dataset: ByteDataset, limit = gpu().device.limits.maxStorageBufferBindingSize) {
    const { images, count, height, width, channels } = dataset;
    this.shape = [height, width, channels];
    const size = height * width * channels;
    this.parts = stretches(size, count, limit, dataset.source).map(([from, to]) => ({
      data: keep(byteTensor(to - from === size ? images : stretchOf(images, size, from, to))),
      width: to - from,
    }));
  }

  /** Images (N, height, width, channels) by index (N) u32; an index past the data reads the last one. */
  take(index: Tensor, { scale, shift }: Mapping): Tensor {
    const { parts, shape } = this;
    if (parts.length === 1) return takeBytes(parts[0].data, index, { sample: shape, scale, shift });
    return tidy(() => {
      const taken = parts.map(({ data, width }) => takeBytes(data, index, { sample: [width], scale, shift }));
      return reshape(concat(taken, { axis: 1 }), [index.size, ...shape]);
    });
  }

  dispose(): void {
    for (const { data } of this.parts) data.dispose();
  }
}

export class PointStore {
  private readonly points: Tensor;

  constructor({ points, count }: PointDataset) {
    this.points = keep(tensor(points, [count, 2]));
  }

  /** Points (N, 2) by index (N) u32; an index past the data reads the last one. */
  take(index: Tensor): Tensor {
    return gather(this.points, index);
  }

  dispose(): void {
    this.points.dispose();
  }
}

/** The store that a data set of either kind needs. */
export const makeStore = (dataset: Dataset): ImageStore | PointStore =>
  dataset.kind === "images" ? new ImageStore(dataset) : new PointStore(dataset);

/** Where an image of `size` bytes is cut, about evenly, so that no stretch of `count` images is over `limit` bytes. */
function stretches(size: number, count: number, limit: number, source: string): [from: number, to: number][] {
  const most = Math.floor((limit - (limit % 16)) / count); // what is bound is a multiple of 16 bytes
  if (most === 0) {
    throw new InputError(
      `${source}: ${count} images are more than this adapter's buffers of ${limit} bytes.`,
    );
  }
  const parts = Math.ceil(size / most);
  const cut = (part: number) => Math.floor((size * part) / parts);
  return Array.from({ length: parts }, (_, part) => [cut(part), cut(part + 1)]);
}

/** Bytes `from` to `to` of every image, one after the other. */
function stretchOf(images: Uint8Array, size: number, from: number, to: number): Uint8Array {
  const width = to - from;
  const stretch = new Uint8Array((images.length / size) * width);
  for (let image = 0, at = from; at < images.length; image++, at += size) {
    stretch.set(images.subarray(at, at + width), image * width);
  }
  return stretch;
}
