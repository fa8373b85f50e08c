// The configuration of a run on drawn digits, for tools that need a training step and no images: the profiler, the tuner
// and the bench.

import { version } from "../../package.json";
import type { Gpu } from "../gpu/gpu";
import { tuning } from "../kernels/tuning/table";
import { describeTuning } from "../tuning/text";
import type { RunConfig } from "./config";
import { type PresetName, presets } from "./presets";

/** `batch` in the place of the preset's. */
export function drawnRun(name: PresetName, count: number, gpu: Gpu, batch = presets[name].batch): RunConfig {
  const { data, ...preset } = presets[name];
  return {
    ...preset,
    batch,
    monge: version,
    preset: name,
    data: { ...data, source: "drawn", count, shape: [28, 28, 1], classCount: 10, sha256: "?" },
    objective: { ...preset.objective, warmUp: null }, // one step is to be like all others
    seed: 1,
    logEvery: 1,
    checkpointEvery: 0,
    adapter: { name: gpu.info.name, driver: gpu.info.driver, kernels: describeTuning(tuning(gpu)) },
  };
}
