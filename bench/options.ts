// The bench's command line. run.mjs reads it before it installs or builds anything, so nothing here needs a GPU or a peer.

import { InputError } from "../src/errors";
import { readOptions } from "../src/node/commandLine";
import { requireWritable } from "../src/node/files";
import { largeRows, rowNames } from "./rows";
import { type PeerName, peerNames } from "./sides/side";

export interface Options {
  only: RegExp;
  /** Whether the rows for a GPU are among them. */
  large: boolean;
  peers: PeerName[];
  /** The interpreter that has PyTorch. */
  python: string | undefined;
  json: string | undefined;
  /** A part of the name of the adapter to run on. */
  adapter: string | undefined;
  /** What is asked for instead of a run. */
  instead: "help" | "report" | "build" | undefined;
}

/** The names as lines of text. */
function wrapped(names: string[], width: number): string {
  const lines: string[] = [];
  for (const name of names) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + name.length + 2 <= width) lines[lines.length - 1] += `, ${name}`;
    else lines.push(name);
  }
  return lines.map((line) => `  ${line}`).join(",\n");
}

export const help = `Times monge and its peers, TensorFlow.js (WebGPU), jax-js and PyTorch, on the same work. Each row is computed by all
sides and compared before it is timed. All rows take more than a quarter of an hour on two CPU cores; --only picks some.

usage: npm run bench -- [options]

  --only REGEX     rows with a match in their names, e.g. "matmul nn|conv64"
  --large          also ${largeRows.map(({ name }) => name).join(" and ")}, which are for a GPU
  --peers NAMES    some of ${peerNames.join(",")} (tfjs,jax without it),
                   or none. torch is PyTorch in a process of its own: on CUDA where it finds that, else on the CPU;
                   torch-compile is the same with torch.compile, torch-graphs with CUDA graphs
  --python PATH    the interpreter that can import torch (without it python3 of the path, or the system's)
  --json FILE      write the figures there, after each row
  --adapter NAME   the adapter with that in its name or its driver's; npm run doctor lists them
  --report         only write bench/results/README.md from the JSON files beside it
  --build          only build dist/bench/bench.mjs, which runs on another machine beside a node_modules
                   that holds webgpu: node bench.mjs [options]
  --help           show this text

rows, by name:
${wrapped(rowNames, 98)}`;

/** Reads the bench's arguments (without node and script). Throws InputError at the first that is off. */
export function parseOptions(args: string[]): Options {
  const given = readOptions("bench", args, ["only", "peers", "python", "json"], ["large", "report", "build"]);
  const large = given.has("large");
  const only = given.read("only", readOnly(large));
  const peers = given.read("peers", readPeers);
  const python = given.read("python", (text) => text);
  if (python !== undefined && !peers?.some((name) => name.startsWith("torch")))
    throw new InputError("--python goes with PyTorch among the --peers: no other peer needs it.");
  const json = given.read("json", (text) => {
    if (text === "") throw new InputError("--json is empty, expected the name of a file.");
    requireWritable(text);
    return text;
  });
  const flags = (["report", "build"] as const).filter((flag) => given.has(flag));
  if (!given.help && flags.length > 0 && args.length > 1)
    throw new InputError(`--${flags[0]} stands alone: it times nothing, so no other option goes with it.`);
  return {
    only: only ?? /./,
    large,
    peers: peers ?? ["tfjs", "jax"],
    python,
    json,
    adapter: given.adapter,
    instead: given.help ? "help" : flags[0],
  };
}

const readOnly =
  (large: boolean) =>
  (text: string): RegExp => {
    let only: RegExp;
    try {
      only = new RegExp(text);
    } catch {
      throw new InputError(`--only "${text}": expected a regular expression, such as "matmul nn|conv64".`);
    }
    const names = [...rowNames, ...(large ? largeRows.map(({ name }) => name) : [])];
    if (text !== "" && names.some((name) => only.test(name))) return only;
    throw new InputError(`--only "${text}": no row has such a name. npm run bench -- --help lists them.`);
  };

function readPeers(text: string): PeerName[] {
  const names = text === "none" ? [] : text.split(",");
  if (names.some((name) => !peerNames.some((each) => each === name)))
    throw new InputError(`--peers "${text}": expected some of ${peerNames.join(",")}, or none.`);
  return peerNames.filter((name) => names.includes(name));
}
