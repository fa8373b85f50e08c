// Builds the bench into one file, once, and runs it in this process with this command's arguments.
// usage: node bench/run.mjs [options]
import { copyFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { readArguments } from "../scripts/readArguments.mjs";
import { fail } from "../scripts/shell.mjs";
import { benchFolder, buildBench, installPeers } from "./build.mjs";

const args = process.argv.slice(2);
const { instead, peers } = await readArguments("bench/options.ts", ({ parseOptions }) => parseOptions(args));
if (instead === "build" || (instead === undefined && peers.some((peer) => !peer.startsWith("torch")))) {
  try {
    installPeers();
  } catch (error) {
    fail(`monge: ${error.message} --peers none needs neither.`);
  }
}
const file = await buildBench().catch((error) => fail(`monge: the build failed: ${error.message}`));
if (instead === "build") {
  // Under one name, for another machine; by way of another, since a bench may be reading the one that is there.
  const copy = join(benchFolder, `.bench-${process.pid}.mjs`);
  copyFileSync(file, copy);
  renameSync(copy, join(benchFolder, "bench.mjs"));
} else {
  process.argv = [process.argv[0], file, ...args];
  await import(pathToFileURL(file).href);
}
