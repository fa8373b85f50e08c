// The names of all settings, and what changes one: an option, or a line of a file.
import type { InputError } from "../errors";
import type { ConfigIssue } from "../wgan/config";
import { kindDefaults, presets } from "../wgan/presets";
import { nearest } from "./commandLine";

/** One value that differs from a preset's. */
export interface Change {
  path: readonly string[];
  value: unknown;
  /** The file that it stands in; undefined for an option. */
  file?: string;
  /** The one line that says what is wrong with the value under `key`: where it was given, and what was expected. */
  blame(key: string, message: string): InputError;
}

export type Keys = Record<string, unknown>;
export const isKeys = (value: unknown): value is Keys =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What the machine and the data decide; these stand in until they are known. */
export const unknown = {
  monge: "?",
  data: { source: "?", count: 1, shape: [28, 28, 1], classCount: 1, sha256: "?" },
  adapter: { name: "?", driver: "", kernels: "?" },
};
export const isRecorded = ({ path: [first, second] }: Change) =>
  first === "monge" || first === "adapter" || (first === "data" && second in unknown.data);

/** All that a configuration can hold, for hints. */
const examples: readonly Keys[] = [
  ...Object.values(presets),
  unknown,
  { preset: "", seed: 0 },
  ...Object.entries(kindDefaults).flatMap(([key, kinds]) =>
    Object.values(kinds).map((of) => ({ [key]: of })),
  ),
];

export const valueAt = (keys: unknown, path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>((at, key) => (isKeys(at) && Object.hasOwn(at, key) ? at[key] : undefined), keys);

/** The names of all settings, as "optimizer.learningRate". */
export const settingNames: readonly string[] = [
  ...new Set(examples.flatMap((each) => namesIn(each, []))),
].filter((name) => name !== "preset" && !isRecorded({ path: name.split(".") } as unknown as Change));

function namesIn(keys: Keys, path: string[]): string[] {
  return Object.entries(keys).flatMap(([key, value]) =>
    isKeys(value) ? namesIn(value, [...path, key]) : [[...path, key].join(".")],
  );
}

/** What is wrong, in words; for a key that is not known, with the nearest that is. */
export function describe({ path, message }: ConfigIssue): string {
  if (message !== "unknown key") return message;
  const known = examples.flatMap((each) => Object.keys(valueAt(each, path.slice(0, -1)) ?? {}));
  const hint = nearest(String(path.at(-1)), [...new Set(known)]);
  return hint === undefined || hint === path.at(-1) ? message : `${message}, the nearest is ${hint}`;
}
