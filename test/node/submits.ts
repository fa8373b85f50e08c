// Counts the submits of a captured step that would take a GPU a minute, on Dawn's null backend, which computes nothing.
// A program of its own, since a process has one Dawn. Prints { eager, replayed }.
import { writeSync } from "node:fs";
import { create, globals } from "webgpu";
import { capture, matmul, settle, zeros } from "../../src/autograd";
import { requestDevice } from "../../src/gpu/adapter";
import { Gpu, setGpu } from "../../src/gpu/gpu";
import { shaderSource } from "../../src/kernels/shaders";

Object.assign(globalThis, globals);
const dawn = create(["backend=null"]);
const { device, info } = await requestDevice(dawn);
const host = { wait: <T>(promise: Promise<T>) => promise, memoryBudget: 2 ** 34, warn: () => {} };
setGpu(new Gpu(device, info, host, shaderSource));

let submits = 0;
const { queue } = device;
const submit = queue.submit.bind(queue);
queue.submit = (buffers) => {
  submits++;
  return submit(buffers);
};
const [a, b] = [zeros([4096, 4096]), zeros([4096, 4096])];
await settle(0);
submits = 0;
const step = capture(() => {
  for (let i = 0; i < 20; i++) matmul(a, b).dispose(); // the null backend has 512 MiB
});
await settle(0);
const eager = submits;
step.replay();
await settle(0);
writeSync(1, `${JSON.stringify({ eager, replayed: submits - eager })}\n`);
process.exit(dawn ? 0 : 1);
