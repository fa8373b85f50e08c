// A checkpoint: one safetensors file with the whole state of a run. Any tool of the field opens it. A checksum tells where
// a disk or a transfer has changed it.
import { createHash } from "node:crypto";
import { InputError } from "../errors";
import { decodeWithMetadata, encodeSafetensors } from "../formats/safetensors";
import type { HostArray, StateDict } from "../nn";
import { checkConfig, type RunConfig } from "../wgan/config";
import type { Dataset } from "../wgan/dataset";
import type { Figures } from "../wgan/evaluating";
import type { TrainerState } from "../wgan/trainer";

/** What the data must be for a run to go on with it: so many samples, with this sha256 of their bytes and labels. */
export interface Fingerprint {
  count: number;
  sha256: string;
}

export interface Checkpoint {
  /** Steps done. */
  step: number;
  /** Seconds that they took, over all starts of the run. */
  seconds: number;
  config: RunConfig;
  data: Fingerprint;
  state: TrainerState;
  /** What its samples came to, where that was measured. */
  figures?: Figures;
}

const FAMILY = "monge checkpoint";
const FORMAT = `${FAMILY} 1`;

/**
 * The file's bytes. Its tensors are named after their place in the state, as `critic.0.weight` or
 * `critic_optimizer.slots.3`; all else is JSON in the metadata, whose numbers come back exactly.
 */
export function encodeCheckpoint({ step, seconds, config, data, state, figures }: Checkpoint): Uint8Array {
  const arrays: StateDict = {};
  const metadata: Record<string, string> = {
    format: FORMAT,
    step: String(step),
    seconds: String(seconds),
    config: JSON.stringify(config),
    data: JSON.stringify(data),
    state: JSON.stringify(takeArrays(state, "", arrays)),
    ...(figures && { figures: JSON.stringify(figures) }),
  };
  return encodeSafetensors(arrays, { ...metadata, sha256: sumOf(arrays, metadata) });
}

/** Throws an Error of one line when the file is damaged, and an InputError when it is whole and another version's. */
export function decodeCheckpoint(bytes: Uint8Array, file: string): Checkpoint {
  const { state: arrays, metadata } = decodeWithMetadata(bytes, file);
  const { sha256, ...rest } = metadata;
  if (!rest.format?.startsWith(FAMILY))
    throw new Error(`${file}: no checkpoint of a run, expected "${FORMAT}" in it.`);
  if (rest.format !== FORMAT)
    throw new InputError(`${file}: "${rest.format}", this version reads "${FORMAT}".`);
  if (sha256 !== sumOf(arrays, rest)) throw new Error(`${file}: damaged, its sha256 is another.`);
  const checked = checkConfig(JSON.parse(rest.config));
  if (!("config" in checked)) {
    const { path, message } = checked.issue;
    throw new InputError(`${file}: made by another version, its ${path.join(".")}: ${message}.`);
  }
  return {
    step: Number(rest.step),
    seconds: Number(rest.seconds),
    config: checked.config,
    data: JSON.parse(rest.data),
    state: putArrays(JSON.parse(rest.state), arrays) as TrainerState,
    ...(rest.figures && { figures: JSON.parse(rest.figures) }),
  };
}

export function fingerprint(data: Dataset): Fingerprint {
  const hash = createHash("sha256");
  for (const part of data.kind === "points" ? [data.points] : [data.images, data.labels]) hash.update(part);
  return { count: data.count, sha256: hash.digest("hex") };
}

/** Whether all numbers of a state are finite: one that isn't can't be trained on. */
export function isSound(state: TrainerState): boolean {
  const arrays: StateDict = {};
  takeArrays(state, "", arrays);
  return Object.values(arrays).every(({ data }) => allFinite(data));
}

export function allFinite(data: Float32Array): boolean {
  // Zero times a number is zero, but NaN where the number is NaN or infinite; a sum is faster than a test of each.
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += 0 * data[i];
  return sum === 0;
}

/** The sha256 of arrays with their names and shapes, and of what is told of them. */
export function sumOf(arrays: StateDict, metadata: Record<string, string>): string {
  const hash = createHash("sha256").update(JSON.stringify(Object.entries(metadata).sort()));
  for (const [name, { shape, data }] of Object.entries(arrays)) {
    hash.update(JSON.stringify([name, shape]));
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest("hex");
}

/** What stands in the JSON for an array of the state: the name of its tensor. Of a bare list only the numbers count. */
type Stand = { $array: string } | { $numbers: string };

/** Puts the arrays of a value into `arrays` under their places' names, and gives the rest of it. */
function takeArrays(value: unknown, name: string, arrays: StateDict): unknown {
  if (value instanceof Float32Array) {
    arrays[name] = { shape: [value.length], data: value };
    return { $numbers: name } satisfies Stand;
  }
  if (isHostArray(value)) {
    arrays[name] = value;
    return { $array: name } satisfies Stand;
  }
  if (Array.isArray(value)) return value.map((each, i) => takeArrays(each, `${name}.${i}`, arrays));
  if (typeof value !== "object" || value === null) return value;
  const under = (key: string) => (name === "" ? snakeCase(key) : `${name}.${key}`);
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, takeArrays(each, under(key), arrays)]),
  );
}

function putArrays(value: unknown, arrays: StateDict): unknown {
  if (Array.isArray(value)) return value.map((each) => putArrays(each, arrays));
  if (typeof value !== "object" || value === null) return value;
  if ("$array" in value) return arrays[value.$array as string];
  if ("$numbers" in value) return arrays[value.$numbers as string].data;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, putArrays(each, arrays)]));
}

const isHostArray = (value: unknown): value is HostArray =>
  typeof value === "object" && value !== null && "data" in value && value.data instanceof Float32Array;

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
