// From a preset, a file and options to the settings of a run: each changes what was there before, and the schema checks
// the whole. A message names where a wrong value came from.

import { version } from "../../package.json";
import { InputError } from "../errors";
import type { Gpu } from "../gpu/gpu";
import { tuning } from "../kernels/tuning/table";
import { describeTuning } from "../tuning/text";
import { checkConfig, type RunConfig } from "../wgan/config";
import type { Dataset } from "../wgan/dataset";
import { objectives } from "../wgan/objectives";
import { mistakeIn, recordOf } from "../wgan/presetRun";
import { kindDefaults, type PresetName, presetNames, presets, type Settings } from "../wgan/presets";
import { toyNames } from "../wgan/toys";
import { fingerprint } from "./checkpoint";
import { requireAdapter } from "./probe";
import { type Change, describe, isKeys, isRecorded, type Keys, unknown, valueAt } from "./settingNames";

/** The settings of a run, before its data are read and the GPU is opened. */
export interface Chosen {
  preset: PresetName;
  settings: Settings & { seed: number };
  changes: readonly Change[];
  mistake(key: string, message: string): InputError;
}

/** The preset that the changes name. Throws InputError when there is none of that name. */
export function namedPreset(changes: readonly Change[]): PresetName | undefined {
  const change = changes.findLast(({ path }) => path[0] === "preset");
  if (!change) return undefined;
  const known = presetNames.find((name) => name === change.value);
  if (known) return known;
  throw change.blame("preset", `expected one of ${presetNames.join(", ")}`);
}

/** The preset for who names none, and why that one. */
export function usualPreset(changes: readonly Change[], adapter?: string): { name: PresetName; why: string } {
  const data = changes.findLast(({ path }) => path.join(".") === "data.path")?.value;
  if (toyNames.some((name) => name === data)) return { name: "toy", why: "the data are points" };
  return requireAdapter(adapter).software
    ? { name: "small", why: "the adapter computes on the CPU" }
    : { name: "tutorial", why: "the adapter is a GPU" };
}

/** The preset with the changes laid over it, the later over the earlier. Throws InputError at what is off. */
export function chooseSettings(preset: PresetName, changes: readonly Change[]): Chosen {
  const given = (...path: string[]) =>
    changes.findLast((change) => path.every((key, i) => change.path[i] === key))?.value;
  const mistake = (key: string, message: string): InputError => {
    const path = key.split(".");
    const from = changes.findLast((change) =>
      change.path.every((each, i) => i >= path.length || each === path[i]),
    );
    const own = valueAt(presets[preset], path);
    // What is missing beside a value that someone gave is his to add.
    const beside = changes.findLast((change) => change.path.slice(0, -1).join() === path.slice(0, -1).join());
    const blamed = from ?? (own === undefined ? beside : undefined);
    if (blamed) return blamed.blame(key, message);
    const shown = own === undefined || own === null || isKeys(own) ? "" : ` ${own} of preset ${preset}`;
    return new InputError(`${key}${shown}: ${message}.`);
  };

  const raw: Keys = structuredClone({ ...presets[preset] });
  for (const key of ["objective", "optimizer"] as const) ofKind(raw, key, given(key, "kind"));
  const { data, ...others } = unknown;
  Object.assign(raw, { seed: Math.floor(Math.random() * 2 ** 32), preset }, structuredClone(others));
  Object.assign(raw.data as Keys, structuredClone(data));
  for (const change of changes) if (change.path[0] !== "preset") lay(raw, change);
  followUp(raw, given);

  const checked = checkConfig(raw);
  if ("issue" in checked) {
    const { path } = checked.issue;
    throw mistake(path.join(".") || "config", describe(checked.issue));
  }
  const { config } = checked;
  const { network, batch, objective } = config;
  for (const which of ["generator", "critic"] as const)
    if (network[which] === "mlp" && network[`${which}Norm`] !== "none")
      throw mistake(`network.${which}Norm`, `expected none, which is what goes with network.${which}: mlp`);
  if (objectives[objective.kind].halves && batch % 2 === 1)
    throw mistake(
      "batch",
      `expected an even number, since the objective ${objective.kind} trains its critic on half batches`,
    );
  const { monge, adapter, preset: _, ...settings } = config;
  const { path, classes, size, transposed } = config.data;
  return { preset, settings: { ...settings, data: { path, classes, size, transposed } }, changes, mistake };
}

