// Reads the bench's output: its rows so far, the peers that failed in some of them, and the peers that are missing.
import { differs, type Report, type ReportRow } from "../../../bench/report";
import { peerNames } from "../../../bench/sides/side";
import type { ProfileFigures } from "../profile";
import { counted } from "../progress";
import type { Step } from "./part";
import { readJson, shown } from "./readings";

type Read = Step["read"];

/** Reads the bench's JSON of that name. */
export const readBench =
  (name: string): Read =>
  (folder) => {
    const data = readJson<Report>(folder, name);
    if (!data) return {};
    const { rows, missing } = data;
    const peers = peersOf(rows);
    const absent = Object.entries(missing).map(([peer, why]) => `${peer}: ${why}`);
    // A peer that lacks a row by what it is has not failed in it.
    const failed = peers
      .filter((peer) => !(peer in missing))
      .flatMap((peer) =>
        rows.flatMap(({ name, peers: { [peer]: found } }) =>
          found?.error === undefined ? [] : [`${name}: ${peer}: ${found.error}`],
        ),
      );
    for (const row of rows)
      if (differs(row)) failed.push(`${row.name}: the results differ: ${row.note ?? ""}`);
    const versions = Object.entries(data.versions).map(([side, version]) => `${side} ${version}`);
    return {
      ...{ data, failed, absent },
      line: `${counted(rows.length, "row")}; ${versions.join(", ")}; kernels: ${data.kernels}`,
      tables: [
        {
          title: "Medians in ms, the peers' in times monge's: above 1 monge is faster.",
          head: [
            "row",
            "monge, ms",
            "GFLOP/s",
            "GB/s",
            ...peers.flatMap((peer) => [`${peer}, ms`, "times"]),
            "results",
          ],
          rows: rows.map((row) => [
            ...[row.name, number(row.ms), number(row.gflops), number(row.gbs)],
            ...peers.flatMap((peer) => [number(row.peers[peer]?.ms), number(row.peers[peer]?.ratio)]),
            row.checked ? "equal" : differs(row) ? "DIFFERENT" : "not compared",
          ]),
        },
      ],
    };
  };

/** As `readBench`, with the rates held against what the adapter does at best, as the profile `profile` found it. */
export const readProducts =
  (name: string, profile: string): Read =>
  (folder, output) => {
    const found = readBench(name)(folder, output);
    const { rows = [] } = (found.data ?? {}) as Partial<Report>;
    const best = readJson<ProfileFigures>(folder, profile)?.ceilings.flops;
    if (best === undefined || rows.length === 0) return found;
    const peers = peersOf(rows);
    const share = (flops: number) => `${((100 * flops) / best).toFixed(1)} %`;
    const table = {
      title:
        `f32, beside the ${shown(best / 1e9)} GFLOP/s that the adapter reaches when it only multiplies and adds in ` +
        "registers. There is no row of f16: the engine has no such product.",
      head: [
        "product",
        "monge, GFLOP/s",
        "of the best",
        ...peers.flatMap((peer) => [`${peer}, GFLOP/s`, "of the best"]),
      ],
      rows: rows.map(({ name, ms = 0, gflops = 0, peers: figures }) => [
        ...[name, shown(gflops), share(1e9 * gflops)],
        ...peers.flatMap((peer) => {
          const time = figures[peer]?.ms;
          const rate = time === undefined ? undefined : (gflops * ms) / time;
          return rate === undefined ? ["", ""] : [shown(rate), share(1e9 * rate)];
        }),
      ]),
    };
    return { ...found, tables: [table, ...(found.tables ?? [])] };
  };

const number = (value: number | undefined) => (value === undefined ? "" : shown(value));

const peersOf = (rows: readonly ReportRow[]) =>
  peerNames.filter((peer) => rows.some((row) => row.peers[peer]));
