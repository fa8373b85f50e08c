// A run of a preset on given samples, for a program of one's own; and what the open device and the data say against a
// configuration, whoever has made it.

import { version } from "../../package.json";
import { InputError } from "../errors";
import { gpu } from "../gpu/gpu";
import { tuning } from "../kernels/tuning/table";
import { describeTuning } from "../tuning/text";
import { checkConfig, type RunConfig } from "./config";
import { type Dataset, presentClasses } from "./dataset";
import { misfit } from "./limits";
import { refusal } from "./models";
import { type PresetName, presets, type Settings } from "./presets";

/**
 * The configuration of a run of a preset on these samples, for `new Trainer(config, dataset)`, with `changes` in the place
 * of the preset's own settings (`seed` is 1 where it is not among them). The device must be open. Throws InputError with
 * the key of the first setting that is wrong, or does not go with the samples or the device.
 */
export function presetRun(
  preset: PresetName,
  dataset: Dataset,
  changes: Partial<Settings> & { seed?: number } = {},
): RunConfig {
  const { info, device } = gpu();
  const { data, ...settings } = { ...presets[preset], seed: 1, ...changes };
  const checked = checkConfig({
    ...settings,
    monge: version,
    preset,
    data: { ...data, ...recordOf(dataset), count: dataset.count, sha256: "?" },
    adapter: { name: info.name, driver: info.driver, kernels: describeTuning(tuning(gpu())) },
  });
  const complain = ({ key, message }: Mistake) => new InputError(`run: ${key}: ${message}.`);
  if ("issue" in checked) {
    const { path, message } = checked.issue;
    throw complain({ key: path.join("."), message });
  }
  const mistake = mistakeIn(checked.config, device.limits.maxStorageBufferBindingSize);
  if (mistake) throw complain(mistake);
  return checked.config;
}

/** What the run's record says of its data. */
export function recordOf(dataset: Dataset) {
  const { source } = dataset;
  if (dataset.kind === "points") return { source, shape: [2], classCount: 0 };
  const shape = [dataset.height, dataset.width, dataset.channels];
  return { source, shape, classCount: presentClasses(dataset).length };
}

/** A setting by its key, and what is wrong with it. */
interface Mistake {
  key: string;
  message: string;
}

/** What does not go with the data, or with a device that binds `bytes` of a buffer at most; undefined where all does. */
export function mistakeIn(config: RunConfig, bytes: number): Mistake | undefined {
  const { network, conditional, batch, data } = config;
  for (const which of ["generator", "critic"] as const) {
    const why = refusal(config, which);
    if (why) return { key: `network.${which}`, message: `${network[which]} ${why}` };
  }
  const { classCount } = data;
  if (conditional && (classCount < 2 || classCount > 256)) {
    const there = `there ${classCount === 1 ? "is" : "are"} ${classCount}`;
    return { key: "conditional", message: `expected data of 2 to 256 classes, but ${there}` };
  }
  if (batch > data.count)
    return {
      key: "batch",
      message: `larger than the data, which has ${data.count} samples of these classes`,
    };
  return misfit(config, bytes);
}
