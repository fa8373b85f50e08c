// The text of each shader of the kernel ladder under the name of its file.
export { default as conv_gradient_classes } from "../../shaders/ladder/conv_gradient_classes.wgsl";
export { default as conv_gradient_masked } from "../../shaders/ladder/conv_gradient_masked.wgsl";
export { default as conv_registers } from "../../shaders/ladder/conv_registers.wgsl";
export { default as conv_scalar } from "../../shaders/ladder/conv_scalar.wgsl";
export { default as conv_sizes } from "../../shaders/ladder/conv_sizes.wgsl";
export { default as conv_vec4 } from "../../shaders/ladder/conv_vec4.wgsl";
export { default as matmul_blocks } from "../../shaders/ladder/matmul_blocks.wgsl";
export { default as matmul_registers } from "../../shaders/ladder/matmul_registers.wgsl";
export { default as matmul_scalar } from "../../shaders/ladder/matmul_scalar.wgsl";
export { default as matmul_subgroup } from "../../shaders/ladder/matmul_subgroup.wgsl";
export { default as matmul_vec4 } from "../../shaders/ladder/matmul_vec4.wgsl";
export { default as matmul_workgroup } from "../../shaders/ladder/matmul_workgroup.wgsl";
