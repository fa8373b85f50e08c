// The device that all test files share, and the way from arrays to blocks and back.
import { allocate, type Block, download, product, upload } from "../src/kernels/block";
import { type Gpu, gpu } from "../src/kernels/gpu";
import { openDevice } from "../src/node/device";

let opened: Promise<Gpu> | undefined;

/** The device of this process; the first call opens it. */
export async function device(): Promise<Gpu> {
  opened ??= openDevice();
  await opened;
  return gpu();
}

/** A block with the given content, or with NaN everywhere, so that a number that nobody wrote shows. */
export function block(data: ArrayLike<number> | undefined, shape: readonly number[]): Block {
  const size = product(shape);
  const dtype = data instanceof Uint32Array ? "u32" : "f32";
  const storage = allocate(size, "test");
  const content =
    data instanceof Uint32Array ? data : Float32Array.from(data ?? Array(size).fill(Number.NaN));
  if (content.length !== size) throw new Error(`block: ${content.length} numbers for [${shape}]`);
  upload(content, storage);
  return { storage, shape: [...shape], size, dtype };
}

export async function read(from: Block): Promise<Float32Array | Uint32Array> {
  return download(from.storage, from.size, from.dtype);
}
