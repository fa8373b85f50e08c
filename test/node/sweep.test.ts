// The command sweep as a person runs it: what it writes, what it refuses, and its runs on this machine. The runs
// themselves are stood in for; sweep/slurm.test.ts has real ones.
import { spawn, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { sweepHelp } from "../../src/node/sweep/options";
import { base, run, settled, standIn, sweepScript, tinyPoints } from "./sweep/sweeping";
import { env } from "./training";

const onUnix = process.platform === "win32" ? test.skip : test;

test("a grid becomes runs.txt, sweep.sbatch and optuna.sh, and nothing is started", () => {
  const grid = ["--grid", "optimizer.learningRate=1e-5,5e-5,1e-4", "--seeds", "0-4", ...tinyPoints];
  const { status, stdout, lines } = run([...grid, "--out", "written"]);
  assert.equal([status, lines], [0, []]);
  assert.match(stdout, /^written: 15 runs, 3 points of the grid by 5 seeds\n/);
  assert.equal(readdirSync(join(base, "written")).sort(), ["logs", "optuna.sh", "runs.txt", "sweep.sbatch"]);
  const read = (name: string) => readFileSync(join(base, "written", name), "utf8");
  assert.is(read("runs.txt").match(/^node \S+scripts\/run\.mjs node\/train --preset toy .*\n/gm)?.length, 15);
  assert.match(read("sweep.sbatch"), /^#SBATCH --array=1-15$/m);
  assert.match(read("sweep.sbatch"), `#SBATCH --chdir=${join(base, "written")}\n`);
  assert.ok(
    process.platform === "win32" || (statSync(join(base, "written", "optuna.sh")).mode & 0o111) !== 0,
  );
  assert.equal(run(["--seeds", "1", ...tinyPoints, "--out", "seeds"]).status, 0);
  assert.equal(readdirSync(join(base, "seeds")).sort(), ["logs", "runs.txt", "sweep.sbatch"]);
});

test("the next steps are as a shell reads them, and more tasks than Slurm takes get a line", () => {
  const { stdout } = run(["--grid", "ema=0,0.9", "--seeds", "0-500", ...tinyPoints, "--out", "it's long"]);
  const shell = (command: string) => spawnSync("sh", ["-c", command], { encoding: "utf8" }).stdout;
  const next = stdout
    .split("\n")
    .flatMap((line) => line.match(/^ {2}\w.* {2}((?:npm|sbatch|\S+optuna).*)$/)?.[1] ?? []);
  if (process.platform !== "win32")
    assert.equal(
      next.map((command) => shell(`printf '%s|' ${command}`)),
      [
        "npm|run|sweep|--|--local|2|it's long|",
        "sbatch|it's long/sweep.sbatch|",
        "npm|run|sweep|--|--report|it's long|",
      ],
    );
  assert.match(stdout, /\n {2}with Optuna +.*optuna\.sh.* 20\n/);
  assert.match(stdout, /\nSlurm takes arrays of 1000 tasks, if its MaxArraySize is not set higher: .*\n$/);
  const fewer = run(["--seeds", "0-999", ...tinyPoints, "--out", "not so long"]);
  assert.not.match(fewer.stdout, "MaxArraySize");
});

test("what is off gets one line and exit code 1, and nothing is written", () => {
  for (const [args, expected] of [
    [["--grid", "optimizer.learningRate=1e-5,x"], '--optimizer.learningRate "x": expected a number.'],
    [["--grid", "learningRate=1"], "--grid: learningRate is no setting of train"],
    [["--seeds", "a"], '--seeds "a": expected seeds such as 0-4 or 0,3,7-9.'],
    [["--ema", "7"], '--ema "7": expected less than 1.'],
    [["--out", "data"], "--out data: isn't empty. Name a new or an empty folder."],
    [["--local", "2", "nowhere"], "sweep nowhere: no such file or folder."],
    [["--report", "data"], "data: no runs.txt there, expected the folder of npm run sweep."],
  ] as const) {
    const alone = args[0] === "--local" || args[0] === "--report";
    const out = args[0] === "--out" || alone ? [] : ["--out", "off"];
    const { status, stdout, lines } = run([...args, ...out, ...(alone ? [] : ["--preset", "toy"])]);
    assert.equal([status, stdout, lines.length], [1, "", 1], lines.join("\n"));
    assert.ok(lines[0].startsWith(`monge: ${expected}`), lines[0]);
  }
  assert.not(existsSync(join(base, "off")));
});

test("the help text names every option and fits a terminal", () => {
  for (const name of ["grid", "seeds", "out", "local", "report", "help"])
    assert.match(sweepHelp, `--${name} `);
  for (const line of sweepHelp.split("\n")) assert.ok(line.length <= 100, line);
  assert.is(run(["--help"]).stdout, sweepHelp);
});

/** A sweep of three runs, seeds 1, 2 and 13, of which the last fails. */
function three(out: string): string {
  assert.is(run(["--seeds", "1,2,13", ...tinyPoints, "--out", out]).status, 0);
  const file = join(base, out, "runs.txt");
  writeFileSync(file, readFileSync(file, "utf8").replace(/\S+run\.mjs node\/train/g, standIn()));
  return join(base, out);
}

onUnix(
  "--local runs the lines some at a time, goes on behind one that failed, and tells which and why",
  () => {
    const folder = three("here");
    const { status, stdout } = run(["--local", "2", "here"], { MONGE_DATA: "data" });
    assert.is(status, 1);
    assert.is(readFileSync(join(folder, "runs/seed-1/data.txt"), "utf8"), join(realpathSync(base), "data"));
    assert.match(stdout, /^here: 3 runs, 0 of them done\n/);
    assert.match(stdout, /\n\d of 3 {2}runs\/seed-1: done/);
    assert.match(stdout, /\n3 of 3 {2}runs\/seed-13: failed, the losses are no longer finite at step 7: try/);
    assert.match(stdout, /\nhere: 2 runs done, 1 not\n$/);
    assert.match(readFileSync(join(folder, "logs", "1.log"), "utf8"), /^training.*\nended with 0\n$/);
    const again = run(["--local", "3", "here"]);
    assert.match(again.stdout, /^here: 3 runs, 2 of them done\n3 of 3 {2}runs\/seed-13: failed/);
  },
);

onUnix(
  "Ctrl-C stops the runs that are at work after their step; the same line goes on with them",
  async () => {
    const folder = three("stopped");
    const child = spawn(process.execPath, [sweepScript, "--local", "2", "stopped"], {
      cwd: base,
      env,
      stdio: "ignore",
    });
    const ended = new Promise((resolve) => child.on("close", resolve));
    const rows = (seed: number) => {
      const file = join(folder, "runs", `seed-${seed}`, "losses.csv");
      return existsSync(file) ? readFileSync(file, "utf8").split("\n").length - 2 : 0;
    };
    await settled(() => rows(1) > 2 && rows(2) > 2, "both runs");
    child.kill("SIGINT");
    assert.is(await ended, 130);
    assert.not(existsSync(join(folder, "run.lock")));
    assert.ok(rows(1) < 40 && rows(2) < 40);
    assert.not(existsSync(join(folder, "runs", "seed-13")), "none begins behind it");
    const before = rows(1);
    run(["--local", "2", "stopped"]);
    assert.equal([rows(1), rows(2)], [40, 40]);
    const log = readFileSync(join(folder, "logs", "1.log"), "utf8");
    assert.match(log, `ended with 130\ntraining, from step ${before} on\nended with 0\n`);
  },
);

onUnix("a second --local on a sweep is refused before it starts a run, until the first is gone", async () => {
  const folder = three("twice");
  writeFileSync(join(folder, "wait"), "");
  const first = spawn(process.execPath, [sweepScript, "--local", "1", "twice"], {
    ...{ cwd: base, env, stdio: "ignore" },
  });
  const ended = new Promise((resolve) => first.on("close", resolve));
  const losses = join(folder, "runs", "seed-1", "losses.csv");
  await settled(() => existsSync(losses), "the first run");
  const second = run(["--local", "2", "twice"]);
  assert.equal([second.status, second.stdout, second.lines.length], [1, "", 1]);
  assert.match(
    second.lines[0],
    `monge: twice: another process starts the runs of this folder right now (process ${first.pid} on `,
  );
  assert.not(existsSync(join(folder, "runs", "seed-2")));
  assert.is(run(["--report", "twice"]).status, 0);
  const taken = run(["--seeds", "1", ...tinyPoints, "--out", "twice"]);
  assert.match(taken.lines[0], /^monge: --out twice: isn't empty\./);

  first.kill("SIGKILL"); // its run goes on to its end
  await ended;
  rmSync(join(folder, "wait"));
  await settled(() => readFileSync(losses, "utf8").split("\n").length === 42, "the run");
  assert.match(run(["--local", "2", "twice"]).stdout, /\ntwice: 2 runs done, 1 not\n$/);
  assert.not(existsSync(join(folder, "run.lock")));
  const out = join(base, "left");
  mkdirSync(out);
  writeFileSync(join(out, "run.lock"), "");
  utimesSync(join(out, "run.lock"), 0, 0);
  assert.is(run(["--seeds", "1", ...tinyPoints, "--out", "left"]).status, 0, "a dead lock is nothing");
});

test.run();
