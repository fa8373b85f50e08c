// Checks one case of an op on the GPU: values, first and second derivatives against float64 central differences.
// Both sides start from the same f32 numbers; no derivative rule of the engine takes part in the reference.
import { backward, keep, mul, requireGrad, sum, type Tensor, tensor, tidy } from "../../src/autograd";
import { add } from "../../src/autograd/ops/pointwise";
import { alias } from "../../src/autograd/tensor";
import { device } from "../device";
import { dot, type F64, make, makeRandom, type Random, randomUniform, roundToF32 } from "../reference/array";
import {
  directional,
  entryDerivative,
  pairing,
  secondDirectionalWithCotangents,
} from "../reference/derivatives";

/** One op at some shapes: the inputs to differentiate by, the engine's function and the reference's. */
export interface Case {
  name: string;
  inputs: F64[];
  engine: (xs: Tensor[]) => Tensor | Tensor[];
  reference: (xs: F64[]) => F64 | F64[];
}

/** Relative errors, each the largest of the case. */
export interface Errors {
  /** Of the outputs, by the largest entry of each. */
  forward: number;
  /** Of the gradients of Σ⟨dy, y⟩, recorded or not (the fused derivatives). */
  first: number;
  /** Of the gradients of Σ⟨first gradient, u⟩ by the inputs and by dy. */
  second: number;
}

/** What an op may err by. */
export const bounds: Errors = { forward: 1e-5, first: 1e-4, second: 1e-3 };

// Directions an input or dy, and entries an input, that are compared.
const DIRECTIONS = 3;
const ENTRIES = 48;
/** An input whose gradient (nearly) vanishes is measured by this share of the case's largest gradient. */
const FLOOR = 1e-3;

export async function check(item: Case, seed = 1): Promise<Errors> {
  const random = makeRandom(seed);
  const { inputs } = item;
  const reference = (xs: F64[]) => [item.reference(xs)].flat();
  const outputs = reference(inputs);
  const dys = outputs.map((y) => direction(random, y));
  const u = inputs.map((x) => direction(random, x));
  const gpu = await runOnGpu(item, dys, u);
  return {
    forward: relative(
      outputs.map((y, j) => compare(gpu.outputs[j], y)),
      largest,
    ),
    first: Math.max(
      ...gpu.first.map((gradients) => firstError(gradients, pairing(reference, dys), inputs, seed)),
    ),
    second: secondError(gpu.second, reference, inputs, dys, u, seed),
  };
}

/** Entries in (−1, 1), so that 3·0.01 of two of them together moves no input by more than 0.06. */
const direction = (random: Random, like: F64): F64 => roundToF32(randomUniform(random, like.shape, -1, 1));

/** What the GPU gave and what it should be. */
interface Compared {
  got: number[];
  wanted: number[];
}

const compare = (got: F64, wanted: F64): Compared => ({ got: [...got.data], wanted: [...wanted.data] });
const largest = (values: number[]) => values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
const rootMeanSquare = (values: number[]) => Math.sqrt(dot1(values) / values.length);
const dot1 = (values: number[]) => values.reduce((total, v) => total + v * v, 0);

/** The largest |got − wanted| of each group by the size of the group's `wanted`; NaN where anything is NaN. */
function relative(groups: Compared[], sizeOf: (values: number[]) => number): number {
  const sizes = groups.map(({ wanted }) => (wanted.length === 0 ? 0 : sizeOf(wanted)));
  const floor = FLOOR * Math.max(...sizes);
  const errors = groups.map(({ got, wanted }, i) => {
    const worst = wanted.reduce((most, v, k) => Math.max(most, Math.abs(got[k] - v)), 0);
    return worst === 0 ? 0 : worst / Math.max(sizes[i], floor);
  });
  return Math.max(...errors);
}

/** Along random directions in each input alone, by their root mean square; and entry by entry, by the largest. */
function firstError(gradients: F64[], L: (inputs: F64[]) => number, inputs: F64[], seed: number): number {
  const random = makeRandom(seed + 1000);
  const alone = (which: number, along: F64) => inputs.map((x, i) => (i === which ? along : make(x.shape)));
  const along = inputs.map((x, which) => {
    const directions = Array.from({ length: DIRECTIONS }, () => direction(random, x));
    return {
      got: directions.map((d) => dot(gradients[which], d)),
      wanted: directions.map((d) => directional(L, inputs, alone(which, d))),
    };
  });
  const entries = inputs.map((x, which) => {
    const all = [...x.data.keys()];
    const some = all.length <= ENTRIES ? all : all.filter(() => random.uniform() < ENTRIES / all.length);
    return {
      got: some.map((index) => gradients[which].data[index]),
      wanted: some.map((index) => entryDerivative(L, inputs, which, index)),
    };
  });
  return Math.max(relative(along, rootMeanSquare), relative(entries, largest));
}

