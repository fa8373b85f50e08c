// Where a run meets a bad place: a full disk at every file that it writes, a stdout that takes nothing, a folder without
// permission, a user without a name or home, npm in another folder. One clear line, and nothing half-written.
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { PNG } from "pngjs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { decodeWithMetadata } from "../../src/formats/safetensors";
import { readConfig } from "../../src/node/configFile";
import { imagesFile, labelsFile } from "../formats/idxFiles";
import { base, env, finish, script, tiny } from "./training";

const short = [...tiny, "--steps", "6"];

test.before(() => {
  mkdirSync(join(base, "data"));
  writeFileSync(join(base, "data", "train-images-idx3-ubyte"), imagesFile(20));
  writeFileSync(join(base, "data", "train-labels-idx1-ubyte"), labelsFile(new Array(20).fill(5)));
});

const root = process.getuid?.() === 0;
const disk = join(base, "disk");
const mounted = (kilobytes: number) =>
  root && spawnSync("mount", ["-t", "tmpfs", "-o", `size=${kilobytes}k`, "tmpfs", disk]).status === 0;
const unmount = () => spawnSync("umount", [disk]);
mkdirSync(disk);
const onSmallDisk = mounted(4) ? test : test.skip;
unmount();

/** Throws unless every file that a run has there is whole. */
function allWhole(run: string): void {
  const names = readdirSync(run, { recursive: true, encoding: "utf8" });
  assert.equal(
    names.filter((name) => /monge-tmp|lock/.test(name)),
    [],
  );
  for (const name of names) {
    const bytes = () => readFileSync(join(run, name));
    if (/safetensors$/.test(name)) decodeWithMetadata(bytes(), name);
    if (/png$/.test(name)) PNG.sync.read(bytes());
    if (/yaml$/.test(name)) readConfig(run);
    if (/csv$/.test(name)) assert.match(bytes().toString(), /^step,.*\n(\d+(,[^,\n]+){5}\n)*$/);
  }
}

// Kilobytes at which the first file that doesn't fit is, in turn: the lock, config.yaml, losses.csv, a checkpoint, a
// network, a picture, and a later checkpoint.
for (const kilobytes of [4, 8, 12, 60, 140, 200, 300, 400]) {
  onSmallDisk(
    `a disk of ${kilobytes} KB: no half of a file, exit code 1, and a start that failed leaves no folder`,
    () => {
      assert.ok(mounted(kilobytes));
      try {
        const run = join(disk, "run");
        const { status, lines } = finish([...short, "--out", run]);
        assert.is(status, 1);
        assert.ok(
          lines.length > 0 && lines.every((line) => /^monge: .*\(ENOSPC\)\./.test(line)),
          lines.join("\n"),
        );
        assert.is(new Set(lines).size, lines.length, "nothing is told twice");
        if (existsSync(run)) {
          allWhole(run);
          assert.is(
            readFileSync(join(run, "losses.csv"), "utf8").split("\n").length,
            8,
            "all rows are there",
          );
        } else assert.is(lines.length, 1, lines.join("\n"));
      } finally {
        unmount();
      }
    },
  );
}

const onLinux = process.platform === "linux" ? test : test.skip;

onLinux("a stdout that takes nothing ends the showing, and the run is whole", () => {
  const full = openSync("/dev/full", "w");
  const shown = finish([...short, "--out", "shown"], { stdio: ["ignore", full, "pipe"] });
  assert.equal([shown.status, shown.lines], [0, ["monge: stdout can't be written (ENOSPC)."]]);
  allWhole(join(base, "shown"));
  const help = finish(["--help"], { stdio: ["ignore", full, "pipe"] });
  assert.equal([help.status, help.lines], [1, ["monge: stdout can't be written (ENOSPC)."]]);
  for (const redirect of [">&-", ">&- 2>&-", "2>/dev/full", "| head -c 1"]) {
    const out = `redirected ${redirect.replace("/", "")}`;
    const line = `'${process.execPath}' '${script("train")}' ${short.join(" ")} --out '${out}' ${redirect}`;
    assert.is(spawnSync("sh", ["-c", line], { cwd: base, env, stdio: "ignore" }).status, 0, redirect);
    assert.ok(existsSync(join(base, out, "generator.safetensors")), redirect);
  }
});

const asStranger = root && spawnSync("setpriv", ["--version"]).status === 0 ? onLinux : test.skip;

asStranger(
  "a user that the system doesn't know trains, and without permission or a home there is one line at most",
  () => {
    const place = join(base, "strangers");
    mkdirSync(place);
    chmodSync(base, 0o755);
    chownSync(place, 12345, 12345);
    const { HOME: _home, XDG_CACHE_HOME: _cache, ...homeless } = env;
    const as = (args: string[], more: NodeJS.ProcessEnv = {}) =>
      spawnSync(
        "setpriv",
        ["--reuid", "12345", "--clear-groups", process.execPath, script("train"), ...short, ...args],
        {
          ...{ cwd: place, encoding: "utf8", env: { ...homeless, ...more } },
        },
      );
    for (const [name, home] of [
      ["unset", {}],
      ["empty", { HOME: "" }],
      ["missing", { HOME: "/nonexistent" }],
    ] as const) {
      const { status, stderr } = as(["--out", name], home);
      assert.is(status, 0, stderr);
      allWhole(join(place, name));
    }
    assert.equal(readdirSync(place).sort(), ["empty", "missing", "unset"], "no cache in the current folder");
    const { status, stderr } = as(["--out", join(base, "forbidden")]);
    assert.is(status, 1);
    assert.match(stderr, /^(Warning: .*\n)*monge: --out \S+forbidden: can't be written \(EACCES\)\.\n$/);
  },
);

test("relative paths are the caller's where npm was told of another folder, and are shown as given", () => {
  const args = ["--prefix", process.cwd(), "run", "train", "--", ...short, "--data", "data", "--out", "here"];
  const npm = spawnSync("npm", args, {
    cwd: base,
    env: { ...env, MONGE_DATA: "" },
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  assert.is(npm.status, 0, npm.stderr);
  assert.match(npm.stdout, /, into here\n[\s\S]*\ndone after 6 steps in \d+ s: here\n$/);
  allWhole(join(base, "here"));
  assert.is(readConfig(join(base, "here")).data.path, join(base, "data"), "found from anywhere");
});

test.run();
