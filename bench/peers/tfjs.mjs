// TensorFlow.js as the bench imports it. The declarations beside this file name the few functions that are used,
// so that type checks pass where the peers are not installed.
import "@tensorflow/tfjs-backend-webgpu";

export * from "@tensorflow/tfjs-core";
