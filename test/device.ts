// The device that all test files share, and the way from arrays to blocks and back.

import type { Gpu } from "../src/gpu/gpu";
import { allocate, type Block, download, product, upload } from "../src/kernels/block";
import { openDevice } from "./platform";

let opened: Promise<Gpu> | undefined;

/** The device of this process; the first call opens it. */
export function device(): Promise<Gpu> {
  opened ??= openDevice();
  return opened;
}

/** Runs `body` with the work shared out as for a GPU, or as for a software driver, whatever this adapter is. */
export async function sharedOutFor<T>(kind: "GPU" | "software", body: () => T): Promise<T> {
  const { info } = await device();
  const before = info.software;
  info.software = kind === "software";
  try {
    return body();
  } finally {
    info.software = before;
  }
}

/** A block with the given content, or with NaN, so that a number nobody wrote shows; padded with NaN, too. */
export function block(data: ArrayLike<number> | undefined, shape: readonly number[]): Block {
  const size = product(shape);
  if (data && data.length !== size) throw new Error(`block: ${data.length} numbers for [${shape}]`);
  const storage = allocate(size, "test");
  const dtype = data instanceof Uint32Array ? "u32" : "f32";
  const content = new (dtype === "u32" ? Uint32Array : Float32Array)(storage.bytes / 4).fill(Number.NaN);
  if (data) content.set(data);
  upload(content, storage);
  return { storage, shape: [...shape], size, dtype };
}

export const read = (from: Block): Promise<Float32Array | Uint32Array> =>
  download(from.storage, from.size, from.dtype);
