// A sweep on a Slurm of this machine, two of whose runs are thrown off their node. Minutes long: npm run check:all asks
// for it, where Slurm is installed.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { missingPrograms, startSlurm } from "../../../scripts/slurmDaemons.mjs";
import { readLosses } from "../../../src/node/lossFile";
import { env } from "../training";
import { base, run, settled, tinyPoints } from "./sweeping";

const asked = process.env.MONGE_SLURM !== undefined;
const missing = asked ? missingPrograms() : [];
if (missing.length > 0) console.log(`skipped, for lack of ${missing.join(", ")}: sweep on Slurm`);
const onSlurm = asked && missing.length === 0 ? test : test.skip;

const STEPS = 200;
const write = (out: string) => {
  const grid = ["--grid", "optimizer.learningRate=1e-4,5e-4,1e-3", "--seeds", "0-1"];
  assert.is(run([...grid, ...tinyPoints, "--steps", `${STEPS}`, "--out", out]).status, 0);
  const lines = readFileSync(join(base, out, "runs.txt"), "utf8")
    .trimEnd()
    .split("\n");
  return lines.map((line) => join(base, out, line.match(/--out (\S+)/)![1]));
};

onSlurm(
  "six runs, two of which Slurm requeues in the middle: all end, with the weights of undisturbed ones",
  async () => {
    const undisturbed = write("undisturbed");
    const disturbed = write("disturbed");
    assert.is(run(["--local", "2", "undisturbed"]).status, 0);

    const slurm = await startSlurm();
    try {
      const tell = (command: string, ...args: string[]) => {
        const { status, stdout, stderr } = spawnSync(command, args, {
          ...{ cwd: base, encoding: "utf8", env: { ...env, ...slurm.env } },
        });
        assert.is(status, 0, `${command} ${args.join(" ")}: ${stdout}${stderr}`);
        return stdout;
      };
      const job = tell("sbatch", "--parsable", "disturbed/sweep.sbatch").trim();
      const requeue = async (task: number) => {
        const isAtWork = () => {
          const step = readLosses(join(disturbed[task - 1], "losses.csv")).at(-1)?.step ?? 0;
          assert.ok(step < STEPS, "it is disturbed in the middle");
          return step >= 10;
        };
        await settled(isAtWork, `task ${task}`);
        tell("scontrol", "requeue", `${job}_${task}`);
      };
      await Promise.all([requeue(1), requeue(4)]);
      const states = () =>
        [...tell("scontrol", "show", "job", job).matchAll(/JobState=(\w+)/g)].map(([, state]) => state);
      await settled(
        () => states().every((state) => state === "COMPLETED"),
        () => states().join(" "),
      );
      assert.is(states().length, 6);
    } finally {
      await slurm.end();
    }

    const log = (task: number) => readFileSync(join(base, "disturbed", "logs", `${task}.log`), "utf8");
    for (const task of [1, 4])
      assert.match(
        log(task),
        /SIGTERM: stopping after this step\n(.*\n)+ended with 143\n(.*\n)+.*, from step \d+ on\n/,
      );
    for (const task of [2, 3, 5, 6]) assert.not.match(log(task), "stopping");
    for (const [i, path] of disturbed.entries()) {
      for (const name of ["generator.safetensors", "critic.safetensors"]) {
        const [one, other] = [path, undisturbed[i]].map((run) => readFileSync(join(run, name)));
        assert.ok(one.equals(other), `${name} of run ${i + 1}`);
      }
    }
    const reported = run(["--report", "disturbed"]);
    assert.is(reported.stdout.match(/\| 2 of 2 \|/g)?.length, 3, reported.stdout);
  },
);

test.run();
