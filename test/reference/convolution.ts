// Float64 references of the convolution family: the three directions of one trilinear form
// ⟨conv2d(x, w), dy⟩, each written as its own loop nest, and Keras's rule for 'same' padding.
import { type F64, make } from "./array";

export interface ConvGeometry {
  /** Rows, columns. */
  stride: readonly [number, number];
  /** Top, bottom, left, right; zeros. */
  padding: readonly [number, number, number, number];
}

/** Keras's 'same': ceil(input / stride) outputs, and the odd zero goes after. */
export function samePadding(input: number, kernel: number, stride: number): [number, number] {
  const output = Math.ceil(input / stride);
  const zeros = Math.max((output - 1) * stride + kernel - input, 0);
  return [Math.floor(zeros / 2), zeros - Math.floor(zeros / 2)];
}

/**
 * Calls visit(image, window, tap) with flat pixel indices for every (output position, kernel tap) pair whose
 * input position lies inside the image; taps on the padding are never visited.
 */
function forEachTap(
  [n, h, w]: readonly number[],
  [outH, outW]: readonly number[],
  [kh, kw]: readonly number[],
  { stride: [strideY, strideX], padding: [top, , left] }: ConvGeometry,
  visit: (inputPixel: number, outputPixel: number, tap: number) => void,
): void {
  for (let image = 0; image < n; image++) {
    for (let oy = 0; oy < outH; oy++) {
      for (let ky = 0; ky < kh; ky++) {
        const y = oy * strideY + ky - top;
        if (y < 0 || y >= h) continue;
        for (let ox = 0; ox < outW; ox++) {
          for (let kx = 0; kx < kw; kx++) {
            const x = ox * strideX + kx - left;
            if (x < 0 || x >= w) continue;
            visit((image * h + y) * w + x, (image * outH + oy) * outW + ox, ky * kw + kx);
          }
        }
      }
    }
  }
}

function expectChannels(name: string, got: number, wanted: number): void {
  if (got !== wanted) throw new Error(`${name}: ${got} channels, the weight has ${wanted}`);
}

/** x (N, H, W, in), w (kh, kw, in, out) → (N, outH, outW, out). */
export function conv2d(x: F64, w: F64, geometry: ConvGeometry): F64 {
  const [n, h, width, channels] = x.shape;
  const [kh, kw, ins, outs] = w.shape;
  expectChannels("conv2d", channels, ins);
  const [strideY, strideX] = geometry.stride;
  const [top, bottom, left, right] = geometry.padding;
  const outH = Math.floor((h + top + bottom - kh) / strideY) + 1;
  const outW = Math.floor((width + left + right - kw) / strideX) + 1;
  const out = make([n, outH, outW, outs]);
  const [xs, ws, ys] = [x.data, w.data, out.data];
  forEachTap(x.shape, [outH, outW], [kh, kw], geometry, (inputPixel, outputPixel, tap) => {
    const y0 = outputPixel * outs;
    for (let i = 0; i < ins; i++) {
      const value = xs[inputPixel * ins + i];
      const w0 = (tap * ins + i) * outs;
      for (let o = 0; o < outs; o++) ys[y0 + o] += value * ws[w0 + o];
    }
  });
  return out;
}

/**
 * The adjoint of conv2d in x: dy (N, outH, outW, out), w (kh, kw, in, out) → (N, H, W, in), scattering each
 * dy over the window that it came from. outputSize is [H, W], which dy and w alone do not determine.
 */
export function conv2dInputGrad(
  dy: F64,
  w: F64,
  geometry: ConvGeometry & { outputSize: readonly [number, number] },
): F64 {
  const [n, outH, outW, channels] = dy.shape;
  const [kh, kw, ins, outs] = w.shape;
  expectChannels("conv2dInputGrad", channels, outs);
  const out = make([n, ...geometry.outputSize, ins]);
  const [dys, ws, dxs] = [dy.data, w.data, out.data];
  forEachTap(out.shape, [outH, outW], [kh, kw], geometry, (inputPixel, outputPixel, tap) => {
    const y0 = outputPixel * outs;
    for (let i = 0; i < ins; i++) {
      const w0 = (tap * ins + i) * outs;
      let sum = 0;
      for (let o = 0; o < outs; o++) sum += dys[y0 + o] * ws[w0 + o];
      dxs[inputPixel * ins + i] += sum;
    }
  });
  return out;
}

/** The same map as a layer: x (N, h, w, in), weight (kh, kw, out, in) → (N, H, W, out). */
export const convTranspose2d = conv2dInputGrad;

/** The adjoint of conv2d in w: x (N, H, W, in), dy (N, outH, outW, out) → (kh, kw, in, out). */
export function conv2dFilterGrad(
  x: F64,
  dy: F64,
  geometry: ConvGeometry & { kernelSize: readonly [number, number] },
): F64 {
  const ins = x.shape[3];
  const [, outH, outW, outs] = dy.shape;
  const out = make([...geometry.kernelSize, ins, outs]);
  const [xs, dys, dws] = [x.data, dy.data, out.data];
  forEachTap(x.shape, [outH, outW], geometry.kernelSize, geometry, (inputPixel, outputPixel, tap) => {
    const y0 = outputPixel * outs;
    for (let i = 0; i < ins; i++) {
      const value = xs[inputPixel * ins + i];
      const w0 = (tap * ins + i) * outs;
      for (let o = 0; o < outs; o++) dws[w0 + o] += value * dys[y0 + o];
    }
  });
  return out;
}
