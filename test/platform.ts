// What the tests take from the place where they run: here Node, with Dawn. scripts/elsewhere.mjs bundles the tests with
// elsewhere/platform.ts in its stead.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

export { nodeGpu as gpuApi, openDevice } from "../src/node/device";

/** Says that the test that runs can't check its promise here, and why; elsewhere that is reported, here nobody asks. */
export const skip = (_why: string): void => {};

/** Runs the garbage collector, and what waits for it. */
export async function collect(): Promise<void> {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  await new Promise(setImmediate);
}
