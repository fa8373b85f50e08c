// The command `npm run profile`: one training iteration by kernel, held against what the adapter does at best,
// as a table, as JSON and as a trace.

import { version } from "../../package.json";
import { settle } from "../autograd";
import type { Gpu } from "../gpu/gpu";
import { type HostSpan, Profiler, type Timed } from "../kernels/measuring/profiler";
import { byKernel, type KernelTotal, kernelSpan, kernelTime } from "../kernels/measuring/summary";
import { tuning } from "../kernels/tuning/table";
import { describeTuning, loadTuning } from "../tuning/text";
import { drawnRun } from "../wgan/drawnRun";
import { type PresetName, presets } from "../wgan/presets";
import { drawDigits } from "../wgan/strokes";
import { Trainer } from "../wgan/trainer";
import { type Ceilings, measureCeilings } from "./ceilings";
import { runCommand } from "./command";
import { openDevice } from "./device";
import { requireWritable, writeNamed } from "./files";
import { requireAdapter } from "./probe";
import { parseProfileOptions, profileHelp } from "./toolOptions";
import { traceJson } from "./trace";
import { tuningStore } from "./tuningStore";

const IMAGES = 1024;
/** Iterations timed without the profiler, since it slows them down. */
const PLAIN = 3;
/** Iterations profiled; the fastest is shown, since others may use the machine. */
const PROFILED = 2;

interface Profile {
  dispatches: Timed[];
  host: HostSpan[];
  /** Milliseconds of the first iteration, of a later one, and of the profiled one. */
  cold: number;
  plain: number;
  profiled: number;
}

async function profile(gpu: Gpu, name: PresetName, batch: number, timestamps: boolean): Promise<Profile> {
  const config = drawnRun(name, IMAGES, gpu, batch);
  const { classes } = presets[name].data;
  const digits = classes === "all" ? undefined : classes.map(Number);
  // Replayed updates are submitted whole, which the wall clock could not take apart.
  const trainer = new Trainer(config, drawDigits({ count: IMAGES, seed: 1, digits }), timestamps);
  await settle(0);
  const timed = async () => {
    const start = performance.now();
    trainer.step().dispose();
    await settle(0);
    return performance.now() - start;
  };
  const cold = await timed();
  const plain: number[] = [];
  for (let i = 0; i < PLAIN; i++) plain.push(await timed());
  const profiles: Profile[] = [];
  for (let i = 0; i <= PROFILED; i++) {
    const profiler = new Profiler(gpu, { timestamps });
    const profiled = await timed();
    const dispatches = await profiler.stop();
    profiles.push({ dispatches, host: profiler.host, cold, plain: plain.sort((a, b) => a - b)[1], profiled });
  }
  profiles.shift(); // there the driver compiled what writes the timestamps down
  return profiles.sort((a, b) => a.profiled - b.profiled)[0];
}

/** What --json writes. */
export interface ProfileFigures {
  monge: string;
  preset: PresetName;
  batch: number;
  adapter: { name: string; driver: string; subgroupSize: number };
  /** Which of its kernels it used. */
  tuning: string;
  timestamps: boolean;
  ceilings: Ceilings;
  ms: Pick<Profile, "cold" | "plain" | "profiled">;
  kernels: KernelTotal[];
  dispatches: Timed[];
}

const ms = (value: number) => (value < 10 ? value.toFixed(2) : value.toFixed(1));
const percent = (part: number) => (100 * part).toFixed(part < 0.0995 ? 1 : 0);

/** Rates in units of 1e9 a second, with the percentage of the ceiling. */
function rate(amount: number | undefined, milliseconds: number, ceiling: number): [string, string] {
  if (amount === undefined || milliseconds === 0) return ["-", "-"];
  const perSecond = (1000 * amount) / milliseconds;
  return [(perSecond / 1e9).toFixed(1), percent(perSecond / ceiling)];
}

function table({ dispatches }: Profile, ceilings: Ceilings): string {
  const rows = byKernel(dispatches).map((kernel) => [
    ...[kernel.name, String(kernel.calls), ms(kernel.ms), percent(kernel.fraction)],
    ...rate(kernel.work, kernel.ms, ceilings.flops),
    ...rate(kernel.bytes, kernel.ms, ceilings.bytes),
  ]);
  const head = ["kernel", "calls", "ms", "share %", "GFLOP/s", "% of max", "GB/s", "% of max"];
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => row[i].length)));
  const line = (row: string[]) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join("  ");
  return [head, ...rows].map(line).join("\n");
}

