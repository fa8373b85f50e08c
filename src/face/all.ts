// Every name of the public face, unchecked: the engine, the composites, and what the face spells in its own way.
export * from "../autograd";
export * from "./composites";
export {
  averagePool2d,
  maxPool2d,
  type PoolOptions,
  type Sides,
  type UpsampleOptions,
  upsample2d,
} from "./images";
export {
  type BatchNormOptions,
  batchNorm,
  batchNormInference,
  broadcastTo,
  type LayerNormOptions,
  layerNorm,
  type NormOptions,
  type PadOptions,
  pad,
} from "./spelling";
