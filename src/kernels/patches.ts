// Convolutions with very few channels on one side, such as an image's one or three: a tile of the general kernel
// would be almost empty. The windows of the thin image become rows of a matrix, (pixels, taps * channels).

import { gpu } from "../gpu/gpu";
import { allocate, type Block, gridOf, release, type Storage } from "./block";
import type { Window } from "./conv";
import { gemm } from "./gemm";

/** Below so many channels, patches are the faster way. */
const THIN = 8;
/** Most numbers of patches to hold at once (64 MB); larger batches go in chunks. */
const MOST = 2 ** 24;

const taps = (w: Block) => w.shape[0] * w.shape[1];
const pixels = (image: Block) => image.shape[1] * image.shape[2];

/** Whether the weight w (kh, kw, in, out) has a thin side. */
export const isThin = (w: Block): boolean => taps(w) > 1 && Math.min(w.shape[2], w.shape[3]) < THIN;

/** The sizes of the matrix products; the wide image is the one with many channels, and each pixel has a patch. */
interface Sides {
  /** Numbers of a patch, and the same rounded up to 4, since vec4 loads are worth the padding. */
  channels: number;
  pitch: number;
  /** Channels of the wide image. */
  columns: number;
  /** Whether the wide image is x, and dy or y the thin one. */
  wideInput: boolean;
}

function sidesOf(w: Block): Sides {
  const [ins, outs] = w.shape.slice(2);
  const channels = taps(w) * Math.min(ins, outs);
  return {
    channels,
    pitch: 4 * Math.ceil(channels / 4),
    columns: Math.max(ins, outs),
    wideInput: outs < ins,
  };
}

/** y = conv2d(x, w): patches of x, or (few outputs) a patch of partial sums for every pixel of x. */
export function thinConv2d(x: Block, w: Block, y: Block, window: Window, bias?: Block): void {
  if (sidesOf(w).wideInput) spread(x, w, y, window, bias);
  else collect(x, w, y, window, bias);
}

/** dx = conv2dInputGrad(dy, w): the same with the sides changed over. */
export function thinInputGrad(dy: Block, w: Block, dx: Block, window: Window, bias?: Block): void {
  if (sidesOf(w).wideInput) collect(dy, w, dx, window, bias);
  else spread(dy, w, dx, window, bias);
}

/** dw = patchesᵀ · the wide image, summed over all of its pixels. */
export function thinFilterGrad(x: Block, dy: Block, dw: Block, window: Window): void {
  const { channels, pitch, columns, wideInput } = sidesOf(dw);
  const [thin, wide] = wideInput ? [dy, x] : [x, dy];
  const swapped = wideInput && dw.shape[3] > 1;
  const c = swapped ? allocate(dw.size, "swapped filter gradient") : dw.storage;
  if (wide.size === 0) gpu().stream.clear(c);
  inChunks(wide, pitch, (chunk, patches) => {
    windows("patches", { thin, wide, w: dw, window, patches, pitch, ...chunk });
    gemm({
      entry: "outer",
      a: patches,
      gaps: true,
      b: wide.storage,
      c,
      ...line(chunk.images * pixels(wide)),
      channels,
      pitch,
      columns,
      start: [0, chunk.first * pixels(wide) * columns, 0],
      add: chunk.first > 0,
    });
  });
  if (!swapped) return;
  swap(c, dw.storage, taps(dw), dw.shape[3], dw.shape[2]);
  release(c);
}

/** wide = patches of the thin image · w. */
function collect(thin: Block, w: Block, wide: Block, window: Window, bias?: Block): void {
  const { channels, pitch, columns } = sidesOf(w);
  withWeight(w, (weight) =>
    inChunks(wide, pitch, (chunk, patches) => {
      windows("patches", { thin, wide, w, window, patches, pitch, ...chunk });
      gemm({
        entry: "product",
        a: patches,
        gaps: true,
        b: weight,
        c: wide.storage,
        ...line(chunk.images * pixels(wide)),
        channels,
        pitch,
        columns,
        start: [0, 0, chunk.first * pixels(wide) * columns],
        bias,
      });
    }),
  );
}

