// The command `npm run export`: writes the networks of a finished run for other programs.
import { dirname, join } from "node:path";
import { version } from "../../package.json";
import { InputError } from "../errors";
import { encode, lack, type Trained } from "../exports/formats";
import { describeNetwork, requireState } from "../exports/network";
import type { RunConfig } from "../wgan/config";
import { runCommand } from "./command";
import { readConfig } from "./configFile";
import { type ExportOptions, exportHelp, parseExportOptions } from "./exportOptions";
import { makeFolders, writeFileAtomic } from "./files";
import { requireEmpty, requireMakeable } from "./runFolder";
import { readNetwork } from "./savedNetwork";

await runCommand(async () => {
  const options = parseExportOptions(process.argv.slice(2));
  if (options.help) return void process.stdout.write(exportHelp);
  const [run, format] = [options.run!, options.format!];
  const config = readConfig(run);
  const both = (["generator", "critic"] as const).map((name) => readTrained(options, config, name));
  const trained = both.filter(({ network }) => !lack(format, network));
  const out = options.out ?? join(run, format);
  if (options.out === undefined) requireMakeable(out);
  else requireEmpty(out);
  for (const [name, content] of encode(format, trained, version)) {
    const file = join(out, name);
    makeFolders(dirname(file));
    writeFileAtomic(file, content);
  }
  console.log(`${trained.map(({ network }) => network.name).join(" and ")} for ${format}: ${out}`);
  for (const { network } of both) {
    const why = lack(format, network);
    if (why) console.log(`${network.name}: left out, since ${why}`);
  }
});

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
