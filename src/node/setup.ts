// The command `monge setup` of the package: what `npm run setup` does in the project once npm has installed everything.
import { ensureAdapter } from "../../scripts/driver.mjs";
import { runCommand } from "./command";
import { readOptions } from "./commandLine";
import { probeAnew } from "./probe";

const help = `Sees to it that there is a WebGPU adapter. Where there is none, it installs Mesa's software driver on Debian and
Ubuntu, with sudo where you are not root, and elsewhere says what to install.

usage: npm run setup

  --help               show this text
`;

await runCommand(async () => {
  if (readOptions("setup", process.argv.slice(2), []).help) return void process.stdout.write(help);
  ensureAdapter(() => {
    const { adapters, broken } = probeAnew("first");
    return { adapter: adapters[0], broken };
  });
});
