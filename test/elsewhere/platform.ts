// What the tests take from a browser, or from Deno, which looks like one.
export { openDevice } from "../../src/web/device";

/** `navigator.gpu`. */
export const gpuApi = (): GPU => (navigator as unknown as { gpu: GPU }).gpu;

/** Runs the garbage collector, and what waits for it: `gc` where V8 exposes it, Firefox's own way there. */
export async function collect(): Promise<void> {
  const { gc, TestUtils } = globalThis as { gc?: () => void; TestUtils?: { gc(): Promise<void> } };
  if (gc) gc();
  else await TestUtils!.gc();
  await new Promise((done) => setTimeout(done));
}
