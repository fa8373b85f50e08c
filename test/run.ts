// Runs test bundles in this one process with uvu, since a process has one GPU device, then exits: Dawn keeps Node alive
// while the device lives. usage: run.js [REGEX of file paths]; or the files that the process which started it hands out.
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

type UvuGlobals = { UVU_DEFER?: boolean; UVU_INDEX?: number; UVU_QUEUE: unknown[][] };
const globals = globalThis as unknown as UvuGlobals;
globals.UVU_DEFER = true;
const { exec } = await import("uvu");
const folder = dirname(fileURLToPath(import.meta.url));

/** Runs these files, and prints uvu's summary of them. */
async function run(names: string[]) {
  globals.UVU_QUEUE.length = 0;
  for (const [index, name] of names.entries()) {
    globals.UVU_INDEX = index;
    globals.UVU_QUEUE.push([name]);
    await import(pathToFileURL(join(folder, name)).href);
  }
  await exec();
}

if (process.send) {
  process.on("message", (names: string[] | null) => (names === null ? process.exit(0) : run(names)));
  process.on("disconnect", () => process.exit(1));
} else {
  const wanted = new RegExp(process.argv[2] ?? "");
  await run(
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".test.js") && wanted.test(name))
      .sort(),
  );
  process.exit();
}
