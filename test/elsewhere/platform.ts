// What the tests take from a browser, or from Deno, which looks like one.
export { openDevice } from "../../src/web/device";

/** `navigator.gpu`. */
export const gpuApi = async (): Promise<GPU> => (navigator as unknown as { gpu: GPU }).gpu;

let skipped: string | undefined;

/** Says that the test that runs can't check its promise here, and why. */
export const skip = (why: string): void => {
  skipped = why;
};

/** Why the last test was skipped, if it was; asked once a test. */
export function takeSkipped(): string | undefined {
  const why = skipped;
  skipped = undefined;
  return why;
}

/** Runs the garbage collector, and what waits for it: `gc` where V8 exposes it, Firefox's own way there. */
export async function collect(): Promise<void> {
  const { gc, TestUtils } = globalThis as { gc?: () => void; TestUtils?: { gc(): Promise<void> } };
  if (gc) gc();
  else await TestUtils!.gc();
  await new Promise((done) => setTimeout(done));
}
