// Every name of the network library's public face, unchecked: layers with and without weights, losses, optimisers.
export * from "../nn";
export * from "./layers";
export * from "./losses";
