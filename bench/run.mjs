// Builds the bench into one file, dist/bench/bench.mjs, and runs it with this command's arguments.
// The file holds the peers too, so it runs on a bare GPU machine: only the package `webgpu` is left outside.
// The peers are packages of the bench alone, installed the first time. usage: node bench/run.mjs [--build] [options]
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = fileURLToPath(new URL(".", import.meta.url));

if (!existsSync(`${folder}node_modules/@tensorflow/tfjs-core`)) {
  console.error("Installing the bench's peers, this one time.");
  const { npm_execpath: cli = "" } = process.env;
  const [command, first] = /npm-cli\.c?js$/.test(cli) ? [process.execPath, [cli]] : ["npm", []];
  const done = spawnSync(command, [...first, "ci", "--silent"], {
    cwd: folder,
    stdio: ["ignore", "inherit", "inherit"],
    shell: process.platform === "win32" && command === "npm",
  });
  if (done.status !== 0) fail("bench: `npm ci` in bench/ failed; the peers could not be installed.");
}

const versionOf = (path) => JSON.parse(readFileSync(`${path}/package.json`, "utf8")).version;
const outfile = `${root}dist/bench/bench.mjs`;
await build({
  absWorkingDir: root,
  entryPoints: ["bench/main.ts"],
  outfile,
  bundle: true,
  format: "esm",
  platform: "node",
  target: "es2022",
  // The peers' own modules: their CommonJS bundles hold a second copy of TensorFlow.js's core.
  mainFields: ["module", "main"],
  loader: { ".wgsl": "text" },
  external: ["webgpu"],
  define: {
    VERSIONS: JSON.stringify({
      monge: versionOf(root),
      webgpu: versionOf(`${root}node_modules/webgpu`),
      tfjs: versionOf(`${folder}node_modules/@tensorflow/tfjs-backend-webgpu`),
      "jax-js": versionOf(`${folder}node_modules/@jax-js/jax`),
    }),
  },
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
  logLevel: "error",
});

const args = process.argv.slice(2);
if (args[0] === "--build") process.exit(0);
process.exit(spawnSync(process.execPath, [outfile, ...args], { stdio: "inherit" }).status ?? 1);

function fail(line) {
  console.error(line);
  process.exit(1);
}
