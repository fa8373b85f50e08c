// The public face of the network library: modules, layers, initialisers, optimisers.
export * from "./average";
export * from "./init";
export * from "./layers";
export { type HostArray, Module, type StateDict } from "./module";
export * from "./norm";
export * from "./optimizers";
export * from "./plain";
export * from "./schedules";
