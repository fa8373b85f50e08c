// What `import … from "monge"` gives on every platform. Only openDevice differs, so each platform adds its own.

export { GpuError, InputError } from "../errors";
export * from "../face";
export type { Block } from "../kernels/block";
export { closeDevice, type Device, type DeviceOptions, type OpenDevice } from "./device";
export { addShaders, defineMultiOp, defineOp, launch } from "./kernels";
