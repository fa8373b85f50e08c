// Where SwiftShader is: a software driver of another make than Mesa's (4 lanes a subgroup, no shader-f16), from Debian's
// chromium-common, unpacked into a cache folder.
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { download, hasApt, osRelease } from "./apt.mjs";
import { cacheFolder, probe, run } from "./shell.mjs";

const names = ["libvk_swiftshader.so", "vk_swiftshader_icd.json"];
const unpacked = join(cacheFolder, "swiftshader");
const complete = (folder) => names.every((name) => existsSync(join(folder, name)));

/** The environment in which WebGPU finds SwiftShader alone, and its adapter. Throws one line where that can't be had. */
export function swiftshader() {
  const folder = [unpacked, "/usr/lib/chromium"].find(complete) ?? fetchDriver();
  const env = { ...process.env, VK_DRIVER_FILES: join(folder, "vk_swiftshader_icd.json") };
  delete env.VK_ICD_FILENAMES;
  const { adapter, broken } = probe(env);
  if (broken) throw new Error(`swiftshader: ${broken}. Run \`npm run setup\`.`);
  if (adapter?.architecture === "swiftshader") return { env, adapter };
  const found = adapter
    ? `the adapter is ${adapter.description}`
    : "there is no adapter (is libvulkan1 installed?)";
  throw new Error(`swiftshader: with ${env.VK_DRIVER_FILES} ${found}.`);
}

/** Takes the two files out of Debian's package, and installs nothing. */
function fetchDriver() {
  const system = osRelease();
  if (system.ID !== "debian" || !hasApt(system)) {
    throw new Error(
      `swiftshader: ${names.join(" and ")} are not in ${unpacked}; only Debian has a package to take them from.`,
    );
  }
  mkdirSync(cacheFolder, { recursive: true });
  const work = mkdtempSync(join(cacheFolder, "swiftshader-"));
  const stop = (line) => {
    rmSync(work, { recursive: true });
    throw new Error(line);
  };
  if (!download("chromium-common", work)) stop("swiftshader: apt-get could not download chromium-common.");
  const deb = readdirSync(work).find((name) => name.endsWith(".deb"));
  if (!run("dpkg-deb", ["-x", join(work, deb), join(work, "deb")])) {
    stop(`swiftshader: dpkg-deb could not unpack ${deb}.`);
  }
  const files = readdirSync(join(work, "deb"), { recursive: true });
  mkdirSync(join(work, "driver"));
  for (const name of names) {
    const file = files.find((path) => path.endsWith(`/${name}`));
    if (!file) stop(`swiftshader: ${deb} holds no ${name}.`);
    copyFileSync(join(work, "deb", file), join(work, "driver", name));
  }
  // The rename comes last, so that a run cut short leaves no half of a driver behind.
  rmSync(unpacked, { recursive: true, force: true });
  renameSync(join(work, "driver"), unpacked);
  rmSync(work, { recursive: true });
  return unpacked;
}
