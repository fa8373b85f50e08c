// The public face of the engine: tensors, ops, gradients, memory.

export { refuseInCapture, settle } from "../kernels/block";
export { type Captured, capture } from "./capture";
export * from "./create";
export { backward, type GradOptions, grad } from "./grad";
export {
  type AdamRule,
  adamUpdate,
  assign,
  blend,
  type Clip,
  clip,
  type Rate,
  type RmspropRule,
  rmspropUpdate,
  sgdUpdate,
  slotSize,
  type Updated,
} from "./inplace";
export { defineMultiOp, defineOp, noGrad, type Op, type Operand, ops } from "./op";
export * from "./ops/activation";
export * from "./ops/clone";
export * from "./ops/concat";
export {
  type ConvOptions,
  type ConvTransposeOptions,
  conv2d,
  conv2dFilterGrad,
  convTranspose2d,
  type Padding,
} from "./ops/conv";
export * from "./ops/gather";
export * from "./ops/matmul";
export * from "./ops/normalize";
export * from "./ops/pointwise";
export * from "./ops/rearrange";
export * from "./ops/reduce";
export * from "./ops/reshape";
export * from "./ops/softmax";
export { broadcastTo, type ReduceOptions, sum } from "./ops/sum";
export { keep, memory, tidy, untidied } from "./scope";
export { type Shape, sameShape, show, sizeOf } from "./shape";
export { byteTensor, Tensor, tensor } from "./tensor";