/** A change of kind takes the old kind's own keys away and brings those of the new one. */
function ofKind(raw: Keys, key: "objective" | "optimizer", kind: unknown): void {
  const defaults: Record<string, Keys> = kindDefaults[key];
  const old = raw[key] as Keys;
  if (typeof kind !== "string" || kind === old.kind || !Object.hasOwn(defaults, kind)) return;
  const kept = Object.entries(old).filter(([name]) => !Object.hasOwn(defaults[old.kind as string], name));
  raw[key] = { ...Object.fromEntries(kept), kind, ...defaults[kind] };
}

/** Puts the value in its place. */
function lay(raw: Keys, { path, value, blame }: Change): void {
  let at = raw;
  for (const [i, key] of path.entries()) {
    if (key === "__proto__") throw blame(path.join("."), "unknown key");
    if (i === path.length - 1) at[key] = value;
    else {
      if (!Object.hasOwn(at, key) || !isKeys(at[key])) at[key] = {};
      at = at[key] as Keys;
    }
  }
}

/** What follows from other settings, where nobody set it. */
function followUp(raw: Keys, given: (...path: string[]) => unknown): void {
  const network = raw.network as Settings["network"];
  if (!isKeys(network)) return;
  // The paper's mlp has no norm.
  if (network.critic === "mlp" && given("network", "criticNorm") === undefined) network.criticNorm = "none";
  if (network.generator === "mlp" && given("network", "generatorNorm") === undefined)
    network.generatorNorm = "none";
  // Hundreds of extra critic updates pay only over a long run.
  const objective = raw.objective as Settings["objective"];
  if (given("objective", "warmUp") === undefined && isKeys(objective) && isKeys(objective.warmUp))
    if (Number(objective.warmUp.every) > 0 && Number(raw.steps) < 1000) objective.warmUp = null;
}

/**
 * The whole configuration, with what the data and the machine are. Throws InputError where the settings do not go with
 * them.
 */
export function complete(
  chosen: Chosen,
  dataset: Dataset,
  gpu: Gpu,
  print = fingerprint(dataset),
): RunConfig {
  const { preset, settings, mistake } = chosen;
  const { data, network, conditional, objective, optimizer, ema, ...others } = settings;
  const found = { ...recordOf(dataset), ...print };
  const adapter = { name: gpu.info.name, driver: gpu.info.driver, kernels: describeTuning(tuning(gpu)) };
  const config: RunConfig = {
    ...{
      monge: version,
      preset,
      data: { ...data, ...found },
      network,
      conditional,
      objective,
      optimizer,
      ema,
    },
    ...{ ...others, adapter },
  };
  const wrong = mistakeIn(config, gpu.device.limits.maxStorageBufferBindingSize);
  if (wrong) throw mistake(wrong.key, wrong.message);
  return config;
}

/**
 * What a run's own config.yaml, given as --config, recorded and is otherwise now. Throws InputError where that is the
 * data, unless an option names others; gives a line for each thing of the machine.
 */
export function differences({ changes }: Chosen, config: RunConfig): string[] {
  const otherData = changes.some(({ path, file }) => path[0] === "data" && file === undefined);
  const notes: string[] = [];
  for (const { path, value, blame } of changes.filter(isRecorded)) {
    const [then, now] = [value, valueAt(config, path)].map((each) => JSON.stringify(each));
    if (then === now) continue;
    if (path[0] !== "data")
      notes.push(`${path.join(".")}: ${then} then, ${now} now: other bits may come of it`);
    else if (!otherData && path[1] !== "source")
      throw blame(path.join("."), `${then} then, but ${now} is what is found now`);
  }
  return notes;
}
