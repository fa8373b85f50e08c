// Makes a release: holds everything against its checks and leaves the tarball. It publishes nothing.
// usage: npm run release
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fail, root, run } from "./shell.mjs";

const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
if (!readFileSync(join(root, "CHANGELOG.md"), "utf8").includes(`\n## ${version}\n`))
  fail(`release: CHANGELOG.md has no part "## ${version}", the version of package.json.`);
const { stdout } = spawnSync("git", ["status", "--porcelain"], { cwd: root, encoding: "utf8" });
if (stdout !== "") fail(`release: not committed: ${stdout.trim().split("\n").join(", ")}.`);
for (const args of [["ci"], ["run", "check"], ["test"], ["run", "check:package"], ["pack"]]) {
  if (!run("npm", args, { cwd: root, shell: process.platform === "win32" }))
    fail(`release: \`npm ${args.join(" ")}\` failed; its own message above says why.`);
}
console.log(`ready: monge-${version}.tgz. Nothing was published.`);
