// Puts the programs of a GPU day into one folder, and runs it there; or, for a machine without the project, puts them
// with MNIST's training files into a folder to carry. usage: node scripts/gpuDay.mjs [--build DIR | options of gpu-day]
import { cpSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { benchSources, buildBench, installPeers } from "../bench/build.mjs";
import { build } from "./build.mjs";
import { buildOnce } from "./buildOnce.mjs";
import { readArguments } from "./readArguments.mjs";
import { cacheFolder, fail, root } from "./shell.mjs";

const { INIT_CWD: caller, npm_lifecycle_event: script, MONGE_DATA: data } = process.env;
/** Relative paths are meant from where npm was called, if npm has started this. */
const here = (script === "gpu-day" && caller) || ".";

const args = process.argv.slice(2);
const { asked, help } = await readArguments("src/node/gpuDay/options.ts", (module) => ({
  asked: module.parseGpuDayOptions(args),
  help: module.gpuDayHelp,
}));
if (asked.help) {
  process.stdout.write(help);
  process.exit(0);
}
const mnist = asked.build && mnistFolder();
const carried = asked.build && emptyFolder(asked.build);
// A folder to carry holds what any day may ask for.
if (asked.build !== undefined || asked.peers === undefined || /tfjs|jax/.test(asked.peers)) {
  try {
    installPeers();
  } catch (error) {
    console.error(`monge: ${error.message} The bench goes on without them.`);
  }
}
const folder = await programs().catch((error) => fail(`monge: the build failed: ${error.message}`));
if (carried === undefined) {
  const file = join(folder, "node/gpu-day.js");
  process.argv = [process.argv[0], file, ...args];
  await import(pathToFileURL(file).href);
} else {
  cpSync(folder, carried, { recursive: true, filter: (path) => !path.includes(".used-by-") });
  const files = readdirIf(mnist).filter((name) => /^train-.*-ubyte(\.gz)?$/.test(name));
  if (["images", "labels"].every((kind) => files.some((name) => name.startsWith(`train-${kind}`))))
    for (const name of files) cpSync(join(mnist, name), join(carried, "mnist", name));
  else
    console.error(
      `monge: ${mnist} holds no MNIST to carry along: the digits will be drawn by the program itself.`,
    );
  console.log(`beside a node_modules that holds webgpu: node ${asked.build}/node/gpu-day.js --out DIR`);
}

/** The folder that --build names, which must be new or empty. */
function emptyFolder(path) {
  const made = resolve(here, path);
  try {
    mkdirSync(made, { recursive: true });
    if (readdirSync(made).length === 0) return made;
  } catch (error) {
    fail(`monge: --build ${path}: can't be written (${error.code}).`);
  }
  return fail(`monge: --build ${path}: not empty. Name a new folder.`);
}

/** Where the files to carry are: the folder of MONGE_DATA, or the cache's. */
function mnistFolder() {
  if (!data) return join(cacheFolder, "mnist");
  const named = resolve(here, data);
  if (statSync(named, { throwIfNoEntry: false })?.isDirectory()) return named;
  return fail(
    `monge: MONGE_DATA ${data}: --build carries MNIST's training files, expected the folder that holds them. ` +
      "Without MONGE_DATA it takes those of the cache.",
  );
}

function readdirIf(path) {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ? readdirSync(path) : [];
}

/** The commands, the tests and the bench, side by side. */
async function programs() {
  const [commands, bench] = [await build(), await buildBench()];
  return buildOnce(join(root, "dist/gpu-day"), benchSources, async (work) => {
    const plain = (path) => !path.endsWith(".map") && !path.includes(".used-by-");
    for (const name of readdirSync(commands).filter(plain))
      cpSync(join(commands, name), join(work, name), { recursive: true, filter: plain });
    cpSync(bench, join(work, "bench/bench.mjs"));
    return [];
  });
}
