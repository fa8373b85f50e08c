// What `import … from "monge"` gives everywhere, but for openDevice, which each platform has its own of.

export { GpuError, InputError } from "../errors";
export * from "../face";
export type { Block } from "../kernels/block";
export { closeDevice, type Device, type DeviceOptions, type OpenDevice } from "./device";
export { addShaders, defineMultiOp, defineOp, launch } from "./kernels";
