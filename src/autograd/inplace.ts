// Changes in place: what optimisers and running averages need. They have no derivative. Each write raises the version of
// its storage. So a backward pass sees where numbers that it needs have changed, and refuses to run.
import { copy, upload } from "../kernels/block";
import { clip as clipKernel } from "../kernels/fill";
import * as kernels from "../kernels/update";
import type { Bounds } from "./ops/pointwise";
import { sameShape, shapeError, show } from "./shape";
import type { Share } from "./share";
import type { Tensor } from "./tensor";

export { type AdamRule, type Clip, type Rate, type RmspropRule, slotSize } from "../kernels/update";

type Tensors = readonly Tensor[];
/** Weights, their gradients and clips, and the slots of all of them in one tensor. */
export type Updated = kernels.Updated<Tensor>;

const checked =
  <Rule extends unknown[]>(
    op: string,
    slots: (rule: NoInfer<Rule>) => number,
    kernel: (updated: Updated, ...rule: Rule) => void,
  ) =>
  (updated: Updated, ...rule: Rule): void => {
    checkUpdate(op, updated, slots(rule));
    kernel(updated, ...rule);
  };

/** One RMSprop step of weights from their gradients, in place; `slots` holds their mean squares, then mean gradients if centred, then momentum if any. */
export const rmspropUpdate = checked("rmsprop", ([rule]) => kernels.rmspropSlots(rule), kernels.rmsprop);
/** One Adam step, in place; `slots` holds all first moments, then all second ones. */
export const adamUpdate = checked("adam", () => 2, kernels.adam);
/** One step of gradient descent with momentum, in place; `slots` holds the velocities, and nothing without momentum. */
export const sgdUpdate = checked("sgd", ([, momentum]) => (momentum === 0 ? 0 : 1), kernels.sgd);

/** target = keep · target + take · source, in place: a running average. */
export const blend = (target: Tensor, source: Tensor, keep: number, take: number): void =>
  blendAll([target], [source], keep, take);

/** `blend` of each target with its source, many of them in a dispatch. */
export function blendAll(targets: Tensors, sources: Tensors, keep: number, take: number): void {
  if (targets.length !== sources.length)
    throw new Error(`blend: each target must have a source, got ${targets.length} and ${sources.length}.`);
  targets.forEach((target, i) => {
    check("blend", target, sources[i]);
    checkFloat("blend", target);
  });
  checkStorage("blend", targets, sources);
  kernels.blend(sources, targets, keep, take);
}

/** Holds a tensor to [low, high], in place, as `clamp` does: NaN stays, and `high` wins over a `low` above it. */
export function clip(target: Tensor, bounds: Bounds): void {
  const { low = Number.NEGATIVE_INFINITY, high = Number.POSITIVE_INFINITY } = bounds;
  check("clip", target);
  checkFloat("clip", target);
  clipKernel(target, low, high);
}

/** Copies numbers into a tensor, from another one or from the host. */
export function assign(target: Tensor, source: Tensor | Float32Array): void {
  check("assign", target, ...(source instanceof Float32Array ? [] : [source]));
  if (source instanceof Float32Array) {
    checkFloat("assign", target);
    if (source.length !== target.size)
      throw new Error(
        `assign: ${show(target.shape)} must hold as many numbers as are given, got ${target.size} and ${source.length}.`,
      );
    upload(source, target.storage);
  } else copy(source.storage, target.storage);
}

function check(op: string, target: Tensor, ...others: Tensor[]): void {
  const all = [target, ...others];
  checkEach(op, all);
  const shapes = all.map((each) => each.shape);
  if (shapes.some((shape) => !sameShape(shape, target.shape)))
    throw shapeError(op, "shapes must be equal", shapes);
  checkStorage(op, [target], others);
}

function checkFloat(op: string, target: Tensor): void {
  if (target.dtype !== "f32") throw new Error(`${op}: the target must be f32, got ${target}.`);
}

function checkUpdate(op: string, { weights, gradients, slots, clips }: Updated, count: number): void {
  if (gradients.length !== weights.length || clips.length !== weights.length)
    throw shapeError(
      op,
      "each weight must have a gradient and a clip",
      [weights, gradients, clips].map((all) => [all.length]),
    );
  checkEach(op, [...weights, ...gradients, slots]);
  checkFloat(op, slots);
  weights.forEach(({ shape }, i) => {
    if (!sameShape(shape, gradients[i].shape))
      throw shapeError(op, "shapes must be equal", [shape, gradients[i].shape]);
  });
  const wanted = [count * kernels.slotSize(weights)];
  if (!sameShape(slots.shape, wanted))
    throw shapeError(op, `the slots of these weights must be ${show(wanted)}`, [slots.shape]);
  checkStorage(op, [...weights, slots], gradients);
}

function checkEach(op: string, all: readonly Tensor[]): void {
  for (const each of all) each.checkAlive(op);
  const odd = all.find(({ dtype }) => dtype !== all[0].dtype);
  if (odd) throw new Error(`${op}: dtypes must be equal, got ${all[0]} and ${odd}.`);
}

/** The GPU cannot read what it changes in the same dispatch, nor change it twice; it may read it twice. */
export function checkStorage(op: string, written: readonly Tensor[], read: readonly Tensor[]): void {
  const owners = new Map<Share, Tensor>();
  for (const [i, each] of [...written, ...read].entries()) {
    const owner = owners.get(each.share);
    if (owner)
      throw new Error(`${op}: tensors must share no storage, got ${owner} and ${each}. Copy one: clone(x).`);
    if (i < written.length) owners.set(each.share, each);
  }
}
