// Every name of the network library's public face, unchecked: layers with and without weights, losses, optimisers.
export * from "../nn";
export { AveragePool2d, Dropout, type DropoutOptions, MaxPool2d, Upsample2d } from "./layers";
export * from "./losses";
