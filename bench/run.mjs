// Builds the bench into one file, dist/bench/bench.mjs, and runs it with this command's arguments.
// The file holds the peers too, so it runs on a bare GPU machine: only the package `webgpu` is left outside.
// The peers are packages of the bench alone, installed when they are first needed. usage: node bench/run.mjs [options]
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = fileURLToPath(new URL(".", import.meta.url));
const shared = {
  absWorkingDir: root,
  bundle: true,
  format: "esm",
  platform: "node",
  target: "es2022",
  loader: { ".wgsl": "text" },
  logLevel: "error",
};
const read = (path) => JSON.parse(readFileSync(path, "utf8"));

const args = process.argv.slice(2);
const { instead, peers } = await optionsOf(args);
if (instead === "build" || (instead === undefined && peers.length > 0)) installPeers();
const outfile = `${root}dist/bench/bench.mjs`;
await build({
  ...shared,
  entryPoints: ["bench/main.ts"],
  outfile,
  // The peers' own modules: their CommonJS bundles hold a second copy of TensorFlow.js's core.
  mainFields: ["module", "main"],
  external: ["webgpu", ...(installed() ? [] : ["../peers/*"])], // without peers to build in, none is asked for
  define: {
    VERSIONS: JSON.stringify({
      monge: read(`${root}package.json`).version,
      webgpu: read(`${root}node_modules/webgpu/package.json`).version,
      tfjs: wanted()["@tensorflow/tfjs-backend-webgpu"],
      "jax-js": wanted()["@jax-js/jax"],
    }),
  },
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
});
if (instead === "build") process.exit(0);
process.exit(spawnSync(process.execPath, [outfile, ...args], { stdio: "inherit" }).status ?? 1);

/** The arguments, read by the bench's own code before anything else is done. */
async function optionsOf(args) {
  const outfile = `${root}dist/bench/options.mjs`;
  await build({ ...shared, entryPoints: ["bench/options.ts"], outfile });
  const { parseOptions } = await import(pathToFileURL(outfile).href);
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
