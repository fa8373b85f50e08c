// Convolutions with very few channels on one side, such as an image's one or three. A tile of the general kernel would be
// almost empty there. So the windows of the thin image become rows of a matrix, (pixels, taps * channels).
import { type Block, clear, dispatch, gridOf, type Storage, temporary } from "./block";
import type { Window } from "./conv";
import { type Direction, type FactorGrad, gemmOfRows } from "./gemm";
import { type Piece, pieces, room } from "./pieces";
import { strided } from "./strided";

/** Below so many channels, patches are the faster way. */
const THIN = 8;

const taps = (w: Block) => w.shape[0] * w.shape[1];
const size = (image: Block) => [image.shape[1], image.shape[2]] as const;

/** Whether the weight w (kh, kw, in, out) has a thin side, and leaves room for a copy with its axes swapped. */
export const isThin = (w: Block): boolean =>
  taps(w) > 1 && Math.min(w.shape[2], w.shape[3]) < THIN && w.size <= room.most;

/**
 * The sizes of the matrix products: `channels` numbers of a patch, `columns` channels of the wide image, which is the
 * one with many and has a patch a pixel. `wideInput`: whether that is x, and dy or y the thin one.
 */
function sidesOf(w: Block) {
  const [ins, outs] = w.shape.slice(2);
  const channels = taps(w) * Math.min(ins, outs);
  // vec4 loads are worth the padding
  const pitch = 4 * Math.ceil(channels / 4);
  return { channels, pitch, columns: Math.max(ins, outs), wideInput: outs < ins };
}

/** c from a and b by patches of the thin image, or patches of partial sums for every pixel of the wide one. */
export function thinProduct(direction: Direction, [a, b, c]: Block[], window: Window, bias?: Block): void {
  if (direction === "filterGrad") return filterGrad(a, b, c, window);
  const run = sidesOf(b).wideInput === (direction === "forward") ? toThin : toWide;
  run(a, b, c, window, bias);
}

/** dw = patchesᵀ · the wide image, summed over all of its pixels. */
function filterGrad(x: Block, dy: Block, dw: FactorGrad, window: Window): void {
  const { channels, pitch, columns, wideInput } = sidesOf(dw);
  const [thin, wide] = wideInput ? [dy, x] : [x, dy];
  const swapped = wideInput && dw.shape[3] > 1;
  const into = (c: Storage) => {
    if (wide.size === 0) clear(c);
    inPieces(wide, pitch, false, (piece, patches) => {
      windows("patches", { thin, w: dw, window, patches, pitch, piece });
      const place = { start: [0, piece.first * columns, 0], add: piece.first > 0, gaps: true } as const;
      const more = { channels, pitch, columns, sums: dw.sums, ...place };
      gemmOfRows("filterGrad", [patches, wide.storage, c], piece.pixels, more);
    });
  };
  if (!swapped) return into(dw.storage);
  temporary(dw.size, "swapped filter gradient", (c) => {
    into(c);
    swap(c, dw.storage, taps(dw), dw.shape[3], dw.shape[2]);
  });
}

/** wide = patches of the thin image · w. */
function toWide(thin: Block, w: Block, wide: Block, window: Window, bias?: Block): void {
  const { channels, pitch, columns } = sidesOf(w);
  withWeight(w, (weight) =>
    inPieces(wide, pitch, false, (piece, patches) => {
      windows("patches", { thin, w, window, patches, pitch, piece });
      const sizes = { channels, pitch, columns, gaps: true };
      const more = { ...sizes, start: [0, 0, piece.first * columns], bias } as const;
      gemmOfRows("forward", [patches, weight, wide.storage], piece.pixels, more);
    }),
  );
}

/** thin = the overlapping sum of the patches that the wide image · wᵀ makes. */
function toThin(wide: Block, w: Block, thin: Block, window: Window, bias?: Block): void {
  const { channels, pitch, columns, wideInput } = sidesOf(w);
  // Without wide pixels no window meets a patch, and any storage will do.
  if (wide.size === 0) {
    const nothing = { size: size(wide), first: 0, pixels: 0 };
    const piece: Piece = { image: 0, images: thin.shape[0], at: [0, 0], ...nothing };
    return windows("overlap", { thin, w, window, patches: w.storage, pitch, bias, piece });
  }
  // A pixel of the thin image adds its patches up tap by tap. The pieces come in that order, which in an input gradient
  // runs backwards: so the sum does not depend on where it was cut.
  withWeight(w, (weight) =>
    inPieces(wide, pitch, !wideInput, (piece, patches, isFirst) => {
      const sizes = { channels: columns, columns: channels, resultPitch: pitch, transposeB: true };
      const start = [piece.first * columns, 0, 0] as const;
      gemmOfRows("forward", [wide.storage, weight, patches], piece.pixels, { ...sizes, start });
      windows("overlap", { thin, w, window, patches, pitch, bias, piece, add: !isFirst });
    }),
  );
}

