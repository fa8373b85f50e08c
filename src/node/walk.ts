// The command `npm run walk`: the way of each dispatch of a training step through the sources, from the trainer down to
// the line of the shader. It is the stack at the moment when the dispatch is recorded.

import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { settle } from "../autograd";
import { ops } from "../autograd/op";
import { InputError } from "../errors";
import type { Gpu } from "../gpu/gpu";
import { Profiler } from "../kernels/measuring/profiler";
import { kernelName } from "../kernels/measuring/summary";
import { tuning } from "../kernels/tuning/table";
import { describeTuning } from "../tuning/text";
import { drawnRun } from "../wgan/drawnRun";
import { type PresetName, presets } from "../wgan/presets";
import { drawDigits } from "../wgan/strokes";
import { Trainer } from "../wgan/trainer";
import { runCommand } from "./command";
import { openDevice } from "./device";
import { requireAdapter } from "./probe";
import { type Place, placesNow, shaderPlace } from "./sourcePlaces";
import { parseWalkOptions, walkHelp } from "./toolOptions";

const IMAGES = 1024;

/** Dispatches that came the same way. Each place is the innermost of its room; a room that was not passed has none. */
interface Way {
  trainer?: Place;
  /** The layer; in the backward pass the op whose derivative is taken. */
  layer?: Place;
  /** The record of the op that ran, or what asks for a kernel without one. */
  op?: Place;
  name: string;
  kernel?: Place;
  shader?: Place;
  entry: string;
  calls: number;
  ms: number;
}

/** A profiler that notes for each dispatch who asked for it, and which op ran. */
class Walker extends Profiler {
  readonly stacks: { op: string; places: Place[] }[] = [];
  private running = "";

  constructor(
    gpu: Gpu,
    private readonly root: string,
  ) {
    super(gpu);
    for (const op of ops.values()) {
      const { name, forward, fusedVjp } = op;
      op.forward = forward && ((...args) => this.within(name, () => forward(...args)));
      op.fusedVjp =
        fusedVjp &&
        ((...args) =>
          fusedVjp(...args).map((thunk) => thunk && (() => this.within(`${name}, fused vjp`, thunk))));
    }
  }

  override recorded(label: string): void {
    super.recorded(label);
    this.stacks.push({ op: this.running, places: placesNow(this.root) });
  }

  private within<T>(op: string, run: () => T): T {
    const before = this.running;
    this.running = op;
    try {
      return run();
    } finally {
      this.running = before;
    }
  }
}

/** The folder that holds the sources, above the bundle that runs. */
function rootOf(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "shaders"))) {
    if (folder === dirname(folder))
      throw new InputError("walk: it shows lines of the sources, so it runs in a checkout of the project.");
    folder = dirname(folder);
  }
  return folder;
}

function wayOf({ op, places }: Walker["stacks"][number], kernel: string, root: string): Way {
  const within = (path: string) => places.filter((place) => place.path.startsWith(path));
  const records = within("src/autograd/ops/");
  // Below the walk through the graph stands the derivative that it asks for.
  const grad = places.findIndex(({ path }) => path === "src/autograd/grad.ts");
  const derivative = places
    .slice(0, Math.max(grad, 0))
    .findLast(({ path }) => path.startsWith("src/autograd/ops/"));
  const wgan = within("src/wgan/");
  return {
    trainer: wgan.find(({ path }) => path.endsWith("/trainer.ts")) ?? wgan[0],
    layer: derivative ?? within("src/nn/")[0],
    op: records[0] ?? within("src/autograd/")[0],
    name: op,
    kernel: within("src/kernels/").at(-1),
    shader: shaderPlace(root, kernel),
    entry: kernel,
    calls: 0,
    ms: 0,
  };
}

/** The ways of one step, eager, in the order in which they are first taken. */
async function walk(gpu: Gpu, name: PresetName, root: string): Promise<Way[]> {
  const config = drawnRun(name, IMAGES, gpu, presets[name].batch);
  const trainer = new Trainer(config, drawDigits({ count: IMAGES, seed: 1 }), false);
  trainer.step().dispose(); // compiles
  await settle(0);
  const walker = new Walker(gpu, root);
  trainer.step().dispose();
  const dispatches = await walker.stop();
  trainer.dispose();
  const ways = new Map<string, Way>();
  for (const [i, { label, duration }] of dispatches.entries()) {
    const way = wayOf(walker.stacks[i], kernelName(label), root);
    const key = JSON.stringify(way);
    const known = ways.get(key) ?? way;
    ways.set(key, known);
    known.calls++;
    known.ms += duration;
  }
  return [...ways.values()];
}

const head = [
  "trainer",
  "layer, or op whose derivative is asked for",
  "op",
  "kernel",
  "shader",
  "calls",
  "ms",
];

function cells(ways: Way[], show: (place: Place, text: string) => string): string[][] {
  const short = ({ path, line }: Place) =>
    `${path.replace(/^src\/(wgan|nn|autograd\/ops|kernels)\/|^shaders\//, "")}:${line}`;
  const at = (place?: Place) => (place ? show(place, short(place)) : "");
  return ways.map(({ trainer, layer, op, name, kernel, shader, entry, calls, ms }) => [
    ...[at(trainer), at(layer), `${name} ${at(op)}`.trim(), at(kernel), `${entry} ${at(shader)}`],
    String(calls),
    ms.toFixed(2),
  ]);
}

const markdown = (rows: string[][]) =>
  [head, ["---", "---", "---", "---", "---", "---:", "---:"], ...rows]
    .map((row) => `| ${row.join(" | ")} |`)
    .join("\n");

function plain(rows: string[][]): string {
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => row[i].length)));
  return [head, ...rows]
    .map((row) =>
      row.map((cell, i) => (i < 5 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join("  "),
    )
    .join("\n");
}

await runCommand(async () => {
  const options = parseWalkOptions(process.argv.slice(2));
  if (options.help) return void process.stdout.write(walkHelp);
  const root = rootOf();
  const adapter = requireAdapter(options.adapter);
  const name = options.preset ?? "tutorial";
  const gpu = await openDevice({ adapter: options.adapter });
  const ways = await walk(gpu, name, root);
  console.log(
    `One step of ${name}, batch ${presets[name].batch}, on ${gpu.info.name}; kernels: ${describeTuning(tuning(gpu))}.\n`,
  );
  const link = ({ path, line }: Place, text: string) => `[${text}](../${path}#L${line})`;
  console.log(options.markdown ? markdown(cells(ways, link)) : plain(cells(ways, (_, text) => text)));
  const calls = ways.reduce((sum, way) => sum + way.calls, 0);
  console.log(
    `\n${ways.length} ways, ${calls} dispatches${adapter.software ? ", on a driver that computes on the processor" : ""}.`,
  );
});
