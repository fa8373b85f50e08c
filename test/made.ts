// Counts what tests must see made, and no more than that.
import { device } from "./device";

/** How many buffers of this label, or how many bind groups, the device makes while `body` runs. */
export async function made(
  what: "upload" | "bind groups",
  body: () => void | Promise<void>,
): Promise<number> {
  const { device: opened } = await device();
  const { createBuffer, createBindGroup } = opened;
  let count = 0;
  opened.createBuffer = (descriptor) => {
    if (descriptor.label === what) count++;
    return createBuffer.call(opened, descriptor);
  };
  opened.createBindGroup = (descriptor) => {
    if (what === "bind groups") count++;
    return createBindGroup.call(opened, descriptor);
  };
  try {
    await body();
  } finally {
    Object.assign(opened, { createBuffer, createBindGroup });
  }
  return count;
}
