// Checkpoints as files: all of a state comes back exactly, any change of a byte is found, three are kept.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { InputError } from "../../src/errors";
import { decodeWithMetadata } from "../../src/formats/safetensors";
import {
  type Checkpoint,
  decodeCheckpoint,
  encodeCheckpoint,
  fingerprint,
  isSound,
} from "../../src/node/checkpoint";
import {
  lastFinite,
  readBest,
  readNewest,
  setAside,
  writeBest,
  writeCheckpoint,
} from "../../src/node/checkpointFiles";
import { drawDigits } from "../../src/wgan/strokes";
import { runConfig } from "./runConfig";
import { temporaryFolder } from "./temporary";

const base = temporaryFolder();

function folder(name: string): string {
  const path = join(base, name);
  mkdirSync(path);
  return path;
}

const array = (...data: number[]) => ({ shape: [data.length], data: Float32Array.from(data) });

const checkpoint = (step: number, average?: number): Checkpoint => ({
  step,
  seconds: 0.1 + step,
  config: runConfig,
  data: { count: 3, sha256: "abc" },
  state: {
    steps: step,
    critic: { "0.weight": { shape: [1, 2], data: Float32Array.of(0.1, -0) }, "1.runningMean": array(1e-45) },
    generator: { "0.weight": array(step, 3.4e38) },
    ...(average !== undefined && { average: { "0.weight": array(average, 1) } }),
    criticOptimizer: { kind: "Adam", steps: 2 ** 53 - 1, slots: [Float32Array.of(1), Float32Array.of(2, 3)] },
    generatorOptimizer: { kind: "SGD", steps: 0, slots: [] },
    random: {
      weights: { seed: 2 ** 52 + 1, counter: 2 ** 53 - 1 },
      batches: { seed: 1, counter: 0 },
      latents: { seed: 2, counter: 3 },
      penalty: { seed: 4, counter: 5 },
    },
  },
});

test("a checkpoint comes back exactly, counters beyond 2^52 and the sign of zero with it", () => {
  for (const made of [checkpoint(7), checkpoint(8, 0.5), { ...checkpoint(9), figures: { frechet: 0.1 } }]) {
    const back = decodeCheckpoint(encodeCheckpoint(made), "file");
    assert.equal(back, made);
    assert.ok(Object.is(back.state.critic["0.weight"].data[1], -0));
  }
});

test("its tensors have names that other tools show, and its metadata says what it is", () => {
  const { state, metadata } = decodeWithMetadata(encodeCheckpoint(checkpoint(7, 0.5)), "file");
  assert.equal(Object.keys(state).sort(), [
    ...["average.0.weight", "critic.0.weight", "critic.1.runningMean"],
    ...["critic_optimizer.slots.0", "critic_optimizer.slots.1", "generator.0.weight"],
  ]);
  assert.equal([metadata.format, metadata.step], ["monge checkpoint 1", "7"]);
  assert.is(JSON.parse(metadata.config).preset, "wgan");
});

test("a file that was cut or changed anywhere is no checkpoint any more", () => {
  const bytes = encodeCheckpoint(checkpoint(7));
  for (let at = 0; at < bytes.length; at++) {
    const changed = Uint8Array.from(bytes);
    changed[at] ^= 1 << (at % 8);
    assert.throws(() => decodeCheckpoint(changed, "file"), /^[^\n]*$/, `byte ${at}`);
    if (at % 16 === 0) assert.throws(() => decodeCheckpoint(bytes.subarray(0, at), "file"));
  }
});

test("the newest three stay, and the networks beside them are the newest one's, or its average", () => {
  const run = folder("kept");
  for (const step of [999_998, 999_999, 1_000_000, 1_000_001]) writeCheckpoint(run, checkpoint(step));
  assert.equal(readdirSync(join(run, "checkpoints")).sort(), [
    ...["step-1000000.safetensors", "step-1000001.safetensors", "step-999999.safetensors"],
  ]);
  const generator = () => decodeWithMetadata(readFileSync(join(run, "generator.safetensors")), "file").state;
  assert.is(generator()["0.weight"].data[0], 1_000_001);
  writeCheckpoint(run, checkpoint(1_000_002, 0.5));
  assert.is(generator()["0.weight"].data[0], 0.5);
});

test("a damaged newest one is told of, set aside, and the next older one counts", () => {
  const run = folder("damaged");
  for (const step of [10, 20, 30]) writeCheckpoint(run, checkpoint(step));
  const file = (step: number) => join(run, "checkpoints", `step-0000${step}.safetensors`);
  writeFileSync(file(30), readFileSync(file(30)).subarray(0, 500));
  writeFileSync(file(20), "");
  const told: string[] = [];
  const found = readNewest(run, (path, why) => {
    told.push(why);
    setAside(path);
  });
  assert.is(found?.step, 10);
  assert.is(told.length, 2);
  for (const line of told) assert.match(line, /^\S+safetensors: .+\.$/);
  assert.equal(readdirSync(join(run, "checkpoints")).sort(), [
    ...["step-000010.safetensors", "step-000020.safetensors.damaged", "step-000030.safetensors.damaged"],
  ]);
  assert.is(readNewest(folder("none"), assert.unreachable), undefined);
});

test("one of another version is no damaged one: it is told of and stays where it is", () => {
  const run = folder("version");
  const newer = checkpoint(20);
  newer.config = { ...newer.config, wings: 2 } as typeof newer.config;
  writeCheckpoint(run, checkpoint(10));
  writeCheckpoint(run, newer);
  assert.throws(
    () => readNewest(run, assert.unreachable),
    (error: Error) =>
      error instanceof InputError &&
      /step-000020\.safetensors: made by another version, its wings: /.test(error.message),
  );
});

test("the last finite state has a name of its own, and counts where there is no other", () => {
  const run = folder("diverged");
  writeCheckpoint(run, checkpoint(5), lastFinite);
  assert.is(readNewest(run, assert.unreachable)?.step, 5);
  writeCheckpoint(run, checkpoint(3));
  assert.is(readNewest(run, assert.unreachable)?.step, 3);
});

test("a state with NaN or infinity anywhere is not sound", () => {
  assert.ok(isSound(checkpoint(1).state));
  for (const bad of [Number.NaN, Infinity, -Infinity]) {
    const made = checkpoint(1);
    made.state.criticOptimizer.slots[1][0] = bad;
    assert.not(isSound(made.state));
  }
});

test("other images, labels or another number of them have another fingerprint", () => {
  const digits = drawDigits({ count: 8, seed: 1 });
  const before = fingerprint(digits);
  assert.equal(fingerprint(drawDigits({ count: 8, seed: 1 })), before);
  for (const part of ["images", "labels"] as const) {
    const changed = digits[part].slice();
    changed[0] ^= 1;
    assert.is.not(fingerprint({ ...digits, [part]: changed }).sha256, before.sha256);
  }
});

test("the best checkpoint stays beside the newest three, and is none to go on from", () => {
  const run = folder("best");
  writeBest(run, { ...checkpoint(1), figures: { frechet: 2 } });
  assert.is(readNewest(run, assert.unreachable), undefined);
  for (const step of [1, 2, 3, 4]) writeCheckpoint(run, checkpoint(step));
  assert.equal(readBest(run, assert.unreachable)?.figures, { frechet: 2 });
  assert.is(readNewest(run, assert.unreachable)?.step, 4);
  writeFileSync(join(run, "checkpoints", "best.safetensors"), "x");
  const said: string[] = [];
  assert.is(
    readBest(run, (file) => void said.push(file)),
    undefined,
  );
  assert.is(said.length, 1);
});

test.run();
