// The command line of `npm run gpu-day`.
import { peerNames } from "../../../bench/sides/side";
import { InputError } from "../../errors";
import { readOptions } from "../commandLine";

export interface GpuDayOptions {
  /** Given, unless help or a build was asked for. */
  out?: string;
  /** The folder for all that another machine needs. */
  build?: string;
  parts: number[];
  /** As the bench takes them, where they are named. */
  peers?: string;
  quick: boolean;
  help: boolean;
}

export const gpuDayHelp = `Measures all that there is to measure on this machine's GPU, in parts of nine minutes at most. Each
leaves one page that holds everything itself, and one JSON. What fails stops nothing, and is named at the end.

usage: npm run gpu-day -- --out DIR [options]
       npm run gpu-day -- --build DIR
       node DIR/node/gpu-day.js --out DIR2 [options]

  --out DIR            where the results go: part-1.html, part-1.json, …
  --parts LIST         some of the parts (default 1,2):
                       1  the machine, the tests of all kernels, tuning, three profiles, training
                       2  products of 4096 and 8192, and the bench with TensorFlow.js, jax-js, PyTorch
  --peers NAMES        some of ${peerNames.join(",")}, or none: those that
                       must be there. Without it tfjs, jax and torch are asked for, and one that
                       is not there is told of, but no failure
  --quick              a dry run: the same with less of everything, a few minutes on two CPU cores
  --build DIR          only put all that another machine needs into DIR, a new folder
  --help               show this text
`;

/** Reads gpu-day's arguments (without node and script). Throws InputError at the first that is off. */
export function parseGpuDayOptions(args: string[]): GpuDayOptions {
  const given = readOptions("gpu-day", args, ["out", "parts", "peers", "build"], ["quick"]);
  if (given.adapter !== undefined)
    throw new InputError(
      "--adapter: gpu-day takes the default one, as the tests do; VK_DRIVER_FILES names a driver.",
    );
  const build = given.read("build", readFolderName);
  if (build !== undefined && !given.help && given.names.length > 1)
    throw new InputError("--build stands alone: it measures nothing, so no other option goes with it.");
  const out = given.read("out", readFolderName);
  if (out === undefined && build === undefined && !given.help)
    throw new InputError("--out DIR is missing: name a folder for the results.");
  return {
    out,
    build,
    parts: given.read("parts", readParts) ?? [1, 2],
    peers: given.read("peers", readPeers),
    quick: given.has("quick"),
    help: given.help,
  };
}

function readFolderName(text: string, name: string): string {
  if (text !== "" && !text.startsWith("-")) return text;
  throw new InputError(`${name} "${text}": expected the name of a folder.`);
}

function readPeers(text: string, name: string): string {
  if (text === "none" || text.split(",").every((peer) => peerNames.some((each) => each === peer)))
    return text;
  throw new InputError(`${name} "${text}": expected some of ${peerNames.join(",")}, or none.`);
}

function readParts(text: string, name: string): number[] {
  const parts = text.split(",").map((part) => (/^[12]$/.test(part) ? Number(part) : 0));
  if (!parts.includes(0)) return [...new Set(parts)].sort();
  throw new InputError(`${name} "${text}": expected 1, 2 or 1,2.`);
}
