// The rows of what the host pays: each side in processes of its own, since a process has one Dawn, and this one's computes.
import type { HostFigures, HostWork } from "./host";
import { lacks } from "./lacks";
import { inChild } from "./processes";
import type { PeerFigure, ReportRow } from "./report";
import type { SideName } from "./sides/side";
import { throttled } from "./wait";

/** Runs of each side, in turn. */
const RUNS = 3;

/** The body of a child: `host SIDE`. */
export async function runHostChild([name]: string[]): Promise<void> {
  const { measureHost, nullGpu } = await import("./host");
  const work = await throttled(openWork(name as SideName, await nullGpu()));
  console.log(JSON.stringify(await measureHost(work)));
}

async function openWork(name: SideName, api: GPU): Promise<HostWork> {
  if (name === "monge") return (await import("./sides/mongeHost")).mongeHost(api);
  (await import("./gpu")).useDawn(api);
  if (name === "tfjs") return (await import("./sides/tfjs")).tfjsHost();
  return (await import("./sides/jax")).jaxHost();
}

/** The rows of `wanted`. */
export async function measureHosts(
  wanted: readonly string[],
  names: readonly SideName[],
): Promise<ReportRow[]> {
  if (wanted.length === 0) return [];
  const found = new Map<SideName, HostFigures[]>();
  const failures = new Map<SideName, string>();
  for (let run = 0; run < RUNS; run++) {
    for (const name of names) {
      if (failures.has(name) || wanted.every((row) => lacks(name, row))) continue;
      try {
        const figures = (await inChild(["host", name])) as HostFigures;
        found.set(name, [...(found.get(name) ?? []), figures]);
      } catch (error) {
        if (name === "monge") throw error;
        failures.set(name, (error as Error).message.slice(0, 200));
      }
    }
  }
  return wanted.map((row): ReportRow => {
    const kind = row === "host eager op" ? "eager" : "replay";
    const of = (name: SideName): PeerFigure & { dispatches?: number } => {
      const why = lacks(name, row);
      if (why !== undefined) return { lacks: why };
      if (failures.has(name)) return { error: failures.get(name) };
      const runs = found.get(name)!.map((figures) => figures[kind]!);
      const { ms, minMs, dispatches } = runs.sort((a, b) => a.ms - b.ms)[runs.length >> 1];
      return { ms, minMs, dispatches };
    };
    const { dispatches, ...own } = of("monge");
    const counts = [`monge ${dispatches}`];
    const peers: ReportRow["peers"] = {};
    for (const name of names) {
      if (name === "monge") continue;
      const { dispatches, ...figure } = of(name);
      peers[name] = figure.ms === undefined ? figure : { ...figure, ratio: figure.ms / own.ms! };
      if (dispatches !== undefined) counts.push(`${name} ${dispatches}`);
    }
    const note = `dispatches of a chain of ${kind === "eager" ? "100 adds" : "100 times tanh(x · w)"}: ${counts.join(", ")}`;
    return { name: row, family: "host", ...own, peers, note };
  });
}
