// Runs every test bundle in this one process with uvu, since a process has one GPU device, then exits:
// Dawn keeps Node alive while the device lives. usage: node scripts/test.mjs [REGEX of file paths]
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

type UvuGlobals = { UVU_DEFER?: boolean; UVU_INDEX?: number; UVU_QUEUE?: unknown[][] };
const globals = globalThis as UvuGlobals;
globals.UVU_DEFER = true;
const { exec } = await import("uvu");

const folder = dirname(fileURLToPath(import.meta.url));
const wanted = new RegExp(process.argv[2] ?? "");
const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".test.js") && wanted.test(name))
  .sort();

for (const [index, name] of files.entries()) {
  globals.UVU_INDEX = index;
  globals.UVU_QUEUE!.push([name]);
  await import(pathToFileURL(join(folder, name)).href);
}
await exec();
process.exit();
