// Builds the bench into one file, once, and runs it in this process with this command's arguments.
// The file holds the peers too, so it runs on a bare GPU machine: only the package `webgpu` is left outside.
// The peers are packages of the bench alone, installed when they are first needed. usage: node bench/run.mjs [options]
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { bundle, sources } from "../scripts/build.mjs";
import { buildOnce } from "../scripts/buildOnce.mjs";
import { root } from "../scripts/shell.mjs";

const folder = fileURLToPath(new URL(".", import.meta.url));
const dist = join(root, "dist/bench");
const read = (path) => JSON.parse(readFileSync(path, "utf8"));

const args = process.argv.slice(2);
const { instead, peers } = await optionsOf(args);
if (instead === "build" || (instead === undefined && peers.some((peer) => !peer.startsWith("torch"))))
  installPeers();
const file = join(await build().catch((error) => fail(`the build failed: ${error.message}`)), "bench.mjs");
if (instead === "build") {
  // Under one name, for another machine; by way of another, since a bench may be reading the one that is there.
  const copy = join(dist, `.bench-${process.pid}.mjs`);
  copyFileSync(file, copy);
  renameSync(copy, join(dist, "bench.mjs"));
} else {
  process.argv = [process.argv[0], file, ...args];
  await import(pathToFileURL(file).href);
}

/** The folder with the bench as its sources and peers are now. */
function build() {
  const packages = join(folder, "node_modules/.package-lock.json");
  return buildOnce(dist, [...sources, packages], async (outdir) => {
    const { read: used } = await bundle({
      entryPoints: { bench: "bench/main.ts" },
      outdir,
      outExtension: { ".js": ".mjs" },
      // The peers' own modules: their CommonJS bundles hold a second copy of TensorFlow.js's core.
      mainFields: ["module", "main"],
      external: ["webgpu", ...(installed() ? [] : ["../peers/*.mjs"])], // without peers to build in, none is asked for
      define: {
        VERSIONS: JSON.stringify({
          monge: read(`${root}package.json`).version,
          webgpu: read(`${root}node_modules/webgpu/package.json`).version,
          tfjs: wanted()["@tensorflow/tfjs-backend-webgpu"],
          "jax-js": wanted()["@jax-js/jax"],
        }),
      },
    });
    return used;
  });
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

/** Packages of the peers, with the one version of each that is meant. */
function wanted() {
  return read(`${folder}package.json`).dependencies;
}

function installed() {
  return Object.entries(wanted()).every(([name, version]) => {
    const file = `${folder}node_modules/${name}/package.json`;
    return existsSync(file) && read(file).version === version;
  });
}

function installPeers() {
  if (installed()) return;
  console.error("Installing the bench's peers, this one time.");
  const { npm_execpath: cli = "" } = process.env;
  const [command, first] = /npm-cli\.c?js$/.test(cli) ? [process.execPath, [cli]] : ["npm", []];
  const done = spawnSync(command, [...first, "ci", "--silent"], {
    cwd: folder,
    stdio: ["ignore", "inherit", "inherit"],
    shell: process.platform === "win32" && command === "npm",
  });
  if (done.status === 0 && installed()) return;
  fail(
    "`npm ci` in bench/ failed, so the peers are missing. Is there a network? --peers none needs neither.",
  );
}

function fail(line) {
  console.error(`monge: ${line}`);
  process.exit(1);
}
