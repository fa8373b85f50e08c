// Runs a bundle in this process, built first where a source has changed; without one, it only builds.
// usage: node scripts/run.mjs [BUNDLE [arguments]], as in node scripts/run.mjs node/train --help
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "./build.mjs";
import { fail, root } from "./shell.mjs";

// Asks a run to save, which has not begun yet; without a listener Node would open its debugger.
process.on("SIGUSR1", () => {});
const [name, ...args] = process.argv.slice(2);
const folder = await build().catch((error) => fail(`monge: the build failed: ${error.message}`));
if (name === undefined) {
  console.log(relative(root, folder));
} else {
  const file = join(folder, `${name}.js`);
  process.argv = [process.argv[0], file, ...args];
  await import(pathToFileURL(file).href);
}
