// What clipping makes of a critic (Gulrajani et al. 2017, figure 1): its weights pile up at the bounds, and its gradient
// vanishes or explodes from layer to layer. Small networks on the roll of two dimensions.
import type { StateDict } from "../../nn";
import { drawToy } from "../../wgan/toys";
import { markdownTable } from "../markdownTable";
import { readNetwork } from "../savedNetwork";
import type { Done, Experiment, TrainOptions } from "./experiment";
import { linePlot } from "./lines";

const bounds = ["1e-3", "1e-2", "1e-1"];
const shared: TrainOptions = {
  ...{ preset: "toy", data: "swissroll", "network.hidden": 64, batch: 128, steps: 2000, seed: 1 },
  ...{ "log-every": 500, "sample-every": 0, "checkpoint-every": 500, "evaluate-every": 500 },
};
const small: TrainOptions = { "network.hidden": 8, batch: 8, steps: 2, "evaluate-every": 2 };

/** Points that gradients are taken at, and bins of a histogram. */
const POINTS = 500;
const BINS = 41;
/** How near to a bound is at it, in parts of the bound. */
const NEAR = 0.01;

export const clipping: Experiment = {
  about: "What clipping does to a critic: weights at the bounds, gradients from layer to layer",
  data: "toys",
  needsFolders: true,
  trainings: (quick) => [
    ...bounds.map((clip) => ({
      name: `clip-${clip}`,
      options: {
        ...{ ...shared, "objective.kind": "wgan", "objective.clip": clip, "optimizer.kind": "rmsprop" },
        // Two deviations to the bound: nearly all that is found there has been driven to it.
        ...{ "network.criticInit": Number(clip) / 2, ...(quick && small) },
      },
    })),
    { name: "penalty", options: { ...shared, ...(quick && small) } },
  ],
  async results(done) {
    const looks = done.map((run) => ({ run, title: titleOf(run), ...lookAt(run) }));
    const rows = looks.map(({ run, title, norms, atBounds }) => [
      ...[title, atBounds === undefined ? "" : (100 * atBounds).toFixed(1)],
      ...[...norms, norms[0] / norms[norms.length - 1]].map(twoDigits),
      run.looks.at(-1)!.figures.wasserstein_1.toFixed(3),
    ]);
    const layers = looks[0].norms.map((_, i) => `gradient at layer ${i + 1}`);
    const head = ["critic", "hidden weights at the bounds, %", ...layers, "first over last", "Wasserstein-1"];
    const line = (title: string, points: [number, number][]) => [{ of: title, run: title, points }];
    const picture = await linePlot([
      {
        ...{ title: "gradient by each layer's input", x: "layer", y: "norm", logY: true },
        lines: looks.flatMap(({ title, norms }) =>
          line(
            title,
            norms.map((norm, i) => [i + 1, norm]),
          ),
        ),
      },
      {
        ...{
          title: "hidden weights",
          x: "weight over the bound (penalty: over the largest)",
          y: "share of a bin",
        },
        logY: true,
        lines: looks.flatMap(({ title, histogram }) => line(title, histogram)),
      },
    ]);
    const floor = done[0].looks.at(-1)!.figures.wasserstein_1_floor.toFixed(3);
    return {
      text:
        `${markdownTable(head, rows)}\nThe floor of the Wasserstein-1 distance is ${floor}. The gradient is that of the ` +
        `critic's output by what goes into a layer, its mean length over ${POINTS} points of the data.\n\n` +
        "![Gradients by layers, and weights](clipping.png)\n",
      pictures: { "clipping.png": picture },
    };
  },
};

const twoDigits = (value: number) => (value < 0.01 ? value.toExponential(1) : value.toPrecision(2));

/** The bound of a clipped critic. */
const clipOf = ({ options }: Done) =>
  "objective.clip" in options ? Number(options["objective.clip"]) : undefined;
const titleOf = (run: Done) => (clipOf(run) === undefined ? "gradient penalty" : `clip ${clipOf(run)}`);

/** Of a trained critic: the length of its gradient at each layer's input, and how its hidden kernels are spread. */
function lookAt(run: Done) {
  const layers = layersOf(readNetwork("critic", run.path!).state);
  const hidden = layers.slice(1, -1).flatMap(({ weight }) => [...weight]);
  const clip = clipOf(run);
  const bound = clip ?? hidden.reduce((most, w) => Math.max(most, Math.abs(w)), 0);
  const counts = new Array<number>(BINS).fill(0);
  for (const weight of hidden) counts[Math.round(((weight / bound + 1) / 2) * (BINS - 1))]++;
  return {
    norms: gradientNorms(layers, drawToy("swissroll", POINTS, 77).points),
    histogram: counts.map((n, i): [number, number] => [(2 * i) / (BINS - 1) - 1, n / hidden.length]),
    atBounds:
      clip !== undefined
        ? hidden.filter((weight) => Math.abs(weight) >= (1 - NEAR) * bound).length / hidden.length
        : undefined,
  };
}

interface Layer {
  /** (inputs, outputs). */
  weight: Float32Array;
  bias: Float32Array;
  inputs: number;
  outputs: number;
}

function layersOf(state: StateDict): Layer[] {
  const places = Object.keys(state).flatMap((name) => name.match(/^(\d+)\.weight$/)?.[1] ?? []);
  return places
    .sort((a, b) => Number(a) - Number(b))
    .map((place) => {
      const { shape, data } = state[`${place}.weight`];
      return { weight: data, bias: state[`${place}.bias`].data, inputs: shape[0], outputs: shape[1] };
    });
}

/** The mean length of ∂f/∂x over points (N, 2), for x the input of each layer: relu between them, none at the end. */
export function gradientNorms(layers: readonly Layer[], points: ArrayLike<number>): number[] {
  const count = points.length / layers[0].inputs;
  const sums = layers.map(() => 0);
  for (let at = 0; at < count; at++) {
    const inputs = [Array.from({ length: layers[0].inputs }, (_, i) => points[at * layers[0].inputs + i])];
    for (const { weight, bias, outputs } of layers.slice(0, -1)) {
      const x = inputs.at(-1)!;
      inputs.push(
        Array.from({ length: outputs }, (_, o) =>
          Math.max(
            0,
            x.reduce((sum, value, i) => sum + value * weight[i * outputs + o], bias[o]),
          ),
        ),
      );
    }
    let slope = [1];
    for (let layer = layers.length - 1; layer >= 0; layer--) {
      const { weight, outputs } = layers[layer];
      slope = inputs[layer].map((_, i) => slope.reduce((sum, s, o) => sum + s * weight[i * outputs + o], 0));
      sums[layer] += Math.hypot(...slope) / count;
      if (layer > 0) slope = slope.map((s, i) => (inputs[layer][i] > 0 ? s : 0));
    }
  }
  return sums;
}
