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
const one = [...tiny, "--steps", "1"];

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

// Kilobytes at which the first file that doesn't fit is, in turn: config.yaml, losses.csv, a checkpoint, a network, a
// later checkpoint, and a picture.
for (const kilobytes of [4, 8, 12, 60, 100, 200]) {
  onSmallDisk(
    `a disk of ${kilobytes} KB: no half of a file, and a start that failed leaves no folder`,
    () => {
      assert.ok(mounted(kilobytes));
      try {
        const run = join(disk, "run");
        const { status, lines } = finish([...short, "--out", run]);
        const said = lines.join("\n");
        assert.ok(lines.length > 0 && lines.every((line) => /^monge: .*\(ENOSPC\)\./.test(line)), said);
        assert.is(new Set(lines).size, lines.length, "nothing is told twice");
        assert.is(status, lines.every((line) => / The run goes on\.$|: left out, /.test(line)) ? 0 : 1, said);
        if (existsSync(run)) {
          allWhole(run);
          assert.is(
            readFileSync(join(run, "losses.csv"), "utf8").split("\n").length,
            8,
            "all rows are there",
          );
        } else assert.is(lines.length, 1, said);
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

asStranger("a user that the system doesn't know trains, and where it may not write gets one line", () => {
  const place = join(base, "strangers");
  mkdirSync(place);
  chmodSync(base, 0o755);
  chownSync(place, 12345, 12345);
  const { HOME: _home, XDG_CACHE_HOME: _cache, ...homeless } = env;
  const as = (args: string[], more: NodeJS.ProcessEnv = {}) =>
    spawnSync("setpriv", ["--reuid", "12345", "--clear-groups", process.execPath, script("train"), ...args], {
      ...{ cwd: place, encoding: "utf8", env: { ...homeless, ...more } },
    });
  // An empty HOME, once, with a search for the data that would make a cache; what it can't load is drawn.
  const trained = as([...one, "--out", "run"], { HOME: "", MONGE_DATA: "" });
  assert.is(trained.status, 0, trained.stderr);
  allWhole(join(place, "run"));
  assert.equal(readdirSync(place), ["run"], "no cache in the current folder");
  for (const home of [{}, { HOME: "" }, { HOME: "/nonexistent" }]) {
    const { status, stderr } = as([...one, "--out", join(base, "forbidden")], home);
    assert.is(status, 1);
    assert.match(stderr, /^monge: --out \S+forbidden: can't be written \(EACCES\)\.\n$/);
  }
});

test("relative paths are the caller's where npm was told of another folder, and are shown as given", () => {
  const args = ["--prefix", process.cwd(), "run", "train", "--", ...short, "--data", "data", "--out", "here"];
  const npm = spawnSync("npm", args, {
    cwd: base,
    env: { ...env, MONGE_DATA: "" },
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  assert.is(npm.status, 0, npm.stderr);
  assert.match(npm.stdout, /, into here\n[\s\S]*\ndone after 6 steps in .+: here\n$/);
  allWhole(join(base, "here"));
  assert.is(readConfig(join(base, "here")).data.path, join(base, "data"), "found from anywhere");
});

test.run();
