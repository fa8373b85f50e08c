// jax-js's side: every piece of work and every update is a jitted function, submitted as soon as it is called.
import type { HostArray } from "../../src/nn";
import { benchGpu } from "../gpu";
import type { Arr, Tree } from "../peers/jax.mjs";
import { jax, load, readAs, submit } from "./jaxArrays";
import { operation } from "./jaxKernels";
import { train } from "./jaxTraining";
import type { Case, Side, Work } from "./side";

export async function open(): Promise<Side> {
  benchGpu();
  await load();
  const device = jax.getWebGPUDevice();
  return { name: "jax", device, prepare, train, finish: () => device.queue.onSubmittedWorkDone() };
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
