// Convolution and its two derivatives: three directions of one form ⟨conv2d(x, w), dy⟩, each a dense product.
// x (N, H, W, in), w (kh, kw, in, out), y and dy (N, OH, OW, out); all sizes come from the blocks' shapes.
import type { Block } from "./block";
import { gemm } from "./gemm";
import { isThin, thinFilterGrad, thinForward, thinInputGrad } from "./patches";

export interface Window {
  /** Down, across. */
  stride: readonly [number, number];
  /** Zeros: top, bottom, left, right. */
  padding: readonly [number, number, number, number];
}

/** y = the convolution of x with w, plus the bias (out) of each channel where there is one. */
export function conv2d(x: Block, w: Block, y: Block, window: Window, bias?: Block): void {
  if (isThin(w)) return thinForward(x, w, y, window, bias);
  gemm({
    direction: "forward",
    a: x.storage,
    b: w.storage,
    c: y.storage,
    images: x.shape[0],
    out: size(y),
    source: size(x),
    ...shape(w, window),
    channels: w.shape[2],
    columns: w.shape[3],
    bias,
  });
}

/** dx = the gradient of x, which is also the transposed convolution of dy; then the bias (in) has its place. */
export function conv2dInputGrad(dy: Block, w: Block, dx: Block, window: Window, bias?: Block): void {
  if (isThin(w)) return thinInputGrad(dy, w, dx, window, bias);
  gemm({
    direction: "inputGrad",
    a: dy.storage,
    b: w.storage,
    c: dx.storage,
    images: dx.shape[0],
    out: size(dx),
    source: size(dy),
    ...shape(w, window),
    channels: w.shape[3],
    columns: w.shape[2],
    transposeB: true,
    bias,
  });
}

/** dw = the gradient of w. */
export function conv2dFilterGrad(x: Block, dy: Block, dw: Block, window: Window): void {
  if (isThin(dw)) return thinFilterGrad(x, dy, dw, window);
  gemm({
    direction: "filterGrad",
    a: x.storage,
    b: dy.storage,
    c: dw.storage,
    images: x.shape[0],
    out: size(dy),
    source: size(x),
    ...shape(dw, window),
    channels: dw.shape[2],
    columns: dw.shape[3],
  });
}

const size = (image: Block) => [image.shape[1], image.shape[2]] as const;

const shape = (w: Block, { stride, padding }: Window) => ({
  kernel: [w.shape[0], w.shape[1]] as const,
  before: [padding[0], padding[2]] as const,
  stride,
});
