// Runs a bundle in this process, built first where a source has changed; without one, it only builds.
// usage: node scripts/run.mjs [BUNDLE [arguments]], as in node scripts/run.mjs node/train --help
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "./build.mjs";
import { fail, root } from "./shell.mjs";

// It asks a run to save, and none has begun; without a listener Node would open its debugger.
process.on("SIGUSR1", () => {});
// Whatever ends npm ends us: it passes on SIGINT and SIGTERM alone. Started in another way we may outlive our parent.
const parent = process.ppid;
if (process.env.npm_lifecycle_script?.includes("scripts/run.mjs")) {
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, "SIGTERM");
  }, 200).unref();
}

const [name, ...args] = process.argv.slice(2);
const folder = await build().catch((error) => fail(`monge: the build failed: ${error.message}`));
if (name === undefined) {
  console.log(relative(root, folder));
} else {
  const file = join(folder, `${name}.js`);
  process.argv = [process.argv[0], file, ...args];
  await import(pathToFileURL(file).href);
}
