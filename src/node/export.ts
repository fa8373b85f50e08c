// The command `npm run export`: writes the networks of a finished run for other programs.
import { existsSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { version } from "../../package.json";
import { InputError } from "../errors";
import { encode, filesOf, lack, type Trained } from "../exports/formats";
import { describeNetwork, type Network, requireState } from "../exports/network";
import type { RunConfig } from "../wgan/config";
import { runCommand } from "./command";
import { readConfig } from "./configFile";
import { type ExportOptions, exportHelp, parseExportOptions } from "./exportOptions";
import { makeFolders, reason, writeTogether } from "./files";
import { requireEmpty, requireMakeable } from "./runFolder";
import { hasNetwork, readNetwork } from "./savedNetwork";

await runCommand(async () => {
  const options = parseExportOptions(process.argv.slice(2));
  if (options.help) return void process.stdout.write(exportHelp);
  const [run, format] = [options.run!, options.format!];
  const config = readConfig(run);
  const trained: Trained[] = [];
  const left: [name: Network["name"], why: string][] = [];
  for (const name of ["generator", "critic"] as const) {
    const why = whyNot(name, options, config);
    if (why === undefined) trained.push(readTrained(options, config, name));
    else left.push([name, why]);
  }
  const out = options.out ?? join(run, format);
  if (options.out === undefined) requireMakeable(out);
  else requireEmpty(out);
  const files = [...encode(format, trained, version)].map(
    ([name, content]) => [join(out, name), content] as const,
  );
  for (const [file] of files) makeFolders(dirname(file));
  writeTogether(files);
  // An earlier export may have left another run's there.
  for (const [name] of left) removeFiles(out, filesOf(format, name));
  console.log(`${trained.map(({ network }) => network.name).join(" and ")} for ${format}: ${out}`);
  for (const [name, why] of left) console.log(`${name}: left out, since ${why}`);
});

/** Why a network is left out; undefined where it isn't. There is nothing to export without a generator. */
function whyNot(name: Network["name"], { run, format, best }: ExportOptions, config: RunConfig) {
  if (name === "critic" && !hasNetwork(name, run!, best)) return `${run} has no ${name}.safetensors`;
  return lack(format!, describeNetwork(config, name));
}

/** Removes them, where they are, and the folders within `out` that are then empty. */
function removeFiles(out: string, names: readonly string[]): void {
  for (const name of names) {
    const file = join(out, name);
    if (!existsSync(file)) continue;
    try {
      rmSync(file);
      if (dirname(name) !== "." && readdirSync(dirname(file)).length === 0) rmdirSync(dirname(file));
    } catch (error) {
      throw new InputError(`${file}: of an earlier export, can't be removed (${reason(error)}).`);
    }
  }
}

function readTrained({ run, best }: ExportOptions, config: RunConfig, name: "generator" | "critic"): Trained {
  const { file, state } = readNetwork(name, run!, best);
  const network = describeNetwork(config, name);
  try {
    requireState(network, state);
  } catch (error) {
    const why = (error as Error).message;
    throw new InputError(`${file}: not the network that config.yaml beside it describes: ${why}`);
  }
  return { network, state };
}
