// The wait that every side is timed with: the rule of src/node/device.ts.
// While a promise is pending, Dawn's binding polls without pause, which takes a core from a software driver.
const cell = new Int32Array(new SharedArrayBuffer(4));

/** How it waits, for the header of a report. */
export const waiting = "throttled: after 0.3 ms naps of 5 % of the time waited, 1 ms at most";

export async function throttled<T>(promise: Promise<T>): Promise<T> {
  let pending = true;
  const settled = () => {
    pending = false;
  };
  promise.then(settled, settled);
  const start = performance.now();
  while (pending) {
    await new Promise(setImmediate);
    const waited = performance.now() - start;
    if (pending && waited > 0.3) Atomics.wait(cell, 0, 0, Math.min(1, waited * 0.05));
  }
  return promise;
}
