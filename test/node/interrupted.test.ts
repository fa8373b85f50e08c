// A run that is stopped, killed or broken at any moment loses nothing that it had saved, and goes on bit by bit. Real
// processes, since only they are ended by the system.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { decodeCheckpoint } from "../../src/node/checkpoint";
import { readNewest } from "../../src/node/checkpointFiles";
import { imagesFile, labelsFile } from "../formats/idxFiles";
import { base, contents, finish, start, tiny } from "./training";

const onUnix = process.platform === "win32" ? test.skip : test;
const STEPS = 60;

/** What an undisturbed run leaves. */
let whole: Record<string, string> | undefined;
function undisturbed(): Record<string, string> {
  if (!whole) {
    const { status, lines } = finish([...tiny, "--steps", `${STEPS}`, "--out", "whole"]);
    assert.is(status, 0, lines.join("\n"));
    whole = contents(join(base, "whole"));
  }
  return whole;
}

/** The step of the newest checkpoint; all that are there must be whole. */
function newestStep(run: string): number {
  const folder = join(run, "checkpoints");
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => !name.startsWith(".")) : [];
  for (const name of names) decodeCheckpoint(readFileSync(join(folder, name)), name);
  return readNewest(run, assert.unreachable)?.step ?? 0;
}

onUnix(
  "killed at any moment five times, then stopped by each signal: one line goes on, and all files are those of an undisturbed run",
  async () => {
    const wanted = undisturbed();
    const run = join(base, "killed");
    const again = [...tiny, "--steps", `${STEPS}`, "--out", run, "--resume-if-there"];
    let before = 0;
    const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
    for (const signal of [...new Array(5).fill("SIGKILL"), ...Object.keys(codes)] as NodeJS.Signals[]) {
      const training = start(again);
      await training.says(before > 0 ? `from step ${before} on` : "training small");
      // Random moments, in and between the writing of files.
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 400));
      training.child.kill(signal);
      assert.is(await training.ended, codes[signal as keyof typeof codes] ?? signal, training.text());
      const step = newestStep(run);
      assert.ok(step >= before && (signal === "SIGKILL" || step > before), `${before} to ${step}`);
      assert.ok(step < STEPS, "the run is longer than all tries");
      before = step;
    }
    const { status, stdout, lines } = finish(again);
    assert.is(status, 0, lines.join("\n"));
    assert.match(stdout, `, from step ${before} on\n`);
    assert.equal(contents(run), wanted);
    const done = finish(again);
    assert.equal([done.status, done.lines], [0, []]);
    assert.match(done.stdout, /the run is done, after 60 steps; --steps N goes on to more\n$/);
  },
);

onUnix("20 steps are 10, an end, and 10 more by --resume with another --steps", () => {
  const steps = (n: number, out: string) => finish([...tiny, "--steps", `${n}`, "--out", out]);
  assert.is(steps(20, "twenty").status, 0);
  assert.is(steps(10, "ten").status, 0);
  const { status, lines } = finish(["--resume", "ten", "--steps", "20"]);
  assert.is(status, 0, lines.join("\n"));
  assert.equal(contents(join(base, "ten")), contents(join(base, "twenty")));
});

