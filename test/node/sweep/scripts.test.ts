// sweep.sbatch and optuna.sh by the shell that runs them, with small programs in the place of train, scontrol and optuna.
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { parseSweepOptions } from "../../../src/node/sweep/options";
import { lineOf, makePlan } from "../../../src/node/sweep/plan";
import { readTrials } from "../../../src/node/sweep/planned";
import { optunaText, sbatchText } from "../../../src/node/sweep/scripts";
import { temporaryFolder } from "../temporary";
import { settled, standIn } from "./sweeping";

const onUnix = process.platform === "win32" ? test.skip : test;
const train = standIn();
/** In the place of evaluate: the distance is what metrics.json has, without its sign; of seed 7 there is none, of 8 no figure. */
const evaluate = join(temporaryFolder(), "evaluate.mjs");
writeFileSync(
  evaluate,
  `import { readFileSync, writeFileSync } from "node:fs";
  const [, , , run, , json] = process.argv;
  const mean = Math.abs(JSON.parse(readFileSync(run + "/metrics.json")).wasserstein_median);
  if (mean === 7) process.exit(1);
  if (mean === 8) process.stdout.write("judged\\n");
  writeFileSync(json, JSON.stringify({ figures: [{ name: "modes" },
    ...(mean === 8 ? [] : [{ name: process.env.DISTANCE ?? "Fréchet distance", generated: { mean } }])] }));`,
);

/** A sweep's folder with both scripts, and programs of the given names and texts before all others on the PATH. */
function sweep(args: string[], programs: Record<string, string>) {
  const folder = temporaryFolder();
  const options = parseSweepOptions([...args, "--preset", "toy"]);
  if (options.kind !== "write") throw new Error("expected a grid");
  const plan = makePlan(options, ["node", train], () => {});
  writeFileSync(join(folder, "runs.txt"), plan.runs.map((words) => `${lineOf(words)}\n`).join(""));
  writeFileSync(join(folder, "sweep.sbatch"), sbatchText(folder, plan.runs.length));
  writeFileSync(join(folder, "optuna.sh"), optunaText(plan, options.seeds, ["node", evaluate]) ?? "");
  mkdirSync(join(folder, "bin"));
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(join(folder, "bin", name), text);
    chmodSync(join(folder, "bin", name), 0o755);
  }
  const env = { ...process.env, PATH: `${join(folder, "bin")}:${process.env.PATH}` };
  const read = (run: string, name: string) => readFileSync(join(folder, run, name), "utf8");
  return {
    ...{ folder, env },
    steps: (run: string) => read(run, "losses.csv"),
    /** What MONGE_DATA was for the run. */
    dataOf: (run: string) => read(run, "data.txt"),
  };
}

