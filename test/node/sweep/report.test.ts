// The report of a sweep in every state: which runs are done, which failed and why, and means over those that are done.
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { configText } from "../../../src/node/configFile";
import { lockFolder } from "../../../src/node/lock";
import { lossHeader } from "../../../src/node/lossFile";
import { endLine } from "../../../src/node/sweep/outcome";
import { report } from "../../../src/node/sweep/report";
import { complaint } from "../../complaint";
import { runConfig } from "../runConfig";
import { temporaryFolder } from "../temporary";

const folder = temporaryFolder();
const name = (rate: string, seed: number) => `runs/optimizer.learningRate=${rate}/seed-${seed}`;
const lines = ["1e-5", "1e-4"].flatMap((rate) =>
  [0, 1, 2].map(
    (seed) =>
      `node run.mjs --preset toy --optimizer.learningRate ${rate} --seed ${seed} --out ${name(rate, seed)} --resume-if-there\n`,
  ),
);

/** A run's folder after some steps, of which the last estimates are all alike. */
function make(rate: string, seed: number, steps: number, estimate: number, done: boolean): string {
  const path = join(folder, name(rate, seed));
  mkdirSync(path, { recursive: true });
  const rows = Array.from({ length: steps }, (_, i) => `${i + 1},0,0,0,${estimate},${(i + 1) / 10}\n`);
  writeFileSync(join(path, "losses.csv"), lossHeader + rows.join(""));
  writeFileSync(join(path, "config.yaml"), configText({ ...runConfig, steps: 200 }));
  if (done) for (const file of ["report.html", "generator.safetensors"]) writeFileSync(join(path, file), "");
  return path;
}
const log = (number: number, text: string) => appendFileSync(join(folder, "logs", `${number}.log`), text);

mkdirSync(join(folder, "logs"));
writeFileSync(join(folder, "runs.txt"), lines.join(""));
make("1e-5", 0, 200, 1, true);
make("1e-5", 1, 200, 3, true);
log(2, `monge: an old complaint.\n${endLine(1)}`); // of a try before the one that came to its end
make("1e-5", 2, 150, 5, false);
log(3, "training\nSIGTERM: stopping after this step\n");
log(3, endLine(143));
make("1e-4", 0, 7, Number.NaN, false);
log(
  4,
  'monge: samples: no room. The run goes on.\nmonge: the losses are no longer finite at step 7: try, "less".\n',
);
log(4, endLine(1));
log(5, `node: bad option\n${endLine(9)}`);

/** What the report says, and its table for other tools. */
async function told(): Promise<{ text: string; csv: string[] }> {
  const before = console.log;
  console.log = () => {};
  try {
    await report(folder);
  } finally {
    console.log = before;
  }
  const read = (file: string) => readFileSync(join(folder, file), "utf8");
  return { text: read("report.md"), csv: read("report.csv").trimEnd().split("\n") };
}

test("a row a point has the mean and deviation of its runs that are done; the others are named with the reason", async () => {
  const { text } = await told();
  assert.is(
    text,
    `| optimizer.learningRate | done   | estimate at the end | time of a run |
| ---------------------- | ------ | ------------------- | ------------- |
| 1e-5                   | 2 of 3 | 2.000 ± 1.4         | 20.0 s        |
| 1e-4                   | 0 of 3 |                     |               |

Not done:

- ${name("1e-5", 2)}: stopped after 150 steps
- ${name("1e-4", 0)}: failed after 7 steps: the losses are no longer finite at step 7: try, "less".
- ${name("1e-4", 1)}: failed: ended with 9, and said nothing
- ${name("1e-4", 2)}: not begun

![the estimate over the steps](report.png)
`,
  );
});

test("report.csv has a row a run", async () => {
  const { csv } = await told();
  assert.is(csv.length, 7);
  assert.is(csv[0], "optimizer.learningRate,seed,state,step,wasserstein_median,seconds,folder,why");
  assert.is(csv[2], `1e-5,1,done,200,3,20,${name("1e-5", 1)},`);
  assert.is(
    csv[4],
    `1e-4,0,failed,7,NaN,0.7,${name("1e-4", 0)},"the losses are no longer finite at step 7: try, ""less""."`,
  );
});

