// The shaders of the kernel ladder, added to the table where a ladder is asked for; docs/ladder.md goes through them.
import convGradientClasses from "../../../shaders/ladder/conv_gradient_classes.wgsl";
import convGradientMasked from "../../../shaders/ladder/conv_gradient_masked.wgsl";
import convRegisters from "../../../shaders/ladder/conv_registers.wgsl";
import convScalar from "../../../shaders/ladder/conv_scalar.wgsl";
import convSizes from "../../../shaders/ladder/conv_sizes.wgsl";
import convVec4 from "../../../shaders/ladder/conv_vec4.wgsl";
import matmulBlocks from "../../../shaders/ladder/matmul_blocks.wgsl";
import matmulRegisters from "../../../shaders/ladder/matmul_registers.wgsl";
import matmulScalar from "../../../shaders/ladder/matmul_scalar.wgsl";
import matmulSubgroup from "../../../shaders/ladder/matmul_subgroup.wgsl";
import matmulVec4 from "../../../shaders/ladder/matmul_vec4.wgsl";
import matmulWorkgroup from "../../../shaders/ladder/matmul_workgroup.wgsl";
import { addShaders } from "../shaders";

const files = {
  "ladder/conv_gradient_classes": convGradientClasses,
  "ladder/conv_gradient_masked": convGradientMasked,
  "ladder/conv_registers": convRegisters,
  "ladder/conv_scalar": convScalar,
  "ladder/conv_sizes": convSizes,
  "ladder/conv_vec4": convVec4,
  "ladder/matmul_blocks": matmulBlocks,
  "ladder/matmul_registers": matmulRegisters,
  "ladder/matmul_scalar": matmulScalar,
  "ladder/matmul_subgroup": matmulSubgroup,
  "ladder/matmul_vec4": matmulVec4,
  "ladder/matmul_workgroup": matmulWorkgroup,
};

export type LadderShader = keyof typeof files;

addShaders(files);
