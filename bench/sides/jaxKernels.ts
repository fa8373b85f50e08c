// jax-js's side of the kernels' rows: what is jitted for each piece of work.
import type { HostArray } from "../../src/nn";
import type { Arr } from "../peers/jax.mjs";
import { array, filter, image, jax, toChannelsLast, toFiltersLast } from "./jaxArrays";
import { batchNorm, convolve } from "./jaxLayers";
import type { Work } from "./side";

export interface Operation {
  inputs: Arr[];
  run(...inputs: Arr[]): Arr[];
  /** Axis orders that bring the results into monge's layouts. */
  orders: (number[] | undefined)[];
}

export function operation(work: Work, hosts: HostArray[]): Operation {
  const { numpy: np, nn } = jax;
  switch (work.kind) {
    case "matmul": {
      const { transposeA, transposeB } = work;
      return {
        inputs: hosts.map(array),
        run: (a, b) => [
          np.matmul(transposeA ? np.matrixTranspose(a) : a, transposeB ? np.matrixTranspose(b) : b),
        ],
        orders: [undefined],
      };
    }
    case "conv":
      return convolution(work, hosts);
    case "batch-norm": {
      const [x, gamma, beta, upstream] = hosts;
      const inputs = [image(x), array(gamma), array(beta), image(upstream)];
      const channels = work.x[3];
      if (work.pass === "forward") {
        return {
          inputs: inputs.slice(0, 3),
          run: (...xs) => {
            const { y, mean, variance } = batchNorm(xs[0], xs[1], xs[2]);
            return [y, mean.reshape([channels]), variance.reshape([channels])];
          },
          orders: [toChannelsLast, undefined, undefined],
        };
      }
      return {
        inputs,
        run: (from, scale, offset, dy) => {
          const [y, back] = jax.vjp(
            (a: Arr, b: Arr, c: Arr) => {
              const { y, mean, variance } = batchNorm(a, b, c);
              for (const unused of [mean, variance]) unused.dispose();
              return y;
            },
            [from, scale, offset],
          );
          const gradients = back(dy);
          back.dispose();
          return [y, ...gradients];
        },
        orders: [toChannelsLast, toChannelsLast, undefined, undefined],
      };
    }
    case "pointwise":
      if (work.op === "add")
        return { inputs: hosts.map(array), run: (a, b) => [a.add(b)], orders: [undefined] };
      return {
        inputs: [array(hosts[0])],
        run: (a) => [work.op === "tanh" ? np.tanh(a) : nn.leakyRelu(a, 0.2)],
        orders: [undefined],
      };
    case "reduce":
      return {
        inputs: hosts.map(array),
        run: (a) => [work.op === "sum" ? np.sum(a) : np.sum(a, 0)],
        orders: [undefined],
      };
  }
}

function convolution(work: Extract<Work, { kind: "conv" }>, [x, w, dy]: HostArray[]): Operation {
  const [kernel, stride] = [work.w[0], work.stride];
  const conv = (a: Arr, b: Arr) => convolve(a, b, kernel, stride);
  if (work.pass === "forward")
    return { inputs: [image(x), filter(w)], run: (a, b) => [conv(a, b)], orders: [toChannelsLast] };
  // Both derivatives are asked for, and jit drops those that are not returned.
  const wanted = { "input-gradient": [0], "filter-gradient": [1], both: [0, 1] }[work.pass];
  return {
    inputs: [image(x), filter(w), image(dy)],
    run: (a, b, upstream) => {
      const [y, pull] = jax.vjp(conv, [a, b]);
      y.dispose();
      const gradients = pull(upstream);
      pull.dispose();
      for (const i of [0, 1]) if (!wanted.includes(i)) gradients[i].dispose();
      return wanted.map((i) => gradients[i]);
    },
    orders: wanted.map((i) => [toChannelsLast, toFiltersLast][i]),
  };
}
