// TensorBoard's file, decoded by an independent reader: protobufjs with the published messages, and another's CRC-32C.
import { mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Crc32c } from "@aws-crypto/crc32c";
import protobuf from "protobufjs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { openEvents } from "../../../src/node/outputs/eventsFile";
import {
  evaluationLine,
  evaluationRecord,
  finalMetrics,
  lossRecord,
  metricsLine,
  metricsText,
  pictureRecord,
  readEvaluations,
} from "../../../src/node/outputs/metrics";
import { encodePng } from "../../../src/node/png";
import { temporaryFolder } from "../temporary";
import { madeUpRows } from "./rows";

const messages = protobuf.parse(
  `
  syntax = "proto3";
  message Event { double wall_time = 1; int64 step = 2; oneof what { string file_version = 3; Summary summary = 5; } }
  message Summary {
    message Image { int32 height = 1; int32 width = 2; int32 colorspace = 3; bytes encoded_image_string = 4; }
    message Value { string tag = 1; oneof value { float simple_value = 2; Image image = 4; } }
    repeated Value value = 1;
  }`,
  { keepCase: true },
).root;
const Event = messages.lookupType("Event");

interface Read {
  wall_time: number;
  step: string;
  file_version?: string;
  summary?: {
    value: {
      tag: string;
      simple_value?: number;
      image?: { height: number; width: number; colorspace: number; encoded_image_string: Uint8Array };
    }[];
  };
}

/** The records of a file, each with both checksums as the format asks. */
function readRecords(file: Buffer): Read[] {
  const masked = (data: Uint8Array) => {
    const crc = new Crc32c().update(data).digest();
    return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
  };
  const read: Read[] = [];
  for (let at = 0; at < file.length; ) {
    const length = Number(file.readBigUInt64LE(at));
    assert.is(file.readUInt32LE(at + 8), masked(file.subarray(at, at + 8)));
    const data = file.subarray(at + 12, at + 12 + length);
    assert.is(file.readUInt32LE(at + 12 + length), masked(data));
    read.push(Event.toObject(Event.decode(data), { longs: String }) as Read);
    at += length + 16;
  }
  return read;
}

const rows = madeUpRows(30);
const grey = encodePng({ bytes: new Uint8ClampedArray(6).fill(9), width: 3, height: 2 });
const colours = encodePng({ bytes: new Uint8ClampedArray(18).fill(9), width: 2, height: 3 });

test("all scalars are the rows', as 32-bit numbers, and the images are the PNGs", () => {
  const folder = temporaryFolder();
  const events = openEvents(folder, 0, 1, () => 1_700_000_000_500);
  events.append(rows.map((row) => lossRecord(row, 1.7e9 + row.seconds)));
  events.append([pictureRecord(30, grey, 1.7e9), pictureRecord(31, colours, 1.7e9)]);
  assert.match(readdirSync(folder)[0], /^events\.out\.tfevents\.1700000000\.[\w.-]+$/);
  const [version, ...read] = readRecords(readFileSync(events.path));
  assert.equal(version, { wall_time: 1_700_000_000.5, file_version: "brain.Event:2" });
  assert.is(read.length, 32);
  for (const [i, row] of rows.entries()) {
    assert.is(read[i].step, String(row.step));
    assert.is(read[i].wall_time, 1.7e9 + row.seconds);
    const scalars = Object.fromEntries(
      read[i].summary!.value.map(({ tag, simple_value }) => [tag, simple_value]),
    );
    assert.equal(scalars, {
      "losses/critic_real": row.criticReal,
      "losses/critic_fake": row.criticFake,
      "losses/generator": row.generator,
      "losses/wasserstein": Math.fround(Number(row.wasserstein.toPrecision(9))),
    });
  }
  const images = read.slice(30).map(({ summary }) => summary!.value[0].image!);
  assert.equal(
    images.map(({ height, width, colorspace }) => [height, width, colorspace]),
    [
      [2, 3, 1],
      [3, 2, 3],
    ],
  );
  assert.equal(
    images.map(({ encoded_image_string }) => Buffer.from(encoded_image_string)),
    [grey, colours],
  );
});

test("opened again, the file goes on after the step, and what a killed run half wrote is gone", () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "samples"));
  const first = openEvents(folder, 0);
  first.append(rows.map((row) => lossRecord(row, 1)));
  truncateSync(first.path, readFileSync(first.path).length - 3);
  const again = openEvents(folder, 20);
  assert.is(again.path, first.path);
  again.append([lossRecord(rows[20], 2)]);
  const steps = readRecords(readFileSync(again.path)).map(({ step }) => step);
  assert.equal(steps, [undefined, ...rows.slice(0, 21).map(({ step }) => String(step))]);
  // Damaged from its first byte on, it begins anew.
  truncateSync(first.path, 5);
  assert.is(readRecords(readFileSync(openEvents(folder, 20).path))[0].file_version, "brain.Event:2");
});

test("a line of metrics.jsonl is a row by losses.csv's names, and metrics.json the end of them", () => {
  const [row] = rows;
  assert.equal(JSON.parse(metricsLine(row)), {
    step: 1,
    critic_real: Number(row.criticReal.toPrecision(9)),
    critic_fake: Number(row.criticFake.toPrecision(9)),
    generator: Number(row.generator.toPrecision(9)),
    wasserstein: Number(row.wasserstein.toPrecision(9)),
    seconds: 0.125,
  });
  assert.match(metricsLine({ ...row, generator: Number.NaN }), /^\{.*"generator":null,.*\}\n$/);
  const final = JSON.parse(metricsText(finalMetrics(rows)));
  assert.equal([final.step, final.steps_per_second], [30, 8]);
  assert.type(final.wasserstein_median, "number");
  assert.equal(finalMetrics([]), {});
});

test("what was measured is a line, a record and the end's numbers, and is read back", () => {
  const run = temporaryFolder();
  const row = (step: number, frechet: number) => ({
    ...{ step, seconds: 1.5 },
    figures: { frechet, frechet_floor: 1 / 3, class_5: 7 },
  });
  const rows = [row(10, 4), row(20, 2), row(30, 3)];
  const lines = rows.flatMap((each, i) => [metricsLine(madeUpRows(3)[i]), evaluationLine(each)]);
  writeFileSync(join(run, "metrics.jsonl"), `${lines.join("")}{"step":40,"fre`);
  const read = readEvaluations(run);
  assert.equal(read[1], {
    ...{ step: 20, seconds: 1.5 },
    figures: { frechet: 2, frechet_floor: 0.333333333, class_5: 7 },
  });
  assert.is(read.length, 3);
  const { frechet, best_frechet, best_step } = finalMetrics(madeUpRows(3), read);
  assert.equal([frechet, best_frechet, best_step], [3, 2, 20]);
  const [record] = readRecords(Buffer.from(evaluationRecord(rows[2], 1)));
  assert.equal(
    record.summary?.value.map(({ tag }) => tag),
    ["evaluation/frechet", "evaluation/frechet_floor", "evaluation/class_5"],
  );
  assert.is(record.step.toString(), "30");
  assert.equal(readEvaluations(join(run, "nowhere")), []);
});

test.run();
