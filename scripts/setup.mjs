// Makes the machine ready: installs the npm packages and, where WebGPU finds no adapter on Debian or Ubuntu,
// Mesa's software Vulkan driver. Run it as often as you like: with an adapter there, it installs no driver.
import { existsSync } from "node:fs";
import { ensureBackports, hasApt, install, osRelease } from "./apt.mjs";
import { fail, probe, root, run } from "./shell.mjs";

const drivers = ["mesa-vulkan-drivers", "libvulkan1"];

if (Number.parseInt(process.versions.node, 10) < 20) {
  fail(`setup: Node 20 or newer is needed, this is ${process.version}.`);
}
if (!npmCi()) fail("setup: `npm ci` failed; its own message above says why.");

const binary = `node_modules/webgpu/dist/${process.platform === "darwin" ? "darwin-universal" : `${process.platform}-${process.arch}`}`;
if (!existsSync(`${root}${binary}`)) {
  fail(`setup: the npm package webgpu has no build for ${process.platform}-${process.arch}.`);
}

let { adapter, broken } = probe();
if (broken) {
  const advice = /GLIBC/.test(broken)
    ? "A newer system is needed (Debian 12, Ubuntu 24.04)."
    : "It has just been installed: `npm cache clean --force`, then run this again.";
  fail(`setup: ${broken}. ${advice}`);
}
if (!adapter) {
  const named = process.env.VK_DRIVER_FILES ?? process.env.VK_ICD_FILENAMES;
  if (named) {
    fail(
      `setup: no WebGPU adapter with the Vulkan driver named in the environment (${named}). Unset it, then run this again.`,
    );
  }
  const system = osRelease();
  if (process.platform !== "linux" || !hasApt(system)) fail(`setup: no WebGPU adapter. ${advice(system)}`);

  console.log(`No WebGPU adapter here. Installing Mesa's software Vulkan driver (${drivers.join(", ")}).`);
  // Debian 12's own Mesa, 22.3, lacks Vulkan features that Dawn asks for; its backports carry 25.0.
  const backports = system.ID === "debian" && system.VERSION_ID === "12";
  if (backports) ensureBackports("bookworm");
  if (!install(drivers, backports ? "bookworm-backports" : undefined)) {
    fail("setup: apt-get could not install the driver; its own message above says why.");
  }
  ({ adapter } = probe());
  if (!adapter) {
    fail(
      "setup: still no WebGPU adapter. A newer system (Debian 12, Ubuntu 24.04) or a GPU with its own driver is needed.",
    );
  }
}
const kind = adapter.software ? "software" : "hardware";
console.log(`ready: ${adapter.device || adapter.vendor} (${kind}), ${adapter.description}`);

/** Through the npm that runs this script where one does, so that `npm` need not be on the path. */
function npmCi() {
  const npm = process.env.npm_execpath ?? "";
  if (/npm-cli\.c?js$/.test(npm)) return run(process.execPath, [npm, "ci"], { cwd: root });
  return run("npm", ["ci"], { cwd: root, shell: process.platform === "win32" });
}

/** What to install on a system whose packages this script does not handle. */
function advice({ ID = "", ID_LIKE = "" }) {
  if (process.platform === "darwin") return "A Mac with Metal is needed; update macOS.";
  if (process.platform === "win32") return "A graphics driver with Direct3D 12 is needed; update yours.";
  const family = `${ID} ${ID_LIKE}`;
  if (/fedora|rhel/.test(family)) return "Install a Vulkan driver: `sudo dnf install mesa-vulkan-drivers`.";
  if (/arch/.test(family)) return "Install a Vulkan driver: `sudo pacman -S vulkan-swrast`.";
  return "Install the Vulkan loader and a driver: your GPU's, or Mesa's software driver lavapipe (24.0 is known to work).";
}
