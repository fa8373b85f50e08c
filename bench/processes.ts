// The rows that need a process of their own a side: the cold start, and the peak of GPU memory.
// A child runs the tutorial's first iteration, with an empty shader cache and then with the one that this has filled.
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { deserialize, serialize } from "node:v8";
import { most } from "./bounds";
import { countOf, errorsOf, loadDawn } from "./gpu";
import { lacks } from "./lacks";
import type { PeerFigure, ReportRow } from "./report";
import { openSide } from "./sides/open";
import type { SideName, Start } from "./sides/side";
import { Iteration, relative } from "./training";
import { throttled } from "./wait";

/** What a child says on its last line. */
interface Said {
  /** When its first iteration was done, in ms since 1970. */
  end: number;
  losses: number[];
  /** Most bytes of its GPU buffers at any time. */
  peak: number;
}

const now = () => performance.timeOrigin + performance.now();
/** A side that is done sooner runs a second iteration, in which its pools and captured steps are as in the long run. */
const AGAIN_MS = 15_000;

/** The body of a child: `child SIDE FILE-OF-WEIGHTS ADAPTER`. */
export async function runChild([name, file, adapter]: string[]): Promise<void> {
  await loadDawn(adapter);
  const side = await throttled(openSide(name as SideName));
  const start = deserialize(await readFile(file)) as Start;
  const begun = performance.now();
  const tutorial = new Iteration(side.train(start), "tutorial");
  const updates = tutorial.updates("iteration");
  const losses = await tutorial.run(updates);
  await throttled(side.finish());
  const end = now();
  const numbers: number[] = [];
  for (const loss of losses) numbers.push(await throttled(tutorial.training.scalar(loss)));
  if (performance.now() - begun < AGAIN_MS) {
    tutorial.free(await tutorial.run(updates));
    await throttled(side.finish());
  }
  const [error] = errorsOf(side.device);
  if (error) throw new Error(error);
  const said: Said = { end, losses: numbers, peak: countOf(side.device!).peak };
  console.log(JSON.stringify(said));
}

/** Runs a child; gives what it says on its last line. */
export async function inChild(args: string[], env = process.env): Promise<unknown> {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), "child", ...args], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [output, complaints] = ["", ""];
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  child.stderr.on("data", (chunk) => {
    complaints += chunk;
  });
  const code = await new Promise((resolve) => child.on("close", resolve));
  if (code !== 0) throw new Error(complaints.trim().split("\n").at(-1) || `exit code ${code}`);
  return JSON.parse(output.trim().split("\n").at(-1)!);
}

/** Runs a first iteration with the shader caches of Mesa and NVIDIA in a folder; gives ms from the start to its end. */
async function started(args: string[], cache: string): Promise<Said & { ms: number }> {
  const env = { ...process.env, MESA_SHADER_CACHE_DIR: cache, __GL_SHADER_DISK_CACHE_PATH: cache };
  const begun = now();
  const said = (await inChild(args, env)) as Said;
  return { ...said, ms: said.end - begun };
}

interface Measured {
  cold: number | undefined;
  warm: number;
  peak: number;
  losses: number[];
}

/** The rows of `wanted`, in their order, on the adapter of that name in full, or the default one (""). */
export async function measureProcesses(
  wanted: readonly string[],
  names: SideName[],
  start: Start,
  adapter: string,
): Promise<ReportRow[]> {
  if (wanted.length === 0) return [];
  const folder = await mkdtemp(join(tmpdir(), "monge-bench-"));
  const found = new Map<SideName, Measured | { error: string } | { lacks: string }>();
  try {
    const weights = join(folder, "weights");
    await writeFile(weights, serialize(start));
    for (const name of names) {
      const why = lacks(name, wanted[0]); // a side has both of these rows, or none
      if (why !== undefined) {
        found.set(name, { lacks: why });
        continue;
      }
      try {
        const args = [name, weights, adapter];
        const cache = await mkdtemp(join(folder, "cache-"));
        const cold = wanted.includes("cold-start") ? await started(args, cache) : undefined;
        const { ms, peak, losses } = await started(args, cache);
        found.set(name, { cold: cold?.ms, warm: ms, peak, losses });
      } catch (error) {
        if (name === "monge") throw error;
        found.set(name, { error: (error as Error).message.slice(0, 200) });
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const own = found.get("monge") as Measured;
  const all = [...found.values()].filter((each): each is Measured => "warm" in each);
  const agrees = ({ losses }: Measured) =>
    relative(Float32Array.from(own.losses), Float32Array.from(losses)) <= most.losses;
  const checked = all.length > 1 && all.every(agrees);
  const peers = (figure: (measured: Measured) => PeerFigure) =>
    Object.fromEntries(
      [...found].flatMap(([name, each]) =>
        name === "monge" ? [] : [[name, "warm" in each ? figure(each) : each]],
      ),
    );
  const MIB = 2 ** 20;
  return wanted.map((name): ReportRow => {
    if (name === "peak-memory iteration") {
      const figure = ({ peak }: Measured) => ({ mib: peak / MIB, ratio: peak / own.peak });
      return { name, family: "memory", mib: own.peak / MIB, peers: peers(figure), checked };
    }
    const figure = ({ cold, warm }: Measured) => ({ ms: cold!, warmMs: warm, ratio: cold! / own.cold! });
    const seconds = [...found].flatMap(([side, each]) =>
      "warm" in each ? [`${side} ${(each.warm / 1000).toFixed(2)} s`] : [],
    );
    return {
      name,
      family: "start",
      ms: own.cold,
      warmMs: own.warm,
      peers: peers(figure),
      checked,
      note: `one run each; with a warm shader cache: ${seconds.join(", ")}`,
    };
  });
}
