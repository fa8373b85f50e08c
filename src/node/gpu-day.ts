// The command `npm run gpu-day`: all measurements on a machine that is there for minutes only, in parts of at most nine
// minutes. Each part leaves a page and a JSON. What failed is named at the end, and then the exit code is 1.
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { InputError } from "../errors";
import { runCommand } from "./command";
import { makeFolders } from "./files";
import { environment } from "./gpuDay/environment";
import { gpuDayHelp, parseGpuDayOptions } from "./gpuDay/options";
import { conclude, type Day, type PartReport, runPart } from "./gpuDay/part";
import { parts } from "./gpuDay/steps";
import { requireAdapter } from "./probe";

/** This file is node/gpu-day.js in the folder with the other programs. */
const folder = dirname(dirname(resolve(process.argv[1])));

await runCommand(async () => {
  const options = parseGpuDayOptions(process.argv.slice(2));
  if (options.help) return void process.stdout.write(gpuDayHelp);
  if (options.build !== undefined)
    throw new InputError(
      "--build: these are the built programs, which measure: name a folder with --out DIR.",
    );
  const out = resolve(options.out!);
  for (const name of options.parts.map((part) => `part-${part}`)) {
    if (existsSync(join(out, name)))
      throw new InputError(`--out ${options.out}: holds a ${name} already. Name another folder.`);
  }
  const adapter = requireAdapter();
  makeFolders(join(out, "cache"));
  console.log(`GPU day on ${adapter.device}, ${adapter.description}${options.quick ? ", a dry run" : ""}`);
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stop.abort());
  const log = (line: string) => console.log(`  ${line}`);
  const env = environment(process.env, folder, out);
  const day: Day = { folder, out, quick: options.quick, env, stop: stop.signal, log };
  const all = parts(options.quick, options.peers ?? "tfjs,jax,torch");
  const reports: PartReport[] = [];
  for (const number of options.parts) {
    if (stop.signal.aborted) {
      console.log(`\npart ${number}: not begun, the day was stopped`);
      continue;
    }
    const part = all[number - 1];
    console.log(`\npart ${number}: ${part.title}`);
    const report = await runPart(number, part, day);
    reports.push(report);
    console.log(`  ${report.seconds.toFixed(0)} s; ${join(out, `part-${number}.html`)} and .json`);
  }
  const { lines, code } = conclude(reports, options.peers !== undefined);
  console.log(`\n${lines.join("\n")}`);
  return code;
});
