// The command `npm run tune`: finds the fastest kernels for the shapes of one training step of a preset, on this
// adapter, shows them as a table and keeps them in the cache folder for `npm run train`.

import { settle } from "../autograd";
import type { Gpu } from "../gpu/gpu";
import { type Gemm, watchGemms } from "../kernels/gemm";
import { tuning } from "../kernels/tuning/table";
import { loadTuning } from "../tuning/text";
import { type Tuned, tune } from "../tuning/tuner";
import { drawnRun } from "../wgan/drawnRun";
import type { PresetName } from "../wgan/presets";
import { drawDigits } from "../wgan/strokes";
import { Trainer } from "../wgan/trainer";
import { runCommand } from "./command";
import { adapterHelp, integer, readOptions } from "./commandLine";
import { openDevice } from "./device";
import { requireWritable, writeNamed } from "./files";
import { choosePreset, notEmpty } from "./options";
import { requireAdapter } from "./probe";
import { requireTuningFile, tuningFile, tuningStore } from "./tuningStore";

const help = `Times the kernels that could run one training step and keeps the fastest for this adapter.
npm run train then uses them, unless it is told --no-tune.

usage: npm run tune -- [options]

  --preset NAME        a preset of npm run train; without it: tutorial on a GPU, small where
                       the adapter computes on the CPU
  --batch N            samples in a batch, where a run has other ones than its preset
  --json FILE          write the figures there, after each shape
${adapterHelp}
  --help               show this text
`;

const IMAGES = 256;

/** The products of one training step: one critic update is like the other. */
async function recordStep(name: PresetName, gpu: Gpu, batch?: number): Promise<Gemm[]> {
  const run = drawnRun(name, IMAGES, gpu, batch);
  const config = { ...run, objective: { ...run.objective, criticSteps: 1 } };
  const trainer = new Trainer(config, drawDigits({ count: IMAGES, seed: 1 }), false);
  const calls: Gemm[] = [];
  watchGemms(
    (call) => void calls.push(call),
    () => trainer.step().dispose(),
  );
  await settle(0);
  trainer.dispose();
  return calls;
}

/** What --json writes. */
export interface TuneFigures {
  preset: PresetName;
  adapter: string;
  driver: string;
  results: Tuned[];
}

const columns = ["shape", "calls", "default ms", "best ms", "GFLOP/s", "kernel"];
const widths = [52, 5, 10, 9, 8, 0];
const line = (cells: string[]) =>
  cells.map((cell, i) => (i === 0 || i === 5 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join("  ");

function row({ name, calls, work, before, after, wrong }: Tuned): string {
  const ms = (value: number) => value.toFixed(value < 1 ? 3 : 2);
  const winner = after.kernel === before.kernel ? `${after.kernel} (the default)` : after.kernel;
  const rate = (work / after.ms / 1e6).toFixed(1);
  const warning = wrong.length === 0 ? "" : `  wrong here, not used: ${wrong.join("; ")}`;
  return line([name, String(calls), ms(before.ms), ms(after.ms), rate, winner]) + warning;
}

await runCommand(async () => {
  const given = readOptions("tune", process.argv.slice(2), ["preset", "batch", "json"]);
  const chosen = given.read("preset", choosePreset);
  const batch = given.read("batch", integer(1, 8192));
  const json = given.read("json", notEmpty);
  if (given.help) return void process.stdout.write(help);
  if (json !== undefined) requireWritable(json);
  requireTuningFile(process.env); // before minutes of timing, not after
  const adapter = requireAdapter(given.adapter);
  const name = chosen ?? (adapter.software ? "small" : "tutorial");
  const store = tuningStore(process.env);
  const gpu = await openDevice({ adapter: given.adapter });
  const ignored = loadTuning(tuning(gpu), store);
  if (ignored) console.log(ignored);
  console.log(`tuning the products of one step of ${name} on ${gpu.info.name}\n`);
  const start = performance.now();
  const calls = await recordStep(name, gpu, batch);
  console.log(line(columns));
  const results: Tuned[] = [];
  await tune(gpu, calls, store, (result) => {
    results.push(result);
    console.log(row(result));
    if (json === undefined) return;
    // What is measured is kept, whatever happens next.
    const all: TuneFigures = { preset: name, adapter: gpu.info.name, driver: gpu.info.driver, results };
    writeNamed(json, `${JSON.stringify(all, null, 1)}\n`);
  });
  const total = (side: "before" | "after") =>
    results.reduce((sum, result) => sum + result.calls * result[side].ms, 0).toFixed(1);
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  console.log(
    `\nall of them ${total("before")} ms by default, ${total("after")} ms tuned; took ${seconds} s`,
  );
  console.log(`kept in ${tuningFile(process.env)}; npm run train uses it`);
});