/** Runs the batch script as Slurm does for one task, and sends it signals once the run is at work. */
async function batch(task: number, ...signals: NodeJS.Signals[]) {
  const { folder, env, dataOf } = sweep(["--grid", "ema=0,0.9", "--seeds", "0,13"], {
    scontrol: '#!/bin/sh\necho "asked to $*"\n',
  });
  const child = spawn("bash", ["sweep.sbatch"], {
    cwd: folder,
    env: {
      ...env,
      SLURM_ARRAY_TASK_ID: `${task}`,
      SLURM_JOB_ID: "77",
      SLURM_SUBMIT_DIR: "/caller",
      MONGE_DATA: "mnist",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (part) => {
      said += part;
    });
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  if (signals.length > 0) await settled(() => said.includes("training"), "the run");
  for (const signal of signals) {
    child.kill(signal);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { code: await ended, said, dataOf };
}

onUnix("sweep.sbatch runs the line of its task, and ends with its code", async () => {
  const { dataOf, ...done } = await batch(3);
  assert.equal(done, { code: 0, said: "training, from step 0 on\nended with 0\n" });
  assert.is(
    dataOf("runs/ema=0.9/seed-0"),
    "/caller/mnist",
    "MONGE_DATA is meant from where sbatch was called",
  );
  const { code, said } = await batch(2);
  assert.is(code, 1);
  assert.match(said, /no longer finite at step 7.*\nended with 1\n$/);
});

onUnix("sweep.sbatch runs a part of a long sweep, behind as many lines as its argument says", () => {
  const { folder, env, steps } = sweep(["--grid", "ema=0,0.9", "--seeds", "0,13"], {});
  mkdirSync(join(folder, "logs"));
  const run = (task: number) =>
    spawnSync("bash", ["sweep.sbatch", "2"], {
      ...{ cwd: folder, env: { ...env, SLURM_ARRAY_TASK_ID: `${task}` }, encoding: "utf8" },
    });
  const { status, stdout } = run(1);
  assert.equal([status, stdout], [0, ""]);
  assert.match(readFileSync(join(folder, "logs", "3.log"), "utf8"), /^training.*\nended with 0\n$/);
  assert.match(steps("runs/ema=0.9/seed-0"), "\n40,");
  assert.is(run(3).status, 1);
  assert.is(readFileSync(join(folder, "logs", "5.log"), "utf8"), "monge: runs.txt has no line 5.\n");
});

onUnix("sweep.sbatch of a copy refuses to run in the first folder, and the copy's log says why", () => {
  const { folder, env } = sweep(["--seeds", "0"], {
    scontrol: '#!/bin/sh\necho "JobId=77"; echo "   Command=$QUEUED"; echo "   WorkDir=/"\n',
  });
  const copy = join(temporaryFolder(), "it's a copy");
  mkdirSync(join(copy, "logs"), { recursive: true });
  writeFileSync(join(copy, "runs.txt"), "");
  const run = (queued: string, cwd: string, from = "/") => {
    const more = { SLURM_ARRAY_TASK_ID: "1", SLURM_JOB_ID: "77", SLURM_SUBMIT_DIR: from, QUEUED: queued };
    return spawnSync("bash", [join(folder, "sweep.sbatch")], {
      ...{ cwd, env: { ...env, ...more }, encoding: "utf8" },
    });
  };
  const { status, stdout } = run(join(copy, "sweep.sbatch"), folder);
  assert.equal([status, stdout], [1, ""]);
  const log = readFileSync(join(copy, "logs", "1.log"), "utf8");
  assert.match(
    log,
    /^monge: sweep\.sbatch was written for the folder \S+, so name this one: .*\nended with 1\n$/,
  );
  assert.not(existsSync(join(folder, "runs")));
  assert.match(run("it's a copy/sweep.sbatch", copy, join(copy, "..")).stdout, "runs.txt has no line 1.");
  assert.is(run(join(folder, "sweep.sbatch"), folder).status, 0);
});

onUnix("sweep.sbatch passes SIGUSR1 and SIGTERM on; Slurm decides whether the job comes again", async () => {
  const { code, said } = await batch(1, "SIGUSR1", "SIGTERM");
  assert.equal([code, said], [143, "training, from step 0 on\nsaved\nended with 143\n"]);
});

onUnix("sweep.sbatch stops its run and has itself queued again where its time is over", async () => {
  const { code, said } = await batch(1, "SIGUSR2");
  assert.equal([code, said], [143, "training, from step 0 on\nended with 143\nasked to requeue 77\n"]);
});

/** Says a trial's parameters, and notes what it is told. */
const optuna = `#!/bin/sh
echo "$*" >>told.txt
[ "$1" = ask ] && echo '{"number": '$(grep -c ^ask told.txt)', "params": {"optimizer.learningRate": 2.5e-05, "network.critic": "mlp"}}'
exit 0
`;

onUnix(
  "optuna.sh asks, runs and measures each seed and tells the mean; what failed of these fails its trial",
  () => {
    const grid = ["--grid", "optimizer.learningRate=1e-5,1e-4 network.critic=mlp,conv"];
    const { folder, env, steps, dataOf } = sweep([...grid, "--seeds", "1,2"], { optuna });
    const run = (...args: string[]) =>
      spawnSync("sh", [join(folder, "optuna.sh"), ...args], {
        ...{ cwd: "/", env: { ...env, MONGE_DATA: "mnist" }, encoding: "utf8" },
      });
    const { status, stdout, stderr } = run("2");
    assert.is(status, 0, stderr);
    const study = "--storage sqlite:///optuna.db --study-name sweep";
    const told = readFileSync(join(folder, "told.txt"), "utf8").trimEnd().split("\n");
    assert.is(told[0], `create-study ${study} --direction minimize --skip-if-exists`);
    const space = told[1].match(/--search-space (.*)$/)![1];
    assert.equal(JSON.parse(space), {
      "optimizer.learningRate": {
        name: "FloatDistribution",
        attributes: { low: 1e-5, high: 1e-4, step: null, log: true },
      },
      "network.critic": { name: "CategoricalDistribution", attributes: { choices: ["mlp", "conv"] } },
    });
    assert.is(told[2], `tell ${study} --trial-number 1 --values 1.5`);
    assert.is(told[4], `tell ${study} --trial-number 2 --values 1.5`);
    assert.match(
      stdout,
      "trial 1, 1 of 2: --optimizer.learningRate '0.000025' --network.critic 'mlp'\ntrial 1: 1.5\n",
    );
    const lines = readFileSync(join(folder, "trials.txt"), "utf8").trimEnd().split("\n");
    assert.is(lines.length, 4);
    assert.match(
      lines[3],
      /--optimizer\.learningRate '0\.000025' .* --seed 2 --out trials\/2\/seed-2 --resume-if-there$/,
    );
    assert.match(steps("trials/2/seed-2"), "\n40,");
    assert.match(dataOf("trials/1/seed-1"), /^\/+mnist$/);

    for (const name of ["Wasserstein-1 distance", "KL of modes to uniform"]) {
      const measured = sweep([...grid, "--seeds", "1"], { optuna });
      const { stdout: said } = spawnSync("sh", [join(measured.folder, "optuna.sh"), "1"], {
        ...{ env: { ...measured.env, DISTANCE: name }, encoding: "utf8" },
      });
      assert.match(said, "\ntrial 1: 1\n", name);
    }
    for (const seeds of ["13,1", "1,7", "8"]) {
      const failing = sweep([...grid, "--seeds", seeds], { optuna });
      const { status: code, stdout: said } = spawnSync("sh", [join(failing.folder, "optuna.sh"), "1"], {
        ...{ env: failing.env, encoding: "utf8" },
      });
      assert.is(code, 1);
      assert.match(said, /\n1 of 1 trials failed\n$/);
      const last = readFileSync(join(failing.folder, "told.txt"), "utf8").trimEnd().split("\n").at(-1);
      assert.is(last, `tell ${study} --trial-number 1 --state fail`, seeds);
      if (seeds !== "8") continue;
      const log = readFileSync(join(failing.folder, "trials/1/seed-8.log"), "utf8");
      assert.match(log, /\njudged\nmonge: images of one class have no distance by a classifier, /);
    }
  },
);

onUnix("optuna.sh takes a number of trials alone; all else gets one line, and no study is made", () => {
  const { folder, env } = sweep(["--grid", "ema=0,0.9", "--seeds", "0"], { optuna });
  for (const args of [["abc"], ["--help"], ["0"], ["-1"], ["1.5"], [""], ["99999999999"], ["1", "2"]]) {
    const { status, stdout, stderr } = spawnSync("sh", ["./optuna.sh", ...args], {
      ...{ cwd: folder, env, encoding: "utf8" },
    });
    const expected = `./optuna.sh: expected how many trials, as in ./optuna.sh 20, got: ${args.join(" ")}\n`;
    assert.equal([status, stdout, stderr], [1, "", expected]);
  }
  assert.not(existsSync(join(folder, "told.txt")));
});

onUnix("optuna.sh hands values on as they are, whatever a shell would make of them", () => {
  const path = '/it\'s $(touch ran) `touch ran` \\new "x"';
  const answer = JSON.stringify({ number: 0, params: { "data.path": path, ema: "0" } });
  const { folder, env } = sweep(["--grid", `data=/it's,${"b".repeat(9)} ema=0,0.9`, "--seeds", "0"], {
    optuna: `#!/bin/sh\necho "$*" >>told.txt\n[ "$1" != ask ] || cat <<'end'\n${answer}\nend\n`,
  });
  const { status, stderr } = spawnSync("sh", [join(folder, "optuna.sh"), "1"], { env, encoding: "utf8" });
  assert.equal([status, stderr], [0, ""]);
  assert.not(existsSync(join(folder, "ran")));
  assert.match(readFileSync(join(folder, "told.txt"), "utf8"), `"choices":["/it's",`);
  const [trial] = readTrials(folder);
  assert.equal([trial.settings.get("data.path"), trial.settings.get("ema")], [path, "0"]);
});

test.run();
