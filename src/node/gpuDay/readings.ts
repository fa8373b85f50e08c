// Reads what the steps of a GPU day have left: the JSON of doctor, tune and profile, the folder of a run, and what the
// tests said. A program that was killed half-way has left a part of it, or nothing.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Findings } from "../doctor";
import type { Picture } from "../outputs/html";
import { samplesOf } from "../outputs/outputs";
import type { ProfileFigures } from "../profile";
import { counted } from "../progress";
import type { TuneFigures } from "../tune";
import type { Found, Step } from "./part";

type Read = Step["read"];

/** The JSON that a program was to write, if it did; such files are whole. */
export function readJson<T>(folder: string, name: string): T | undefined {
  const file = join(folder, name);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as T) : undefined;
}

/** Three digits. */
export const shown = (value: number): string =>
  value >= 100 ? value.toFixed(0) : value === 0 ? "0" : value.toPrecision(3);

/** Limits in a row of the page. */
const ABREAST = 2;

function abreast(cells: string[][]): string[][] {
  const rows = Math.ceil(cells.length / ABREAST);
  return Array.from({ length: rows }, (_, i) =>
    Array.from({ length: ABREAST }, (_, j) => cells[i + j * rows] ?? ["", ""]).flat(),
  );
}

export const readDoctor =
  (name: string): Read =>
  (folder) => {
    const data = readJson<Findings>(folder, name);
    if (!data?.used) return { data, failed: data?.wrong ? [data.wrong] : [] };
    const { used, families = [], wrong } = data;
    const sizes = `subgroups of ${used.subgroupMinSize} to ${used.subgroupMaxSize}`;
    return {
      data,
      line: `${used.device || used.name}, ${used.description}; ${sizes}; kernels: ${families.join(", ")}`,
      failed: wrong ? [wrong] : [],
      tables: [
        {
          title: `Features: ${used.features.join(", ")}.`,
          head: Array.from({ length: ABREAST }, () => ["limit", ""]).flat(),
          rows: abreast(Object.entries(used.limits).map(([limit, value]) => [limit, String(value)])),
        },
      ],
    };
  };

/** What uvu prints: a file's name, a mark a test, `(passed / total)`, then what failed in it. */
export const readTests: Read = (_, output) => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are such characters
  const lines = output.replace(/\x1b\[[\d;]*m/g, "").split("\n");
  const files: { file: string; passed: number; total: number; ended: boolean }[] = [];
  const failed: string[] = [];
  for (const line of lines) {
    const file = line.match(/^(\S+\.test)\.js$/)?.[1];
    if (file) files.push({ file: `${file}.ts`, passed: 0, total: 0, ended: false });
    const last = files.at(-1);
    if (!last) continue;
    const [, passed, total] = line.match(/\((\d+) \/ (\d+)\)$/) ?? [];
    if (total) {
      last.passed += Number(passed); // a file may have several suites
      last.total += Number(total);
      last.ended = true;
    }
    const test = line.match(/^ +FAIL .*?"(.*)"$/)?.[1];
    if (test !== undefined) failed.push(`${last.file}: ${test}`);
  }
  const cut = files.find(({ ended }) => !ended);
  if (cut) failed.push(`${cut.file}: the run ended in it`);
  else if (!lines.some((line) => /^ +Total:/.test(line))) failed.push("the run ended before its summary");
  const sum = (key: "passed" | "total") => files.reduce((all, each) => all + each[key], 0);
  return {
    data: files,
    line: `${sum("passed")} of ${sum("total")} tests passed`,
    failed,
    tables: [
      {
        title:
          "Each kernel is held to float64, products and convolutions in every family that the adapter can run.",
        head: ["file", "passed", "of"],
        rows: files.map(({ file, passed, total }) => [file, String(passed), String(total)]),
      },
    ],
  };
};

export const readTuning =
  (name: string): Read =>
  (folder) => {
    const data = readJson<TuneFigures>(folder, name);
    if (!data) return {};
    const { results } = data;
    const total = (side: "before" | "after") =>
      results.reduce((sum, result) => sum + result.calls * result[side].ms, 0);
    const head = ["shape", "calls", "default, ms", "best, ms", "GFLOP/s", "default", "best"];
    return {
      data,
      line: `${data.preset}: products ${shown(total("before"))} ms by default, ${shown(total("after"))} ms tuned`,
      failed: results.flatMap(({ name, wrong }) =>
        wrong.map((kernel) => `${name}: ${kernel} computes wrongly`),
      ),
      tables: [
        {
          ...{ title: "The products of one training step, and the fastest kernel for each", head },
          rows: results.map(({ name, calls, work, before, after }) => [
            ...[name, String(calls), shown(before.ms), shown(after.ms), shown(work / after.ms / 1e6)],
            ...[before.kernel, after.kernel],
          ]),
        },
      ],
    };
  };

/** Kernels in the page; the JSON has all of them. */
const MOST_KERNELS = 15;

export const readProfile =
  (name: string): Read =>
  (folder) => {
    const data = readJson<ProfileFigures>(folder, name);
    if (!data) return {};
    const { kernels, ceilings, ms, dispatches, tuning, preset } = data;
    const share = (amount: number | undefined, time: number, most: number) =>
      amount === undefined || time === 0 ? "" : `${((1e5 * amount) / time / most).toFixed(1)} %`;
    return {
      data,
      line:
        `${preset}: an iteration takes ${shown(ms.plain)} ms, ${dispatches.length} dispatches; kernels: ${tuning}; the ` +
        `adapter at best: ${shown(ceilings.flops / 1e9)} GFLOP/s, ${shown(ceilings.bytes / 1e9)} GB/s`,
      tables: [
        {
          title: `The ${Math.min(MOST_KERNELS, kernels.length)} kernels that take longest, of ${kernels.length}`,
          head: ["kernel", "calls", "ms", "share", "of the best rate", "of the best copy"],
          rows: kernels
            .slice(0, MOST_KERNELS)
            .map((kernel) => [
              ...[
                kernel.name,
                String(kernel.calls),
                shown(kernel.ms),
                `${(100 * kernel.fraction).toFixed(1)} %`,
              ],
              ...[
                share(kernel.work, kernel.ms, ceilings.flops),
                share(kernel.bytes, kernel.ms, ceilings.bytes),
              ],
            ]),
        },
      ],
    };
  };

export const readTraining =
  (name: string): Read =>
  (folder, output): Found => {
    const path = join(folder, name);
    const data = readJson<Record<string, number | string>>(path, "metrics.json");
    const pictures: Picture[] = samplesOf(path).map(({ step, file }) => ({
      ...{ title: `Step ${step}`, caption: `Samples after step ${step}.`, pixels: true },
      file: readFileSync(file),
    }));
    const losses = join(path, "losses.svg");
    if (existsSync(losses))
      pictures.push({ title: "Losses", caption: "By step.", file: readFileSync(losses), wide: true });
    const source = output.match(/^data: (.*)$/m)?.[1] ?? "data unknown";
    const line =
      data && `${counted(Number(data.step), "step")}, ${data.steps_per_second} a second; ${source}`;
    return { data, line, pictures, failed: data ? [] : ["it ended without its numbers"] };
  };
