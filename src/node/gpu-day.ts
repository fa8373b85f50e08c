// The command `npm run gpu-day`: everything that is to be measured on a machine that is there for minutes, in parts of nine
// minutes at most. Each leaves a page and a JSON; what failed is named at the end, and then the exit code is 1.
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { cacheFolder } from "../../scripts/cacheFolder.mjs";
import { InputError } from "../errors";
import { runCommand } from "./command";
import { makeFolders } from "./files";
import { gpuDayHelp, parseGpuDayOptions } from "./gpuDay/options";
import { conclude, type Day, type PartReport, runPart } from "./gpuDay/part";
import { parts } from "./gpuDay/steps";
import { requireAdapter } from "./probe";

/** This file is node/gpu-day.js in the folder with the other programs. */
const folder = dirname(dirname(resolve(process.argv[1])));

/** The environment of the programs: a cache of the day's own, and MNIST from beside the programs where it is not named. */
function environment(out: string): NodeJS.ProcessEnv {
  const { env } = process;
  const mnist = [join(folder, "mnist"), join(cacheFolder(env), "mnist")].find((path) => existsSync(path));
  return { ...env, MONGE_DATA: env.MONGE_DATA || mnist, XDG_CACHE_HOME: join(out, "cache") };
}

await runCommand(async () => {
  const options = parseGpuDayOptions(process.argv.slice(2));
  if (options.help) return void process.stdout.write(gpuDayHelp);
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
  const day: Day = { folder, out, quick: options.quick, env: environment(out), stop: stop.signal, log };
  const all = parts(options.quick, options.peers ?? "tfjs,jax,torch");
  const reports: PartReport[] = [];
  for (const number of options.parts) {
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