/** What is not in a kernel's row: the whole against its parts, and what lies between them. */
function totals({ dispatches, host, cold, plain, profiled }: Profile, alone: boolean): string[] {
  const kernels = kernelTime(dispatches);
  const between = kernelSpan(dispatches) - kernels;
  const work = dispatches.reduce((sum, dispatch) => sum + (dispatch.work ?? 0), 0);
  const spans = (kind: string) =>
    host.filter(({ name }) => name.startsWith(kind)).reduce((sum, { duration }) => sum + duration, 0);
  const count = (kind: string) => host.filter(({ name }) => name.startsWith(kind)).length;
  return [
    `iteration: ${ms(plain)} ms (median of ${PLAIN}, not profiled); the first one ${ms(cold)} ms, compiling included`,
    `profiled: ${ms(profiled)} ms, of it kernels ${ms(kernels)} ms (${percent(kernels / profiled)} %), ` +
      `gaps between them ${ms(between)} ms, before and after ${ms(profiled - kernels - between)} ms`,
    `host: ${dispatches.length} dispatches, of them ${count("record")} recorded in ${ms(spans("record"))} ms and the ` +
      `others replayed; ${count("submit")} submits in ${ms(spans("submit"))} ms${alone ? " (one a dispatch)" : ""}`,
    `work: ${(work / 1e9).toFixed(2)} GFLOP in the heavy kernels, ` +
      `${(work / kernels / 1e6).toFixed(1)} GFLOP/s over all of the kernels' time`,
  ];
}

await runCommand(async () => {
  const options = parseProfileOptions(process.argv.slice(2));
  if (options.help) return void process.stdout.write(profileHelp);
  for (const path of [options.json, options.trace]) if (path !== undefined) requireWritable(path);
  const adapter = requireAdapter(options.adapter);
  const name = options.preset ?? (adapter.software ? "small" : "tutorial");
  const { batch = presets[name].batch } = options;
  const gpu = await openDevice({ adapter: options.adapter });
  const ignored = loadTuning(tuning(gpu), tuningStore(process.env));
  if (ignored) console.log(ignored);
  const timestamps = !options.wallClock && gpu.device.features.has("timestamp-query");
  const why = options.wallClock ? "asked for" : "the adapter has no timestamps";
  const timing = timestamps
    ? "timestamps of the GPU, each dispatch in a pass of its own"
    : `the wall clock (${why}), each dispatch submitted alone: short kernels seem longer than they are`;
  const ceilings = await measureCeilings(gpu, timestamps);
  const result = await profile(gpu, name, batch, timestamps);

  console.log(`preset ${name}, batch ${batch}, on ${gpu.info.name} (${gpu.info.driver})`);
  console.log(`kernels: ${describeTuning(tuning(gpu))}; timed by ${timing}`);
  console.log(
    `ceilings, measured: ${(ceilings.flops / 1e9).toFixed(1)} GFLOP/s of f32 fma, ` +
      `${(ceilings.bytes / 1e9).toFixed(1)} GB/s copied\n`,
  );
  console.log(`${table(result, ceilings)}\n`);
  console.log(totals(result, !timestamps).join("\n"));
  console.log(
    "GB/s counts the bytes bound, once a dispatch. Over 100 % of a copy's: the data was still in a cache.",
  );
  const { dispatches, host, ...times } = result;
  if (options.json !== undefined) {
    const { subgroupSize, driver } = gpu.info;
    const all: ProfileFigures = {
      monge: version,
      preset: name,
      batch,
      adapter: { name: gpu.info.name, driver, subgroupSize },
      tuning: describeTuning(tuning(gpu)),
      timestamps,
      ceilings,
      ms: times,
      kernels: byKernel(dispatches),
      dispatches,
    };
    writeNamed(options.json, `${JSON.stringify(all, null, 1)}\n`);
    console.log(`figures: ${options.json}`);
  }
  if (options.trace !== undefined) {
    writeNamed(options.trace, traceJson(dispatches, host, gpu.info.name));
    console.log(`trace: ${options.trace}, to be opened in ui.perfetto.dev`);
  }
});
