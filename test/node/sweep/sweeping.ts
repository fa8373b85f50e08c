// The command sweep as a process, and runs that are as small as they can be.
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { configText } from "../../../src/node/configFile";
import { lossHeader } from "../../../src/node/lossFile";
import { runConfig } from "../runConfig";
import { temporaryFolder } from "../temporary";
import { dist, env } from "../training";

/** Where sweeps are written: a folder of their own, since other tests name theirs alike. In `data` is something. */
export const base = temporaryFolder();
mkdirSync(join(base, "data"));
writeFileSync(join(base, "data", "something"), "");

export const sweepScript = join(dist, "node", "sweep.js");

/** Of points in the plane, in steps of some milliseconds. */
export const tinyPoints = [
  ...["--preset", "toy", "--batch", "8", "--objective.criticSteps", "1", "--network.hidden", "16"],
  ...["--log-every", "5", "--sample-every", "0", "--checkpoint-every", "40"],
];

/** Runs sweep to its end; `lines` are those on stderr. */
export function run(args: readonly string[], more: NodeJS.ProcessEnv = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [sweepScript, ...args], {
    ...{ cwd: base, env: { ...env, ...more }, encoding: "utf8" },
  });
  return { status, stdout, lines: stderr.split("\n").filter((line) => line !== "") };
}

/** Waits until it is so. Throws after ten minutes, with what is said of it then. */
export async function settled(isSo: () => boolean, what: string | (() => string)): Promise<void> {
  for (const began = Date.now(); !isSo(); ) {
    if (Date.now() - began > 600_000)
      throw new Error(`waited in vain: ${typeof what === "string" ? what : what()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/**
 * A program that stands in for train, where only signals, exit codes and files count: 40 steps of 25 ms, the whole folder
 * of a run at the end, and for seed 13 losses that are no longer finite. It waits behind its first step for as long as the
 * sweep's folder has a file called wait. Its data.txt says what MONGE_DATA was.
 */
export function standIn(): string {
  const file = join(temporaryFolder(), "train.mjs");
  const config = configText({ ...runConfig, steps: 40 });
  writeFileSync(
    file,
    `import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
    const option = (name) => process.argv[process.argv.indexOf("--" + name) + 1];
    const [out, seed] = [option("out"), Number(option("seed"))];
    let code = 0;
    process.on("SIGINT", () => { code = 130; });
    process.on("SIGTERM", () => { code = 143; });
    process.on("SIGUSR1", () => console.log("saved"));
    mkdirSync(out, { recursive: true });
    writeFileSync(out + "/data.txt", process.env.MONGE_DATA ?? "");
    const losses = out + "/losses.csv";
    if (!existsSync(losses)) writeFileSync(losses, ${JSON.stringify(lossHeader)});
    let step = readFileSync(losses, "utf8").split("\\n").length - 2;
    console.log("training, from step " + step + " on");
    if (seed === 13) {
      console.error("monge: samples: no room. The run goes on.");
      console.error("monge: the losses are no longer finite at step 7: try a smaller learning rate.");
      process.exit(1);
    }
    while (step < 40 && code === 0) {
      await new Promise((resolve) => setTimeout(resolve, 25));
      step++;
      while (step > 1 && existsSync("wait")) await new Promise((resolve) => setTimeout(resolve, 25));
      appendFileSync(losses, step + ",0,0,0," + (seed + 1) / step + "," + step / 40 + "\\n");
    }
    if (code === 0) {
      writeFileSync(out + "/config.yaml", ${JSON.stringify(config)});
      writeFileSync(out + "/metrics.json", JSON.stringify({ wasserstein_median: -seed }));
      for (const file of ["report.html", "generator.safetensors"]) writeFileSync(out + "/" + file, "");
    }
    process.exit(code);`,
  );
  return file;
}
