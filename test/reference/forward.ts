// Every float64 forward reference under one import; each comes straight from its definition in plain loops
// and shares nothing with the engine.
export * from "./convolution";
export * from "./images";
export * from "./matmul";
export * from "./normalize";
export * from "./pointwise";
export * from "./rearrange";
export * from "./reduce";
