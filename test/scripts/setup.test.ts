// The set-up where it must stop: it installs a driver only for a machine without an adapter.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { cutAt, tooNew } from "../node/binding";

/** Runs the set-up in a folder with its packages, with stand-ins for npm, which does nothing, and for apt and sudo. */
function setUp(folder: string) {
  cpSync("scripts", join(folder, "scripts"), { recursive: true });
  mkdirSync(join(folder, "bin"));
  writeFileSync(join(folder, "npm-cli.js"), "");
  const called = join(folder, "apt-was-called");
  for (const name of ["apt-get", "sudo", "env"]) {
    writeFileSync(join(folder, "bin", name), `#!/bin/sh\ntouch ${called}\n`, { mode: 0o755 });
  }
  const { status, stderr } = spawnSync(process.execPath, [join(folder, "scripts/setup.mjs")], {
    encoding: "utf8",
    env: {
      ...process.env,
      PATH: `${join(folder, "bin")}:${process.env.PATH}`,
      npm_execpath: join(folder, "npm-cli.js"),
    },
  });
  return { status, stderr, apt: existsSync(called) };
}

const onLinux = process.platform === "linux" ? test : test.skip;

onLinux("a damaged binding ends it with one line, and no driver is installed", () => {
  const { status, stderr, apt } = setUp(cutAt(1_000_000));
  assert.equal([status, apt], [1, false], stderr);
  assert.match(
    stderr,
    /^setup: the binding of the npm package webgpu can't be loaded \(.+\); it may be damaged\. It has just been installed: `npm cache clean --force`, then run this again\.\n$/,
  );
});

onLinux("a binding for a newer system ends it with one line, and no driver is installed", () => {
  const { status, stderr, apt } = setUp(tooNew());
  assert.equal([status, apt], [1, false], stderr);
  assert.match(
    stderr,
    /^setup: the binding of the npm package webgpu needs GLIBC_9\.\d+, and this system is older\. A newer system is needed \(Debian 12, Ubuntu 24\.04\)\.\n$/,
  );
});

test.run();