/** thin = the overlapping sum of the patches that the wide image · wᵀ makes. */
function spread(wide: Block, w: Block, thin: Block, window: Window, bias?: Block): void {
  const { channels, pitch, columns } = sidesOf(w);
  const overlap = (chunk: Chunk, patches: Storage) =>
    windows("overlap", { thin, wide, w, window, patches, pitch, bias, ...chunk });
  // Without wide pixels no window meets a patch, and any storage will do.
  if (wide.size === 0) return overlap({ first: 0, images: thin.shape[0] }, w.storage);
  withWeight(w, (weight) =>
    inChunks(wide, pitch, (chunk, patches) => {
      gemm({
        entry: "product",
        a: wide.storage,
        b: weight,
        c: patches,
        ...line(chunk.images * pixels(wide)),
        channels: columns,
        columns: channels,
        resultPitch: pitch,
        transposeB: true,
        start: [chunk.first * pixels(wide) * columns, 0, 0],
      });
      overlap(chunk, patches);
    }),
  );
}

/** Rows of a matrix, as an image of one line. */
const line = (length: number) => ({
  images: 1,
  out: [1, length] as const,
  source: [1, length] as const,
});

interface Chunk {
  first: number;
  images: number;
}

/** Runs `use` on as many images at a time as patches may be held for. */
function inChunks(wide: Block, pitch: number, use: (chunk: Chunk, patches: Storage) => void): void {
  if (wide.size === 0) return;
  const each = pixels(wide) * pitch;
  const most = Math.max(1, Math.floor(MOST / each));
  for (let first = 0; first < wide.shape[0]; first += most) {
    const images = Math.min(most, wide.shape[0] - first);
    const patches = allocate(images * each, "patches");
    use({ first, images }, patches);
    release(patches);
  }
}

/** The weight as (taps * thin channels, wide channels), which w (kh, kw, in, out) is unless out is few but not 1. */
function withWeight(w: Block, use: (weight: Storage) => void): void {
  const [ins, outs] = w.shape.slice(2);
  if (!sidesOf(w).wideInput || outs === 1) return use(w.storage);
  const swapped = allocate(w.size, "swapped weight");
  swap(w.storage, swapped, taps(w), ins, outs);
  use(swapped);
  release(swapped);
}

interface Windows extends Chunk {
  thin: Block;
  wide: Block;
  w: Block;
  window: Window;
  patches: Storage;
  pitch: number;
  bias?: Block;
}

/** `patches`: the thin image into patches; `overlap`: patches into the thin image. */
function windows(entry: "patches" | "overlap", call: Windows): void {
  const { thin, wide, w, first, images } = call;
  const { stride, padding } = call.window;
  const [, height, width, channels] = thin.shape;
  const into = entry === "patches";
  const [out, source] = into ? [wide, thin] : [thin, wide];
  const adjoint = sidesOf(w).wideInput === into;
  const [KY, KX] = w.shape;
  const [STEP_Y, STEP_X] = stride;
  gpu().stream.dispatch({
    shader: "patches",
    entry,
    constants: { KY, KX, STEP_Y, STEP_X, CHANNELS: channels, ADJOINT: adjoint ? 1 : 0 },
    reads: [into ? thin.storage : call.patches, (call.bias ?? w).storage],
    writes: [into ? call.patches : thin.storage],
    params: [
      ...[out.shape[1], out.shape[2], source.shape[1], source.shape[2], padding[0], padding[2]],
      ...[images, call.pitch, first * height * width * channels, call.bias ? 1 : 0],
    ],
    grid: gridOf(images * pixels(out) * (into ? 1 : channels)),
  });
}

/** from (kernel, rows, columns) to (kernel, columns, rows). */
function swap(from: Storage, to: Storage, kernel: number, rows: number, columns: number): void {
  gpu().stream.dispatch({
    shader: "patches",
    entry: "swap",
    constants: { CHANNELS: rows },
    reads: [from, from],
    writes: [to],
    params: [0, 0, 0, 0, 0, 0, kernel, columns],
    grid: gridOf(kernel * rows * columns),
  });
}
