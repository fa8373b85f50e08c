// Builds the bench into one file, once. It holds the peers too, so it runs on a bare GPU machine: only the package
// `webgpu` is left outside. The peers are packages of the bench alone, installed when they are first needed.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle, sources } from "../scripts/build.mjs";
import { buildOnce } from "../scripts/buildOnce.mjs";
import { root } from "../scripts/shell.mjs";

const folder = fileURLToPath(new URL(".", import.meta.url));
export const benchFolder = join(root, "dist/bench");
const read = (path) => JSON.parse(readFileSync(path, "utf8"));

/** What the built file is made of. */
export const benchSources = [...sources, join(folder, "node_modules/.package-lock.json")];

/** The bench of the sources and peers as they are now, as a file. Without peers to build in, none can be asked for. */
export async function buildBench() {
  const built = await buildOnce(benchFolder, benchSources, async (outdir) => {
    const { read: used } = await bundle({
      entryPoints: { bench: "bench/main.ts" },
      outdir,
      outExtension: { ".js": ".mjs" },
      // The peers' own modules: their CommonJS bundles hold a second copy of TensorFlow.js's core.
      mainFields: ["module", "main"],
      external: ["webgpu", ...(installed() ? [] : ["../peers/*.mjs"])],
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
  return join(built, "bench.mjs");
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

/** Installs the peers where they are not; throws an Error of one line. */
export function installPeers() {
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
  throw new Error("`npm ci` in bench/ failed, so the peers are missing. Is there a network?");
}