test("the figure has a line a point, a band where there is a deviation, and the median's name", async () => {
  await told();
  const svg = readFileSync(join(folder, "report.svg"), "utf8");
  for (const text of [
    "learningRate 1e-5",
    "learningRate 1e-4",
    "distance, median over 101 steps (critic's output)",
  ])
    assert.ok(svg.includes(`>${text}<`) || svg.includes(`>${text.replace("'", "&#x27;")}<`), text);
  assert.is(readFileSync(join(folder, "report.png")).subarray(1, 4).toString(), "PNG");
});

test("a run that is locked is at work, whatever its log says", async () => {
  const lock = lockFolder(join(folder, name("1e-4", 0)));
  const { csv } = await told();
  lock.release();
  assert.match(csv[4], /^1e-4,0,running,7,/);
});

test("a run with a damaged file failed, and is told with the reason; the report has the others", async () => {
  const [config, losses] = ["config.yaml", "losses.csv"].map((file) => join(folder, name("1e-5", 1), file));
  const logFile = join(folder, "logs", "6.log");
  const [configBefore, lossesBefore] = [config, losses].map((file) => readFileSync(file, "utf8"));
  writeFileSync(config, "steps: [");
  mkdirSync(logFile); // not to be read
  const damaged = await told();
  assert.match(damaged.text, "| 1e-5                   | 1 of 3 | 1.000 ");
  assert.match(damaged.text, /seed-1: failed after 200 steps: \S+config\.yaml:1: not YAML, .*\.\n/);
  assert.match(damaged.text, `seed-2: failed: ${logFile}: a folder, expected a file.\n`);
  rmSync(logFile, { recursive: true });
  rmSync(config);
  const gone = await told();
  assert.match(gone.csv[2], /^1e-5,1,failed,200,.*seed-1: no config\.yaml there, expected /);
  writeFileSync(config, configBefore);
  writeFileSync(losses, "\0\x01 no table\n\n1,,x\n");
  assert.match(
    (await told()).csv[2],
    /^1e-5,1,failed,0,.*losses\.csv:2: expected the row of step 1\. Remove the folder, .*$/,
  );
  writeFileSync(losses, lossesBefore.replace(/^7,.*\n/m, ""));
  assert.match(
    (await told()).csv[2],
    /^1e-5,1,failed,0,.*losses\.csv:8: expected the row of step 7\. Remove the folder, .*$/,
  );
  writeFileSync(losses, lossesBefore);
  const generator = join(folder, name("1e-5", 0), "generator.safetensors");
  rmSync(generator);
  assert.match((await told()).csv[1], /^1e-5,0,stopped,200,/, "train makes it again from the checkpoint");
  writeFileSync(generator, "");
  assert.match((await told()).csv[2], /^1e-5,1,done,200,/);
});

test("trials that Optuna chose stand beside what was begun of the grid, by six digits", async () => {
  const trial =
    "node run.mjs --preset toy --optimizer.learningRate '0.0000312345678' --seed 0 --out trials/0/seed-0";
  writeFileSync(join(folder, "trials.txt"), `${trial}\n`);
  const { text, csv } = await told();
  assert.match(text, "| 0.0000312346");
  assert.not.match(text, name("1e-4", 2));
  assert.match(csv[6], /^0\.0000312345678,0,not begun,0,,,trials\/0\/seed-0,$/);
});

test("a folder that is no sweep's, and a line that is none of train's, get one line", async () => {
  const { readRuns } = await import("../../../src/node/sweep/planned");
  const other = temporaryFolder();
  assert.is(
    complaint(() => readRuns(other)),
    `${other}: no runs.txt there, expected the folder of npm run sweep.`,
  );
  const of = (line: string) => {
    writeFileSync(join(other, "runs.txt"), `\n${line}\n`);
    return complaint(() => readRuns(other)).replace(other, "DIR");
  };
  assert.is(of("node run.mjs --stpes 3"), "DIR/runs.txt:2: unknown option --stpes. Did you mean --steps?");
  assert.match(of("node run.mjs --seed 3"), /^DIR\/runs\.txt:2: no --out or no --seed in it/);
});

test.run();
