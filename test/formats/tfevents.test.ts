// TensorBoard's files, byte for byte, and cut where a run goes on. An independent reader has them in test/node.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { crc32c, eventFileName, eventRecord, keepEvents, versionRecord } from "../../src/formats/tfevents";

const join = (...parts: Uint8Array[]) => Uint8Array.from(parts.flatMap((part) => [...part]));
const text = (value: string) => new TextEncoder().encode(value);

test("CRC-32C is Castagnoli's: its check value, and those of RFC 3720, appendix B.4", () => {
  assert.is(crc32c(text("123456789")), 0xe3069283);
  assert.is(crc32c(new Uint8Array(32)), 0x8a9136aa);
  assert.is(crc32c(new Uint8Array(32).fill(255)), 0x62a8ab43);
  assert.is(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i)), 0x46dd794e);
  assert.is(crc32c(new Uint8Array()), 0);
});

test("a file begins with its version in a frame of length and checksums", () => {
  const record = versionRecord(1.5);
  const view = new DataView(record.buffer);
  assert.is(Number(view.getBigUint64(0, true)), 24);
  assert.is(record.length, 12 + 24 + 4);
  assert.equal(
    [...record.subarray(12, 36)],
    [0x09, 0, 0, 0, 0, 0, 0, 0xf8, 0x3f, 0x1a, 13, ...text("brain.Event:2")],
  );
});

test("a scalar's record, field by field", () => {
  const record = eventRecord({ wallTime: 2, step: 300, scalars: { loss: 1 } });
  const value = [0x0a, 4, ...text("loss"), 0x15, 0, 0, 0x80, 0x3f];
  const event = [
    0x09,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0x40,
    0x10,
    0xac,
    0x02,
    0x2a,
    value.length + 2,
    0x0a,
    value.length,
    ...value,
  ];
  assert.equal([...record.subarray(12, -4)], event);
});

test("the name tells the time and the host, in letters that a file may have", () => {
  assert.is(eventFileName(1700000000.9, "my host/1"), "events.out.tfevents.1700000000.my_host_1");
  assert.is(eventFileName(1, ""), "events.out.tfevents.1.unknown");
});

const image = { png: new Uint8Array(300).fill(7), width: 3, height: 4, channels: 1 } as const;
const records = [
  versionRecord(1),
  eventRecord({ wallTime: 2, step: 1, scalars: { loss: 1 } }),
  eventRecord({ wallTime: 2, step: 5_000_000_000, scalars: { loss: 1 } }),
  eventRecord({ wallTime: 3, step: 5, images: { samples: image } }),
  eventRecord({ wallTime: 4, step: 6, scalars: { a: 1, b: Number.NaN } }),
];

test("keepEvents keeps the records up to and of a step, whatever their order", () => {
  const file = join(...records);
  assert.equal(keepEvents(file, 5_000_000_000), file);
  assert.equal(keepEvents(file, 5), join(records[0], records[1], records[3]));
  assert.equal(keepEvents(file, 0), records[0]);
  assert.equal(keepEvents(new Uint8Array(), 5), new Uint8Array());
  assert.equal(keepEvents(join(text("x"), file).subarray(1), 1), join(records[0], records[1]));
});

test("a file of half a million records is cut as well", () => {
  const count = 500_000;
  const record = records[1];
  const file = new Uint8Array(count * record.length);
  for (let i = 0; i < count; i++) file.set(record, i * record.length);
  assert.is(keepEvents(file, 1).length, file.length);
});

test("of a file that a killed run left, all whole records are kept, wherever it was cut", () => {
  const file = join(...records);
  const ends = records.map((_, i) => join(...records.slice(0, i + 1)).length);
  for (let length = 0; length <= file.length; length++) {
    const whole = ends.filter((end) => end <= length).at(-1) ?? 0;
    assert.is(keepEvents(file.subarray(0, length), Number.MAX_SAFE_INTEGER).length, whole, `${length}`);
  }
});

test("a damaged record ends the file, wherever the damage is", () => {
  const file = join(...records);
  const start = join(...records.slice(0, 3)).length;
  for (let at = start; at < start + records[3].length; at += 5) {
    const damaged = file.slice();
    damaged[at] ^= 16;
    assert.equal(keepEvents(damaged, Number.MAX_SAFE_INTEGER), file.subarray(0, start), `byte ${at}`);
  }
});

test.run();
