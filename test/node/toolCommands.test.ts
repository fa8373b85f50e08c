// The commands profile, ladder and tune as a person runs them, as child processes.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { temporaryFolder } from "./temporary";

const base = temporaryFolder();
const dist = folderWith(join("node", "profile.js"), dirname(fileURLToPath(import.meta.url)));

/** The nearest folder from here up that holds `name`: this file may run as a chunk. */
function folderWith(name: string, from: string): string {
  return existsSync(join(from, name)) ? from : folderWith(name, dirname(from));
}

function run(command: "profile" | "ladder" | "tune", words: string, extra: NodeJS.ProcessEnv = {}) {
  const args = [join(dist, "node", `${command}.js`), ...words.split(" ")];
  return spawnSync(process.execPath, args, {
    cwd: base,
    encoding: "utf8",
    env: { ...process.env, ...extra },
    timeout: 300_000,
  });
}

test("profile prints a table and writes figures that add up, and a trace", () => {
  const { status, stdout, stderr } = run("profile", "--preset small --json figures.json --trace trace.json");
  assert.is(status, 0, stderr);
  assert.match(stdout, /^kernel +calls +ms +share % +GFLOP\/s +% of max +GB\/s +% of max$/m);
  assert.match(stdout, /^gemm_\w+:forward( +[\d.]+){7}$/m);
  assert.match(stdout, /gaps between them [\d.]+ ms/);
  const figures = JSON.parse(readFileSync(join(base, "figures.json"), "utf8"));
  const { kernels, dispatches, ceilings, ms } = figures;
  const sum = (list: { [key: string]: number }[], key: string) =>
    list.reduce((total, each) => total + each[key], 0);
  assert.is(sum(kernels, "calls"), dispatches.length);
  assert.ok(Math.abs(sum(kernels, "ms") - sum(dispatches, "duration")) < 1e-6 * sum(kernels, "ms"));
  assert.ok(sum(kernels, "ms") <= ms.profiled);
  assert.ok(stdout.includes(`kernels: ${figures.tuning};`), figures.tuning);
  assert.ok(ceilings.flops > 0 && ceilings.bytes > 0 && ms.cold > 0 && ms.plain > 0);
  const { traceEvents } = JSON.parse(readFileSync(join(base, "trace.json"), "utf8"));
  assert.ok(traceEvents.length > dispatches.length);
});

test("ladder prints its three tables in markdown", () => {
  const { status, stdout, stderr } = run("ladder", "--size 64 --batch 1 --rounds 1 --markdown");
  assert.is(status, 0, stderr);
  assert.is(stdout.match(/^\| form \| ms \| GFLOP\/s \| times the first \|$/gm)?.length, 3);
  assert.is(stdout.match(/^\| the engine \|/gm)?.length, 3);
});

test("what is off gets one line and leaves nothing behind", () => {
  const before = readdirSync(base);
  for (const [words, expected] of [
    ["--preset tiny", /^monge: --preset "tiny": expected one of .*\.$/m],
    ["--trace no/such/folder.json", /^monge: no\/such\/folder\.json: its folder no\/such: no such file.*$/m],
    ["--json .", /^monge: \.: a folder, expected the name of a file\.$/m],
  ] as const) {
    const { status, stdout, stderr } = run("profile", words);
    assert.is(status, 1);
    assert.is(stdout, "");
    assert.match(stderr, expected);
  }
  assert.equal(readdirSync(base), before);
});

test("tune finds the products of a step with a batch of its own, and writes what it found", () => {
  const words = "--preset small --batch 3 --json tuned.json";
  const { status, stdout, stderr } = run("tune", words, { XDG_CACHE_HOME: join(base, "cache") });
  assert.is(status, 0, stderr);
  const { preset, results } = JSON.parse(readFileSync(join(base, "tuned.json"), "utf8"));
  assert.is(preset, "small");
  assert.ok(results.length > 5);
  for (const { name, before, after } of results) {
    assert.ok(stdout.includes(name), name);
    assert.ok(after.ms > 0 && after.ms <= before.ms, name);
  }
  // Sums over three images, which the table keeps with those over four.
  assert.ok(
    results.some(({ name }: { name: string }) => / x 4$/.test(name)),
    stdout,
  );
});

test("tune: a cache that can't be written gets one line before anything is timed", () => {
  writeFileSync(join(base, "file"), "");
  const { status, stdout, stderr } = run("tune", "--preset small", { XDG_CACHE_HOME: join(base, "file") });
  assert.equal([status, stdout], [1, ""]);
  assert.match(stderr, /^monge: \S+file: a file, expected a folder\.\n$/);
});

test.run();
