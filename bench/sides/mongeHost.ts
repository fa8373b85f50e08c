// monge's chains for the rows of what the host pays, through the public face, as a program has it. The self-test is left out: a backend that computes nothing fails it.
import { add, capture, keep, matmul, settle, tanh, tensor, tidy } from "../../src/face";
import { requestDevice } from "../../src/gpu/adapter";
import { Gpu, gpu, setGpu } from "../../src/gpu/gpu";
import { shaderSource } from "../../src/kernels/shaders";
import { CHAIN, type HostWork, numbers, SIDE } from "../host";

export async function mongeHost(api: GPU): Promise<HostWork> {
  const { device, info } = await requestDevice(api);
  const host = { wait: <T>(promise: Promise<T>) => promise, memoryBudget: 2 ** 30 };
  setGpu(new Gpu(device, info, host, (name) => shaderSource(name, info.sized)));
  const [x, y] = [0, 1].map(() => keep(tensor(numbers(), [SIDE, SIDE])));
  const step = capture(() => {
    let z = x;
    for (let i = 0; i < CHAIN; i++) z = tanh(matmul(z, y));
  });
  return {
    eager() {
      tidy(() => {
        let z = x;
        for (let i = 0; i < CHAIN; i++) {
          const next = add(z, y);
          if (z !== x) z.dispose();
          z = next;
        }
      });
    },
    replay: () => step.replay(),
    handOver: () => gpu().stream.send(),
    finish: () => settle(0),
  };
}
