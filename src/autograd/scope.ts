// Who frees a tensor: the innermost `tidy` it was made in, or, outside of any, the garbage collector.
// Parameters are kept: they belong to their module. A graph owns copies of what its derivatives need.
import { memoryBytes } from "../kernels/block";
import { type Handle, releaseHandle, Share } from "./share";
import type { Tensor } from "./tensor";

// undefined stands for `untidied`: inside of it, new tensors belong to no scope.
const scopes: (Set<Tensor> | undefined)[] = [];

// The safety net: GPU memory is invisible to V8, so this may come late; `tidy` is the way to be sure.
const collected = new FinalizationRegistry<Handle>(releaseHandle);

function watch(tensor: Tensor): void {
  collected.register(tensor, { share: tensor.share, variable: tensor.variable }, tensor);
}

/** Called once for each new tensor. */
export function adopt(tensor: Tensor): void {
  const scope = scopes.at(-1);
  if (scope) scope.add(tensor);
  else watch(tensor);
}

/** Called when a tensor is freed, or handed to an owner that frees it itself. */
export function forget(tensor: Tensor): void {
  for (let i = scopes.length - 1; i >= 0; i--) if (scopes[i]?.delete(tensor)) return;
  collected.unregister(tensor);
}

/** Takes a tensor out of all scopes: it lives until `dispose`, or until nothing refers to it. */
export function keep<T extends Tensor>(tensor: T): T {
  tensor.checkAlive("keep");
  forget(tensor);
  watch(tensor);
  return tensor;
}

/**
 * Runs `fn` and frees the tensors made inside it that it does not return (alone, or in arrays and plain
 * objects) and that were not kept. What a recorded graph needs stays alive with the graph.
 * Throws on an async function: its tensors would be freed while it waits.
 */
export function tidy<T>(fn: () => T): T {
  return tidyOwning(fn).result;
}

/** `tidy` that tells which of the tensors that it returns were made inside, and are the caller's to free. */
export function tidyOwning<T>(fn: () => T, by = "tidy"): { result: T; made: Tensor[] } {
  const scope = new Set<Tensor>();
  scopes.push(scope);
  let made: Tensor[] = [];
  try {
    const result = refusePromise(by, fn());
    made = [...new Set(tensorsIn(result))].filter((tensor) => scope.delete(tensor));
    return { result, made };
  } finally {
    scopes.pop();
    // The newest first: so the next step gets the same buffers in the same order, and with them their bind groups.
    for (const tensor of [...scope].reverse()) tensor.dispose();
    for (const tensor of made) adopt(tensor);
  }
}

/** `result`, unless it is a promise: what a function does after it has waited would not be done under `by`. */
export function refusePromise<T>(by: string, result: T): T {
  if (!(result instanceof Promise)) return result;
  result.catch(() => {}); // it may fail for that reason; this error says why
  throw new Error(`${by}: the function must not be async, got a promise. Await outside of it.`);
}

/** Runs `fn` outside of every tidy: what it makes belongs to whoever gets it. Throws on an async function. */
export function untidied<T>(fn: () => T): T {
  scopes.push(undefined);
  try {
    return refusePromise("untidied", fn());
  } finally {
    scopes.pop();
  }
}

function isTensor(value: unknown): value is Tensor {
  return typeof value === "object" && value !== null && "share" in value && "variable" in value;
}

/** The tensors in a value: itself, or those in arrays and plain objects; each of these is looked into once. */
export function tensorsIn(value: unknown, seen = new Set<unknown>()): Tensor[] {
  if (isTensor(value)) return [value];
  const isList = Array.isArray(value) || (value && Object.getPrototypeOf(value) === Object.prototype);
  if (!isList || seen.has(value)) return [];
  seen.add(value);
  return Object.values(value as object).flatMap((part) => tensorsIn(part, seen));
}

/** Live tensors (storage shared by several counts once), their bytes, the most so far, and bytes kept for reuse. */
export function memory(): { tensors: number; bytes: number; peakBytes: number; pooledBytes: number } {
  const { live, peak, pooled } = memoryBytes();
  return { tensors: Share.live, bytes: live, peakBytes: peak, pooledBytes: pooled };
}
