// What a run shows beside its weights: TensorBoard's events and metrics.jsonl while it goes on, pictures and the report
// at its end, and the page of --watch. None of it may end the run: what fails is told once, and left out.
import { existsSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { noGrad, tensor, tidy } from "../autograd";
import { InputError } from "../errors";
import type { ByteDataset } from "../wgan/dataset";
import { latentRows } from "../wgan/interpolate";
import { labelsOf } from "../wgan/models";
import { samplePicture } from "../wgan/samplePicture";
import type { PointDataset } from "../wgan/toys";
import { fixedLatents, type Trainer } from "../wgan/trainer";
import { appendWhole, reason, writeFileAtomic } from "./files";
import { type LossRow, readLosses } from "./lossFile";
import { criticPlaces, criticPlot } from "./outputs/criticPlot";
import { openEvents } from "./outputs/eventsFile";
import {
  type EvaluationRow,
  evaluationLine,
  evaluationRecord,
  isLoss,
  lossRecord,
  metricsLine,
  pictureRecord,
} from "./outputs/metrics";
import { writeOutputs } from "./outputs/outputs";
import { encodePng } from "./png";
import { startWatch, type Watch } from "./watch/server";

export interface Showing {
  /** Rows that are new, and whether the last of them is one of the log's. */
  rows(rows: readonly LossRow[], logged: boolean): void;
  /** A picture of samples; `kept` where it belongs to the run and not only to its being stopped. */
  picture(step: number, png: Uint8Array, kept: boolean): void;
  /** What was measured of the samples after a step. */
  evaluation(row: EvaluationRow): void;
  /** A line of the log. */
  line(text: string): void;
  /** Makes the pictures and the report of a run that has ended. */
  end(trainer: Trainer, data: ByteDataset | PointDataset): Promise<void>;
  /** Takes the page away. */
  close(): void;
}

export interface ShowingOptions {
  /** The run's folder. */
  path: string;
  steps: number;
  logEvery: number;
  sampleEvery: number;
  evaluateEvery: number;
  /** The step that the run goes on after. */
  last: number;
  /** One line that says what is trained on what. */
  summary: string;
  watch: boolean;
  log(line: string): void;
  warn(line: string): void;
}

export async function startShowing(options: ShowingOptions): Promise<Showing> {
  const { path, steps, sampleEvery, last, summary, log, warn } = options;
  const failed = new Set<string>();
  const attempt = <T>(what: string, body: () => T): T | undefined => {
    try {
      return body();
    } catch (error) {
      const why =
        error instanceof InputError ? error.message : `${what}: can't be written (${reason(error)}).`;
      if (!failed.has(what)) warn(`${why} The run goes on.`);
      failed.add(what);
      return undefined;
    }
  };
  const lines = join(path, "metrics.jsonl");
  attempt("metrics.jsonl", () => writeFileAtomic(lines, linesUpTo(lines, options)));
  const events = attempt("the event file", () => openEvents(path, last, sampleEvery));
  let page: Watch | undefined;
  if (options.watch) page = await startWatch({ log, title: basename(resolve(path)) });
  if (page && last > 0) page.publish({ kind: "rows", rows: readLosses(join(path, "losses.csv")) });
  const start = Date.now();

  return {
    rows(rows, logged) {
      attempt("the event file", () => events?.append(rows.map((row) => lossRecord(row, seconds()))));
      const row = rows.at(-1);
      if (logged && row) attempt("metrics.jsonl", () => appendWhole(lines, metricsLine(row)));
      if (!page || !row) return;
      const rate = ((row.step - last) / (Date.now() - start)) * 1000;
      const left = (steps - row.step) / rate;
      page.publish({ kind: "rows", rows });
      page.publish({ kind: "progress", step: row.step, steps, rate, left });
    },
    picture(step, png, kept) {
      // A run that goes on makes its last picture again, since a killed one may lack it.
      const there = step === last && events?.endsInPicture;
      if (kept && !there)
        attempt("the event file", () => events?.append([pictureRecord(step, png, seconds())]));
      page?.publish({ kind: "picture", step, png: Buffer.from(png).toString("base64") });
    },
    evaluation(row) {
      attempt("the event file", () => events?.append([evaluationRecord(row, seconds())]));
      attempt("metrics.jsonl", () => appendWhole(lines, evaluationLine(row)));
    },
    line: (text) => page?.publish({ kind: "log", line: text }),
    async end(trainer, data) {
      for (const [name, make] of [
        ["latent.png", () => latentPicture(trainer)],
        ["critic.png", () => criticPicture(trainer, data)],
      ] as const) {
        try {
          const png = await make();
          if (png) writeFileAtomic(join(path, name), png);
        } catch (error) {
          const why = error instanceof InputError ? error.message : `${reason(error)}.`;
          warn(`${name}: left out, ${why}`);
        }
      }
      const rows = attempt("losses.csv", () => readLosses(join(path, "losses.csv"))) ?? [];
      await writeOutputs({ path, rows, summary, warn });
    },
    close: () => page?.close(),
  };
}

const seconds = () => Date.now() / 1000;

/** The lines of an undisturbed run up to step `last`: one that was only stopped there has one more. */
function linesUpTo(path: string, { last, logEvery, evaluateEvery }: ShowingOptions): string {
  if (last === 0 || !existsSync(path)) return "";
  const kept = readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => {
      const step = Number(line.match(/"step":(\d+)/)?.[1]);
      const every = isLoss(line) ? logEvery : evaluateEvery;
      return line.endsWith("}") && step <= last && step % every === 0;
    });
  return kept.map((line) => `${line}\n`).join("");
}

/** Ways between latent vectors, one a row; networks that are told the class have a row's class all along it. */
async function latentPicture(trainer: Trainer): Promise<Uint8Array | undefined> {
  const { config } = trainer;
  if (config.data.shape.length === 1) return undefined;
  const [rows, columns] = [10, 10];
  const size = { latent: config.network.latent, labels: labelsOf(config) };
  const ends = await take(() => fixedLatents(config, 2 * rows));
  const latents = latentRows(ends, size, columns);
  const samples = await take(() =>
    trainer.sample(tensor(latents, [rows * columns, size.latent + size.labels])),
  );
  return encodePng(samplePicture(samples, config.data, rows, columns));
}

/** For points of the plane, the critic over it. */
async function criticPicture(trainer: Trainer, data: ByteDataset | PointDataset) {
  if (data.kind !== "points") return undefined;
  const side = 64;
  const places = criticPlaces(side);
  const critic = await take(() => noGrad(() => trainer.critic.forward(tensor(places, [side * side, 2]))));
  const generated = await take(() => trainer.sample(fixedLatents(trainer.config, 1000)));
  return (await criticPlot({ data: data.points.subarray(0, 2000), generated, critic })).png;
}

async function take(make: () => ReturnType<typeof fixedLatents>): Promise<Float32Array> {
  const made = tidy(make);
  const numbers = (await made.data()) as Float32Array;
  made.dispose();
  return numbers;
}
