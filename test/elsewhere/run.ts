// Runs test files in a browser or in Deno, and reports test by test to the server that the page came from.
// scripts/elsewhere.mjs writes the call.
import { families } from "../../src/kernels/tuning/configurations";
import { device } from "../device";
import { collect } from "../numbers";
import { takeSkipped } from "./platform";
import { take } from "./uvu";

/** Loads a test file, by the file's path under test/. */
type Files = Record<string, () => Promise<unknown>>;

const report = (what: object) => fetch("/report", { method: "POST", body: JSON.stringify(what) });

const text = (error: unknown) =>
  error instanceof Error ? `${error.message}\n${error.stack ?? ""}` : String(error);

/** Runs `body` on the device, between a report on its adapter and one on the end. */
async function reporting(body: () => Promise<void>): Promise<void> {
  try {
    const { info } = await device();
    await report({ kind: "adapter", info, families: families(info) });
    await body();
    await report({ kind: "end" });
  } catch (error) {
    await report({ kind: "end", failed: text(error) });
  }
}

export const run = (files: Files): Promise<void> =>
  reporting(async () => {
    for (const [file, load] of Object.entries(files)) {
      const tests = await load().then(take, (error) => [
        { name: "loads", body: () => Promise.reject(error) },
      ]);
      for (const { name, body } of tests) await runTest(file, name, body);
    }
  });

async function runTest(file: string, name: string, body: () => unknown): Promise<void> {
  await report({ kind: "test", file, name });
  await report({ kind: "result", ...(await outcome(body)) });
}

/** Reports what docs/drivers has of an implementation. `title` is its name and version. */
export const numbers = (name: string, title: string): Promise<void> =>
  reporting(() =>
    runTest("numbers", "collects", async () => {
      const { info } = await device();
      const adapter = `${title} (${info.driver || "it does not name its driver"})`;
      await report({ kind: "numbers", numbers: await collect(name, adapter) });
    }),
  );

async function outcome(body: () => unknown): Promise<object> {
  const start = performance.now();
  try {
    await body();
    return { ms: performance.now() - start, skipped: takeSkipped() };
  } catch (error) {
    takeSkipped();
    return { ms: performance.now() - start, failed: text(error) };
  }
}
