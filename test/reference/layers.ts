// Layers in float64 with their backward passes written by hand, and chains of them: what the references of whole
// updates are made of. Each knows its weights by name and reads their sizes off them.
import { type F64, make, map, size } from "./array";
import { add, batchNorm, conv2d, conv2dFilterGrad, conv2dInputGrad, reshape, sigmoid, tanh } from "./forward";
import { biasGrad, denseBackward, dense as denseForward, type Weights } from "./tutorialLayers";

export type { Weights } from "./tutorialLayers";

/** What a layer makes of x, and how a gradient goes back through it; `back` adds those of the weights. */
export interface Passed {
  y: F64;
  back(dy: F64, gradients: Weights): F64;
  /** The moving statistics after this batch. */
  moving: Weights;
}

export type Layer = (weights: Weights, x: F64) => Passed;

export interface Geometry {
  stride: number;
  /** Top, bottom, left, right. */
  padding: readonly [number, number, number, number];
}

const pairs = ({ stride, padding }: Geometry) => ({ stride: [stride, stride] as const, padding });

/** Layers one after the other. */
export const chain =
  (...layers: Layer[]): Layer =>
  (weights, x) => {
    const passed: Passed[] = [];
    for (const layer of layers) passed.push(layer(weights, passed.at(-1)?.y ?? x));
    return {
      y: passed.at(-1)!.y,
      back: (dy, gradients) => passed.reduceRight((d, each) => each.back(d, gradients), dy),
      moving: Object.assign({}, ...passed.map(({ moving }) => moving)),
    };
  };

export const dense =
  (name: string): Layer =>
  (weights, x) => {
    const [weight, bias] = [weights[`${name}.weight`], weights[`${name}.bias`]];
    return {
      y: denseForward(x, weight, bias),
      moving: {},
      back(dy, gradients) {
        const { dx, dWeight, dBias } = denseBackward(x, weight, dy);
        Object.assign(gradients, { [`${name}.weight`]: dWeight, [`${name}.bias`]: dBias });
        return dx;
      },
    };
  };

export const conv =
  (name: string, geometry: Geometry): Layer =>
  (weights, x) => {
    const [weight, window] = [weights[`${name}.weight`], pairs(geometry)];
    const kernelSize = [weight.shape[0], weight.shape[1]] as const;
    return {
      y: add(conv2d(x, weight, window), weights[`${name}.bias`]),
      moving: {},
      back(dy, gradients) {
        gradients[`${name}.weight`] = conv2dFilterGrad(x, dy, { ...window, kernelSize });
        gradients[`${name}.bias`] = biasGrad(dy);
        return conv2dInputGrad(dy, weight, { ...window, outputSize: [x.shape[1], x.shape[2]] });
      },
    };
  };

/** The transposed convolution to an image of that size; its weight is (kh, kw, out, in). */
export const up =
  (name: string, geometry: Geometry, outputSize: readonly [number, number]): Layer =>
  (weights, x) => {
    const [weight, window] = [weights[`${name}.weight`], pairs(geometry)];
    const kernelSize = [weight.shape[0], weight.shape[1]] as const;
    return {
      y: add(conv2dInputGrad(x, weight, { ...window, outputSize }), weights[`${name}.bias`]),
      moving: {},
      back(dy, gradients) {
        gradients[`${name}.weight`] = conv2dFilterGrad(dy, x, { ...window, kernelSize });
        gradients[`${name}.bias`] = biasGrad(dy);
        return conv2d(dy, weight, window);
      },
    };
  };

/** Rows and columns up to that size; the others are left out. */
export const crop =
  ([rows, columns]: readonly [number, number]): Layer =>
  (_, x) => {
    const [n, h, w, c] = x.shape;
    const y = make([n, rows, columns, c]);
    const dx = (dy: F64) => {
      const out = make(x.shape);
      each((from, to) => {
        out.data[from] = dy.data[to];
      });
      return out;
    };
    const each = (visit: (from: number, to: number) => void) => {
      for (let to = 0; to < size(y.shape); to++) {
        const [channel, column] = [to % c, Math.floor(to / c) % columns];
        const [row, image] = [Math.floor(to / (c * columns)) % rows, Math.floor(to / (c * columns * rows))];
        visit(((image * h + row) * w + column) * c + channel, to);
      }
    };
    each((from, to) => {
      y.data[to] = x.data[from];
    });
    return { y, moving: {}, back: (dy) => dx(dy) };
  };

/** (N, …) → (N, …shape). */
export const shaped =
  (...shape: number[]): Layer =>
  (_, x) => ({
    y: reshape(x, [x.shape[0], ...shape]),
    moving: {},
    back: (dy) => reshape(dy, x.shape),
  });

/** x where x > 0, else slope · x. */
export const rectify =
  (slope = 0): Layer =>
  (_, x) => ({
    y: map(x, (v) => (v > 0 ? v : slope * v)),
    moving: {},
    back: (dy) => map(dy, (d, i) => (x.data[i] > 0 ? d : slope * d)),
  });

export const hyperbolic: Layer = (_, x) => {
  const y = tanh(x);
  return { y, moving: {}, back: (dy) => map(dy, (d, i) => d * (1 - y.data[i] ** 2)) };
};

export const logistic: Layer = (_, x) => {
  const y = sigmoid(x);
  return { y, moving: {}, back: (dy) => map(dy, (d, i) => d * y.data[i] * (1 - y.data[i])) };
};

/** Batch norm with the batch's statistics and a shift, but no scale; TensorFlow 1's defaults. */
export const shiftNorm =
  (name: string, { epsilon = 1e-3, momentum = 0.99 } = {}): Layer =>
  (weights, x) => {
    const beta = weights[`${name}.beta`];
    const [channels, ones] = [beta.shape[0], map(beta, () => 1)];
    const { y, mean, variance } = batchNorm(x, ones, beta, epsilon);
    const rows = x.data.length / channels;
    const toward = (field: string, batch: F64, factor: number) =>
      map(weights[`${name}.${field}`], (m, c) => momentum * m + (1 - momentum) * factor * batch.data[c]);
    return {
      y,
      moving: {
        [`${name}.movingMean`]: toward("movingMean", mean, 1),
        [`${name}.movingVariance`]: toward("movingVariance", variance, rows / (rows - 1)),
      },
      back(dy, gradients) {
        const [sums, along] = [make([channels]), make([channels])];
        const standard = map(y, (v, i) => v - beta.data[i % channels]);
        dy.data.forEach((d, i) => {
          sums.data[i % channels] += d;
          along.data[i % channels] += d * standard.data[i];
        });
        gradients[`${name}.beta`] = sums;
        return map(dy, (d, i) => {
          const c = i % channels;
          const centred = d - sums.data[c] / rows - (standard.data[i] * along.data[c]) / rows;
          return centred / Math.sqrt(variance.data[c] + epsilon);
        });
      },
    };
  };

/** Gradients of one name added up. */
export function plus(a: Weights, b: Weights): Weights {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return Object.fromEntries(
    [...names].map((name) => [name, name in a && name in b ? add(a[name], b[name]) : (a[name] ?? b[name])]),
  );
}
