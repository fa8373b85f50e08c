// The commands that judge, where something is wrong with what they are given or the disk takes nothing: no long work for
// nothing, and no figure that isn't one.
import { execFile, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { decodeSafetensors, encodeSafetensors } from "../../src/formats/safetensors";
import { imagesFile, labelsFile } from "../formats/idxFiles";
import { temporaryFolder } from "./temporary";
import { base, env, finish, script, tiny } from "./training";

/** IDX files of digits 0 to 9 in turn, so many to learn from and to test by. */
function digits(train: number, test: number, side = 28): string {
  const folder = temporaryFolder();
  for (const [name, count] of [
    ["train", train],
    ["t10k", test],
  ] as const) {
    writeFileSync(join(folder, `${name}-images-idx3-ubyte`), imagesFile(count, side, side));
    writeFileSync(
      join(folder, `${name}-labels-idx1-ubyte`),
      labelsFile(Array.from({ length: count }, (_, i) => i % 10)),
    );
  }
  return folder;
}

function run(command: "evaluate" | "classifier", args: string[], extra: NodeJS.ProcessEnv = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script(command), ...args], {
    ...{ cwd: base, encoding: "utf8", env: { ...env, ...extra } },
  });
  const lines = stderr.split("\n").filter((text) => text !== "" && !/^Warning: max\w+ art/.test(text));
  return { status, stdout, lines };
}

const data = digits(20, 24);
const train = (name: string, args: string[], extra: NodeJS.ProcessEnv = {}): string => {
  const { status, lines } = finish([...args, "--steps", "1", "--out", name], { env: { ...env, ...extra } });
  assert.is(status, 0, lines.join("\n"));
  return join(base, name);
};

let kept = "";
test("a kept classifier that is damaged by a bit, or another, is trained anew, and kept", () => {
  const first = run("classifier", ["--data", data]);
  assert.is(first.status, 0, first.lines.join("\n"));
  kept = first.stdout.match(/; kept in (\S+)\n$/)![1];
  const whole = readFileSync(kept);
  const changed = Buffer.from(whole);
  changed[whole.length - 5] ^= 1; // a bit of a weight
  const weights = { weight: { shape: [1], data: Float32Array.of(Number.NaN) } };
  for (const bytes of [changed, encodeSafetensors(weights, { right: "5" })]) {
    writeFileSync(kept, bytes);
    const { status, stdout } = run("classifier", ["--data", data]);
    assert.is(status, 0);
    assert.match(stdout, /safetensors: damaged, its sha256 is another\. It is trained anew\.\n/);
    assert.match(stdout, /\nclassifier: trained in .*\nclassifier: right on .* %; kept in \S+\n$/);
    assert.equal(readFileSync(kept), whole, "the same again");
  }
});

test("of two commands at once that need a classifier one trains it, and the other takes that", async () => {
  const alone = { ...env, XDG_CACHE_HOME: temporaryFolder() };
  const said = await Promise.all(
    [1, 2].map(async () => {
      const options = { cwd: base, env: alone };
      const args = [script("classifier"), "--data", data];
      return (await promisify(execFile)(process.execPath, args, options)).stdout;
    }),
  );
  assert.is(said.filter((text) => text.includes("classifier: trained in ")).length, 1, said.join("\n"));
  const [one, other] = said.map((text) => text.trim().split("\n").at(-1)!);
  assert.match(one, /^classifier: right on .*; kept in \S+$/);
  assert.is(one, other);
  assert.is(readdirSync(join(alone.XDG_CACHE_HOME, "monge", "classifiers")).length, 1, "no lock is left");
});

const disk = join(base, "tight-disk"); // places.test.ts has one, too
mkdirSync(disk);
const mounted = () =>
  process.getuid?.() === 0 &&
  spawnSync("mount", ["-t", "tmpfs", "-o", "size=100k", "tmpfs", disk]).status === 0;
const unmount = () => spawnSync("umount", [disk]);
const onSmallDisk = mounted() ? test : test.skip;
unmount();

onSmallDisk(
  "a classifier that the disk does not take is told of, with exit code 1, and leaves nothing half",
  () => {
    assert.ok(mounted());
    try {
      const { status, stdout, lines } = run("classifier", ["--data", data], { XDG_CACHE_HOME: disk });
      assert.is(status, 1);
      assert.match(stdout, /\nclassifier: right on \d+ of 24 test images, \S+ %; not kept\n$/);
      assert.is(lines.length, 1, lines.join("\n"));
      assert.match(
        lines[0],
        /^monge: \S+\.safetensors: can't be written \(ENOSPC\)\. So the next time it is trained anew\.$/,
      );
      assert.equal(readdirSync(join(disk, "monge", "classifiers")), []);
    } finally {
      unmount();
    }
  },
);

test("a cache that can't be written is told of before it is trained", () => {
  const nowhere = { XDG_CACHE_HOME: join(base, "data", "train-labels-idx1-ubyte") };
  const { status, lines } = run("classifier", ["--data", data], nowhere);
  assert.is(status, 1);
  assert.match(
    lines.join(),
    /^monge: .*(ENOTDIR|no such file|expected a folder).* XDG_CACHE_HOME names another place\.$/,
  );
});

test("stacks are judged by the classifier of their digits, which must be of one size with them", () => {
  mkdirSync(join(base, "stacked")); // whoever has a folder of that name
  const folder = train("stacks", [...tiny, "--data", "stacked"], { MONGE_DATA: data });
  const { status, stdout } = run("classifier", ["--run", folder], { MONGE_DATA: data });
  assert.is(status, 0);
  assert.match(stdout, /\nclassifier: right on \d+ of 24 test images, .*; kept in \S+\n$/);
  assert.ok(stdout.trim().endsWith(kept), "the very one that was kept for the digits");
  const other = run("evaluate", ["--run", folder], { MONGE_DATA: digits(20, 20, 14) });
  assert.is(other.status, 1);
  assert.match(other.lines.join(), /: digits of 14x14, but the run makes stacks of 28x28\.$/);
});

test("three test images are too few: half of them has no covariance", () => {
  const folder = train("few", [...tiny, "--classes", "all"], { MONGE_DATA: digits(20, 3) });
  const { status, lines } = run("evaluate", ["--run", folder], { MONGE_DATA: digits(20, 3) });
  assert.is(status, 1);
  assert.match(lines.join(), /: too few images to compare with, 3 of 0.*, expected 4 or more\.$/);
});

test("a generator that draws infinity is not judged", () => {
  const folder = train("far", ["--preset", "toy", "--batch", "4", "--network.hidden", "4"]);
  const file = join(folder, "generator.safetensors");
  const state = decodeSafetensors(readFileSync(file), file);
  for (const { data: numbers } of Object.values(state)) numbers.fill(3e38);
  writeFileSync(file, encodeSafetensors(state));
  const { status, stdout, lines } = run("evaluate", ["--run", folder]);
  assert.is(status, 1, stdout);
  assert.match(lines.join(), /far: its generator draws NaN or infinity: its training diverged\.$/);
});

test.run();
