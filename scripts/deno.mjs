// Runs the GPU part of the tests in Deno, whose WebGPU is wgpu: other code than Dawn from the shader compiler to the
// queue. Deno is its npm package, put into a cache folder. usage: node scripts/deno.mjs [REGEX of file paths]
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { elsewhere } from "./elsewhere.mjs";
import { cacheFolder, fail, run } from "./shell.mjs";

const folder = join(cacheFolder, "deno");

/** Deno's binary in the cache folder: a package for each system holds it. */
function binary() {
  const packages = join(folder, "node_modules", "@deno");
  const names = existsSync(packages) ? readdirSync(packages) : [];
  const paths = names.flatMap((name) => ["deno", "deno.exe"].map((file) => join(packages, name, file)));
  return paths.find(existsSync);
}

if (!binary())
  run("npm", ["install", "--prefix", folder, "--no-audit", "--no-fund", "--ignore-scripts", "deno@2"]);
const deno = binary();
if (!deno) fail(`deno: npm could not put the package deno into ${folder}.`);
const version = spawnSync(deno, ["--version"], { encoding: "utf8" }).stdout.split("\n")[0].split(" (")[0];

await elsewhere({
  name: "deno",
  title: version.replace("deno", "Deno"),
  minutes: 60,
  command: (url, scratch) => [
    deno,
    [
      "run",
      "--no-config",
      "--no-lock",
      "--no-prompt",
      "--v8-flags=--expose-gc",
      "--allow-net=127.0.0.1",
      "--location",
      url,
      `${url}stdin.js`,
    ],
    { DENO_DIR: scratch, DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1" },
  ],
});
