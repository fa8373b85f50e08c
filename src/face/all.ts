// Every name of the public face, unchecked: the engine, the composites, and what is spelt otherwise here.
export * from "../autograd";
export * from "./composites";
export * from "./images";
export {
  type BatchNormOptions,
  batchNorm,
  batchNormInference,
  broadcastTo,
  type ConvOptions,
  type ConvTransposeOptions,
  conv2d,
  conv2dFilterGrad,
  convTranspose2d,
  type LayerNormOptions,
  layerNorm,
  type NormOptions,
  type Padding,
  type PadOptions,
  pad,
} from "./spelling";
