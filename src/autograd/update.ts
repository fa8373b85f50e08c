// Changes in place: what optimisers and running averages need. Each raises the tensor's version, so that a
// backward pass that saved the old numbers refuses to run.
import { copy, upload } from "../kernels/block";
import * as kernels from "../kernels/update";
import { sameShape, shapeError, show } from "./shape";
import type { Share, Tensor } from "./tensor";

export type { AdamRule, Clip, RmspropRule } from "../kernels/update";

/** One RMSprop step of a weight from its gradient and its mean square, in place. */
export function rmspropUpdate(
  weight: Tensor,
  gradient: Tensor,
  slot: Tensor,
  rule: kernels.RmspropRule,
  clip: kernels.Clip,
): void {
  check("rmsprop", weight, gradient, slot);
  kernels.rmsprop(gradient, weight, slot, rule, clip);
  changed(weight, slot);
}

/** One Adam step of a weight from its gradient and its two moments, in place. */
export function adamUpdate(
  weight: Tensor,
  gradient: Tensor,
  m: Tensor,
  v: Tensor,
  rule: kernels.AdamRule,
  clip: kernels.Clip,
): void {
  check("adam", weight, gradient, m, v);
  kernels.adam(gradient, weight, m, v, rule, clip);
  changed(weight, m, v);
}

/** One step of gradient descent with momentum, in place. */
export function sgdUpdate(
  weight: Tensor,
  gradient: Tensor,
  slot: Tensor,
  rate: number,
  momentum: number,
  clip: kernels.Clip,
): void {
  check("sgd", weight, gradient, slot);
  kernels.sgd(gradient, weight, slot, rate, momentum, clip);
  changed(weight, slot);
}

/** target = keep · target + take · source, in place: a running average. */
export function blend(target: Tensor, source: Tensor, keep: number, take: number): void {
  check("blend", target, source);
  kernels.blend(source, target, keep, take);
  changed(target);
}

/** Holds a tensor to [low, high], in place. It hides NaN: look at gradients before. */
export function clip(target: Tensor, low: number, high: number): void {
  check("clip", target);
  if (target.dtype !== "f32") throw new Error(`clip: the target must be f32, got ${target}.`);
  kernels.clip(target, low, high);
  changed(target);
}

/** Copies numbers into a tensor, from another one or from the host. */
export function assign(target: Tensor, source: Tensor | Float32Array): void {
  if (source instanceof Float32Array) {
    check("assign", target);
    if (target.dtype !== "f32") throw new Error(`assign: the target must be f32, got ${target}.`);
    if (source.length !== target.size)
      throw new Error(
        `assign: ${show(target.shape)} must hold as many numbers as are given, got ${target.size} and ${source.length}.`,
      );
    upload(source, target.storage);
  } else {
    check("assign", target, source);
    copy(source.storage, target.storage);
  }
  changed(target);
}

function check(op: string, target: Tensor, ...others: Tensor[]): void {
  const all = [target, ...others];
  for (const each of all) each.checkAlive(op);
  const shapes = all.map((each) => each.shape);
  if (shapes.some((shape) => !sameShape(shape, target.shape)))
    throw shapeError(op, "shapes must be equal", shapes);
  if (new Set(all.map((each) => each.dtype)).size > 1)
    throw new Error(`${op}: dtypes must be equal, got ${all.join(" and ")}.`);
  // The GPU cannot read what it changes in the same dispatch.
  if (new Set(all.map((each) => each.share)).size < all.length)
    throw new Error(
      `${op}: the tensors must not share storage, got ${all.join(" and ")}. Clone one: mul(x, 1).`,
    );
}

let noted: Set<Share> | undefined;

/** Runs `fn` and adds to `changes` what it changes in place. */
export function noteChanges<T>(changes: Set<Share>, fn: () => T): T {
  noted = changes;
  try {
    return fn();
  } finally {
    noted = undefined;
  }
}

function changed(...tensors: Tensor[]): void {
  for (const { share } of tensors) {
    share.version++;
    noted?.add(share);
  }
}
