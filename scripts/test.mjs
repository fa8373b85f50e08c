// Builds, runs the tests in one process (one GPU device), and ends with `N passed, N failed`.
// usage: node scripts/test.mjs [REGEX of file paths]
import { spawn } from "node:child_process";
import { join } from "node:path";
import { build } from "./build.mjs";
import { fail } from "./shell.mjs";

const folder = await build().catch((error) => fail(`monge: the build failed: ${error.message}`));
const child = spawn(
  process.execPath,
  ["--enable-source-maps", join(folder, "test/run.js"), ...process.argv.slice(2)],
  { stdio: ["ignore", "pipe", "inherit"] },
);
let output = "";
child.stdout.on("data", (chunk) => {
  output += chunk;
  process.stdout.write(chunk);
});
child.on("close", (code, signal) => {
  const count = (word) => Number(output.match(new RegExp(`${word}:\\s+(\\d+)`))?.[1] ?? Number.NaN);
  const [total, passed, skipped] = [count("Total"), count("Passed"), count("Skipped")];
  if (Number.isNaN(total)) {
    console.error(`test: the run ended before its summary (exit code ${code}, signal ${signal})`);
    console.log("0 passed, 1 failed");
    process.exit(1);
  }
  const failed = total - passed; // uvu leaves skipped tests out of its total
  if (skipped) console.log(`${skipped} skipped: what they need is not here, or they were not asked for`);
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed === 0 && total > 0 && code === 0 ? 0 : 1);
});
