// The command `experiment` as a process: what is done is not done again, what people wrote on the page stays, and a folder
// of other runs is refused.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { settled } from "../sweep/sweeping";
import { base, env, script } from "../training";

const out = join(base, "experiment-clipping");
function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [script("experiment"), "clipping", "--out", out, ...args],
    { cwd: base, env, encoding: "utf8" },
  );
  return { status, stdout, lines: stderr.split("\n").filter((line) => line.startsWith("monge: ")) };
}
const page = join(out, "clipping.md");
const when = (name: string) => statSync(join(out, name, "losses.csv")).mtimeMs;

test("its trainings are done once, one that is gone is done again, and text around the results stays", () => {
  const first = run("--quick");
  assert.is(first.status, 0, first.lines.join("\n"));
  assert.match(first.stdout, /4 of 4 {2}penalty: done\n/);
  assert.match(first.stdout, /clipping\.md: of 4 of 4 trainings\n$/);
  const made = readFileSync(page, "utf8");
  assert.match(made, /^# .*\n\n<!-- npm run experiment -- clipping -->\n\n\| critic /);
  assert.ok(existsSync(join(out, "clipping.png")));

  writeFileSync(page, `Before.\n${made.replace(/\| critic [^\n]*\n/, "")}After.\n`);
  rmSync(join(out, "penalty"), { recursive: true });
  const before = when("clip-1e-2");
  const reported = run("--quick", "--report");
  assert.is(reported.status, 0, reported.lines.join("\n"));
  assert.match(readFileSync(page, "utf8"), /\nNot run yet: penalty\.\n/);
  const second = run("--quick");
  assert.match(second.stdout, /: 4 runs, 3 of them done\n/);
  assert.is(when("clip-1e-2"), before);
  assert.is(readFileSync(page, "utf8"), `Before.\n${made}After.\n`);
});

test("one that is stopped leaves the page as it is, and --report writes it from what is done", async () => {
  const before = readFileSync(page, "utf8");
  rmSync(join(out, "clip-1e-3"), { recursive: true });
  const child = spawn(process.execPath, [script("experiment"), "clipping", "--out", out, "--quick"], {
    ...{ cwd: base, env, stdio: ["ignore", "pipe", "ignore"] },
  });
  let said = "";
  child.stdout.on("data", (text) => {
    said += text;
  });
  const ended = new Promise((resolve) => child.on("close", resolve));
  await settled(() => said.includes("3 of them done"), "the first training");
  child.kill("SIGINT");
  assert.is(await ended, 130, said);
  assert.match(
    said,
    /\nCtrl-C: .*\n\S+clipping\.md: left as it is; --report writes it from the trainings that are done\n$/,
  );
  assert.is(readFileSync(page, "utf8"), before);
  assert.is(run("--quick", "--report").status, 0);
  assert.match(readFileSync(page, "utf8"), /\nNot run yet: clip-1e-3\.\n/);
  assert.is(run("--quick").status, 0);
  assert.is(readFileSync(page, "utf8"), before);
});

test("a folder whose runs are others is refused, and a page without its marks", () => {
  const other = run();
  assert.equal([other.status, other.lines.length], [1, 1]);
  assert.match(
    other.lines[0],
    /clip-1e-3: a run of 2 steps, expected 2000\. Name another folder with --out\.$/,
  );
  const config = join(out, "clip-1e-3", "config.yaml");
  const text = readFileSync(config, "utf8");
  writeFileSync(config, text.replace("clip: 0.001", "clip: 0.002"));
  const changed = run("--quick");
  assert.is(changed.status, 1);
  assert.match(changed.lines[0], /clip-1e-3: objective\.clip is 0\.002 in this run and can't become 0\.001/);
  writeFileSync(config, text.replace("path: swissroll", "path: 8gaussians"));
  const strange = run("--quick");
  assert.is(strange.status, 1);
  assert.match(strange.lines[0], /clip-1e-3: a run on 8gaussians, expected swissroll\. Name another folder/);
  writeFileSync(config, text);
  const plan = readFileSync(join(out, "runs.txt"), "utf8");
  const foreign = plan.replace(/--out clip-1e-3/, "--out mine");
  writeFileSync(join(out, "runs.txt"), foreign);
  const mine = run("--quick");
  assert.is(mine.status, 1);
  assert.match(
    mine.lines[0],
    /runs\.txt: lines of other runs, such as mine\. Name another folder with --out\.$/,
  );
  assert.is(run("--quick", "--report").status, 0);
  assert.is(readFileSync(join(out, "runs.txt"), "utf8"), foreign, "a report writes no lines");
  writeFileSync(join(out, "runs.txt"), plan);
  writeFileSync(page, "no marks");
  rmSync(join(out, "penalty"), { recursive: true });
  const marks = run("--quick");
  assert.is(marks.status, 1);
  assert.not(existsSync(join(out, "penalty")), "it is told before anything is trained");
  assert.match(
    marks.lines[0],
    /clipping\.md: expected the lines <!-- npm run experiment -- clipping --> and /,
  );
});

test.run();
