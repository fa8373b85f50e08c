// TensorFlow.js as the bench imports it: core with its gradients, and the WebGPU backend. The declarations beside this
// file name the few functions that are used, so that type checks pass where the peers are not installed.
import "@tensorflow/tfjs-core/dist/register_all_gradients.js";
import "@tensorflow/tfjs-backend-webgpu";

export * from "@tensorflow/tfjs-core";
