// Builds, runs the test files in two processes (each has one GPU device; on a software GPU most tests keep one core
// busy), and ends with `N passed, N failed`. usage: node scripts/test.mjs [REGEX of file paths]
import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { build } from "./build.mjs";
import { fail } from "./shell.mjs";

const folder = await build().catch((error) => fail(`monge: the build failed: ${error.message}`));
const wanted = new RegExp(process.argv[2] ?? "");
const files = readdirSync(join(folder, "test"), { recursive: true })
  .filter((name) => name.endsWith(".test.js") && wanted.test(name))
  .sort();
// One process packs and installs the package for all tests of it.
const ofPackage = files.filter((name) => name.startsWith("package"));
const others = files.filter((name) => !ofPackage.includes(name)).map((name) => [name]);
const pieces = [...(ofPackage.length > 0 ? [ofPackage] : []), ...others];
const sum = { Total: 0, Passed: 0, Skipped: 0 };
const broken = [];

/** A process that takes piece after piece; a piece's output is printed when it is through. */
function runner() {
  const child = spawn(process.execPath, ["--enable-source-maps", join(folder, "test/run.js")], {
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  let piece;
  let output = "";
  const next = () => {
    piece = pieces.shift();
    child.send(piece ?? null);
  };
  child.stdout.on("data", (chunk) => {
    output += chunk;
    const summary = stripVTControlCharacters(output).match(
      /([\s\S]*)\n {2}Total: +(\d+)\n {2}Passed: +(\d+)\n {2}Skipped: +(\d+)\n {2}Duration: +(\S+)ms\n/,
    );
    if (!summary) return;
    const [, tests, total, passed, skipped, ms] = summary;
    sum.Total += Number(total);
    sum.Passed += Number(passed);
    sum.Skipped += Number(skipped);
    console.log(`${tests.trim()} ${(ms / 1000).toFixed(1)} s\n`);
    output = "";
    next();
  });
  next();
  return new Promise((resolve) =>
    child.on("close", (code, signal) => {
      if (code === 0 && !piece) return resolve();
      console.log(output);
      broken.push(`${piece ?? "the end"} (exit code ${code}, signal ${signal})`);
      // What is left is for the other process; with both gone, it is named.
      resolve();
    }),
  );
}

await Promise.all([runner(), runner()]);
for (const where of broken) console.error(`test: a process ended before its summary: ${where}`);
if (pieces.length > 0) console.error(`test: not run: ${pieces.join(", ")}`);
const failed = sum.Total - sum.Passed + broken.length + pieces.length; // uvu leaves skipped tests out of its total
if (sum.Skipped)
  console.log(`${sum.Skipped} skipped: what they need is not here, or they were not asked for`);
console.log(`${sum.Passed} passed, ${failed} failed`);
process.exit(failed === 0 && sum.Total > 0 ? 0 : 1);