/**
 * Runs `use` on as many pixels of the wide image at a time as patches may be held for, and says which piece is the
 * first of its image.
 */
function inPieces(
  wide: Block,
  pitch: number,
  backwards: boolean,
  use: (piece: Piece, patches: Storage, isFirst: boolean) => void,
): void {
  const all = pieces(wide.shape[0], size(wide), room.most / pitch);
  if (backwards) all.reverse();
  for (const [i, piece] of all.entries()) {
    temporary(piece.pixels * pitch, "patches", (patches) =>
      use(piece, patches, piece.image !== all[i - 1]?.image),
    );
  }
}

/** The weight as (taps * thin channels, wide channels), which w (kh, kw, in, out) is unless out is few but not 1. */
function withWeight(w: Block, use: (weight: Storage) => void): void {
  const [ins, outs] = w.shape.slice(2);
  if (!sidesOf(w).wideInput || outs === 1) return use(w.storage);
  temporary(w.size, "swapped weight", (swapped) => {
    swap(w.storage, swapped, taps(w), ins, outs);
    use(swapped);
  });
}

interface Windows {
  thin: Block;
  w: Block;
  window: Window;
  /** Of the pixels of the wide image that are in the piece. */
  patches: Storage;
  pitch: number;
  piece: Piece;
  bias?: Block;
  /** `overlap`: on top of what the thin image holds, where the piece reaches it; else all of its images are written. */
  add?: boolean;
}

/** `patches`: the thin image into patches; `overlap`: patches into the thin image. */
function windows(entry: "patches" | "overlap", call: Windows): void {
  const { thin, w, piece, bias, add } = call;
  const { stride, padding } = call.window;
  const into = entry === "patches";
  const inputGrad = sidesOf(w).wideInput === into;
  const [height, width] = size(thin);
  const channels = thin.shape[3];
  const [KY, KX] = w.shape;
  const [STEP_Y, STEP_X] = stride;
  const before = [padding[0], padding[2]];
  // The pixels that have a window: those of the piece, or those of the thin image.
  const all = { at: [0, 0], size: size(thin) } as const;
  const { at, size: out } = into ? piece : add ? reached(call, inputGrad) : all;
  const pixel = piece.image * height * width + (into ? 0 : at[0] * width + at[1]);
  const source = into ? size(thin) : piece.size;
  dispatch({
    shader: "patches",
    entry,
    constants: { KY, KX, STEP_Y, STEP_X, CHANNELS: channels, INPUT_GRAD: inputGrad ? 1 : 0 },
    reads: [into ? thin.storage : call.patches, (bias ?? w).storage],
    writes: [into ? call.patches : thin.storage],
    params: {
      ...{ out, source, skipped: into ? [0, 0] : piece.at },
      // A piece may begin within the image: a negative number in two's complement.
      before: before.map((zeros, i) => (inputGrad ? zeros + at[i] : zeros - at[i] * stride[i]) >>> 0),
      ...{ images: piece.images, pitch: call.pitch, start: pixel * channels, line: width * channels },
      base: add ? 2 : bias ? 1 : 0,
    },
    grid: gridOf(piece.images * out[0] * out[1] * (into ? 1 : channels)),
  });
}

/** The part of the thin image that the patches of a piece have numbers for. */
function reached({ thin, w, window: { stride, padding }, piece }: Windows, inputGrad: boolean) {
  const along = (axis: 0 | 1) => {
    const [step, kernel, zeros] = [stride[axis], w.shape[axis], padding[2 * axis]];
    const [first, last] = [piece.at[axis], piece.at[axis] + piece.size[axis] - 1];
    const from = inputGrad ? first * step - zeros : Math.ceil((first + zeros - kernel + 1) / step);
    const to = inputGrad ? last * step - zeros + kernel - 1 : Math.floor((last + zeros) / step);
    const start = Math.max(0, from);
    return { start, count: Math.max(0, Math.min(to + 1, thin.shape[1 + axis]) - start) };
  };
  const [rows, columns] = [along(0), along(1)];
  return { at: [rows.start, columns.start], size: [rows.count, columns.count] };
}

/** from (kernel, rows, columns) to (kernel, columns, rows). */
function swap(from: Storage, to: Storage, kernel: number, rows: number, columns: number): void {
  const shape = [kernel, columns, rows];
  const y: Block = { storage: to, shape, size: kernel * rows * columns, dtype: "f32" };
  const strides = [rows * columns, 1, columns];
  strided(
    { ...y, storage: from },
    y,
    strides.map((stride, i) => ({ start: 0, limit: shape[i], stride })),
  );
}