/** Of M = Σ⟨first gradient, u⟩: along random directions in each input alone and in each dy alone. */
function secondError(
  gradients: F64[],
  reference: (xs: F64[]) => F64[],
  inputs: F64[],
  dys: F64[],
  u: F64[],
  seed: number,
): number {
  const random = makeRandom(seed + 2000);
  const points = [...inputs, ...dys];
  const groups = points.map((point, which) => {
    const directions = Array.from({ length: DIRECTIONS }, () => direction(random, point));
    const wanted = directions.map((d) => {
      const all = points.map((p, i) => (i === which ? d : make(p.shape)));
      const [v, w] = [all.slice(0, inputs.length), all.slice(inputs.length)];
      return secondDirectionalWithCotangents(reference, inputs, dys, u, v, w);
    });
    return { got: directions.map((d) => dot(gradients[which], d)), wanted };
  });
  return relative(groups, rootMeanSquare);
}

/** Runs a case: outputs; gradients without and with a recorded backward pass; gradients of those by x and dy. */
async function runOnGpu(
  item: Case,
  dys: F64[],
  u: F64[],
): Promise<{ outputs: F64[]; first: F64[][]; second: F64[] }> {
  await device();
  const xs = item.inputs.map((x) => requireGrad(toTensor(x)));
  const dyTensors = dys.map((dy) => requireGrad(toTensor(dy)));
  const made = tidy(() => {
    const outputs = [item.engine(xs)].flat();
    const pass = (createGraph: boolean) => {
      const ys = [item.engine(xs)].flat();
      if (ys.length === 1) backward(ys[0], { dy: dyTensors[0], createGraph });
      else backward(inner(ys, dyTensors), { createGraph });
      take(dyTensors); // the gradient by dy is y itself; it would add to the second one
      return take(xs);
    };
    const plain = pass(false);
    const recorded = pass(true);
    const known = recorded.flatMap((gradient, i) => (gradient ? [{ gradient, along: toTensor(u[i]) }] : []));
    const M = inner(
      known.map(({ gradient }) => gradient),
      known.map(({ along }) => along),
    );
    backward(M);
    return { outputs, plain, recorded, second: take([...xs, ...dyTensors]) };
  });
  const read = (tensors: (Tensor | undefined)[], like: F64[]) =>
    Promise.all(like.map((x, i) => toArray(tensors[i], x.shape)));
  const [outputs, plain, recorded, second] = await Promise.all([
    read(made.outputs, dys),
    read(made.plain, item.inputs),
    read(made.recorded, item.inputs),
    read(made.second, [...item.inputs, ...dys]),
  ]);
  for (const tensors of [xs, dyTensors, ...Object.values(made)]) for (const t of tensors) t?.dispose();
  return { outputs, first: [plain, recorded], second };
}

/** Σ ⟨a_i, b_i⟩, recorded. */
const inner = (as: Tensor[], bs: Tensor[]): Tensor =>
  as.map((a, i) => sum(mul(a, bs[i]))).reduce((total, part) => add(total, part));

/** Takes the gradients off the leaves, recorded history and all; the caller owns them. None stands for 0. */
function take(leaves: Tensor[]): (Tensor | undefined)[] {
  return leaves.map((leaf) => {
    const gradient = leaf.grad && keep(alias(leaf.grad));
    leaf.grad = undefined;
    return gradient;
  });
}

export const toTensor = (x: F64): Tensor => tensor(Float32Array.from(x.data), x.shape);

/** Reads a tensor back as float64; zeros of that shape where there is none. Throws on another shape. */
export async function toArray(x: Tensor | undefined, shape: readonly number[]): Promise<F64> {
  if (!x) return make(shape);
  if (x.shape.join() !== shape.join()) throw new Error(`shape [${x.shape}] instead of [${shape}]`);
  return make(shape, await x.data());
}
