// Makes the machine ready: installs the npm packages and, where WebGPU finds no adapter on Debian or Ubuntu,
// Mesa's software Vulkan driver. Run it as often as you like: with an adapter there, it installs no driver.
import { existsSync } from "node:fs";
import { ensureAdapter } from "./driver.mjs";
import { fail, probe, root, run } from "./shell.mjs";

if (Number.parseInt(process.versions.node, 10) < 20) {
  fail(`setup: Node 20 or newer is needed, this is ${process.version}.`);
}
if (!npmCi()) fail("setup: `npm ci` failed; its own message above says why.");

const binary = `node_modules/webgpu/dist/${process.platform === "darwin" ? "darwin-universal" : `${process.platform}-${process.arch}`}`;
if (!existsSync(`${root}${binary}`)) {
  fail(`setup: the npm package webgpu has no build for ${process.platform}-${process.arch}.`);
}

ensureAdapter(probe);

/** Through the npm that runs this script where one does, so that `npm` need not be on the path. */
function npmCi() {
  const npm = process.env.npm_execpath ?? "";
  if (/npm-cli\.c?js$/.test(npm)) return run(process.execPath, [npm, "ci"], { cwd: root });
  return run("npm", ["ci"], { cwd: root, shell: process.platform === "win32" });
}