onUnix("SIGUSR1 writes a checkpoint and the run goes on; a run in a locked folder is refused", async () => {
  const run = join(base, "saved");
  const never = ["--checkpoint-every", "0", "--steps", "100000", "--out", run];
  const training = start([...tiny.slice(0, -2), ...never]);
  await training.says("\nstep ");
  assert.is(newestStep(run), 0);
  training.child.kill("SIGUSR1");
  while (newestStep(run) === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  const second = finish(["--resume", run]);
  assert.is(second.status, 1);
  assert.match(
    second.lines.join("\n"),
    /^monge: \S+saved: a run writes to this folder right now \(process \d+ on /,
  );
  training.child.kill("SIGTERM");
  assert.is(await training.ended, 143, training.text());
  assert.not(existsSync(join(run, "run.lock")));
  assert.not.match(training.text(), "Debugger");
});

test("a rate that falls over the steps of a run holds their number: another run would have made its first half", () => {
  const falling = [...tiny, "--optimizer.schedule", "linear", "--steps", "4", "--out", "falling"];
  assert.is(finish(falling).status, 0);
  const before = contents(join(base, "falling"));
  const { status, lines } = finish(["--resume", "falling", "--steps", "8"]);
  assert.is(status, 1);
  assert.equal(lines, [
    "monge: --steps 8: the learning rate of falling falls over its 4 steps (optimizer.schedule: linear), so it must " +
      "be 4. Begin another run for more.",
  ]);
  assert.equal(contents(join(base, "falling")), before);
});

test("what goes on must be the run that is there: one line for all else, and the run is left as it was", () => {
  undisturbed();
  const complains = (args: string[], message: RegExp) => {
    const { status, lines } = finish(args);
    assert.equal([status, lines.length], [1, 1], lines.join("\n"));
    assert.match(lines[0], message);
  };
  const before = contents(join(base, "whole"));
  complains(
    [...tiny, "--out", "whole"],
    /whole: holds a run already\. Go on with it by --resume whole, replace it by --overwrite, or name/,
  );
  complains(
    ["--resume", "whole", "--seed", "2"],
    /^monge: --seed beside --resume: .* only --steps may change\.$/,
  );
  complains(
    [...tiny, "--out", "whole", "--resume-if-there", "--optimizer.learningRate", "1e-4"],
    /^monge: whole: optimizer\.learningRate is 0\.001 in this run and can't become 0\.0001; only --steps may change\.$/,
  );
  complains(["--resume", "whole", "--steps", "59"], /^monge: --steps 59: whole has done 60 already\.$/);
  complains(["--resume", "nowhere"], /^monge: --resume nowhere: no such file or folder\.$/);
  complains(["--resume", "data"], /^monge: --resume data: holds no run\.$/);
  complains(
    [...tiny, "--out", "data", "--overwrite"],
    /^monge: --out data: holds no run, and nothing else is ever replaced\./,
  );
  mkdirSync(join(base, "other"));
  writeFileSync(join(base, "other", "train-images-idx3-ubyte"), imagesFile(21));
  writeFileSync(join(base, "other", "train-labels-idx1-ubyte"), labelsFile(new Array(21).fill(5)));
  complains(
    ["--resume", "whole", "--steps", "61", "--data", "other"],
    /^monge: --resume whole: its data were 20 samples from .* now 21 from .*\. Where they lie elsewhere now, name that with --data\.$/,
  );
  assert.equal(contents(join(base, "whole")), before);
});

test("--overwrite replaces a run, and leaves what is not of it", () => {
  const args = [...tiny, "--out", "replaced"];
  assert.is(finish([...args, "--steps", "8"]).status, 0);
  writeFileSync(join(base, "replaced", "notes.txt"), "mine");
  const { status, lines } = finish([...args, "--steps", "3", "--overwrite"]);
  assert.is(status, 0, lines.join("\n"));
  assert.equal(readdirSync(join(base, "replaced", "samples")), ["step-000003.png"]);
  assert.equal(
    readdirSync(join(base, "replaced", "checkpoints")),
    [1, 2, 3].map((i) => `step-00000${i}.safetensors`),
  );
  assert.is(readFileSync(join(base, "replaced", "notes.txt"), "utf8"), "mine");
});

test("losses that are no longer finite end the run with one line, and the last finite state is kept", () => {
  const { status, lines } = finish([
    ...tiny,
    "--out",
    "diverged",
    "--optimizer.learningRate",
    "1e30",
    "--steps",
    "20",
  ]);
  assert.is(status, 1);
  assert.is(lines.length, 1, lines.join("\n"));
  assert.match(
    lines[0],
    /^monge: the (losses|weights) are no longer finite .*: training diverged\. Try a smaller learning rate or another --seed\.$/,
  );
  assert.equal(readdirSync(join(base, "diverged", "checkpoints")), ["last-finite.safetensors"]);
  assert.is(readNewest(join(base, "diverged"), assert.unreachable)?.step, 0);
});

const has = (command: string) => spawnSync("sh", ["-c", `command -v ${command}`]).status === 0;
const withShells = has("python3") && has("dash") && has("bash") && has("npm") ? test : test.skip;

/** Starts npm run train in a terminal of its own; after three steps presses Ctrl-C there; ends with npm's exit code. */
const inTerminal = `
import os, pty, sys
pid, fd = pty.fork()
if pid == 0: os.execvp("npm", ["npm"] + sys.argv[1:])
text = b""
pressed = False
while True:
    try: part = os.read(fd, 65536)
    except OSError: break
    if not part: break
    text += part
    if not pressed and b"step     3" in text:
        pressed = True
        os.write(fd, b"\\x03")
print(text.decode(errors="replace"))
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))`;

const npmRun = (shell: string, out: string) => [
  ...["run", "--script-shell", shell, "train", "--", ...tiny, "--steps", "50000", "--out", out],
];

for (const shell of ["dash", "bash"]) {
  withShells(
    `Ctrl-C in a terminal under npm run by ${shell} leaves weights, a grid and a checkpoint, with exit code 130`,
    async () => {
      const run = join(base, `terminal-${shell}`);
      const first = ["-c", inTerminal];
      const training = start(npmRun(shell, run), { command: "python3", first, cwd: process.cwd() });
      assert.is(await training.ended, 130, training.text());
      const step = newestStep(run);
      assert.ok(step >= 3);
      for (const name of [
        "generator.safetensors",
        "critic.safetensors",
        `samples/step-${`${step}`.padStart(6, "0")}.png`,
      ])
        assert.ok(existsSync(join(run, name)), name);
    },
  );

  withShells(
    `SIGINT to npm alone stops the run under ${shell}, and when npm is killed the run stops as on SIGTERM`,
    async () => {
      for (const [signal, end] of [
        ["SIGINT", 130],
        ["SIGKILL", "SIGKILL"],
      ] as const) {
        const run = join(base, `npm-${shell}-${signal}`);
        const training = start(npmRun(shell, run), { command: "npm", first: [], cwd: process.cwd() });
        await training.says("step     3");
        training.child.kill(signal);
        assert.is(await training.ended, end, training.text());
        assert.match(training.text(), "stopped after ");
        assert.ok(newestStep(run) >= 3);
        assert.not(existsSync(join(run, "run.lock")));
      }
    },
  );
}

onUnix("the steps of a longer run stand, though it was killed before its first checkpoint", async () => {
  const args = [...tiny.slice(0, -1), "1000"];
  assert.is(finish([...args, "--steps", "4", "--out", "longer"]).status, 0);
  const training = start(["--resume", "longer", "--steps", "100000"]);
  await training.says("step      6");
  training.child.kill("SIGKILL");
  await training.ended;
  const { status, lines, stdout } = finish(["--resume", "longer", "--steps", "8"]);
  assert.is(status, 0, lines.join("\n"));
  assert.match(stdout, /done after 8 steps/);
  const config = readFileSync(join(base, "longer", "config.yaml"), "utf8");
  assert.match(config, /^steps: 8$/m);
  writeFileSync(join(base, "longer", "config.yaml"), config.replace("steps: 8", "steps: 9"));
  assert.match(finish(["--resume", "longer"]).stdout, /done after 9 steps/);
});

test.run();
