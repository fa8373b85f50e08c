// Builds the bench into one file, once, and runs it in this process with this command's arguments.
// usage: node bench/run.mjs [options]
import { copyFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { bundle } from "../scripts/build.mjs";
import { benchFolder, buildBench, installPeers } from "./build.mjs";

const args = process.argv.slice(2);
const { instead, peers } = await optionsOf(args);
if (instead === "build" || (instead === undefined && peers.some((peer) => !peer.startsWith("torch")))) {
  try {
    installPeers();
  } catch (error) {
    fail(`${error.message} --peers none needs neither.`);
  }
}
const file = await buildBench().catch((error) => fail(`the build failed: ${error.message}`));
if (instead === "build") {
  // Under one name, for another machine; by way of another, since a bench may be reading the one that is there.
  const copy = join(benchFolder, `.bench-${process.pid}.mjs`);
  copyFileSync(file, copy);
  renameSync(copy, join(benchFolder, "bench.mjs"));
} else {
  process.argv = [process.argv[0], file, ...args];
  await import(pathToFileURL(file).href);
}

/** The arguments, read by the bench's own code before anything else is done. */
async function optionsOf(args) {
  const built = bundle({ entryPoints: ["bench/options.ts"], write: false, banner: {} });
  const { outputFiles } = await built.catch((error) => fail(`the build failed: ${error.message}`));
  const text = Buffer.from(outputFiles[0].contents).toString("base64");
  const { parseOptions } = await import(`data:text/javascript;base64,${text}`);
  try {
    return parseOptions(args);
  } catch (error) {
    if (error.name !== "InputError") throw error;
    return fail(error.message);
  }
}

function fail(line) {
  console.error(`monge: ${line}`);
  process.exit(1);
}
