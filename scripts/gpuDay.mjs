// Puts the programs of a GPU day into one folder, and runs it there; or, for a machine without the project, puts them
// with MNIST's training files into a folder to carry. usage: node scripts/gpuDay.mjs [--build DIR | options of gpu-day]
import { cpSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { benchSources, buildBench, installPeers } from "../bench/build.mjs";
import { build } from "./build.mjs";
import { buildOnce } from "./buildOnce.mjs";
import { cacheFolder, fail, root } from "./shell.mjs";

const args = process.argv.slice(2);
const carried = carriedTo(args);
if (!args.includes("--help") && !args.includes("-h")) {
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
  const named = process.env.MONGE_DATA ?? join(cacheFolder, "mnist");
  const files = existsSync(named)
    ? readdirSync(named).filter((name) => /^train-.*-ubyte(\.gz)?$/.test(name))
    : [];
  for (const name of files) cpSync(join(named, name), join(carried, "mnist", name));
  if (files.length < 2)
    console.error(
      `monge: ${named} holds no MNIST to carry along: the digits will be drawn by the program itself.`,
    );
  console.log(`beside a node_modules that holds webgpu: node ${args[1]}/node/gpu-day.js --out DIR`);
}

/** The folder that --build names, which must be new or empty. */
function carriedTo([first, path, ...more]) {
  if (first !== "--build") return undefined;
  if (!path || more.length > 0) fail("monge: --build takes a folder, and no other option goes with it.");
  const carried = resolve(process.env.INIT_CWD ?? ".", path);
  try {
    mkdirSync(carried, { recursive: true });
    if (readdirSync(carried).length === 0) return carried;
  } catch (error) {
    fail(`monge: --build ${path}: can't be written (${error.code}).`);
  }
  return fail(`monge: --build ${path}: not empty. Name a new folder.`);
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
