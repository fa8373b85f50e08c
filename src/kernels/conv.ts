// Convolution and its two derivatives: three directions of one form ⟨conv2d(x, w), dy⟩, each a dense product.
// x (N, H, W, in), w (kh, kw, in, out), y and dy (N, OH, OW, out); all sizes come from the blocks' shapes.
import type { Block } from "./block";
import { type Direction, type FactorGrad, gemm } from "./gemm";
import { isThin, thinProduct } from "./patches";
import { room } from "./pieces";

export interface Window {
  /** Down, across. */
  stride: readonly [number, number];
  /** Zeros: top, bottom, left, right. */
  padding: readonly [number, number, number, number];
}

/** y = the convolution of x with w, plus the bias (out) of each channel where there is one. */
export const conv2d = (x: Block, w: Block, y: Block, window: Window, bias?: Block): void =>
  product("forward", x, w, y, window, bias);

/** dx = the gradient of x, which is also the transposed convolution of dy; then the bias (in) has its place. */
export const conv2dInputGrad = (dy: Block, w: Block, dx: Block, window: Window, bias?: Block): void =>
  product("inputGrad", dy, w, dx, window, bias);

/** dw = the gradient of w. */
export const conv2dFilterGrad = (x: Block, dy: Block, dw: FactorGrad, window: Window): void =>
  product("filterGrad", x, dy, dw, window);

/** Whether there is a kernel for that of a bias, too. */
export const hasBiasGrad = (w: Block): boolean =>
  w.size > 0 && w.size <= room.most && w.shape[3] % 4 === 0 && !(isThin(w) && w.shape[3] < w.shape[2]);

function product(direction: Direction, a: Block, b: Block, c: FactorGrad, window: Window, bias?: Block) {
  // The filter, and the image whose pixels meet a window each.
  const [w, out] = direction === "filterGrad" ? [c, b] : [b, c];
  if (isThin(w)) return thinProduct(direction, [a, b, c], window, bias);
  const { stride, padding } = window;
  const [height, width, ins, outs] = w.shape;
  const inputGrad = direction === "inputGrad";
  gemm({
    ...{ direction, a: a.storage, b: b.storage, c: c.storage, bias, stride, sums: c.sums },
    images: a.shape[0],
    out: [out.shape[1], out.shape[2]],
    source: [a.shape[1], a.shape[2]],
    kernel: [height, width],
    before: [padding[0], padding[2]],
    channels: inputGrad ? outs : ins,
    columns: inputGrad ? ins : outs,
    transposeB: inputGrad,
  });
}
