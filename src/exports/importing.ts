// Brings the weights of another framework into one of our networks: modules with weights are matched one to one, in
// order, and each tensor must have the shape that ours would have in that framework.
import { type Shape, sameShape, show, sizeOf } from "../autograd";
import type { HostArray, StateDict } from "../nn";
import { type Framework, fromLayout, layoutsOf } from "./layout";
import type { Network } from "./network";

/** What is wrong with a file of another program, in one line of our own words; all other errors are not meant to be read. */
export class ForeignError extends Error {}

/** A layer of theirs that has weights, by its own names for them. */
export interface ForeignLayer {
  name: string;
  arrays: Record<string, HostArray>;
}

/** The numbers of a tensor that they need not have. */
const defaults: Record<string, number> = { bias: 0, gamma: 1, runningMean: 0, runningVariance: 1 };

const filled = (shape: Shape, value: number): HostArray => ({
  shape,
  data: new Float32Array(sizeOf(shape)).fill(value),
});

/** The network's state out of their layers. Throws a ForeignError where they are another network's. */
export function stateFrom(
  network: Network,
  theirs: readonly ForeignLayer[],
  framework: Framework,
): StateDict {
  // Averages that nobody uses may be there all the same.
  const averaged = { batchStatistics: false };
  const ours = network.layers
    .map((layer) => ({ layer, layouts: layoutsOf(layer, averaged, framework) }))
    .filter(({ layouts }) => Object.keys(layouts).length > 0);
  if (ours.length !== theirs.length)
    throw new ForeignError(
      `${theirs.length} layers with weights (${theirs.map(({ name }) => name).join(", ") || "none"}), expected ${ours.length} ` +
        `(${ours.map(({ layer }) => layer.kind).join(", ")}).`,
    );
  const state: StateDict = {};
  for (const [i, { layer, layouts }] of ours.entries()) {
    const { name, arrays } = theirs[i];
    const known = Object.values(layouts).map((layout) => layout.name);
    const extra = Object.keys(arrays).find((each) => !known.includes(each));
    if (extra)
      throw new ForeignError(
        `${name} has a tensor ${extra}, expected ${known.join(", ")} of a ${layer.kind}.`,
      );
    for (const [own, layout] of Object.entries(layouts)) {
      const array = arrays[layout.name];
      const shape = network.tensors.get(`${layer.place}.${own}`)!;
      // A convolution in front of batch norm is often without a bias, which is one of 0.
      if (!array && own === "bias") continue;
      if (!array && network.batchStatistics && /^running/.test(own)) continue;
      if (!array) throw new ForeignError(`${name} has no ${layout.name}, as a ${layer.kind} has.`);
      if (!sameShape(array.shape, layout.shape))
        throw new ForeignError(
          `${name}: ${layout.name} must be ${show(layout.shape)}, got ${show(array.shape)}.`,
        );
      state[`${layer.place}.${own}`] = { shape, data: fromLayout(array.data, layout) };
    }
  }
  return Object.fromEntries(
    [...network.tensors].map(([name, shape]) => [
      name,
      state[name] ?? filled(shape, defaults[name.replace(/^\d+\./, "")]),
    ]),
  );
}
