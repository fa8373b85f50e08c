// What `import … from "monge"` gives everywhere, but for openDevice, which each platform has its own of.
export * from "../autograd";
export { GpuError, InputError } from "../errors";
export { type Block, launch } from "../kernels/block";
export { addShaders } from "../kernels/shaders";
export { closeDevice, type Device, type DeviceOptions, type OpenDevice } from "./device";
