// jax-js's side: every piece of work and every update is a jitted function, submitted as soon as it is called.
import type { HostArray } from "../../src/nn";
import { benchGpu } from "../gpu";
import { CHAIN, type HostWork, numbers, SIDE } from "../host";
import type { Arr, Tree } from "../peers/jax.mjs";
import { array, jax, load, readAs, submit } from "./jaxArrays";
import { operation } from "./jaxKernels";
import { train } from "./jaxTraining";
import type { Case, Side, Work } from "./side";

export async function open(): Promise<Side> {
  benchGpu();
  await load();
  const device = jax.getWebGPUDevice();
  return { name: "jax", device, prepare, train, finish: () => device.queue.onSubmittedWorkDone() };
}

/** Its chains for the rows of what the host pays: op by op, and as one jitted function. */
export async function jaxHost(): Promise<HostWork> {
  benchGpu();
  await load();
  const [x, y] = [0, 1].map(() => array({ shape: [SIDE, SIDE], data: numbers() }));
  const chain = jax.jit((from: Arr, w: Arr) => {
    let z = from;
    for (let i = 0; i < CHAIN; i++) z = jax.numpy.tanh(jax.numpy.matmul(z, w.ref));
    w.dispose();
    return z;
  });
  const submitted = async (z: Arr) => {
    await submit(z);
    z.dispose();
  };
  return {
    eager() {
      let z = x.ref;
      for (let i = 0; i < CHAIN; i++) z = z.add(y.ref);
      return submitted(z);
    },
    replay: () => submitted(chain(x.ref, y.ref)),
    handOver: () => {}, // each chain has been: a result that is disposed before that is never computed
    finish: () => jax.getWebGPUDevice().queue.onSubmittedWorkDone(),
  };
}

function prepare(work: Work, hosts: HostArray[]): Case {
  const { inputs, run, orders } = operation(work, hosts);
  const jitted = jax.jit((...xs: Arr[]) => run(...xs) as Tree[]);
  let latest: Arr[] = [];
  return {
    async run() {
      jax.tree.dispose(latest);
      latest = jitted(...inputs.map((input) => input.ref)) as Arr[];
      await submit(latest[0]); // one call's results are computed together
    },
    async read() {
      const read: Float32Array[] = [];
      for (const [i, result] of latest.entries()) read.push(await readAs(result, orders[i]));
      return read;
    },
    dispose() {
      jax.tree.dispose([latest, inputs]);
    },
  };
}
