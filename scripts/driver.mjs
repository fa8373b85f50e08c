// Sees to it that there is a WebGPU adapter: where there is none, on Debian or Ubuntu, it installs Mesa's software Vulkan
// driver, and elsewhere it says what to do.
import { ensureBackports, hasApt, install, osRelease } from "./apt.mjs";
import { fail } from "./shell.mjs";

const drivers = ["mesa-vulkan-drivers", "libvulkan1"];

/**
 * Ends with the line "ready: …", or ends the process with exit code 1 and one line. `probe` tells which `adapter` there
 * is now, if any, or why the binding is `broken`.
 */
export function ensureAdapter(probe) {
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
